/** The line of a home of a shard: short while all is well, everything once something is wrong, and readable as a tick's report. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { createHomeLines } from '../../functions/push-solar-data/platform/home-lines.ts';

const start = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;

const next = { in_s: 300, why: 'its cloud renews its figures every 5 min' };

/** Two sources, two destinations, every figure, and remarks: the largest line of a home in which all is well. */
const rich: TickReport = {
  outcome: 'pushed',
  site: 'grandmas-cottage',
  figures: {
    production_kw: 10.234,
    net_import_kw: -12.345,
    consumption_kw: 10.123,
    battery_discharge_kw: -10.456,
    battery_soc: 0.865,
    battery_energy_kwh: 10.234,
    imported_kwh: 12345.678,
    exported_kwh: 23456.789,
  },
  derived: ['consumption_kw'],
  residual_kw: -0.123,
  age_s: 123,
  sources: [
    { label: 'roof', vendor: 'solaredge-monitoring', result: 'read', ms: 1234, notes: ['a note'], next },
    { label: 'battery', vendor: 'sonnen', result: 'cached', ms: 1234, next },
  ],
  destinations: [
    { label: 'charge-hq', outcome: 'pushed', ms: 1234 },
    { label: 'home-assistant-webhook', outcome: 'pushed', ms: 1234 },
  ],
  meter: 'battery',
  warnings: [],
  remarks: ['a remark'],
  ms: 12345,
};
const simple: TickReport = {
  outcome: 'pushed',
  site: 'cabin',
  figures: { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 },
  derived: ['consumption_kw'],
  sources: [{ label: 'victron-vrm', vendor: 'victron-vrm', result: 'read', ms: 212, next }],
  destinations: [{ label: 'charge-hq', outcome: 'pushed', ms: 210 }],
  meter: 'victron-vrm',
  ms: 424,
};

/** A tick, so many minutes after the first. */
type At = readonly [minutes: number, report: TickReport];

function linesOf(...ticks: At[]) {
  const written: string[] = [];
  const lines = createHomeLines((line) => written.push(line));
  for (const [minutes, report] of ticks) lines.tell(report, start + minutes * minute);
  return written.map((text) => ({ text, line: JSON.parse(text), report: TickReport.parse(JSON.parse(text)) }));
}
const lastOf = (...ticks: At[]) => linesOf(...ticks).at(-1) as ReturnType<typeof linesOf>[number];

describe('the line of a home', () => {
  it('has at most 700 bytes with two sources, two destinations and every figure', () => {
    const bytes = Buffer.byteLength(lastOf([0, rich], [1, rich]).text);
    assert.ok(bytes <= 700, `${bytes} bytes`);
  });

  it('has at most 450 bytes in a simple home', () => {
    const bytes = Buffer.byteLength(lastOf([0, simple]).text);
    assert.ok(bytes <= 450, `${bytes} bytes`);
  });

  it('is one line of JSON that Lambda passes on, with level, time, outcome and site first', () => {
    const { text, line } = lastOf([0, simple]);
    assert.equal(text.indexOf('\n'), text.length - 1);
    assert.deepEqual(Object.entries(line).slice(0, 4), [
      ['level', 'INFO'],
      ['timestamp', '2026-05-01T12:00:00.000Z'],
      ['outcome', 'pushed'],
      ['site', 'cabin'],
    ]);
  });

  it('keeps in its short form all but when sources are asked next and what was said before', () => {
    const { warnings: _none, remarks: _said, ...kept } = rich;
    const sources = rich.sources.map(({ next: _next, notes: _notes, ...source }) => source);
    assert.deepEqual(lastOf([0, rich], [1, rich]).report, { ...kept, sources });
  });

  const failing = { label: 'charge-hq', outcome: 'failed', kind: 'unavailable', error: 'it is down', ms: 3 } as const;
  const lost = {
    label: 'roof',
    vendor: 'x',
    result: 'failed',
    ms: 9,
    kind: 'bug',
    error: 'e',
    stack: 's',
    next,
  } as const;
  const troubles: [string, Partial<TickReport>, string][] = [
    ['an error was told', { outcome: 'reported', kind: 'offline', error: 'it sleeps' }, 'WARN'],
    ['nothing could be told', { outcome: 'failed', destinations: [failing] }, 'ERROR'],
    ['there is a doubt', { warnings: ['an opposite sign'] }, 'INFO'],
    ['there is a problem', { problems: ['VENDOR is missing'] }, 'INFO'],
    ['a further destination fails', { destinations: [...rich.destinations.slice(0, 1), failing] }, 'WARN'],
    ['a source fails', { outcome: 'idle', sources: [lost] }, 'INFO'],
    ['the bridge made an error', { outcome: 'reported', kind: 'bug', error: 'e', sources: [lost] }, 'ERROR'],
  ];
  for (const [what, trouble, level] of troubles)
    it(`holds everything when ${what}`, () => {
      const report = { ...rich, ...trouble };
      const { line } = lastOf([0, rich], [1, report]);
      assert.deepEqual(TickReport.parse(line), report);
      assert.equal(line.level, level);
    });

  it('says a note or remark at once when it is new, and again after an hour', () => {
    const said = linesOf([0, rich], [1, rich], [59, rich], [60, rich], [61, rich]).map(({ report }) => [
      report.remarks,
      report.sources[0]?.notes,
    ]);
    const [both, none] = [
      [['a remark'], ['a note']],
      [undefined, undefined],
    ];
    assert.deepEqual(said, [both, none, none, both, none]);
  });

  it('says a new remark beside one that it has said', () => {
    const news = { ...rich, remarks: ['a remark', 'another remark'] };
    assert.deepEqual(lastOf([0, rich], [1, news]).report.remarks, ['another remark']);
  });

  it('counts as said what stood in the long form', () => {
    assert.equal(lastOf([0, { ...rich, warnings: ['a doubt'] }], [1, rich]).report.remarks, undefined);
  });

  it('knows the words of one home and one source only', () => {
    assert.deepEqual(lastOf([0, rich], [0, { ...rich, site: 'cabin' }]).report.remarks, ['a remark']);
    const [roof, battery] = rich.sources;
    const other = {
      ...rich,
      sources: [
        { ...roof, notes: [] },
        { ...battery, notes: ['a note'] },
      ],
    } as TickReport;
    assert.deepEqual(lastOf([0, rich], [1, other]).report.sources[1]?.notes, ['a note']);
  });

  it('remembers a bounded number of words, and of more than those says the oldest again', () => {
    const many = { ...rich, remarks: Array.from({ length: 250 }, (_, nth) => `remark ${nth}`) };
    const again = lastOf([0, many], [1, rich], [2, many]).report.remarks ?? [];
    assert.ok(again.length > 0 && again.includes('remark 0'));
  });

  it('says everything again when the clock was set back', () => {
    assert.deepEqual(lastOf([90, rich], [0, rich]).report.remarks, ['a remark']);
  });
});
