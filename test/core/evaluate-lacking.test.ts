import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import { errorOf, evaluated, type Given, lacks, read } from './evaluations.ts';

describe('what the home has and does not give now', () => {
  const battery = { battery_discharge_kw: -0.5, battery_soc: 0.5 };
  const whole = { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.2, ...battery };
  const without = (...fields: (keyof Reading)[]): Reading =>
    Object.fromEntries(Object.entries(whole).filter(([field]) => !fields.includes(field as keyof Reading)));

  const told: [string, Reading, Given, Reading][] = [
    ['production', without('production_kw'), lacks('production'), without('production_kw', 'consumption_kw')],
    ['battery', without('battery_discharge_kw'), lacks('battery'), without('battery_discharge_kw', 'consumption_kw')],
    ['charge', without('battery_soc'), lacks('charge'), without('battery_soc')],
    ['production and battery', { net_import_kw: 1 }, lacks('production', 'battery'), { net_import_kw: 1 }],
  ];
  for (const [what, reading, given, expected] of told)
    it(`is left out with what would follow from it: ${what}`, () => {
      const { report, message } = evaluated({ roof: read(reading, given) });
      assert.deepEqual(report.figures, expected);
      assert.ok(message && 'reading' in message);
      assert.equal(report.warnings?.length, 1);
      assert.match(report.warnings?.[0] ?? '', /^roof does not give .* now, .*unknown, not zero/);
    });

  it('is named with its device, source by source', () => {
    const { report } = evaluated({
      roof: read({ net_import_kw: 1 }, { lacking: [{ what: 'production', device: '66S3' }] }),
      garage: read({}, lacks('battery', 'charge')),
    });
    assert.match(report.warnings?.[0] ?? '', /^roof does not give the solar production of 66S3 now/);
    assert.match(
      report.warnings?.[1] ?? '',
      /^garage does not give the battery power and the battery's state of charge/,
    );
  });

  const derived: [string, Reading, Given][] = [
    ['grid', without('net_import_kw'), lacks('grid')],
    ['consumption', without('consumption_kw'), lacks('consumption')],
  ];
  for (const [what, reading, given] of derived)
    it(`is told all the same where it follows from the rest: ${what}`, () => {
      const { report } = evaluated({ roof: read(reading, given) });
      assert.deepEqual(report.figures, whole);
      assert.deepEqual(report.derived, [what === 'grid' ? 'net_import_kw' : 'consumption_kw']);
      assert.equal(report.warnings?.length, what === 'grid' ? 1 : undefined);
    });

  const offline: [string, Record<string, Given>, string][] = [
    ['the grid power', { roof: read({ production_kw: 4 }, lacks('grid')) }, 'The grid power'],
    [
      'the grid power, though another source has a meter too',
      { roof: read({ production_kw: 4 }, lacks('grid')), garage: read({ net_import_kw: 1 }) },
      'The grid power',
    ],
    [
      'the consumption that it follows from',
      { roof: read({ production_kw: 4 }, lacks('consumption')) },
      'The consumption',
    ],
    [
      'the production that it follows from',
      { roof: read({ consumption_kw: 2, ...battery }, lacks('production')) },
      'The solar production',
    ],
    [
      'a battery that it follows from',
      { roof: read({ consumption_kw: 2, production_kw: 1 }, lacks('battery', 'charge')) },
      "The battery power and the battery's state of charge",
    ],
  ];
  for (const [what, sources, beginning] of offline)
    it(`makes the home offline where the grid flow is lost with ${what}`, () => {
      const evaluation = evaluated(sources);
      const sentence = 'is lacking, so the grid flow is not known: check the meter and its connection';
      assert.deepEqual(errorOf(evaluation), ['offline', `${beginning} ${sentence}`]);
      assert.equal(evaluation.report.warnings?.length, 1);
    });

  it('makes the home offline where nothing else is known', () => {
    const [kind, sentence] = errorOf(evaluated({ roof: read({ battery_soc: 0.5 }, lacks('production')) }));
    assert.equal(kind, 'offline');
    assert.equal(sentence, 'The solar production is lacking, and nothing else is known: check the connection');
  });

  it('is not missed where it would not count: the consumption of one of two inverters', () => {
    const roof = read({ production_kw: 4, net_import_kw: 1 }, lacks('consumption'));
    assert.equal(evaluated({ roof, garage: read({ production_kw: 1 }) }).report.warnings, undefined);
    const { warnings = [] } = evaluated({ roof, garage: read({}, lacks('production')) }).report;
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^garage does not give the solar production now/);
  });

  it('shows nothing of what is usual at this home', () => {
    const { baseline } = evaluated({ roof: read({ net_import_kw: 1 }, lacks('production')) });
    assert.equal(baseline, undefined);
    assert.ok(evaluated({ roof: read(without('net_import_kw'), lacks('grid')) }).baseline);
  });
});
