import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { commonDocument, rounded } from '../../functions/push-solar-data/destinations/document.ts';
import { figuresOf, sendingAt, everyFigure as whole } from '../support/destinations.ts';
import { missOf, powersOf, truths } from '../support/truth.ts';

describe('the common document', () => {
  it('of a reading has its members in the documented order', () => {
    const reading = Object.fromEntries(Object.entries({ tsms: sendingAt - 60_000, ...whole }).reverse());
    const text = JSON.stringify(commonDocument(figuresOf(reading, ['consumption_kw']), 'home', sendingAt));
    assert.equal(
      text,
      '{"type":"reading","version":1,"site":"home","sent_ms":1777636800000,"tsms":1777636740000,"production_kw":4.2,' +
        '"net_import_kw":-1.5,"consumption_kw":2,"battery_discharge_kw":-0.7,"battery_soc":0.555,' +
        '"battery_energy_kwh":5.6,"imported_kwh":8123.41,"exported_kwh":10422.9,"derived":["consumption_kw"]}',
    );
  });

  it('of an error holds the sentence and its kind, and no figure', () => {
    assert.equal(
      JSON.stringify(commonDocument({ error: 'No answer', kind: 'offline' }, 'shed', sendingAt)),
      '{"type":"error","version":1,"site":"shed","sent_ms":1777636800000,"error":"No answer","kind":"offline"}',
    );
  });

  it('leaves out what is unknown, and always says what was computed', () => {
    assert.deepEqual(commonDocument(figuresOf({ net_import_kw: 1 }), 'home', sendingAt), {
      ...{ type: 'reading', version: 1, site: 'home', sent_ms: sendingAt },
      ...{ net_import_kw: 1, derived: [] },
    });
  });

  it('tells no capacity of a battery, which is there to weigh', () => {
    const document = commonDocument(figuresOf({ net_import_kw: 1, battery_capacity_kwh: 10 }), 'home', sendingAt);
    assert.equal('battery_capacity_kwh' in document, false);
  });

  it('has whole milliseconds', () => {
    const document = commonDocument(figuresOf({ tsms: sendingAt - 0.4 }), 'home', sendingAt);
    assert.equal('tsms' in document && document.tsms, sendingAt);
  });

  it('balances, for any home', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        const document = commonDocument(figuresOf(powersOf(truth)), 'home', sendingAt);
        assert.equal(missOf(document.type === 'reading' ? document : {}), 0);
      }),
    );
  });
});

describe('a figure', () => {
  for (const [field, value, told] of [
    ['production_kw', 1.23449, 1.234],
    ['production_kw', 1.2346, 1.235],
    ['net_import_kw', -0.0004, 0],
    ['net_import_kw', -0, 0],
    ['battery_soc', 0.61548, 0.6155],
    ['battery_energy_kwh', 6.12345, 6.123],
    ['exported_kwh', 10422.9004, 10422.9],
  ] as const)
    it(`${field} of ${Object.is(value, -0) ? '−0' : value} is told as ${told}`, () => {
      assert.ok(Object.is(rounded(field, value), told));
    });
});
