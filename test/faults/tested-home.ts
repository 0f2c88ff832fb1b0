/** A home, its vendor's cloud and Charge HQ; the vendor's answers turn faulty when told so. */
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import type { NamedConversation } from '../conversations/all.ts';
import { type Answer, type Exchange, type Push, playChargeHq, playConversation } from '../support/conversation.ts';
import { unfit } from '../support/fit-to-tell.ts';
import { apiKey, openHome, settingTexts } from '../support/home.ts';
import { secretsOfAnswer, secretsOfRequest } from '../support/leaks.ts';
import { trusted } from './addresses.ts';
import type { Fault } from './fault.ts';

const patient = { tickMs: 20_000, readMs: 15_000 };
/** What is left when the read is given up is enough for a message also on a busy machine. */
export const impatient = { tickMs: 1_000, readMs: 150 };

/** Where a fault strikes: the first call of a home that knows nothing, the live call, every call. */
export type Where = 'first call' | 'live call' | 'every call';

export type TestedHome = Awaited<ReturnType<typeof openTestedHome>>;

/** @param changed settings of the adapter, by its names, which the cloud takes without a look; undefined leaves one out. */
export async function openTestedHome(
  { adapter, conversation }: NamedConversation,
  fault: Pick<Fault, 'answer' | 'endless'>,
  where: Where,
  changed: Record<string, string | undefined> = {},
) {
  const { exchanges } = conversation;
  const settings = withoutUndefined({ ...conversation.settings, ...changed });
  const now = Date.parse(conversation.now);
  const struckExchange = where === 'first call' ? exchanges[0] : exchanges.at(-1);
  let striking = false;
  let wasStruck = false;
  let instead: string | undefined;
  const vendor = await playConversation(
    exchanges.map((exchange): Exchange => {
      const { answer, method, path } = exchange;
      const expected = Object.keys(changed).length > 0 ? { path, ...(method ? { method } : {}) } : exchange;
      return {
        ...expected,
        answer(received) {
          const usual: Answer = typeof answer === 'function' ? answer(received) : answer;
          const isMeant = striking && (where === 'every call' || exchange === struckExchange);
          const faulty = isMeant ? fault.answer(usual, received, now) : undefined;
          wasStruck ||= faulty !== undefined;
          return faulty ?? usual;
        },
      };
    }),
  );
  const chargeHq = await playChargeHq();
  const budget = { ...patient };
  const store = memoryStore();
  const home = openHome({ adapters: [adapter], texts: {}, now, store, budget, connections: { ca: trusted } });
  const secrets = (): string[] => [
    apiKey,
    ...Object.entries(settings).flatMap(([name, text]) => (adapter.settings[name]?.secret ? [text] : [])),
    ...(conversation.secrets ?? []),
    ...vendor.received.flatMap(secretsOfRequest),
    ...exchanges.flatMap(({ answer }) => (typeof answer === 'function' ? [] : secretsOfAnswer(answer.json))),
  ];
  return {
    conversation: { adapter, conversation },
    home,
    vendor,
    chargeHq,
    documents: store.documents,
    pollSeconds: pollSecondsOf(adapter.pollSeconds, settings),
    /** A tick with the vendor at its dead address, if there is one. @param anyAge takes figures however old. */
    tick(anyAge = false): Promise<TickReport> {
      const url = instead ?? vendor.url;
      const filled = Object.entries(settings).map(([name, text]) => [name, text.replaceAll('{server}', url)]);
      const own = { baseUrl: url, authUrl: url, ...Object.fromEntries(filled) };
      Object.assign(budget, striking && fault.endless ? impatient : patient);
      return home.tick({
        VENDOR: adapter.vendor,
        CHARGE_HQ_URL: `${chargeHq.url}/push`,
        ...settingTexts(adapter.vendor, { ...own, ...(anyAge ? { staleAfterSeconds: '100000000' } : {}) }),
      });
    },
    /** `answers`: the vendor's; a URL: instead of the vendor's; undefined: all is well again. */
    strike(what: string | undefined) {
      striking = what !== undefined;
      instead = what === 'answers' ? undefined : what;
    },
    wasStruck: () => wasStruck,
    /** As on the first day: nothing is known or stored, and nothing was told. */
    forget() {
      store.documents.clear();
      home.coldStart();
      for (const stage of [vendor, chargeHq]) stage.received.length = 0;
      chargeHq.pushes.length = 0;
      wasStruck = false;
    },
    secrets,
    /** What was told, logged or stored and should not be. @param pushes of this tick. */
    unfit: (report: TickReport, pushes: readonly Push[]) =>
      unfit({ report, pushes, documents: store.documents, secrets: secrets() }),
    async close() {
      await home.close();
      await vendor.close();
      await chargeHq.close();
    },
  };
}

const withoutUndefined = (settings: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));

function pollSecondsOf(
  pollSeconds: NamedConversation['adapter']['pollSeconds'],
  settings: Record<string, unknown>,
): number {
  return Math.max(60, typeof pollSeconds === 'function' ? pollSeconds(settings) : pollSeconds);
}

/** What the same home pushes at this moment if nothing is wrong. */
export async function undisturbed({ conversation }: TestedHome, at: number): Promise<Push | undefined> {
  const calm = await openTestedHome({ name: '', ...conversation }, { answer: () => undefined }, 'live call');
  calm.home.clock.at = at;
  try {
    await calm.tick(true);
    return calm.chargeHq.pushes[0];
  } finally {
    await calm.close();
  }
}
