/** One cell of the matrix with Charge HQ as the one that fails: the vendor answers well, the message does not arrive. */
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { DestinationErrorKind } from '../../functions/push-solar-data/destinations/destination.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import type { NamedConversation } from '../conversations/all.ts';
import { type Answer, playChargeHq, playConversation, type ReceivedRequest } from '../support/conversation.ts';
import { unfit } from '../support/fit-to-tell.ts';
import { apiKey, openHome, settingTexts } from '../support/home.ts';
import { secretsOfRequest } from '../support/leaks.ts';
import { type DeadAddress, trusted } from './addresses.ts';
import type { Cell } from './cell.ts';
import type { Fault } from './fault.ts';
import { longestBlockMs, observe } from './observation.ts';

const budget = { tickMs: 2_500, readMs: 2_000 };
const slackMs = 700;
const mostMegabytes = 60;
/** However long Charge HQ asks to be left alone, s; with a refused key it is. */
const longestSilence = { usual: 900, auth: 1800 };

type Misfortune = Pick<Fault, 'alone' | 'weigh' | 'mostMegabytes'> & {
  /** Instead of the usual answer. */
  answer?(received: ReceivedRequest, now: number): Answer | undefined;
  /** Instead of Charge HQ's address. */
  url?: string;
  ends: DestinationErrorKind | 'told';
};

/** Charge HQ answers so; undefined where the fault means nothing to it. */
export function playUnheard(
  conversation: NamedConversation,
  { answer, fromChargeHq, ...watched }: Fault,
): Promise<Cell> | undefined {
  if (fromChargeHq === undefined) return undefined;
  const faulty = (received: ReceivedRequest, now: number) => answer({ json: { message: 'thank you' } }, received, now);
  return play(conversation, { ...watched, answer: faulty, ends: fromChargeHq });
}

export const playUnreachable = (conversation: NamedConversation, { url, name }: DeadAddress): Promise<Cell> =>
  play(conversation, { url, ends: name.includes('DNS') ? 'gone' : 'unavailable' });

async function play({ adapter, conversation }: NamedConversation, misfortune: Misfortune): Promise<Cell> {
  let failing = true;
  const now = Date.parse(conversation.now);
  const received: ReceivedRequest[] = [];
  const vendor = await playConversation(conversation.exchanges);
  const chargeHq = await playChargeHq((_nth, request) => {
    received.push(request);
    return (failing ? misfortune.answer?.(request, now) : undefined) ?? { json: {} };
  });
  const store = memoryStore();
  const home = openHome({
    adapters: [adapter],
    texts: {},
    now,
    store,
    budget,
    connections: { ca: trusted, connectTimeoutMs: 2_000 },
  });
  const filled = Object.entries(conversation.settings).map(([name, text]) => [
    name,
    text.replaceAll('{server}', vendor.url),
  ]);
  const tick = () =>
    home.tick({
      VENDOR: adapter.vendor,
      CHARGE_HQ_URL: `${(failing ? misfortune.url : undefined) ?? chargeHq.url}/push`,
      ...settingTexts(adapter.vendor, {
        baseUrl: vendor.url,
        authUrl: vendor.url,
        staleAfterSeconds: '100000000',
        ...Object.fromEntries(filled),
      }),
    });
  try {
    const { result: report, ms, megabytes, blockedMs, stray } = await observe(tick, misfortune.weigh);
    const wrong: string[] = [];
    const ended = report.outcome === 'pushed' ? 'told' : (report.destinations[0]?.kind ?? report.outcome);
    if (ended !== misfortune.ends)
      wrong.push(`ended as ${ended}, not ${misfortune.ends}: ${report.destinations[0]?.error}`);
    if (chargeHq.pushes.length > 1) wrong.push(`${chargeHq.pushes.length} messages were sent`);
    if (ms > budget.tickMs + slackMs) wrong.push(`took ${ms} ms of ${budget.tickMs}`);
    if (misfortune.alone && !misfortune.weigh && blockedMs > longestBlockMs)
      wrong.push(`blocked the process for ${blockedMs} ms`);
    if (megabytes > (misfortune.mostMegabytes ?? mostMegabytes)) wrong.push(`took ${Math.round(megabytes)} MB`);
    if (stray.length > 0) wrong.push(`unhandled rejection: ${stray[0]}`);
    const secrets = [apiKey, ...[...received, ...vendor.received].flatMap(secretsOfRequest)];
    wrong.push(...unfit({ report, pushes: chargeHq.pushes, documents: store.documents, secrets }));
    failing = false;
    wrong.push(...(await toldAgain(home.clock, tick, ended)));
    return { sign: wrong.length > 0 ? '✗' : ended === 'told' ? '=' : '✓', wrong, ms, megabytes };
  } finally {
    await home.close();
    await vendor.close();
    await chargeHq.close();
  }
}

/** A home tells something again as soon as Charge HQ is well and the longest silence is over. */
async function toldAgain(
  clock: { advance(seconds: number): void },
  tick: () => Promise<TickReport>,
  ended: string,
): Promise<string[]> {
  const longest = ended === 'auth' ? longestSilence.auth : longestSilence.usual;
  clock.advance(longest + 1);
  // The slowest cloud is asked every hour and a half.
  for (let minutes = 0; minutes <= 120; minutes += 5) {
    const { outcome, remarks = [] } = await tick();
    if (remarks.some((remark) => remark.includes('is left alone'))) break;
    if (outcome === 'pushed' || outcome === 'reported') return [];
    clock.advance(300);
  }
  return [`was not told again in ${longest / 60} minutes`];
}
