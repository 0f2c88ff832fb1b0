import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBug, metersOf, sourceReport, TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { SourceResult } from '../../functions/push-solar-data/core/source-state.ts';

/** A line with everything that one may hold. */
const full: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: {
    production_kw: 4.2,
    net_import_kw: -1.5,
    consumption_kw: 2.7,
    battery_discharge_kw: 0,
    battery_soc: 0.5,
    battery_energy_kwh: 5,
    imported_kwh: 100,
    exported_kwh: 200,
  },
  derived: ['consumption_kw'],
  residual_kw: -0.1,
  age_s: 30,
  sources: [
    { label: 'roof', vendor: 'foxess', result: 'read', ms: 120, notes: ['a remark'], lacking: ['the grid power'] },
    {
      label: 'shed',
      vendor: 'foxess',
      result: 'failed',
      kind: 'bug',
      error: 'a sentence',
      excerpt: '{…}',
      stack: 'TypeError: x',
    },
    { label: 'meter', vendor: 'evcc', result: 'cached' },
    { label: 'garage', vendor: 'evcc', result: 'waiting' },
  ],
  destinations: [
    { label: 'charge-hq', outcome: 'failed', kind: 'gone', error: 'a sentence', excerpt: '<html>', ms: 80 },
    { label: 'mqtt', outcome: 'idle' },
  ],
  meter: 'meter',
  warnings: ['a doubt'],
  remarks: ['a remark'],
  ms: 321,
};
const least: TickReport = { outcome: 'idle', site: 'home', sources: [], destinations: [], ms: 1 };
const error: TickReport = { ...least, outcome: 'reported', kind: 'settings', error: 'a sentence', problems: ['one'] };

/** The line as it is printed and read again. */
const printed = (report: object): unknown => JSON.parse(JSON.stringify(report));

describe("a tick's line", () => {
  for (const [what, report] of Object.entries({ full, least, error }))
    it(`is read back as it was printed: ${what}`, () => {
      assert.deepEqual(TickReport.parse(printed(report)), report);
    });

  it('may hold more than is known: the logger adds its own keys, and a later bridge others', () => {
    const sources = full.sources.map((row) => ({ ...row, phase: 1 }));
    const line = { ...full, level: 'INFO', cold_start: true, sources };
    assert.deepEqual(TickReport.parse(printed(line)), full);
  });

  it('may be of a bridge that knew one destination only', () => {
    const { destinations: _, ...older } = full;
    assert.deepEqual(TickReport.parse(printed({ ...older, push_ms: 80 })), { ...older, destinations: [] });
  });

  const others: [string, object][] = [
    ['with another outcome', { ...full, outcome: 'skipped' }],
    ['with a kind that there is not', { ...full, kind: 'bad luck' }],
    ['with a result of a source that there is not', { ...full, sources: [{ ...full.sources[0], result: 'held' }] }],
    ['with figures that are texts', { ...full, figures: { production_kw: '4.2' } }],
    ['of something else', { message: 'REPORT RequestId: 1' }],
  ];
  for (const [what, line] of others)
    it(`${what} is none`, () => {
      assert.equal(TickReport.safeParse(printed(line)).success, false);
    });
});

describe('the row of a source', () => {
  const result: SourceResult = { label: 'roof', vendor: 'foxess', polled: true, notes: [] };
  const [label, vendor] = ['roof', 'foxess'];
  const failure = { kind: 'bug', message: 'a sentence', excerpt: '{…}', stack: 'TypeError: x' } as const;
  const lacking = [{ what: 'production', device: '66S3' }, { what: 'charge' }] as const;
  const rows: [string, Partial<SourceResult>, object][] = [
    ['that was read', { reading: { production_kw: 1 }, ms: 12 }, { result: 'read', ms: 12 }],
    ['whose answer still holds', { polled: false, reading: {} }, { result: 'cached' }],
    ['of which nothing is known yet', { polled: false }, { result: 'waiting' }],
    [
      'that failed',
      { failure, ms: 12 },
      { result: 'failed', ms: 12, kind: 'bug', error: 'a sentence', excerpt: '{…}', stack: 'TypeError: x' },
    ],
    [
      'that failed with an answer that was not understood',
      { failure: { kind: 'bad-response', message: 'a sentence', excerpt: '{…}' } },
      { result: 'failed', kind: 'bad-response', error: 'a sentence', excerpt: '{…}' },
    ],
    [
      'that stays failed, without what the line of its poll has shown',
      { polled: false, failure: { kind: 'auth', message: 'a sentence' } },
      { result: 'failed', kind: 'auth', error: 'a sentence' },
    ],
    [
      'that lacks something, in words',
      { reading: {}, lacking },
      { result: 'read', lacking: ['the solar production of 66S3', "the battery's state of charge"] },
    ],
    ['with remarks', { reading: {}, notes: ['a remark'] }, { result: 'read', notes: ['a remark'] }],
  ];
  for (const [what, given, row] of rows)
    it(what, () => {
      assert.deepEqual(sourceReport({ ...result, ...given }), { label, vendor, ...row });
    });
});

it('the figures of a line are meters, in the order of the documented body', () => {
  const meters = metersOf({ exported_kwh: 2, net_import_kw: 1, tsms: 5, battery_capacity_kwh: 9, production_kw: 0 });
  assert.equal(JSON.stringify(meters), '{"production_kw":0,"net_import_kw":1,"exported_kwh":2}');
});

describe('a bug of ours', () => {
  const rows: [string, TickReport, boolean][] = [
    ['in reading or in the arithmetic is one', { ...error, kind: 'bug' }, true],
    [
      'in a destination is one, also the second',
      {
        ...least,
        destinations: [
          { label: 'a', outcome: 'pushed' },
          { label: 'b', outcome: 'failed', kind: 'bug' },
        ],
      },
      true,
    ],
    ['is no trouble of others', full, false],
    ['is no wrong setting', error, false],
  ];
  for (const [what, report, bug] of rows)
    it(what, () => {
      assert.equal(isBug(report), bug);
    });
});
