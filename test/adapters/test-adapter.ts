/** What every adapter must do, whatever its vendor: one reading from a conversation, and the right answer to each kind of failure. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import { type AdapterConversation, replaceNumbers } from '../conversations/adapter-conversation.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { apiKey, type Played, playAdapter } from '../support/home.ts';
import { testGoingAway } from './test-going-away.ts';

const impatient = { tickMs: 1_500, readMs: 400 };

/** An environment variable, or the command that gives a consent anew. */
const variable = /\b[A-Z][A-Z0-9]*_[A-Z][A-Z0-9_]*|npm run connect/;

export function testAdapter(adapter: Adapter, conversation: AdapterConversation): void {
  const { settings, now, exchanges, push } = conversation;
  const secrets = conversation.secrets ?? secretsOf(adapter, settings);
  const play = (changed: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
    playAdapter(adapter, { settings, now, exchanges: changed, ...options });
  const live = exchanges.at(-1);
  assert(live, 'the conversation is empty');
  /** The conversation up to the live call, which is answered otherwise. */
  const endingIn = (answer: Answer): Exchange[] => [...exchanges.slice(0, -1), { ...live, answer }];
  /** Every call answered otherwise. */
  const allAnswered = (answer: Answer): Exchange[] => exchanges.map((exchange) => ({ ...exchange, answer }));

  describe(`${adapter.title}, like every adapter,`, () => {
    it('is listed under the name of its file', async () => {
      assert.equal(await adapters[adapter.vendor]?.(), adapter);
    });

    it('reads its conversation and pushes what it measured, balanced', async () => {
      const { pushes, vendor, report } = await play(exchanges);
      assert.deepEqual(vendor.misses, [], 'requests that the conversation does not know');
      assert.equal(report.outcome, 'pushed', report.error);
      assert.deepEqual(pushes, [{ apiKey, ...push }]);
    });

    it('keeps no secret and nothing of its log-in in the documents that are stored unencrypted', async () => {
      const { documents } = await play(exchanges);
      const kept = [...documents];
      const plain = kept.filter(([name]) => !name.startsWith('session/')).map(([, text]) => text);
      const logIns = kept.filter(([name]) => name.startsWith('session/')).flatMap(([, text]) => tokensIn(text));
      assert.ok(plain.length > 0);
      for (const secret of [...secrets, ...logIns])
        assert.ok(!plain.join().includes(secret), `${secret} is stored unencrypted`);
    });

    it('tells an owner with refused credentials so, and leaves the vendor alone for half an hour', async () => {
      const refused = allAnswered(conversation.refused ?? { status: 401, json: { message: 'no' } });
      const { report, vendor, ...played } = await play(refused, { ticks: 25, everySeconds: 60 });
      assertReported({ report, vendor, ...played }, ['auth'], secrets);
      assert.match(report.error ?? '', variable, 'names what is to be checked as its owner knows it');
      const once = await play(refused);
      assert.equal(vendor.received.length, once.vendor.received.length, 'calls during the back-off');
    });

    it('waits as a 429 with Retry-After says', async () => {
      const busy = endingIn({ status: 429, headers: { 'retry-after': '3000' }, json: {} });
      const played = await play(busy, { ticks: 2, everySeconds: 2_900 });
      assertReported(played, conversation.kinds?.tooMany ?? ['rate-limited'], secrets);
      assert.equal(callsTo(live, played), 1, 'calls before the time is over');
    });

    const { secondsAfterTooMany = 300 } = conversation;
    it(`waits ${secondsAfterTooMany} s after a 429 without Retry-After`, async () => {
      const played = await play(endingIn({ status: 429, json: {} }), {
        ticks: 2,
        everySeconds: 0.8 * secondsAfterTooMany,
      });
      assertReported(played, conversation.kinds?.tooMany ?? ['rate-limited'], secrets);
      assert.equal(callsTo(live, played), 1, 'calls before the time is over');
    });

    const failures: [string, Answer, FailureKind[]][] = [
      ['an HTTP 500', { status: 500, json: {} }, conversation.kinds?.serverError ?? ['unavailable']],
      [
        'a web page with status 200',
        { text: '<html><body>Log in</body></html>' },
        conversation.kinds?.webPage ?? conversation.kinds?.notJson ?? ['bad-response', 'auth'],
      ],
      ['truncated JSON', { text: '{"result": [{"value": 12' }, conversation.kinds?.notJson ?? ['bad-response']],
      ['an empty object', { json: {} }, conversation.kinds?.empty ?? ['bad-response', 'offline']],
      ['nothing', { text: '' }, conversation.kinds?.notJson ?? ['bad-response']],
      ['a body far too large', { text: `{"a":"${'x'.repeat(3_000_000)}"}` }, ['bad-response']],
      ['silence', { act: () => {} }, ['unavailable']],
    ];
    for (const [what, answer, kinds] of failures)
      it(`reports ${kinds[0]}, and no figures, for ${what}`, async () => {
        assertReported(await play(endingIn(answer), { budget: impatient }), kinds, secrets);
      });

    for (const [what, instead, key] of [
      ['nulls', null, 'nulls'],
      ['"--"', '--', 'dashes'],
    ] as const)
      it(`invents nothing where ${what} stand for figures`, async () => {
        const blank = conversation.withoutFigures ?? replaceNumbers;
        const answered = typeof live.answer === 'function' ? undefined : live.answer.json;
        const played = await play(endingIn({ json: blank(answered, instead) }), { budget: impatient });
        assertReported(played, conversation.kinds?.[key] ?? ['bad-response', 'offline', 'stale'], secrets);
      });
  });

  testGoingAway(adapter, conversation);
}

/** The tick told the error and no figures, of one of these kinds, and no secret left the bridge. */
export function assertReported(
  { report, pushes }: Played,
  kinds: readonly FailureKind[],
  secrets: readonly string[],
): void {
  assert.equal(report.outcome, 'reported', `outcome with ${JSON.stringify(report)}`);
  assert.ok(kinds.includes(report.kind as FailureKind), `kind ${report.kind} (${report.error}), expected ${kinds}`);
  for (const push of pushes) {
    assert.equal(typeof push.error, 'string');
    assert.equal('siteMeters' in push, false, 'figures beside an error');
  }
  const told = JSON.stringify([report, pushes.map(({ apiKey: _, ...rest }) => rest)]);
  for (const secret of secrets) assert.equal(told.includes(secret), false, `the secret ${secret} was told`);
}

/** All texts of a stored log-in that are long enough to be a token. */
function tokensIn(document: string): string[] {
  const tokens: string[] = [];
  JSON.parse(document, (key, value) => {
    const isSecret = key !== 'identity' && key !== 'account'; // fingerprints of settings
    if (isSecret && typeof value === 'string' && value.length >= 6) tokens.push(value);
  });
  return tokens;
}

const callsTo = ({ method = 'GET', path }: Exchange, { vendor }: Played): number =>
  vendor.received.filter((received) => received.method === method && received.path === path).length;

const secretsOf = (adapter: Adapter, settings: Record<string, string>): string[] =>
  Object.entries(settings).flatMap(([name, text]) => (adapter.settings[name]?.secret ? [text] : []));
