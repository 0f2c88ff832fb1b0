import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Failure, type FailureKind } from '../../functions/push-solar-data/adapters/adapter.ts';
import { openSession, type Session, type Way, withToken } from '../../functions/push-solar-data/adapters/session.ts';
import { clientFor, serveHttp } from '../support/servers.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const refused = () => new Failure('auth', 'Example Cloud refused the token', { status: 401 });

type Step = string | FailureKind | 'closed';
type Play = { kept?: Session; stored?: Session; good?: string[]; ways?: [name: string, gives: Step][] };

/** A read by ways that give a token, fail with a kind, or are closed. The protocol tells the order of things. */
function open({ kept, stored, good = [], ways = [] }: Play) {
  const protocol: string[] = [];
  let value = kept;
  const kinds: string[] = ['auth', 'bad-response', 'rate-limited', 'unavailable'];
  const context = {
    now,
    sleep: async () => {
      protocol.push('wait');
    },
    session: {
      get value() {
        return value;
      },
      save: async (session: Session) => {
        value = session;
        protocol.push(`save ${session.token}`);
      },
      reload: async () => {
        protocol.push('reload');
        value = stored ?? value;
      },
    },
  };
  const way =
    ([name, gives]: [string, Step]): Way<Session> =>
    async (previous) => {
      protocol.push(previous ? `${name} after ${previous.token}` : name);
      await new Promise(setImmediate);
      if (kinds.includes(gives)) throw new Failure(gives as FailureKind, `${name} failed`);
      return gives === 'closed' ? undefined : { token: gives };
    };
  const use = async ({ token }: Session) => {
    protocol.push(`use ${token}`);
    await new Promise(setImmediate);
    if (!good.includes(token)) throw refused();
    return token;
  };
  return { context, ways: ways.map(way), use, protocol };
}

async function play(plan: Play) {
  const { context, ways, use, protocol } = open(plan);
  const result = await openSession(context, ways)(use).catch((error: Failure) => error.message);
  return { result, protocol };
}

describe('ways to a session', () => {
  const refresh = (gives: Step): [string, Step] => ['refresh', gives];
  const logIn = (gives: Step): [string, Step] => ['log in', gives];
  const old = { token: 'old' };
  const ended = { token: 'old', expiresAt: now };
  const rows: [what: string, plan: Play, result: string, protocol: string[]][] = [
    ['none is gone with a good one', { kept: old, good: ['old'], ways: [logIn('new')] }, 'old', ['use old']],
    [
      'the cheapest that is open comes first',
      { kept: ended, good: ['new'], ways: [refresh('new'), logIn('never')] },
      'new',
      ['refresh after old', 'save new', 'use new'],
    ],
    [
      'one that is closed is passed by',
      { good: ['new'], ways: [refresh('closed'), logIn('new')] },
      'new',
      ['refresh', 'log in', 'save new', 'use new'],
    ],
    [
      'after one that is refused comes the next, at once',
      { kept: ended, good: ['new'], ways: [refresh('auth'), logIn('new')] },
      'new',
      ['refresh after old', 'reload', 'log in after old', 'save new', 'use new'],
    ],
    [
      'where another invocation has refreshed, its session is taken over',
      { kept: ended, stored: { token: 'theirs' }, good: ['theirs'], ways: [refresh('auth'), logIn('never')] },
      'theirs',
      ['refresh after old', 'reload', 'use theirs'],
    ],
    [
      'trouble is no refusal, and costs no log-in',
      { kept: ended, ways: [refresh('unavailable'), logIn('never')] },
      'refresh failed',
      ['refresh after old'],
    ],
    [
      'a token of the first that is refused leads to the next',
      { kept: old, good: ['new'], ways: [refresh('fresh'), logIn('new')] },
      'new',
      [
        'use old',
        'reload',
        'refresh after old',
        'save fresh',
        'use fresh',
        'reload',
        'log in after fresh',
        'save new',
        'use new',
      ],
    ],
    [
      'each is gone once',
      { kept: old, ways: [refresh('fresh'), logIn('new')] },
      'Example Cloud refused the token',
      [
        'use old',
        'reload',
        'refresh after old',
        'save fresh',
        'use fresh',
        'reload',
        'log in after fresh',
        'save new',
        'use new',
        'reload',
      ],
    ],
    [
      'the last one tells what is wrong',
      { ways: [refresh('closed'), logIn('auth')] },
      'log in failed',
      ['refresh', 'log in'],
    ],
    [
      'the one before does, where the last is closed',
      { kept: ended, ways: [refresh('auth'), logIn('closed')] },
      'refresh failed',
      ['refresh after old', 'reload', 'log in after old'],
    ],
    ['none is open', { ways: [refresh('closed')] }, 'There is no way to log in: check the settings', ['refresh']],
  ];
  for (const [what, plan, result, protocol] of rows)
    it(what, async () => assert.deepEqual(await play(plan), { result, protocol }));

  it('are shared by calls side by side, and by those that follow', async () => {
    const { context, ways, use, protocol } = open({ kept: old, good: ['new'], ways: [logIn('new'), logIn('never')] });
    const call = openSession(context, ways);
    assert.deepEqual(await Promise.all([call(use), call(use), call(use)]), ['new', 'new', 'new']);
    assert.equal(await call(use), 'new');
    assert.equal(protocol.filter((step) => step.startsWith('log in')).length, 1);
  });
});

describe('a session that a cloud gives again under the same token', () => {
  const again: Play = { kept: { token: 'same' }, ways: [['log in', 'same']] };

  it('is good for the calls that follow', async () => {
    const { context, ways, use, protocol } = open(again);
    const call = openSession(context, ways);
    const afterLogIn = (session: Session) =>
      protocol.includes('save same') ? Promise.resolve('figures') : use(session);
    assert.deepEqual([await call(afterLogIn), await call(afterLogIn)], ['figures', 'figures']);
    assert.deepEqual(protocol, ['use same', 'reload', 'log in after same', 'save same']);
  });

  it('is not renewed once more when it is refused', async () => {
    const { result, protocol } = await play(again);
    assert.equal(result, 'Example Cloud refused the token');
    assert.deepEqual(protocol, ['use same', 'reload', 'log in after same', 'save same', 'use same', 'reload']);
  });
});

describe('the client of a session', () => {
  const ask = async (t: TestContext, options?: Parameters<typeof withToken<Session, unknown>>[3]) => {
    const sent: (string | undefined)[] = [];
    const { url } = await serveHttp(t, (request, response) => {
      sent.push(request.headers.authorization, request.headers['x-token'] as string | undefined);
      response.end('{}');
    });
    const { context, ways } = open({ ways: [['log in', 'one']] });
    const http = clientFor(t, { baseUrl: url });
    await withToken({ ...context, http }, ways, (client) => client.send('GET', '/live'), options);
    return sent;
  };

  it('sends its token as a bearer token', async (t) => {
    assert.deepEqual(await ask(t), ['Bearer one', undefined]);
  });

  it('sends it as the vendor wants it', async (t) => {
    assert.deepEqual(await ask(t, { client: ({ token }) => ({ headers: { 'x-token': token } }) }), [undefined, 'one']);
  });
});
