/** What SOLARMAN and Deye Cloud must do alike: find the plant and its inverter, and map their figures. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  account,
  callsTo,
  type Datum,
  type Dialect,
  endOf,
  type Figures,
  home,
  homeMeters,
  later,
  measured,
  nowSeconds,
  plant,
  playChanges,
  playing,
  serial,
  settings,
  speak,
} from './solarman-conversation.ts';

export function testPlant(dialect: Dialect): void {
  testSearch(dialect);
  testStation(dialect);
  testInverter(dialect);
}

function testSearch(dialect: Dialect): void {
  const { adapter, paths } = dialect;
  const say = speak(dialect);
  const play = playing(adapter);

  describe(`${dialect.adapter.title}, looking for the plant,`, () => {
    const searching = { ...account };
    it("finds the account's only plant once and keeps it", async () => {
      const exchanges = [
        say.token(),
        say.stations(1, 1, [{ id: plant, name: 'Home' }]),
        say.station(home),
        say.station(home, later(300)),
      ];
      const played = await play(exchanges, { settings: searching, ticks: 2, everySeconds: 300 });
      assert.equal(endOf(played), 'pushed', played.report.error);
      assert.equal(callsTo(paths.stations, played), 1);
    });

    it('asks for no list where the plant is set, whatever was found before', async () => {
      const played = await play([say.token(), say.station(home, measured, 'token-one', 9)], {
        settings: { ...settings, stationId: '9' },
      });
      assert.deepEqual(
        played.vendor.received.map(({ path }) => path),
        [paths.token, paths.station],
      );
      assert.deepEqual(played.vendor.received[1]?.body, { stationId: 9 });
    });

    it('names all plants of an account, page after page, and chooses none', async () => {
      const first = Array.from({ length: 20 }, (_, index) => ({ id: 100 + index, name: `${index}` }));
      const exchanges = [say.token(), say.stations(1, 21, first), say.stations(2, 21, [{ id: 777, name: null }])];
      const played = await play(exchanges, { settings: searching });
      assert.equal(endOf(played), 'bad-response');
      assert.match(played.report.error ?? '', /_STATION_ID to one of 100 \(0\).*119 \(19\) and 1 more/);
    });

    it('ends where a list promises more than it gives', async () => {
      const played = await play(
        [say.token(), say.stations(1, 9, [{ id: plant, name: 'Home' }]), say.stations(2, 9, []), say.station(home)],
        { settings: searching },
      );
      assert.equal(endOf(played), 'pushed', played.report.error);
    });

    it('suggests another region where the account has no plant', async () => {
      for (const exchange of [
        say.stations(1, 0, []),
        { ...say.stations(1, 0, []), answer: { json: { ...dialect.good, stationList: null } } },
      ]) {
        const played = await play([say.token(), exchange], { settings: searching });
        assert.equal(endOf(played), 'auth');
        assert.match(played.report.error ?? '', /_REGION/);
      }
    });

    it('looks for the plant again when the one it found has gone', async () => {
      const exchanges = [
        say.token(),
        say.stations(1, 1, [{ id: plant, name: 'Home' }]),
        say.stationSays({ json: { success: false, code: '2101031', msg: 'station not found' } }),
        say.stations(1, 1, [{ id: 8, name: 'Home' }]),
        say.station(home, later(300), 'token-one', 8),
      ];
      const played = await play(exchanges, { settings: searching, ticks: 2, everySeconds: 300 });
      assert.equal(endOf(played), 'pushed', played.report.error);
    });
  });
}

function testStation(dialect: Dialect): void {
  const say = speak(dialect);
  const play = playing(dialect.adapter);
  const metersOf = async (figures: Figures) => (await play([say.token(), say.station(figures)])).pushes[0]?.siteMeters;

  describe(`${dialect.adapter.title}, reading the plant's figures,`, () => {
    const mapping: [what: string, Figures, Record<string, number> | undefined][] = [
      ['export and charging', home, homeMeters],
      [
        'import and discharging',
        { pv: 300, grid: 2100, battery: 900, soc: 30, load: 3200 },
        { production_kw: 0.3, net_import_kw: 2.1, consumption_kw: 3.3, battery_discharge_kw: 0.9, battery_soc: 0.3 },
      ],
      [
        'numbers as texts',
        { pv: '2500.0', grid: '-1400', load: '1000' },
        { production_kw: 2.5, net_import_kw: -1.4, consumption_kw: 1.1 },
      ],
      [
        'a battery that is given as null',
        { pv: 2500, grid: -1400, load: 1100, soc: 0 },
        { production_kw: 2.5, net_import_kw: -1.4, consumption_kw: 1.1 },
      ],
      [
        'a battery of which only the charge is given, and then no consumption',
        { pv: 2500, grid: -1400, load: 1100, soc: 55 },
        { production_kw: 2.5, net_import_kw: -1.4, battery_soc: 0.55 },
      ],
      [
        'a battery of zeros',
        { pv: 2500, grid: -1400, battery: 0, soc: 0, load: 1100 },
        { production_kw: 2.5, net_import_kw: -1.4, consumption_kw: 1.1 },
      ],
      [
        'a battery of 0 W without a state of charge',
        { pv: 2500, grid: -1400, battery: 0, load: 1100 },
        { production_kw: 2.5, net_import_kw: -1.4, consumption_kw: 1.1 },
      ],
      [
        'a battery at rest',
        { pv: 2500, grid: -1400, battery: 0, soc: 100, load: 1100 },
        { production_kw: 2.5, net_import_kw: -1.4, consumption_kw: 1.1, battery_discharge_kw: 0, battery_soc: 1 },
      ],
      [
        'an empty battery that is being charged',
        { pv: 2500, grid: 0, battery: -1400, soc: 0, load: 1100 },
        { production_kw: 2.5, net_import_kw: 0, consumption_kw: 1.1, battery_discharge_kw: -1.4, battery_soc: 0 },
      ],
      [
        'a battery without a state of charge',
        { pv: 0, grid: 20, battery: 400, load: 410 },
        { production_kw: 0, net_import_kw: 0.02, consumption_kw: 0.42, battery_discharge_kw: 0.4 },
      ],
      ['no meter', { pv: 2500, load: 700 }, { production_kw: 2.5 }],
      ['no meter, with zeros', { pv: 2500, grid: 0, battery: 0, soc: 0, load: 0 }, { production_kw: 2.5 }],
      ['no meter, with zeros and nulls', { pv: 2500, grid: 0, load: null }, { production_kw: 2.5 }],
      [
        'no meter, but a battery',
        { pv: 2500, battery: -900, soc: 40 },
        { production_kw: 2.5, battery_discharge_kw: -0.9, battery_soc: 0.4 },
      ],
      [
        'no meter, but a battery at rest',
        { pv: 2500, grid: 0, battery: 0, soc: 40, load: 0 },
        { production_kw: 2.5, battery_discharge_kw: 0, battery_soc: 0.4 },
      ],
      [
        'a grid at exactly 0 W',
        { pv: 900, grid: 0, load: 850 },
        { production_kw: 0.9, net_import_kw: 0, consumption_kw: 0.9 },
      ],
      [
        'a meter at 0 W while the battery feeds the home',
        { pv: 0, grid: 0, battery: 500, soc: 40, load: 0 },
        { production_kw: 0, net_import_kw: 0, consumption_kw: 0.5, battery_discharge_kw: 0.5, battery_soc: 0.4 },
      ],
      ['no solar figure', { grid: 700, load: 700 }, { net_import_kw: 0.7 }],
      [
        'another inverter that is not seen, with no load given',
        { pv: 1000, grid: -3000 },
        { production_kw: 1, net_import_kw: -3, consumption_kw: -2 },
      ],
      [
        'a balance a little below zero',
        { pv: 1000, grid: -1050, load: 900 },
        { production_kw: 1, net_import_kw: -1.05, consumption_kw: -0.05 },
      ],
      [
        'a negative balance that the load does not deny',
        { pv: 1000, grid: -1300, load: 200 },
        { production_kw: 1, net_import_kw: -1.3, consumption_kw: -0.3 },
      ],
      ['a negative balance that the load denies', { pv: 1000, grid: -1300, load: 201 }, undefined],
      ['a negative balance and a load of zero', { pv: 1000, grid: -1600, load: 0 }, undefined],
      ['a battery that cannot have charged so', { pv: 700, grid: -700, battery: -700, soc: 50, load: 700 }, undefined],
    ];
    for (const [what, figures, meters] of mapping)
      it(`maps ${what}`, async () => {
        if (meters) return assert.deepEqual(await metersOf(figures), meters);
        const played = await play([say.token(), say.station(figures)]);
        assert.equal(endOf(played), 'bad-response');
        assert.match(played.report.error ?? '', /contradict/);
      });

    const before = [say.token(), say.station(home)];
    const inFiveMinutes = { ticks: 2, everySeconds: 300 };
    for (const [what, figures, meters] of [
      ['the battery', { ...home, battery: null }, { production_kw: 4.3, net_import_kw: -1.9, battery_soc: 0.58 }],
      ['the sun', { ...home, pv: null }, { net_import_kw: -1.9, battery_discharge_kw: -1.25, battery_soc: 0.58 }],
      ['the grid', { ...home, grid: null }, 'offline'],
      [
        'the charge of a battery that is empty and rests',
        { pv: 0, grid: 400, battery: 0, soc: 0, load: 390 },
        { production_kw: 0, net_import_kw: 0.4, consumption_kw: 0.4, battery_discharge_kw: 0, battery_soc: 0 },
      ],
    ] as const)
      it(`does not take for none what was there five minutes ago: ${what}`, async () => {
        const played = await play([...before, say.station(figures, later(300))], inFiveMinutes);
        assert.deepEqual(played.pushes[1]?.siteMeters ?? endOf(played), meters);
      });

    for (const [at, tsms] of [
      [measured + 0.4, measured * 1000 + 400],
      [`${measured}`, measured * 1000],
      [`${measured}.0`, measured * 1000],
      ['2026-05-10T02:58:00Z', measured * 1000],
      ['2026-05-10T02:58:00.000+0000', measured * 1000],
      ['2026-05-10T12:58:00+10:00', measured * 1000],
      ['2026-05-10T02:58:00', measured * 1000],
    ] as const)
      it(`reads the time ${JSON.stringify(at)}`, async () => {
        const { pushes } = await play([say.token(), say.station(home, at)]);
        assert.equal(pushes[0]?.tsms, tsms);
      });

    it('takes a station whose figures are older than 20 minutes for offline, although it says success', async () => {
      const endAt = async (age: number) => endOf(await play([say.token(), say.station({ pv: 5 }, nowSeconds - age)]));
      assert.equal(await endAt(1_195), 'pushed');
      assert.equal(await endAt(1_205), 'stale');
    });

    for (const at of [null, '', 'yesterday'])
      it(`does not know how old figures of the time ${JSON.stringify(at)} are`, async () => {
        assert.equal(endOf(await play([say.token(), say.station(home, at)])), 'bad-response');
      });
  });
}

function testInverter(dialect: Dialect): void {
  const { adapter, paths, inverterDays, keys, pvInstead } = dialect;
  const say = speak(dialect);
  const play = playing(adapter);

  describe(`${dialect.adapter.title}, reading the inverter's figures,`, () => {
    const detailed = { ...settings, useDeviceData: 'true' };
    const oneInverter = say.devices(['1700000001', 'COLLECTOR'], [serial, 'INVERTER'], ['5', 'METER']);
    const readInverter = (dataList: Datum[] | null, times?: object) =>
      play([say.token(), oneInverter, say.inverter(dataList, times)], { settings: detailed });
    const inverterTexts = { pv: '4300', grid: '-1900', battery: '-1250', soc: '58', load: '1060' };

    it("reads the inverter's own figures with its counters, and nothing of the station", async () => {
      const data = say.data({ ...inverterTexts, imported: '812.30', exported: '6420' });
      const { pushes, vendor } = await readInverter([{ key: 'word', value: 'Static', unit: null }, ...data]);
      assert.deepEqual(pushes[0]?.siteMeters, { ...homeMeters, imported_kwh: 812.3, exported_kwh: 6420 });
      assert.equal(pushes[0]?.tsms, measured * 1000);
      assert.deepEqual(
        vendor.received.map(({ path }) => path),
        [paths.token, paths.devices, paths.inverter],
      );
    });

    const inverterMeters: [what: string, Datum[], Record<string, number>][] = [
      [
        'strings instead of their total',
        [
          { key: pvInstead.strings[0], value: '700', unit: 'W' },
          { key: pvInstead.strings[1], value: '800', unit: 'W' },
          { key: pvInstead.ac, value: '9', unit: 'W' },
          ...say.data({ imported: '812.30' }),
        ],
        { production_kw: 1.5 },
      ],
      [
        'a total, whatever its strings',
        [{ key: pvInstead.strings[0], value: '700', unit: 'W' }, ...say.data({ pv: '0' })],
        { production_kw: 0 },
      ],
      [
        'an empty total as no total',
        [...say.data({ pv: '' }), { key: pvInstead.ac, value: '640', unit: 'W' }],
        { production_kw: 0.64 },
      ],
      ['the AC side of a string inverter', [{ key: pvInstead.ac, value: '640', unit: 'W' }], { production_kw: 0.64 }],
      [
        'kilowatts',
        [
          { key: keys.pv, value: '1.25', unit: 'kW' },
          { key: keys.grid, value: '-0.4', unit: 'kW' },
        ],
        { production_kw: 1.25, net_import_kw: -0.4, consumption_kw: 0.85 },
      ],
      [
        'words where figures should be',
        [...say.data({ pv: '500', grid: 'none', battery: 'Static', soc: '' })],
        { production_kw: 0.5 },
      ],
      ['a key without a value', [...say.data({ pv: '500' }), { key: keys.grid }], { production_kw: 0.5 }],
      [
        'no meter: zeros, and counters that count nothing',
        say.data({ pv: '500', grid: '0', battery: '0', load: '0', imported: '0.00', exported: '0.00' }),
        { production_kw: 0.5 },
      ],
      [
        'no battery',
        say.data({ pv: '500', grid: '-100', load: '390' }),
        { production_kw: 0.5, net_import_kw: -0.1, consumption_kw: 0.4 },
      ],
    ];
    for (const [what, dataList, meters] of inverterMeters)
      it(`reads of an inverter ${what}`, async () => {
        const played = await readInverter(dataList);
        assert.deepEqual(played.pushes[0]?.siteMeters, meters, played.report.error);
      });

    it('refuses the figures of another inverter', async () => {
      const played = await readInverter(say.data(inverterTexts), {
        deviceSn: '1',
        deviceState: 1,
        collectionTime: measured,
      });
      assert.equal(endOf(played), 'bad-response');
    });

    it('knows no solar power where one of its strings is no number', async () => {
      const [first, second] = dialect.pvInstead.strings.map((key, nth) => ({
        key,
        value: nth ? '--' : '900',
        unit: 'W',
      }));
      assert(first && second);
      const played = await readInverter([
        first,
        second,
        ...say.data({ grid: '-100', load: '390', imported: '812.30' }),
      ]);
      assert.equal(endOf(played), 'bad-response');
    });

    it('takes a time that is an object for none', async () => {
      const times = { deviceState: 1, collectionTime: { toString: null } };
      assert.equal(endOf(await readInverter(say.data(inverterTexts), times)), 'pushed');
    });

    const inverterFailures: [what: string, Datum[] | null, object, FailureKind][] = [
      [
        'offline, although the time is fresh',
        say.data(inverterTexts),
        { deviceState: 3, collectionTime: measured },
        'stale',
      ],
      ['offline with nothing left', [], { deviceState: 3 }, 'stale'],
      ['alarmed', say.data(inverterTexts), { deviceState: 2, collectionTime: nowSeconds - 1_300 }, 'stale'],
      [
        'without solar figures',
        say.data({ grid: '100', imported: '812.30' }),
        { deviceState: 1, collectionTime: measured },
        'bad-response',
      ],
      ['without a list', null, { deviceState: 1, collectionTime: measured }, 'bad-response'],
      ['of which nothing tells its age', say.data(inverterTexts), {}, 'bad-response'],
      [
        'that contradicts itself',
        say.data({ ...inverterTexts, grid: '-5000' }),
        { deviceState: 1, collectionTime: measured },
        'bad-response',
      ],
    ];
    for (const [what, dataList, times, kind] of inverterFailures)
      it(`reports ${kind} for an inverter ${what}`, async () => {
        assert.equal(endOf(await readInverter(dataList, times)), kind);
      });

    it('reads an inverter in alarm, and one that is online without a time', async () => {
      const alarmed = await readInverter(say.data(inverterTexts), { deviceState: 2, collectionTime: `${measured}` });
      assert.equal(alarmed.pushes[0]?.tsms, measured * 1000);
      const timeless = await readInverter(say.data(inverterTexts), { deviceState: 1 });
      assert.deepEqual(timeless.pushes[0]?.siteMeters, homeMeters);
      assert.equal(timeless.pushes[0]?.tsms, undefined);
    });

    it('reads the plant where it has several inverters, and says so', async () => {
      const several = say.devices([serial, 'INVERTER'], ['2309876502', 'MICRO_INVERTER']);
      const played = await play([say.token(), several, say.station(home), say.station(home, later(300))], {
        settings: detailed,
        ticks: 2,
        everySeconds: 300,
      });
      assert.deepEqual(played.pushes[1]?.siteMeters, homeMeters);
      assert.equal(callsTo(paths.devices, played), 1);
      assert.match(played.report.sources[0]?.notes?.[0] ?? '', /2 inverters/);
    });

    it('reports a plant without an inverter', async () => {
      assert.equal(
        endOf(await play([say.token(), say.devices(['1', 'COLLECTOR'])], { settings: detailed })),
        'bad-response',
      );
    });

    it(`keeps the list of inverters for ${inverterDays} days, however often it is used`, async () => {
      const listsAfter = async (...offsets: [number, number, ...number[]]) => {
        const readings = [0, ...offsets].map((offset) =>
          say.inverter(say.data(inverterTexts), { deviceState: 1, collectionTime: later(offset) }),
        );
        const played = await play([say.token(), oneInverter, ...readings], {
          settings: detailed,
          ticks: readings.length,
          everySeconds: offsets[0],
        });
        assert.equal(endOf(played), 'pushed', played.report.error);
        return callsTo(paths.devices, played);
      };
      const days = inverterDays * 86_400;
      assert.equal(await listsAfter(days / 2 - 1, days - 2), 1);
      assert.equal(await listsAfter(days / 2, days), 2);
    });

    it('lists the inverters again when the one it found has gone', async () => {
      const gone = { json: { success: false, code: '2101032', msg: 'device not found' } };
      const exchanges = [
        say.token(),
        oneInverter,
        { ...say.inverter(null), answer: gone },
        oneInverter,
        say.inverter(say.data(inverterTexts), { deviceState: 1, collectionTime: later(300) }),
      ];
      const played = await play([...exchanges], { settings: detailed, ticks: 2, everySeconds: 300 });
      assert.equal(endOf(played), 'pushed', played.report.error);
      assert.equal(callsTo(paths.devices, played), 2);
    });

    it('lists the inverters of another plant when that is set, with the same token', async () => {
      const exchanges = [say.token(), oneInverter, say.inverter(say.data(inverterTexts))];
      const second = { [`${adapter.vendor.toUpperCase()}_STATION_ID`]: '9' };
      const { vendor, reports } = await playChanges(adapter, detailed, exchanges, [{}, second]);
      assert.deepEqual(
        reports.map(({ outcome }) => outcome),
        ['pushed', 'pushed'],
      );
      const asked = vendor.received.map(({ path }) => path);
      assert.deepEqual(asked, [paths.token, paths.devices, paths.inverter, paths.devices, paths.inverter]);
    });
  });
}
