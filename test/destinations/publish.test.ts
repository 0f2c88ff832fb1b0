import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import type { DestinationState } from '../../functions/push-solar-data/core/destination-state.ts';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import {
  type Destination,
  DestinationError,
  type DestinationErrorKind,
  type Message,
  type PushContext,
  type Pushed,
} from '../../functions/push-solar-data/destinations/destination.ts';
import { publish } from '../../functions/push-solar-data/destinations/publish.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { createRedactor } from '../../functions/push-solar-data/platform/redaction.ts';
import { limitsOf, moduleOf } from '../support/destinations.ts';
import { fakeClock } from '../support/home.ts';
import { connectionsFor } from '../support/servers.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const figures: Message = { reading: { production_kw: 4.2 }, derived: [], freshUntil: now + 900_000 };
const secret = 'made-up-charge-key';

type Way = (context: PushContext<Record<string, unknown>>) => Promise<Pushed>;
const take: Way = async () => undefined;
const refuse =
  (error: Error): Way =>
  async () => {
    throw error;
  };
const not = (kind: DestinationErrorKind, message = `Charge HQ: ${kind}`, details = {}) =>
  refuse(new DestinationError(kind, message, details));

/** Publishes messages to a destination that takes them so, one after the other, a minute apart. */
async function published(
  t: TestContext,
  ways: readonly Way[],
  { message = figures, signal = AbortSignal.timeout(5_000), before = {} }: PublishOptions = {},
) {
  const clock = fakeClock(now);
  const connections = connectionsFor(t);
  const taken: Message[] = [];
  const remarks: string[] = [];
  let state = before;
  let row: Awaited<ReturnType<typeof publish>>['row'] = { label: '', outcome: 'idle' };
  for (const way of ways) {
    clock.advance(60);
    const destination: Destination = {
      ...limitsOf(),
      label: 'charge-hq',
      addressSetting: 'CHARGE_HQ_URL',
      settings: {},
      module: moduleOf(
        (context) => {
          taken.push(context.message as Message);
          return way(context as PushContext<Record<string, unknown>>);
        },
        { state: z.object({ times: z.number() }) as never },
      ),
    };
    const home = { site: 'home', vendors: [], slowestPollSeconds: 60 };
    const memory = createSiteMemory(memoryStore());
    const ports = { connections, clock, redactor: createRedactor([secret]), signal, home, memory };
    const told = await publish(destination, state, message, ports);
    state = told.state;
    remarks.push(told.remarks.join());
    const { ms, ...rest } = told.row;
    assert.ok(ms !== undefined && ms >= 0);
    row = rest;
  }
  return { row, state, taken, remarks, at: clock.at };
}
type PublishOptions = { message?: Message; signal?: AbortSignal; before?: DestinationState };

describe('a message', () => {
  it('that is not for it costs nothing: no interval begins, what failed before stays', async (t) => {
    const { row, state } = await published(t, [not('unavailable'), async () => 'nothing']);
    assert.deepEqual(row, { label: 'charge-hq', outcome: 'idle' });
    assert.equal(state.sentAt, now + 60_000);
    assert.equal(state.failure?.kind, 'unavailable');
    assert.equal(state.pending, undefined);
  });

  it('of an error, at which figures were sent that had been gathered, is pushed', async (t) => {
    const message: Message = { error: 'No figures', kind: 'offline' };
    assert.equal((await published(t, [async () => 'figures'], { message })).row.outcome, 'pushed');
  });

  it('that http could not bring there fails as http says, and as gone where nobody knows the host', async (t) => {
    const cause = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    const unknown = new Failure('unavailable', 'Charge HQ cannot be reached: ENOTFOUND', { cause });
    assert.equal((await published(t, [refuse(unknown)])).row.kind, 'gone');
    const { row } = await published(t, [refuse(new Failure('bad-response', 'Charge HQ answers too much'))]);
    assert.deepEqual([row.kind, row.error], ['bad-response', 'Charge HQ answers too much']);
  });

  it('leaves what the module remembers, also when it was not taken', async (t) => {
    const remembering: Way = async ({ state }) => {
      Object.assign(state, { times: ((state as { times?: number }).times ?? 0) + 1 });
      throw new DestinationError('unavailable', 'not now');
    };
    const { state } = await published(t, [remembering, remembering]);
    assert.deepEqual(state.kept, { times: 2 });
  });

  it('of figures is pushed', async (t) => {
    const { row, state, taken, at } = await published(t, [take]);
    assert.deepEqual(row, { label: 'charge-hq', outcome: 'pushed' });
    assert.deepEqual(taken, [figures]);
    assert.deepEqual(state, { settingsHash: 'settings', sentAt: at });
  });

  it('of an error is reported, without any secret', async (t) => {
    const message: Message = { error: `The vendor refuses ${secret}`, kind: 'auth' };
    const { row, taken } = await published(t, [take], { message });
    assert.deepEqual(row, { label: 'charge-hq', outcome: 'reported' });
    assert.deepEqual(taken, [{ error: 'The vendor refuses [hidden]', kind: 'auth' }]);
  });

  it('that is not taken is failed, with kind, sentence and the beginning of the answer, and is sent once', async (t) => {
    const way = not('bad-response', `Charge HQ refuses ${secret}`, { excerpt: `bad key ${secret}` });
    const { row, state, taken } = await published(t, [way]);
    assert.deepEqual(row, {
      label: 'charge-hq',
      outcome: 'failed',
      kind: 'bad-response',
      error: 'Charge HQ refuses [hidden]',
      excerpt: 'bad key [hidden]',
    });
    assert.equal(taken.length, 1);
    assert.deepEqual(state.pending, figures);
    assert.equal(state.failure?.message, 'Charge HQ refuses [hidden]');
  });

  it('that may come later is waited for as long as the destination says', async (t) => {
    const { state, at } = await published(t, [not('rate-limited', 'slow down', { retryAfterSeconds: 300 })]);
    assert.equal(state.failure?.retryAt, at + 300_000);
    assert.equal(state.sentAt, at, 'counted from the moment of sending');
  });

  it('that is taken ends the reading that waited and what failed before', async (t) => {
    const { state, at } = await published(t, [not('unavailable'), take]);
    assert.deepEqual(state, { settingsHash: 'settings', sentAt: at });
  });
});

describe('a destination of ours', () => {
  const bugs: [string, Way][] = [
    ['throws', refuse(new TypeError(`cannot read ${secret} of undefined`))],
    [
      'throws before it gives a promise',
      () => {
        throw new TypeError(`cannot read ${secret} of undefined`);
      },
    ],
  ];
  for (const [what, way] of bugs)
    it(`that ${what} has a bug, told in general words with its stack in the line`, async (t) => {
      const { row, state } = await published(t, [way]);
      const { stack = '', ...rest } = row;
      const error = 'The bridge itself made an error while telling Charge HQ; it has been logged';
      assert.deepEqual(rest, { label: 'charge-hq', outcome: 'failed', kind: 'bug', error });
      assert.match(stack, /^TypeError: cannot read \[hidden\] of undefined\s.*\.test\.ts/s);
      assert.deepEqual(state.failure, { kind: 'bug', message: error, consecutive: 1 });
      assert.deepEqual(state.pending, figures);
    });

  it('that hangs beyond its signal is given up, and what it does later harms nobody', { timeout: 2_000 }, async (t) => {
    let fail = (_: Error) => {};
    const hanging: Way = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    const { row, state } = await published(t, [hanging], { signal: AbortSignal.timeout(20) });
    assert.deepEqual(row, {
      label: 'charge-hq',
      outcome: 'failed',
      kind: 'unavailable',
      error: 'Charge HQ does not answer in time',
    });
    assert.deepEqual(state.pending, figures);
    fail(new Error('too late'));
    await new Promise(setImmediate); // an unhandled rejection would end the test
  });
});

describe('a destination that is gone', () => {
  const gone = not('gone', 'HTTP 410');

  it('is told once, with what to do', async (t) => {
    const { remarks } = await published(t, [gone, gone, gone, gone, gone, gone, gone]);
    assert.deepEqual(
      remarks.map((remark) => remark !== ''),
      [false, false, false, true, false, false, false],
    );
    assert.match(
      remarks[3] ?? '',
      /^Charge HQ is not at its address any more \(HTTP 410\).*every 15 minutes.*CHARGE_HQ_URL/,
    );
  });

  it('is told again after it was back', async (t) => {
    const { remarks } = await published(t, [gone, gone, gone, gone, take, gone, gone, gone, gone]);
    assert.equal(remarks[4], 'Charge HQ answers again');
    assert.match(remarks[8] ?? '', /not at its address any more/);
  });

  it('is no word worth when it was away for a moment', async (t) => {
    assert.deepEqual((await published(t, [gone, gone, gone, take, take])).remarks, ['', '', '', '', '']);
  });
});
