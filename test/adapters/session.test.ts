import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../functions/push-solar-data/adapters/adapter.ts';
import {
  bearer,
  openSession,
  type Session,
  type SessionContext,
  type SessionOptions,
} from '../../functions/push-solar-data/adapters/session.ts';

/** One call in a session that one way renews; every refused credential counts. */
const inSession = <Result>(
  context: SessionContext<Session>,
  way: (previous: Session | undefined) => Promise<Session>,
  use: (session: Session) => Promise<Result>,
  options: SessionOptions = {},
): Promise<Result> => openSession(context, [way], { isRefusal: ({ kind }) => kind === 'auth', ...options })(use);

const now = Date.parse('2026-05-01T12:00:00Z');
const inSeconds = (seconds: number) => now + seconds * 1000;
const refusal = () => new Failure('auth', 'Example Cloud refused the credentials');

/**
 * Plays one read with a session. `good` are the tokens that the vendor accepts, `stored` is what another invocation has
 * saved meanwhile; log-ins give `new-1`, `new-2`, … The protocol tells the order of things.
 */
async function play({
  session,
  stored,
  storedAfter = 'at once',
  good = [],
  logIn,
  options,
}: {
  session?: Session;
  stored?: Session;
  storedAfter?: 'at once' | 'a moment';
  good?: string[];
  logIn?: () => Session;
  options?: SessionOptions;
}) {
  const protocol: string[] = [];
  let logIns = 0;
  let kept = session;
  const context: SessionContext<Session> = {
    now,
    session: {
      get value() {
        return kept;
      },
      save: async (renewed) => {
        kept = renewed;
        protocol.push(`save ${renewed.token}`);
      },
      reload: async () => {
        protocol.push('reload');
        const isThere = storedAfter === 'at once' || protocol.includes('wait');
        kept = isThere ? stored : undefined;
      },
    },
    sleep: async () => {
      protocol.push('wait');
    },
  };
  const renew = async (previous: Session | undefined): Promise<Session> => {
    logIns += 1;
    protocol.push(`log in${previous ? ` after ${previous.token}` : ''}`);
    return logIn ? logIn() : { token: `new-${logIns}` };
  };
  const use = async ({ token }: Session): Promise<string> => {
    protocol.push(`use ${token}`);
    if (!good.includes(token)) throw refusal();
    return `figures for ${token}`;
  };
  const result = await inSession(context, renew, use, options).catch((error: unknown) => error);
  return { result, protocol, kept: kept?.token };
}

describe('a session', () => {
  it('is made by a log-in where there is none, and saved before it is used', async () => {
    const { result, protocol, kept } = await play({ good: ['new-1'] });
    assert.equal(result, 'figures for new-1');
    assert.deepEqual(protocol, ['log in', 'save new-1', 'use new-1']);
    assert.equal(kept, 'new-1');
  });

  it('that is good is used without a log-in', async () => {
    const { protocol } = await play({ session: { token: 'old', expiresAt: inSeconds(3_600) }, good: ['old'] });
    assert.deepEqual(protocol, ['use old']);
  });

  it('that is said to have no end is used until it is refused', async () => {
    const { protocol } = await play({ session: { token: 'old' }, good: ['old'] });
    assert.deepEqual(protocol, ['use old']);
  });

  const ends: [number, number | undefined, boolean][] = [
    [-10, undefined, true],
    [0, undefined, true],
    [60, undefined, true],
    [61, undefined, false],
    [299, 300, true],
    [301, 300, false],
    [1, 0, false],
  ];
  for (const [seconds, marginSeconds, renewed] of ends)
    it(`that ends in ${seconds} s is ${renewed ? 'renewed' : 'used'} with ${marginSeconds ?? 'the usual 60'} s to spare`, async () => {
      const { protocol } = await play({
        session: { token: 'old', expiresAt: inSeconds(seconds) },
        good: ['old', 'new-1'],
        ...(marginSeconds === undefined ? {} : { options: { marginSeconds } }),
      });
      assert.deepEqual(protocol, renewed ? ['log in after old', 'save new-1', 'use new-1'] : ['use old']);
    });

  const day = 86_400;
  const lives: [string, number, number, boolean][] = [
    ['a day, with most of it left', day, day - 300, false],
    ['a day, with more than a tenth left', day, 8_641, false],
    ['a day, in its last tenth', day, 8_640, true],
    ['sixty days, in the last of them', 60 * day, day, true],
    ['sixty days, before the last of them', 60 * day, day + 1, false],
    ['nothing: that tells no end', 0, -300, false],
  ];
  for (const [what, life, left, renewed] of lives)
    it(`with a day to spare and a life of ${what}, is ${renewed ? 'renewed' : 'used'}`, async () => {
      const session = { token: 'old', issuedAt: inSeconds(left - life), expiresAt: inSeconds(left) };
      const { protocol } = await play({ session, good: ['old', 'new-1'], options: { marginSeconds: day } });
      assert.equal(protocol.at(-1), renewed ? 'use new-1' : 'use old');
    });

  it('that is too long to be one is neither kept nor used', async () => {
    const { result, kept } = await play({ logIn: () => ({ token: 'x'.repeat(8_000) }) });
    assert.ok(result instanceof Failure && result.kind === 'bad-response');
    assert.equal(kept, undefined);
  });

  it('that no request can carry is neither kept nor used', async () => {
    for (const token of ['one\nline more', 'turned \u202e round', 'clear\u001b[2J']) {
      const { result, kept } = await play({ logIn: () => ({ token }) });
      assert.ok(result instanceof Failure && result.kind === 'bad-response');
      assert.equal(kept, undefined);
    }
  });

  it('tells when it was made, so that its life is known', async () => {
    const saved: Session[] = [];
    const session = {
      value: undefined,
      save: async (renewed: Session) => void saved.push(renewed),
      reload: async () => {},
    };
    await inSession(
      { session, now, sleep: async () => {} },
      async () => ({ token: 'new', expiresAt: inSeconds(day) }),
      async () => {},
    );
    assert.deepEqual(saved, [{ token: 'new', issuedAt: now, expiresAt: inSeconds(day) }]);
  });

  it('that is refused is renewed once, with what it was at hand', async () => {
    const session = { token: 'old' };
    const { result, protocol } = await play({ session, stored: session, good: ['new-1'] });
    assert.equal(result, 'figures for new-1');
    assert.deepEqual(protocol, ['use old', 'reload', 'log in after old', 'save new-1', 'use new-1']);
  });

  it('that is refused gives way to one that another invocation has stored', async () => {
    const { result, protocol, kept } = await play({
      session: { token: 'old' },
      stored: { token: 'theirs' },
      good: ['theirs'],
    });
    assert.equal(result, 'figures for theirs');
    assert.deepEqual(protocol, ['use old', 'reload', 'use theirs']);
    assert.equal(kept, 'theirs');
  });

  it('that is refused while none is stored is made by a log-in', async () => {
    const { protocol } = await play({ session: { token: 'old' }, good: ['new-1'] });
    assert.deepEqual(protocol, ['use old', 'reload', 'log in', 'save new-1', 'use new-1']);
  });
});

describe('one log-in at most:', () => {
  const logInsOf = (protocol: string[]) => protocol.filter((step) => step.startsWith('log in')).length;
  const cases: [string, Parameters<typeof play>[0]][] = [
    ['the new session is refused too', {}],
    ['the renewed session is refused too', { session: { token: 'old' }, stored: { token: 'old' } }],
    ['that of an ended session is refused too', { session: { token: 'old', expiresAt: now } }],
  ];
  for (const [what, conversation] of cases)
    it(`${what}, and the refusal is told`, async () => {
      const { result, protocol } = await play(conversation);
      assert.ok(result instanceof Failure);
      assert.equal(result.kind, 'auth');
      assert.equal(logInsOf(protocol), 1);
    });

  it("none, where the other invocation's session is refused too", async () => {
    const { result, protocol } = await play({ session: { token: 'old' }, stored: { token: 'theirs' } });
    assert.ok(result instanceof Failure);
    assert.equal(logInsOf(protocol), 0);
  });
});

describe('a log-in that is refused', () => {
  const refuse = () => {
    throw refusal();
  };

  it('is told, and nothing is saved', async () => {
    const { result, protocol } = await play({ logIn: refuse });
    assert.ok(result instanceof Failure);
    assert.deepEqual(protocol, ['log in']);
  });

  it('because another invocation has used the refresh token up, gives way to what that one stored', async () => {
    const { result, protocol } = await play({
      session: { token: 'old', expiresAt: now },
      stored: { token: 'theirs' },
      good: ['theirs'],
      logIn: refuse,
    });
    assert.equal(result, 'figures for theirs');
    assert.deepEqual(protocol, ['log in after old', 'reload', 'use theirs']);
  });

  it('gives that one a moment to store it', async () => {
    const { result, protocol } = await play({
      session: { token: 'old', expiresAt: now },
      stored: { token: 'theirs' },
      storedAfter: 'a moment',
      good: ['theirs'],
      logIn: refuse,
    });
    assert.equal(result, 'figures for theirs');
    assert.deepEqual(protocol, ['log in after old', 'reload', 'wait', 'reload', 'use theirs']);
  });

  it('while nothing else is stored is told', async () => {
    const session = { token: 'old', expiresAt: now };
    const { result, protocol } = await play({ session, stored: session, logIn: refuse });
    assert.ok(result instanceof Failure);
    assert.equal(result.kind, 'auth');
    assert.deepEqual(protocol, ['log in after old', 'reload', 'wait', 'reload']);
  });

  it('for another reason is told as it is, and the session stays', async () => {
    const logIn = () => {
      throw new Failure('unavailable', 'Example Cloud has trouble');
    };
    const { result, protocol, kept } = await play({ session: { token: 'old', expiresAt: now }, logIn });
    assert.ok(result instanceof Failure);
    assert.equal(result.kind, 'unavailable');
    assert.deepEqual(protocol, ['log in after old']);
    assert.equal(kept, 'old');
  });
});

describe('another failure of a call', () => {
  it('is told as it is, without a log-in', async () => {
    const error = new Failure('unavailable', 'Example Cloud has trouble');
    const never = async () => assert.fail('a log-in or a change of what is kept');
    const keeper = { session: { value: { token: 'old' }, save: never, reload: never }, now, sleep: never };
    await assert.rejects(
      inSession(keeper, never, async () => {
        throw error;
      }),
      error,
    );
  });

  it('means a refusal where the adapter says so', async () => {
    let refused = false;
    const keeper: SessionContext<Session> = {
      session: { value: { token: 'old' }, save: async () => {}, reload: async () => {} },
      now,
      sleep: async () => {},
    };
    const result = await inSession(
      keeper,
      async () => ({ token: 'new' }),
      async ({ token }) => {
        if (token === 'new') return 'figures';
        refused = true;
        throw new Failure('bad-response', 'errno 41808');
      },
      { isRefusal: ({ message }) => message.includes('41808') },
    );
    assert.equal(refused, true);
    assert.equal(result, 'figures');
  });

  it('of the bridge itself is not taken for a refusal', async () => {
    const keeper: SessionContext<Session> = {
      session: { value: { token: 'old' }, save: async () => {}, reload: async () => {} },
      now,
      sleep: async () => {},
    };
    const bug = new TypeError('x is not a function');
    await assert.rejects(
      inSession(
        keeper,
        async () => assert.fail('a log-in'),
        async () => {
          throw bug;
        },
        { isRefusal: () => true },
      ),
      bug,
    );
  });
});

it('travels as a bearer token', () => {
  assert.deepEqual(bearer({ token: 'made-up' }), { authorization: 'Bearer made-up' });
});
