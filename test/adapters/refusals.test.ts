import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { figure, words } from '../../functions/push-solar-data/adapters/quantities.ts';
import {
  isRefusal,
  type Refusal,
  type Refusals,
  refusalOf,
} from '../../functions/push-solar-data/adapters/refusals.ts';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { toAnswer } from '../../functions/push-solar-data/platform/answer.ts';

const Code = z.object({ code: z.string() });
const Envelope = z.object({ errno: figure, msg: words });
const table: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ errno, msg }) => (errno === 0 ? undefined : { code: errno, words: msg }),
  meanings: {
    1: ['auth', 'refuses the key: check EXAMPLE_KEY'],
    2: ['auth', 'does not accept the token', { status: 401 }],
    3: ['rate-limited', 'is asked too often', { retryAfterSeconds: 300 }],
    4: 'unavailable',
    5: ({ beginning }) => (/frequen/.test(beginning) ? ['rate-limited', 'asks us to slow down'] : undefined),
  },
  word: 'errno',
};
const answered = (body: unknown, { status = 200, headers = {} } = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return refusalOf(toAnswer({ status, headers, text }, { name: 'Example Cloud', now: 0 }), table);
};
const told = (refusal: Refusal | undefined) => refusal && `${refusal.kind}: ${refusal.message}`;

describe('an answer with a code', () => {
  it('that says yes is no refusal', () => assert.equal(answered({ errno: 0 }), undefined));

  const rows: [body: unknown, told: string][] = [
    [{ errno: 1, msg: 'bad key' }, 'auth: Example Cloud refuses the key: check EXAMPLE_KEY (errno 1)'],
    [{ errno: '1' }, 'auth: Example Cloud refuses the key: check EXAMPLE_KEY (errno 1)'],
    [{ errno: 4, msg: 'busy' }, 'unavailable: Example Cloud has trouble (errno 4: busy)'],
    [{ errno: 5, msg: 'too frequent' }, 'rate-limited: Example Cloud asks us to slow down (errno 5)'],
    [
      { errno: 5, msg: 'wrong' },
      'bad-response: Example Cloud answered with an error that is not known (errno 5: wrong)',
    ],
    [
      { errno: 77, msg: `odd${'\u001b'}[31m` },
      'bad-response: Example Cloud answered with an error that is not known (errno 77: odd [31m)',
    ],
    [{ msg: 'odd' }, 'bad-response: Example Cloud answered with an error that is not known (errno missing: odd)'],
    [
      { errno: 'constructor' },
      'bad-response: Example Cloud answered in an unknown form (errno: not a number: text(11))',
    ],
  ];
  for (const [body, expected] of rows)
    it(`${JSON.stringify(body)} is ${expected}`, () => {
      try {
        assert.equal(told(answered(body)), expected);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        assert.equal(`${error.kind}: ${error.message}`, expected);
      }
    });

  it('that is not in the table is what the vendor says of all others, unless the status says more', () => {
    const kindOf = (status: number, errno: number) => {
      const answer = toAnswer({ status, headers: {}, text: `{"errno":${errno}}` }, { name: 'Example Cloud', now: 0 });
      return refusalOf(answer, { ...table, others: 'unavailable' })?.kind;
    };
    assert.deepEqual([kindOf(200, 77), kindOf(200, 1), kindOf(200, 0)], ['unavailable', 'auth', undefined]);
    assert.deepEqual([kindOf(403, 77), kindOf(403, 4)], [undefined, 'unavailable']);
  });

  it('that is a word of the language is not known either', () => {
    const answer = toAnswer(
      { status: 200, headers: {}, text: '{"code":"constructor"}' },
      { name: 'Example Cloud', now: 0 },
    );
    const words: Refusals<typeof Code> = { envelope: Code, refused: (said) => said, meanings: {} };
    assert.equal(
      refusalOf(answer, words)?.message,
      'Example Cloud answered with an error that is not known (code constructor)',
    );
  });

  it('that is as long as a token may be one, and is not told', () => {
    const long = { ...table, envelope: Code, refused: ({ code }: z.output<typeof Code>) => ({ code }) };
    const text = JSON.stringify({ code: 'refresh-token-1' });
    const refusal = refusalOf(toAnswer({ status: 200, headers: {}, text }, { name: 'Example Cloud', now: 0 }), long);
    assert.match(refusal?.message ?? '', /\(errno of 15 characters\)$/);
  });

  it('keeps the code, the structure and the waiting time', () => {
    const refusal = answered({ errno: 3 }, { headers: { 'retry-after': '900' } });
    assert.ok(isRefusal(refusal, 1, 3));
    assert.equal(isRefusal(refusal, 1), false);
    assert.equal(isRefusal(new Failure('auth', 'no'), 3), false);
    assert.deepEqual([refusal.code, refusal.retryAfterSeconds, refusal.status], ['3', 900, 200]);
    assert.match(refusal.excerpt ?? '', /errno/);
    assert.equal(answered({ errno: 3 })?.retryAfterSeconds, 300);
  });

  it('of the token has the status 401, for the way to another one', () => {
    assert.equal(answered({ errno: 2 })?.status, 401);
  });

  it('that is no such answer is bad-response with success, and left to the status without', () => {
    assert.throws(() => answered('<html>'), /a web page instead of figures/);
    assert.throws(() => answered([]), /unknown form/);
    for (const body of ['<html>', '', { errno: 77 }]) assert.equal(answered(body, { status: 502 }), undefined);
    assert.equal(answered({ errno: 1 }, { status: 403 })?.code, '1');
  });
});
