/** Owners' expressions end, whatever they do, and the process that asks lives on. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createExpressionProcess } from '../../functions/push-solar-data/platform/expression-process.ts';
import {
  evaluateExpressions,
  givenBy,
  prepareExpressions,
  type Result,
} from '../../functions/push-solar-data/platform/expressions.ts';

const now = Date.parse('2026-05-20T09:40:00Z');
const evaluate = (expressions: string[], value: unknown = {}) =>
  evaluateExpressions(expressions, { value, text: () => JSON.stringify(value, null, 2) }, now);
const problems = (results: Result[]) => results.map(({ problem }) => problem);

/** The processes that were started. */
let started: ChildProcess[];
const note = (message: unknown) => started.push((message as { process: ChildProcess }).process);
beforeEach(() => {
  started = [];
  subscribe('child_process', note);
});
afterEach(() => {
  unsubscribe('child_process', note);
});

const tooLong = 'does not end within a second';
const tooLarge = 'needs more memory than it may have';
const notReached = 'was not reached, because another one had to be ended';

describe('expressions', () => {
  it('give their values in order, plain ones and others', async () => {
    const results = await evaluate(['d.a', '$sum(d.list)', 'd.missing', '$string(d.text)', 'd.list', '[d.a, null]'], {
      d: { a: 1, list: [1, 2, 3], text: 'a\nb\u2028"ü' },
    });
    assert.deepEqual(results, [
      { value: 1 },
      { value: 6 },
      { value: undefined },
      { value: 'a\nb\u2028"ü' },
      { value: [1, 2, 3] },
      { value: [1, null] },
    ]);
  });

  it('are told to their owner with what they are for, and with their setting where they must be changed', async () => {
    const expressions = [
      { purpose: 'plain', text: 'd.a', setting: 'EXAMPLE' },
      { purpose: 'misfit', text: '$number(d.text)', setting: 'EXAMPLE' },
      { purpose: 'wrong', text: 'd.a +', setting: 'EXAMPLE' },
    ] as const;
    const input = { d: { a: 1, text: 'private' } };
    const given = await givenBy(expressions, { value: input, text: () => JSON.stringify(input) }, now);
    assert.equal(given.plain?.value(), 1);
    assert.throws(() => given.misfit?.value(), {
      kind: 'bad-response',
      message: 'misfit: the expression $number(d.text) fails (JSONata D3030)',
    });
    assert.throws(() => given.wrong?.value(), {
      kind: 'settings',
      message: 'EXAMPLE must be changed: wrong: the expression d.a + fails (JSONata S0207)',
    });
  });

  it('see nothing of our environment', { skip: process.platform !== 'linux' }, async (t) => {
    process.env['EXAMPLE_PASSWORD'] = 'made-up-password';
    t.after(() => delete process.env['EXAMPLE_PASSWORD']);
    const fresh = createExpressionProcess();
    assert.deepEqual(await fresh.ask('{"expressions":["$sum([1])"],"now":0,"root":{}}', 1), [{ value: 1 }]);
    const environment = readFileSync(`/proc/${started.at(-1)?.pid}/environ`, 'utf8');
    assert.match(environment, /PATH=/);
    assert.doesNotMatch(environment, /made-up-password/);
  });

  it('that are plain start no process', async () => {
    prepareExpressions(['d.a', '-d.a / 1000']);
    assert.deepEqual(await evaluate(['d.a', '-d.a / 1000'], { d: { a: 1 } }), [{ value: 1 }, { value: -0.001 }]);
    assert.equal(started.length, 0);
  });

  it('share a process as long as it lives', async () => {
    await evaluate(['$sum([1])']);
    started = [];
    await Promise.all([evaluate(['$sum([1])']), evaluate(['$sum([2])'])]);
    prepareExpressions(['$sum([1])']);
    assert.equal(started.length, 0);
  });

  it('know the time that they are given', async () => {
    assert.deepEqual(await evaluate(['$millis()', '$now()', '$now("[Y0001]")', '$now("[H01]", "+0200")']), [
      { value: now },
      { value: '2026-05-20T09:40:00.000Z' },
      { value: '2026' },
      { value: '11' },
    ]);
  });

  const faults: [string, string, 'expression' | 'input'][] = [
    ['$number(d.text)', 'fails (JSONata D3030)', 'input'],
    ['d.none + 1', 'fails (JSONata T2001)', 'input'],
    ['[$error("private"), $error("private")]', 'fails (JSONata D3137)', 'input'],
    ['$sum(d.list) / 0', 'gives a number without end', 'input'],
    ['$sum', 'gives a function', 'input'],
    ['function($x) { $x }', 'gives a function', 'input'],
    ['d.a +', 'fails (JSONata S0207)', 'expression'],
    ['sum(d.list)', 'fails (JSONata T1005)', 'expression'],
    ['($f := function($n) { 1 + $f($n + 1) }; $f(0))', 'fails (JSONata D1011)', 'expression'],
    ['$sum([1..1000000])', 'fails (JSONata D2015)', 'expression'],
    ['$pad("a", -d.width, "xy")', 'fails (JSONata RangeError)', 'expression'],
    ['$pad("", 1500000)', 'gives more than a million characters', 'expression'],
    ['($f := function() { $f() }; $f())', tooLong, 'expression'],
  ];
  for (const [expression, problem, fault] of faults)
    it(`that go wrong say why, and leave the process: ${expression}`, async () => {
      const d = { text: 'private', none: null, list: [1], width: 1e9 };
      await evaluate(['$sum([1])']);
      started = [];
      assert.deepEqual(await evaluate([expression, '$sum(d.list)'], { d }), [{ problem, fault }, { value: 1 }]);
      assert.equal(started.length, 0);
    });

  const numbers = Array.from({ length: 100_000 }, (_, index) => (index * 7_919) % 100_003);
  const ends: [string, unknown][] = [
    ['$match(d, /(\\d+ ?)+kW/)', `${'1'.repeat(44)} x`],
    ['$count($distinct(d))', numbers],
  ];
  for (const [expression, d] of ends)
    it(`are ended after a second: ${expression}`, async () => {
      const begun = performance.now();
      const results = await evaluate(['$sum([1])', expression, '$sum([2])'], { d });
      assert.ok(performance.now() - begun < 5_000);
      assert.deepEqual(results[0], { value: 1 });
      assert.deepEqual(problems(results), [undefined, tooLong, notReached]);
      assert.deepEqual(await evaluate(['$sum([3])']), [{ value: 3 }], 'the next ones find another process');
    });

  const large: [string, unknown][] = [
    ['$sort(d)[-1]', numbers],
    ['$length($pad("", d))', 400_000_000],
    [
      '($double := function($s, $n) { $n = 0 ? $s : $double($s & $s, $n - 1) }; $length($uppercase($double(d, 9))))',
      'x'.repeat(900_000),
    ],
    ['$count($split($pad("", d), ""))', 100_000_000],
    ['$encodeUrlComponent($pad("", d, "ü"))', 100_000_000],
  ];
  for (const [expression, d] of large)
    it(`are ended before they have used up all memory: ${expression}`, async () => {
      const patient = createExpressionProcess({ evaluationMs: 30_000 });
      const question = JSON.stringify({ expressions: ['$sum([1])', expression], now, root: { d } });
      assert.deepEqual(await patient.ask(question, 2), [{ value: 1 }, { problem: tooLarge, fault: 'expression' }]);
    });

  it('are not at fault where no process starts in time', async () => {
    const impatient = createExpressionProcess({ startMs: 1 });
    await assert.rejects(impatient.ask('{"expressions":["1"],"now":0}', 1), { kind: 'unavailable' });
  });

  it('of 10,000 values in order or once each give their values, or are ended', async () => {
    for (const expression of ['$sort(d)[-1]', '$count($distinct(d))']) {
      const [result] = await evaluate([expression], { d: numbers.slice(0, 10_000) });
      assert.ok(result?.problem === undefined || [tooLong, tooLarge].includes(result.problem));
    }
  });

  it('are not at fault where the process is ended from outside', async () => {
    await evaluate(['$match(d, /(\\d+ ?)+kW/)'], { d: `${'1'.repeat(44)} x` });
    const results = evaluate(['($f := function() { $f() }; $f())']);
    setTimeout(() => started.at(-1)?.kill('SIGKILL'), 300);
    await assert.rejects(results, { kind: 'unavailable' });
    assert.deepEqual(await evaluate(['$sum([3])']), [{ value: 3 }]);
  });

  it('keep no process alive', () => {
    const module = join(import.meta.dirname, '../../functions/push-solar-data/platform/expressions.ts');
    const script = `
      import { evaluateExpressions } from ${JSON.stringify(module)};
      console.log(JSON.stringify(await evaluateExpressions(['$sum([1, 2])'], { value: {}, text: () => '{}' }, 0)));`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 });
    assert.equal(String(stdout), '[{"value":3}]\n');
    assert.equal(status, 0);
  });
});
