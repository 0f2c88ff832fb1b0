import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cached, errorOf, evaluated, failing, type Given, nothingTold, now, read, toldOf } from './evaluations.ts';

describe('the sources of a home', () => {
  it('become figures that balance, with what was derived, their age and the meter', () => {
    const evaluation = evaluated({
      roof: read({ production_kw: 4.2, tsms: now - 30_000 }, { freshUntil: now + 600_000 }),
      meter: read({ net_import_kw: -1.5, tsms: now - 90_000 }, { freshUntil: now + 300_000 }),
    });
    const figures = { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 };
    assert.deepEqual(evaluation.message, {
      reading: { ...figures, tsms: now - 90_000 },
      derived: ['consumption_kw'],
      freshUntil: now + 300_000,
    });
    assert.deepEqual(evaluation.report, { figures, derived: ['consumption_kw'], age_s: 90, meter: 'meter' });
    assert.equal(evaluation.baseline?.ticks, 1);
  });

  it('tell by how much a measured consumption misses the balance', () => {
    const { report } = evaluated({ roof: read({ production_kw: 4, net_import_kw: -1, consumption_kw: 2.8 }) });
    assert.equal(report.residual_kw, -0.2);
    assert.equal(report.figures?.consumption_kw, 3);
  });

  it('are no younger than now, whatever a clock that is ahead says', () => {
    const { report } = evaluated({ roof: read({ production_kw: 4, net_import_kw: -1, tsms: now + 60_000 }) });
    assert.equal(report.age_s, 0);
  });

  it('that give nothing at all are an error', () => {
    assert.deepEqual(errorOf(evaluated({ roof: read({}) })), ['bad-response', 'No source measured anything']);
  });

  it('are not looked at while the settings are wrong', () => {
    const problems = ['FOXESS_API_KEY is missing.', 'SITE must be short.'];
    const evaluation = evaluated({ roof: failing('offline') }, { problems });
    assert.deepEqual(errorOf(evaluation), ['settings', 'FOXESS_API_KEY is missing. SITE must be short.']);
    assert.deepEqual(evaluation.report.problems, problems);
  });
});

describe('one failing source', () => {
  it('makes the home fail, because a part is a wrong total, and is named', () => {
    const evaluation = evaluated({ roof: read({ production_kw: 4, net_import_kw: 1 }), garage: failing('offline') });
    assert.deepEqual(errorOf(evaluation), ['offline', 'garage: Example Cloud: offline']);
  });

  it('needs no name where it is the only source', () => {
    assert.deepEqual(errorOf(evaluated({ roof: failing('auth') })), ['auth', 'Example Cloud: auth']);
  });

  it('is told beside the others in no more than 300 characters, each by its name', () => {
    const long: Given = { failure: { kind: 'auth', message: `Example Cloud: ${'refused '.repeat(30)}` } };
    const [, told] = errorOf(evaluated({ roof: long, garage: long, shed: long }));
    assert.ok(told && told.length <= 300, `${told?.length} characters`);
    for (const label of ['roof', 'garage', 'shed']) assert.match(told, new RegExp(`${label}: Example Cloud`));
  });

  it('is told beside the others, a bug first: it fails the invocation', () => {
    const evaluation = evaluated({ roof: failing('auth'), garage: failing('bug') });
    assert.deepEqual(errorOf(evaluation), ['bug', 'roof: Example Cloud: auth; garage: Example Cloud: bug']);
  });

  it('is told also in the ticks in which it is left alone', () => {
    assert.equal(errorOf(evaluated({ roof: failing('auth', { polled: false }) }))[0], 'auth');
  });
});

describe('a source that is not asked in this tick', () => {
  const meter = { net_import_kw: -1.5 };

  it('is combined with the others as it was', () => {
    const { reading } = toldOf(evaluated({ roof: read({ production_kw: 4 }), meter: cached(meter) }));
    assert.equal(reading.consumption_kw, 2.5);
  });

  it('is no news: where no other is asked, nothing is told', () => {
    nothingTold(evaluated({ roof: cached({ production_kw: 4, net_import_kw: 1 }) }));
    nothingTold(evaluated({ roof: cached({ production_kw: 4 }), meter: cached(meter) }));
  });

  it('and of which nothing is known lets nothing be told: a part is a wrong total', () => {
    nothingTold(evaluated({ roof: read({ production_kw: 4, net_import_kw: 1 }), garage: {} }));
  });

  const stale: Given = { cached: true, failure: { kind: 'stale', message: 'Example Cloud: 16 min old' } };
  it('and has become too old fails the home once another would be combined with it', () => {
    const evaluation = evaluated({ roof: read({ production_kw: 4 }), meter: stale });
    assert.deepEqual(errorOf(evaluation), ['stale', 'meter: Example Cloud: 16 min old']);
  });

  it('and has become too old is not told alone: its own poll will tell', () => {
    nothingTold(evaluated({ meter: stale }));
    nothingTold(evaluated({ roof: cached({ production_kw: 4 }), meter: stale }));
  });
});

describe('figures that cannot be', () => {
  it('are an error that names all of them, also where a sum would hide them', () => {
    const [kind, sentence] = errorOf(
      evaluated({ roof: read({ production_kw: 4200, net_import_kw: 0 }), garage: read({ production_kw: -4190 }) }),
    );
    assert.equal(kind, 'bad-response');
    assert.match(sentence, /^Impossible figures: production_kw is 4200 kW.*; production_kw is -4190 kW/);
  });

  it('are an error of no more than 300 characters', () => {
    const figures = {
      production_kw: 1e60 / 3,
      net_import_kw: 1e60 / 3,
      battery_discharge_kw: -1e160 / 3,
      consumption_kw: 1e160 / 3,
    };
    const [, sentence] = errorOf(evaluated({ roof: read(figures) }));
    assert.match(sentence, /^Impossible figures.*…$/);
    assert.equal(sentence.length, 300);
  });

  it('are an error also where only their sum is too much', () => {
    const sum = { roof: read({ production_kw: 60 }), garage: read({ production_kw: 60, net_import_kw: 0 }) };
    assert.match(errorOf(evaluated(sum))[1], /^Impossible figures: production_kw is 120 kW/);
  });

  it('are judged by what the home has shown, or by what its owner says', () => {
    const roof = read({ production_kw: 40, net_import_kw: 0 });
    assert.ok('reading' in (evaluated({ roof }).message ?? {}), 'a home that is not known yet may be large');
    const baseline = { ticks: 5, highest_kw: 3 };
    assert.match(errorOf(evaluated({ roof }, { baseline }))[1], /beyond the limit of 30 kW/);
    assert.ok('reading' in (evaluated({ roof }, { baseline, maxPower_kw: 50 }).message ?? {}));
    assert.match(errorOf(evaluated({ roof }, { maxPower_kw: 20 }))[1], /beyond the limit of 20 kW/);
  });

  it('are an error where they are a slip between W and kW', () => {
    const baseline = { ticks: 100, usual_kw: 0.05, highest_kw: 20 };
    const [kind, sentence] = errorOf(evaluated({ roof: read({ production_kw: 0, net_import_kw: 60 }) }, { baseline }));
    assert.equal(kind, 'bad-response');
    assert.match(sentence, /^Unbelievable figures: .*watts were taken for kilowatts/);
  });

  it('but are possible are told with a warning, from one tick to the next', () => {
    let evaluation = evaluated({ roof: read({ production_kw: 0, net_import_kw: -1.5 }) });
    for (let tick = 1; tick < 5; tick++) {
      assert.equal(evaluation.report.warnings, undefined, `tick ${tick}`);
      const { baseline } = evaluation;
      assert.ok(baseline);
      evaluation = evaluated({ roof: read({ production_kw: 0, net_import_kw: -1.5 }) }, { baseline });
    }
    assert.match(evaluation.report.warnings?.join() ?? '', /opposite sign/);
    assert.equal(toldOf(evaluation).reading.consumption_kw, -1.5);
  });
});

describe('two sources that report what a home has once', () => {
  const inverter = { production_kw: 4, net_import_kw: -1, battery_discharge_kw: 0.2, consumption_kw: 3.2 };
  const rows: [string, Record<string, Given>, string][] = [
    [
      'keep the meter that is there for this alone',
      { 'roof-one': read(inverter), meter: read({ net_import_kw: -1 }) },
      'roof-one and meter both report a grid meter, and a home has one: leave it to one of them, for example ROOF_ONE_TAKE=production,battery',
    ],
    [
      'keep it in whatever order they are named',
      { meter: read({ net_import_kw: -1 }), roof: read(inverter) },
      'meter and roof both report a grid meter, and a home has one: leave it to one of them, for example ROOF_TAKE=production,battery',
    ],
    [
      'leave the second one out where both give as much',
      { roof: read({ production_kw: 1, net_import_kw: 0 }), garage: read({ production_kw: 2, net_import_kw: 0 }) },
      'roof and garage both report a grid meter, and a home has one: leave it to one of them, for example GARAGE_TAKE=production',
    ],
    [
      'are one too many where they give nothing else',
      { roof: read({ net_import_kw: 1 }), garage: read({ net_import_kw: 0 }) },
      'roof and garage both report a grid meter, and a home has one: leave it to one of them, take the other out of VENDOR',
    ],
    [
      'may be told both to give the consumption',
      {
        roof: read({ consumption_kw: 1, production_kw: 1 }, { take: ['consumption', 'production'] }),
        clamp: read({ consumption_kw: 2 }, { take: ['consumption'] }),
      },
      'roof and clamp both report the consumption of the home, and a home has one: leave it to one of them, for example ROOF_TAKE=production',
    ],
  ];
  for (const [what, sources, sentence] of rows)
    it(what, () => {
      const evaluation = evaluated(sources);
      assert.deepEqual(errorOf(evaluation), ['settings', sentence]);
      assert.equal(evaluation.isDisputed, true, 'nothing of the home is learnt from them');
    });
});
