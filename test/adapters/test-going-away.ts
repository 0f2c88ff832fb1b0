/** What every adapter must do when a power or a device that it has given is gone from the next answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { powerOf, type Term, terms } from '../../functions/push-solar-data/core/reading.ts';
import { type AdapterConversation, withFigures } from '../conversations/adapter-conversation.ts';
import type { Exchange, Push } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';

type Changes = Readonly<Record<string, unknown>>;

/** What was told after the second of two answers, which differs from the first by these changes. */
async function toldOf(
  adapter: Adapter,
  { settings, now, exchanges, again }: AdapterConversation,
  { light, gone }: { light: Changes; gone: Changes },
): Promise<Push> {
  const { pollSeconds } = adapter;
  const everySeconds = again?.afterSeconds ?? (typeof pollSeconds === 'number' ? pollSeconds : 300);
  const first = exchanges.map((exchange) => changed(exchange, light));
  const second = first.filter(carriesFigures).map((exchange) => changed(exchange, gone));
  const { pushes, report } = await playAdapter(adapter, {
    ...{ settings: { ...settings, ...again?.settings }, now, exchanges: [...first, ...second], ticks: 2, everySeconds },
  });
  const [before, after] = pushes;
  assert.ok(before?.siteMeters, `the first answer: ${before?.error}`);
  assert.ok(after, `the source was asked twice: ${JSON.stringify(report)}`);
  return after;
}

/** Log-ins stay as they are: what is asked once is not asked again. */
const carriesFigures = ({ answer, method, form }: Exchange): boolean =>
  typeof answer !== 'function' && answer.json !== undefined && !(method === 'POST' && form?.['grant_type']);

function changed(exchange: Exchange, changes: Changes): Exchange {
  const { answer } = exchange;
  if (typeof answer === 'function' || answer.json === undefined) return exchange;
  return { ...exchange, answer: { ...answer, json: withFigures(answer.json, changes) } };
}

export function testGoingAway(adapter: Adapter, conversation: AdapterConversation): void {
  const { carriers, dark, push, sleeper } = conversation;
  const given = terms.filter((term) => term !== 'consumption' && powerOf[term] in push.siteMeters);
  const goneOf = (term: Term): Changes => {
    const names = carriers[term] ?? [];
    return isList(names) ? Object.fromEntries(names.map((name) => [name, undefined])) : names;
  };

  describe(`${adapter.title}, like every adapter, when less comes than before,`, () => {
    for (const [when, light] of [
      ['at noon', {}],
      ['in the dark', dark],
    ] as const) {
      it(`is asked twice ${when}, and gives the same`, async () => {
        const { error, siteMeters } = await toldOf(adapter, conversation, { light, gone: {} });
        assert.equal(error, undefined);
        for (const term of given) assert.ok(siteMeters && powerOf[term] in siteMeters, `${term} is given`);
      });

      for (const term of given)
        it(`does not take the ${term} for 0 that is gone ${when}`, async () => {
          assert.ok(carriers[term], `the conversation says how the answers carry the ${term}`);
          const whole = await toldOf(adapter, conversation, { light, gone: {} });
          const told = await toldOf(adapter, conversation, { light, gone: goneOf(term) });
          const sleepsAlone = term === 'production' && when === 'in the dark' && given.length === 1;
          assertNotInvented(told, whole, term, sleepsAlone);
        });
    }

    if (sleeper) testSleeper(adapter, conversation, sleeper);
  });
}

const isList = (names: readonly string[] | Record<string, unknown>): names is readonly string[] => Array.isArray(names);

/** An error; or all that is told is as it was, and neither the term nor a consumption is made up. */
function assertNotInvented(told: Push, whole: Push, term: Term, mayBe0: boolean): void {
  if (told.error !== undefined) return;
  const { siteMeters = {} } = told;
  const field = powerOf[term];
  if (mayBe0 && siteMeters[field] === 0) return;
  if (field in siteMeters) {
    assert.equal(siteMeters[field], whole.siteMeters?.[field], `${field} can only follow from the others`);
    return;
  }
  assert.notEqual(term, 'grid', `without the grid the rest looks like surplus: ${JSON.stringify(siteMeters)}`);
  assert.equal('consumption_kw' in siteMeters, false, `a consumption without ${term}: ${JSON.stringify(siteMeters)}`);
  for (const [name, value] of Object.entries(siteMeters)) assert.equal(value, whole.siteMeters?.[name], name);
}

function testSleeper(
  adapter: Adapter,
  conversation: AdapterConversation,
  { name, production_kw }: NonNullable<AdapterConversation['sleeper']>,
): void {
  const gone = { [name]: undefined };

  it('does not take a device for asleep that is gone at noon', async () => {
    const whole = await toldOf(adapter, conversation, { light: {}, gone: {} });
    assert.ok((whole.siteMeters?.['production_kw'] ?? 0) > production_kw);
    const told = await toldOf(adapter, conversation, { light: {}, gone });
    assertNotInvented(told, whole, 'production', false);
  });

  it('takes it for asleep that is gone in the dark', async () => {
    const whole = await toldOf(adapter, conversation, { light: conversation.dark, gone: {} });
    const { siteMeters } = await toldOf(adapter, conversation, { light: conversation.dark, gone });
    assert.deepEqual(siteMeters, whole.siteMeters);
  });
}
