import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type PowerField, powerFields, powerOf, type Reading } from '../../functions/push-solar-data/core/reading.ts';
import type { AdapterAnswer, DeviceReading, Lacking } from '../../functions/push-solar-data/core/shape.ts';
import { wattsOf } from '../support/truth.ts';
import { hour, lackingOf, minute, noon, observed } from './observations.ts';

describe('devices of a source', () => {
  const roof: DeviceReading = { device: '66S3', production_kw: 3 };
  const shed: DeviceReading = { device: '66S4', production_kw: 1 };
  const meter: DeviceReading = { device: 'M1', net_import_kw: -2, imported_kwh: 10, exported_kwh: 20 };
  const battery: DeviceReading = {
    device: 'B1',
    battery_discharge_kw: 0.5,
    battery_soc: 0.8,
    battery_energy_kwh: 8,
    battery_capacity_kwh: 10,
  };
  const second: DeviceReading = {
    device: 'B2',
    battery_discharge_kw: -1,
    battery_soc: 0.2,
    battery_energy_kwh: 1,
    battery_capacity_kwh: 5,
  };

  it('add up, without the names of the adapter', () => {
    assert.deepEqual(observed([[roof, { ...shed, sleeps: true }, meter]]).reading, {
      production_kw: 4,
      net_import_kw: -2,
      imported_kwh: 10,
      exported_kwh: 20,
    });
  });

  it('have the time of what is measured, not of one that gives nothing else', () => {
    const [measured, long] = [
      { ...roof, tsms: noon },
      { device: '66S4', tsms: noon - 8 * hour },
    ];
    assert.equal(observed([[measured, long]]).reading.tsms, noon);
  });

  it('make their sum lacking where one of them is missing, and are named', () => {
    const observation = observed([
      [roof, shed, meter],
      [roof, meter],
    ]);
    assert.deepEqual(lackingOf(observation), ['the solar production of 66S4']);
    assert.deepEqual(observation.reading, { net_import_kw: -2, imported_kwh: 10, exported_kwh: 20 });
  });

  it('lack what one gives no more while it still gives the rest', () => {
    const observation = observed([
      [roof, battery],
      [roof, { device: 'B1', battery_soc: 0.8 }],
    ]);
    assert.deepEqual(lackingOf(observation), ['the battery power of B1']);
    assert.deepEqual(observation.reading, { production_kw: 3, battery_soc: 0.8 });
  });

  it("have no state of charge and no energy while one battery's are lacking", () => {
    const observation = observed([[battery, second], [battery]]);
    assert.deepEqual(lackingOf(observation), ['the battery power of B2', "the battery's state of charge of B2"]);
    assert.equal(observation.reading.battery_soc, undefined);
    assert.equal(observation.reading.battery_energy_kwh, undefined);
    assert.equal(observation.reading.battery_discharge_kw, undefined);
  });

  it('have the energy that all batteries give, also while the power of one is lacking', () => {
    const { battery_discharge_kw: _, ...silent } = second;
    assert.equal(
      observed([
        [battery, second],
        [battery, silent],
      ]).reading.battery_energy_kwh,
      9,
    );
  });

  it('have no counters while one of the meters that add up is lacking', () => {
    const phases = ['L1', 'L2', 'L3'].map((device) => ({ device, net_import_kw: 1, imported_kwh: 100 }));
    assert.equal(observed([phases, phases]).reading.imported_kwh, 300);
    assert.deepEqual(observed([phases, phases.slice(1)]).reading, {});
  });

  it('come: a new one counts from its first answer on', () => {
    const { reading, lacking } = observed([[roof], [roof, shed]]);
    assert.deepEqual({ reading, lacking }, { reading: { production_kw: 4 }, lacking: [] });
    assert.equal(observed([[roof], [roof, shed], [roof]]).lacking.length, 1);
  });

  it('are judged after TAKE', () => {
    const observation = observed([[roof, battery], [roof]], { take: ['production'] });
    assert.deepEqual(observation.reading, { production_kw: 3 });
    assert.deepEqual(observation.lacking, []);
  });

  it('keep a promise of TAKE together', () => {
    assert.deepEqual(lackingOf(observed([[roof]], { take: ['production', 'grid'] })), ['the grid power']);
  });

  it('say themselves what they have and do not give now', () => {
    const observation = observed([[roof, { device: 'B1', battery_soc: 0.5, lacking: ['battery'] }]]);
    assert.deepEqual(lackingOf(observation), ['the battery power of B1']);
  });

  it('are all lacking where the cloud lists none any more', () => {
    assert.deepEqual(lackingOf(observed([[roof, meter], []])), [
      'the solar production of 66S3',
      'the grid power of M1',
    ]);
  });
});

describe('a device that is off without sun', () => {
  const string = (kw: number): DeviceReading => ({ device: 'string', production_kw: kw });
  const neighbour = (kw: number): DeviceReading => ({ device: 'neighbour', production_kw: kw });

  const rows: [string, own: number, neighbours: number, minutesLater: number, lacking: boolean][] = [
    ['sleeps when its own last power was near nothing', 0.1, 0.5, 1, false],
    ["sleeps when its neighbours' present power is near nothing", 3, 0.1, 1, false],
    ['is lacking when it gave much and its neighbours still do', 3, 3, 1, true],
    ['is lacking when it should have woken long ago', 0.1, 3, 61, true],
    ['sleeps a little longer than its neighbours', 0.1, 3, 59, false],
    ['sleeps on a dull morning', 0.1, 1.9, 61, false],
  ];
  for (const [what, own, neighbours, minutesLater, isLacking] of rows)
    it(what, () => {
      const before: AdapterAnswer = [string(own), neighbour(own)];
      const { reading, lacking } = observed([before, [neighbour(neighbours)]], { everyMs: minutesLater * minute });
      assert.deepEqual(lacking, isLacking ? [{ what: 'production', device: 'string' }] : []);
      assert.deepEqual(reading, isLacking ? {} : { production_kw: neighbours });
    });

  it('stands alone: its own last power decides', () => {
    assert.deepEqual(observed([[string(0.1)], []]).reading, { production_kw: 0 });
    assert.deepEqual(lackingOf(observed([[string(3)], []])), ['the solar production of string']);
  });

  it('does not keep itself awake by sleeping: after a day it is not there any more', () => {
    const days: AdapterAnswer[] = [[string(0.1), neighbour(0.1)], ...Array(26).fill([neighbour(0.1)])];
    const { notes, shape } = observed(days.slice(0, 26), { everyMs: hour });
    assert.match(notes.join(), /^the solar production of string has not been given for 24 hours/);
    assert.deepEqual(Object.keys(shape.devices), ['neighbour']);
  });

  const hybrid: DeviceReading = { device: 'string', production_kw: 0.1, battery_discharge_kw: 1 };
  it('is not of a kind that also gives something else: such a device runs all night', () => {
    assert.deepEqual(lackingOf(observed([[hybrid, neighbour(0.1)], [neighbour(0)]])), [
      'the solar production of string',
      'the battery power of string',
    ]);
  });

  it('is of the kind that its adapter says', () => {
    const { production_kw: _, ...silent } = hybrid;
    const rowsOfKind: [boolean | undefined, number][] = [
      [true, 0],
      [false, 1],
      [undefined, 1],
    ];
    for (const [sleeps, lacking] of rowsOfKind) {
      const says = sleeps === undefined ? {} : { sleeps };
      const observation = observed([
        [hybrid, neighbour(0.1)],
        [{ ...silent, ...says }, neighbour(0)],
      ]);
      assert.equal(observation.lacking.length, lacking, `sleeps: ${sleeps}`);
    }
    const awake = observed([
      [string(0.1), neighbour(0.1)],
      [{ device: 'string', sleeps: false }, neighbour(0)],
    ]);
    assert.deepEqual(lackingOf(awake), ['the solar production of string']);
  });
});

describe('whatever devices give, come, go and sleep', () => {
  const kilowatts = fc.integer({ min: -5_000, max: 5_000 }).map((watts) => watts / 1000);
  const figures = fc.record(
    {
      production_kw: fc.integer({ min: 0, max: 5_000 }).map((watts) => watts / 1000),
      net_import_kw: kilowatts,
      consumption_kw: kilowatts,
      battery_discharge_kw: kilowatts,
      battery_soc: fc.constantFrom(0, 0.5, 1),
    },
    { requiredKeys: [] },
  );
  const answers: fc.Arbitrary<DeviceReading[]> = fc
    .uniqueArray(
      fc.record(
        { device: fc.constantFrom('A', 'B', 'C', 'D'), sleeps: fc.boolean(), figures },
        { requiredKeys: ['device', 'figures'] },
      ),
      { selector: ({ device }) => device },
    )
    .map((devices) => devices.map(({ figures: given, ...device }) => ({ ...device, ...given })));
  const days = fc.array(answers, { minLength: 1, maxLength: 6 });
  const everyMs = fc.constantFrom(minute, hour, 13 * hour);

  const given = (answer: readonly DeviceReading[], field: PowerField): number[] =>
    answer.flatMap((each) => each[field] ?? []);

  it('no sum holds a lacking term', () => {
    fc.assert(
      fc.property(days, everyMs, (day, every) => {
        const { reading, lacking } = observed(day, { everyMs: every });
        for (const { what } of lacking) assert.equal(reading[fieldOf(what)], undefined, what);
      }),
    );
  });

  it('no figure is invented: each is the sum of what is given now, but for the 0 of what sleeps', () => {
    fc.assert(
      fc.property(days, everyMs, (day, every) => {
        const { reading } = observed(day, { everyMs: every });
        const now = day.at(-1) ?? [];
        for (const field of powerFields) {
          if (reading[field] === undefined) continue;
          const sum = given(now, field).reduce((all, kw) => all + kw, 0);
          assert.equal(wattsOf(reading[field]), wattsOf(sum), field);
          if (field !== 'production_kw') assert.ok(given(now, field).length > 0, field);
        }
      }),
    );
  });

  it('a device that gave a term a minute ago either gives it now, or sleeps, or it is lacking', () => {
    fc.assert(
      fc.property(answers, answers, (before, now) => {
        const { reading, lacking } = observed([before, now]);
        for (const field of powerFields) {
          const silent = before.filter(
            (each) =>
              each[field] !== undefined && now.find(({ device }) => device === each.device)?.[field] === undefined,
          );
          if (field === 'production_kw' || silent.length === 0) continue;
          assert.equal(reading[field], undefined, field);
          for (const { device } of silent)
            assert.ok(
              lacking.some((each) => each.device === device && fieldOf(each.what) === field),
              `${field} of ${device}`,
            );
        }
      }),
    );
  });

  it('their order does not matter', () => {
    fc.assert(
      fc.property(days, everyMs, (day, every) => {
        const [a, b] = [day, day.map((answer) => answer.toReversed())].map((each) =>
          observed(each, { everyMs: every }),
        );
        assert.ok(a && b);
        assert.deepEqual(inWatts(a.reading), inWatts(b.reading));
        assert.deepEqual(lackingOf(a).sort(), lackingOf(b).sort());
        assert.deepEqual(a.notes.toSorted(), b.notes.toSorted());
      }),
    );
  });

  const fieldOf = (what: Lacking['what']): keyof Reading => (what === 'charge' ? 'battery_soc' : powerOf[what]);
  const inWatts = (reading: Reading) =>
    Object.fromEntries(Object.entries(reading).map(([field, value]) => [field, wattsOf(value)]));
});
