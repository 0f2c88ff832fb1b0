/** Several homes' expressions in one process of ours: what one home's do changes nothing for another's. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { evaluatedBy, evaluateExpressions } from '../../functions/push-solar-data/platform/expressions.ts';
import { createSharedExpressions } from '../../functions/push-solar-data/platform/shared-expressions.ts';
import { fakeClock } from '../support/home.ts';

const endless = '($f := function() { $f() }; $f())';
const root = { list: [1, 2, 3] };

let started: ChildProcess[];
const note = (message: unknown) => started.push((message as { process: ChildProcess }).process);
beforeEach(() => {
  started = [];
  subscribe('child_process', note);
});
afterEach(() => {
  unsubscribe('child_process', note);
  for (const child of started) child.kill('SIGKILL');
});

const living = () => started.filter(({ exitCode, killed }) => exitCode === null && !killed).length;

/** Homes by name that evaluate, each by its own evaluator. */
function neighbours() {
  const clock = fakeClock('2026-05-20T09:40:00Z');
  const expressionsOf = createSharedExpressions(clock);
  const evaluators = new Map<string, ReturnType<typeof expressionsOf>>();
  const evaluatorOf = (home: string) => {
    const evaluator = evaluators.get(home) ?? expressionsOf(home);
    evaluators.set(home, evaluator);
    return evaluator;
  };
  const evaluate = (home: string, ...expressions: string[]) =>
    evaluatedBy(evaluatorOf(home), () =>
      evaluateExpressions(expressions, { value: root, text: () => JSON.stringify(root) }, clock.now()),
    );
  return { clock, evaluate, start: (home: string) => evaluatorOf(home).start() };
}

const timed = async <Result>(work: Promise<Result>): Promise<[Result, number]> => {
  const begun = performance.now();
  return [await work, performance.now() - begun];
};

describe('expressions of several homes', () => {
  it('give what they give alone, in one process', async () => {
    const { evaluate } = neighbours();
    const results = await Promise.all(['home', 'cabin', 'barn'].map((home) => evaluate(home, 'list[0]', '$sum(list)')));
    for (const result of results) assert.deepEqual(result, [{ value: 1 }, { value: 6 }]);
    assert.equal(started.length, 1);
  });

  it('that do not end are told so as alone, and nobody waits for them again within the hour', async () => {
    const { evaluate, clock } = neighbours();
    await evaluate('cabin', '$sum(list)');
    const ended = { problem: 'does not end within a second', fault: 'expression' };
    assert.deepEqual(await evaluate('home', endless, '$sum(list)'), [ended, { value: 6 }]);
    await evaluate('cabin', '$sum(list)');
    const waitOfCabin = async () => {
      const spoilt = evaluate('home', endless);
      const [result, ms] = await timed(evaluate('cabin', '$sum(list)'));
      assert.deepEqual(result, [{ value: 6 }]);
      assert.deepEqual(await spoilt, [ended]);
      return ms;
    };
    assert.ok((await waitOfCabin()) < 800);
    clock.advance(3_601);
    assert.ok((await waitOfCabin()) > 800, 'they have another try among the others');
  });

  it('that are slow have a process only while it is asked', async () => {
    const { evaluate, start } = neighbours();
    await evaluate('home', endless);
    const slow = [evaluate('home', endless), evaluate('home', endless)];
    await evaluate('cabin', '$sum(list)');
    assert.equal(living(), 2);
    await Promise.all(slow);
    start('home');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(living(), 1);
  });

  it('that are many let another home in after each', async () => {
    const { evaluate } = neighbours();
    await evaluate('home', '$sum(list)');
    const order: string[] = [];
    const asked = (home: string) => evaluate(home, '$sum([1..9000])').then(() => order.push(home));
    await Promise.all([...Array.from({ length: 10 }, () => asked('home')), asked('cabin')]);
    assert.equal(order.indexOf('cabin') <= 1, true, order.join());
  });

  it('that wait in their dozens are not kept', async () => {
    const { evaluate } = neighbours();
    const asked = Array.from({ length: 40 }, () => evaluate('home', '$sum(list)'));
    const settled = await Promise.allSettled(asked);
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 20);
  });
});
