import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reading, Term } from '../../functions/push-solar-data/core/reading.ts';
import { type AdapterAnswer, emptyShape, observe, withLacking } from '../../functions/push-solar-data/core/shape.ts';
import { hour, lackingOf, noon, observed } from './observations.ts';

/** Figures of all terms, with a battery. */
const whole: Reading = {
  production_kw: 4.2,
  net_import_kw: -1.5,
  consumption_kw: 2.2,
  battery_discharge_kw: -0.5,
  battery_soc: 0.5,
  battery_energy_kwh: 5,
  imported_kwh: 100,
  exported_kwh: 200,
  tsms: noon,
};

/** A copy without these fields. */
function without(reading: Reading, ...fields: (keyof Reading)[]): Reading {
  const copy = { ...reading };
  for (const field of fields) delete copy[field];
  return copy;
}

it('a reading lacks what the home has and it does not give', () => {
  const reading = { production_kw: 0, net_import_kw: undefined, battery_discharge_kw: undefined };
  const { lacking, ...rest } = withLacking(reading, { production: true, grid: true, battery: false });
  assert.deepEqual(lacking, ['grid']);
  assert.deepEqual(rest, reading);
});

describe('a source that gives all it ever gave', () => {
  it('is its reading, and nothing is lacking', () => {
    const { reading, lacking, notes } = observed([whole, whole]);
    assert.deepEqual({ reading, lacking, notes }, { reading: whole, lacking: [], notes: [] });
  });

  it('may give a term for the first time', () => {
    const { reading, lacking } = observed([{ production_kw: 1 }, { production_kw: 1, net_import_kw: 0 }]);
    assert.deepEqual({ reading, lacking }, { reading: { production_kw: 1, net_import_kw: 0 }, lacking: [] });
  });
});

describe('a term that was given before and is not now', () => {
  const rows: [keyof Reading, string][] = [
    ['production_kw', 'the solar production'],
    ['net_import_kw', 'the grid power'],
    ['battery_discharge_kw', 'the battery power'],
    ['consumption_kw', 'the consumption'],
    ['battery_soc', "the battery's state of charge"],
  ];
  for (const [field, words] of rows)
    it(`is lacking, not zero and not absent: ${field}`, () => {
      const observation = observed([whole, without(whole, field)]);
      assert.deepEqual(lackingOf(observation), [words]);
      assert.deepEqual(observation.reading, without(whole, field));
    });

  it('is not lacking where it is zero', () => {
    const nothingFlows = { ...whole, production_kw: 0, net_import_kw: 0, consumption_kw: 0, battery_discharge_kw: 0 };
    assert.deepEqual(observed([whole, nothingFlows]).lacking, []);
  });

  it('is lacking until it is given again', () => {
    const gap = without(whole, 'battery_discharge_kw');
    assert.equal(observed([whole, gap, gap, gap]).lacking.length, 1);
    assert.deepEqual(observed([whole, gap, whole]).lacking, []);
  });

  it('is not lacking where it never was, or where only another source gives it', () => {
    assert.deepEqual(observed([{ production_kw: 1 }, { production_kw: 2 }]).lacking, []);
  });

  it('is lacking from the first answer on where the answer itself shows that the home has it', () => {
    const observation = observed([{ production_kw: 1, net_import_kw: 1, lacking: ['battery'] }]);
    assert.deepEqual(lackingOf(observation), ['the battery power']);
    assert.equal('lacking' in observation.reading, false);
  });
});

describe('TAKE', () => {
  const take: Term[] = ['production', 'battery'];

  it('promises terms: what is not there is lacking from the first answer on', () => {
    const observation = observed([{ production_kw: 1 }], { take });
    assert.deepEqual(lackingOf(observation), ['the battery power']);
  });

  it('keeps out what is not promised, and never misses it', () => {
    const { reading, lacking } = observed([whole, { production_kw: 1, battery_discharge_kw: 0, battery_soc: 0.4 }], {
      take,
    });
    assert.deepEqual(reading, { production_kw: 1, battery_discharge_kw: 0, battery_soc: 0.4 });
    assert.deepEqual(lacking, []);
  });

  it('does not miss what the answer itself lacks and nobody takes', () => {
    assert.deepEqual(observed([{ production_kw: 1, lacking: ['grid'] }], { take: ['production'] }).lacking, []);
  });

  it('promises no state of charge, but misses one that was there', () => {
    const power = { battery_discharge_kw: 1 };
    assert.deepEqual(observed([power], { take: ['battery'] }).lacking, []);
    assert.deepEqual(observed([{ ...power, battery_soc: 0.5 }, power], { take: ['battery'] }).lacking, [
      { what: 'charge' },
    ]);
    assert.deepEqual(observed([whole, { production_kw: 1 }], { take: ['production'] }).lacking, []);
  });
});

describe('a home without solar equipment, as the answer shows it', () => {
  const meterAlone: AdapterAnswer = { net_import_kw: 1, unfitted: ['production'] };

  it('has a production of 0, at every answer', () => {
    for (const answers of [[meterAlone], [meterAlone, meterAlone], Array(5).fill(meterAlone)]) {
      const { reading, lacking } = observed(answers);
      assert.deepEqual(reading, { net_import_kw: 1, production_kw: 0 });
      assert.deepEqual(lacking, []);
    }
  });

  it('lacks it where it was given before', () => {
    const { reading, lacking } = observed([{ ...meterAlone, production_kw: 3 }, meterAlone]);
    assert.deepEqual(reading, { net_import_kw: 1 });
    assert.deepEqual(lacking, [{ what: 'production' }]);
  });

  it('lacks it where the owner has promised it', () => {
    const { reading, lacking } = observed([meterAlone], { take: ['grid', 'production'] });
    assert.deepEqual(reading, { net_import_kw: 1 });
    assert.deepEqual(lacking, [{ what: 'production' }]);
  });
});

describe('a source of one string inverter, off without sun,', () => {
  it('gives 0 when its last power was near nothing', () => {
    const { reading, lacking } = observed([{ production_kw: 0.1 }, {}]);
    assert.deepEqual({ reading, lacking }, { reading: { production_kw: 0 }, lacking: [] });
  });

  it('lacks its production when that vanishes in broad daylight', () => {
    const { reading, lacking } = observed([{ production_kw: 3 }, {}]);
    assert.deepEqual({ reading, lacking }, { reading: {}, lacking: [{ what: 'production' }] });
  });

  it('sleeps no longer than a day: then nothing is known of it any more', () => {
    const nights: AdapterAnswer[] = [{ production_kw: 0.1 }, ...Array(25).fill({})];
    assert.deepEqual(observed(nights.slice(0, 24), { everyMs: hour }).reading, { production_kw: 0 });
    const { reading, notes } = observed(nights.slice(0, 26), { everyMs: hour });
    assert.deepEqual(reading, {});
    assert.equal(notes.length, 1);
  });

  it('does not sleep where the source gives anything else: a hybrid runs all night', () => {
    const { reading, lacking } = observed([{ production_kw: 0, net_import_kw: 1 }, { net_import_kw: 1 }]);
    assert.deepEqual(reading, { net_import_kw: 1 });
    assert.deepEqual(lacking, [{ what: 'production' }]);
  });

  it('was never there where it never gave anything', () => {
    assert.deepEqual(observed([{}, {}]).reading, {});
  });
});

describe('what has not been given for 24 hours', () => {
  const gap = without(whole, 'battery_discharge_kw', 'battery_soc', 'battery_energy_kwh');

  it('is lacking until then, and afterwards not there, said once', () => {
    const answers = [whole, ...Array(3).fill(gap)];
    assert.equal(observed(answers.slice(0, 3), { everyMs: 12 * hour }).lacking.length, 2);
    const forgotten = observed(answers, { everyMs: 12 * hour });
    assert.deepEqual(forgotten.lacking, []);
    assert.deepEqual(forgotten.notes, [
      'the battery power has not been given for 24 hours: from now on it counts as not there',
      "the battery's state of charge has not been given for 24 hours: from now on it counts as not there",
    ]);
    assert.deepEqual(observed([...answers, gap], { everyMs: 12 * hour }).notes, []);
  });

  it('is not forgotten where it is given again', () => {
    assert.deepEqual(observed([whole, gap, whole, gap], { everyMs: 23 * hour }).lacking.length, 2);
  });

  it('counts where it is given now: a day in which a cloud did not answer at all is no word worth', () => {
    for (const answer of [whole, [{ device: 'A', ...whole }]]) {
      const { lacking, notes } = observed([answer, answer], { everyMs: 25 * hour });
      assert.deepEqual({ lacking, notes }, { lacking: [], notes: [] });
    }
  });

  it('is a whole device, said once for each of its terms', () => {
    const [a, b] = [
      { device: 'A', production_kw: 3 },
      { device: 'B', production_kw: 3, net_import_kw: 1 },
    ];
    const { reading, notes, shape } = observed([[a, b], [a], [a], [a]], { everyMs: 12 * hour });
    assert.deepEqual(reading, { production_kw: 3 });
    assert.deepEqual(
      notes.map((note) => note.split(' has ')[0]),
      ['the solar production of B', 'the grid power of B'],
    );
    assert.deepEqual(Object.keys(shape.devices), ['A']);
  });

  it('is not forgotten too late by a clock that was ahead once', () => {
    const ahead = observe(emptyShape(), whole, { now: noon + 30 * 24 * hour });
    const next = observe(ahead.shape, gap, { now: noon });
    assert.equal(next.lacking.length, 2);
    assert.deepEqual(observe(next.shape, gap, { now: noon + 25 * hour }).lacking, []);
  });
});

it('the shape that was there before is not changed', () => {
  const { shape } = observed([[{ device: 'A', ...whole }]]);
  const before = structuredClone(shape);
  observe(shape, [{ device: 'B', ...whole }], { now: noon + hour });
  assert.deepEqual(shape, before);
});
