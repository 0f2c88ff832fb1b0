/** One cell of the matrix: one adapter under one fault, in whole ticks, and everything that is wrong with what they did. */
import { isDeepStrictEqual } from 'node:util';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { NamedConversation } from '../conversations/all.ts';
import { type Answer, type Exchange, type Push, playChargeHq, playConversation } from '../support/conversation.ts';
import { apiKey, openHome, settingTexts } from '../support/home.ts';
import { leaks, secretsOfAnswer, secretsOfRequest } from '../support/leaks.ts';
import { type DeadAddress, trusted } from './addresses.ts';
import { elsewherePath } from './answers.ts';
import type { Fault } from './fault.ts';
import { observe } from './observation.ts';

/** How a cell ended: reported, read all the same, not applicable; anything else is in `wrong`. */
export type Cell = { sign: '✓' | '=' | '·' | '✗'; wrong: string[]; ms: number; megabytes: number };

/** Where a fault strikes: the first call of a home that knows nothing, the live call, the live call of a home that has run. */
const places = ['first call', 'live call', 'live call, later'] as const;
type Place = (typeof places)[number];

const patient = { tickMs: 20_000, readMs: 15_000 };
const impatient = { tickMs: 500, readMs: 150 };
/** What the tick may take beyond its budget on a busy machine. */
const slackMs = 700;
const mostMegabytes = 60;
/** No back-off is longer: hours. */
const longestBackOff = 26;

export async function playFault(conversation: NamedConversation, fault: Fault): Promise<Cell> {
  const cells: Cell[] = [];
  for (const place of places)
    if (place !== 'first call' || (!fault.ofFigures && conversation.conversation.exchanges.length > 1))
      cells.push(await playPlace(conversation, fault, place));
  return merged(cells);
}

/** The vendor's address is a dead one, then the right one again. */
export async function playDeadAddress(conversation: NamedConversation, address: DeadAddress): Promise<Cell> {
  const fault: Fault = { name: address.name, answer: () => undefined, kinds: ['unavailable'], ...endlessOf(address) };
  const tested = await openTestedHome(conversation, fault, 'live call');
  try {
    tested.strike(address.url);
    const cell = await struck(tested, fault);
    tested.strike(undefined);
    return { ...cell, wrong: [...cell.wrong, ...(await recovered(tested))] };
  } finally {
    await tested.close();
  }
}

/** What single vendors say of a refusal: a page in place of SMA's log-in, and Sigenergy's firewall, pass by. */
const pagesThatPass: Record<string, RegExp> = { sma: /^HTTP 4(00|01|03|04|10)/, sigenergy: /^HTTP 403/ };
const allowance = ({ adapter }: Pick<NamedConversation, 'adapter'>, { name }: Fault): FailureKind[] =>
  pagesThatPass[adapter.vendor]?.test(name) ? ['unavailable'] : [];

const endlessOf = ({ endless }: DeadAddress) => (endless ? { endless } : {});

async function playPlace(conversation: NamedConversation, fault: Fault, place: Place): Promise<Cell> {
  const tested = await openTestedHome(conversation, fault, place);
  const notThere: Cell = { sign: '·', wrong: [], ms: 0, megabytes: 0 };
  try {
    if (place === 'live call, later') {
      await tested.tick();
      tested.home.clock.advance(tested.pollSeconds);
    }
    tested.strike('answers');
    const cell = await struck(tested, fault);
    if (!tested.wasStruck()) return notThere;
    tested.strike(undefined);
    const wrong = [...cell.wrong, ...(await recovered(tested))];
    return { ...cell, wrong: wrong.map((what) => `${place}: ${what}`) };
  } finally {
    await tested.close();
  }
}

type TestedHome = Awaited<ReturnType<typeof openTestedHome>>;

/** A home, its vendor's cloud and Charge HQ; the vendor's answers turn faulty when told so. */
async function openTestedHome({ adapter, conversation }: NamedConversation, fault: Fault, place: Place) {
  const { settings, exchanges } = conversation;
  const now = Date.parse(conversation.now);
  const struckExchange = place === 'first call' ? exchanges[0] : exchanges.at(-1);
  let striking = false;
  let wasStruck = false;
  let instead: string | undefined;
  const vendor = await playConversation(
    exchanges.map((exchange): Exchange => {
      const { answer } = exchange;
      return {
        ...exchange,
        answer(received) {
          const usual: Answer = typeof answer === 'function' ? answer(received) : answer;
          const faulty = striking && exchange === struckExchange ? fault.answer(usual, received, now) : undefined;
          wasStruck ||= faulty !== undefined;
          return faulty ?? usual;
        },
      };
    }),
  );
  const chargeHq = await playChargeHq();
  const budget = { ...patient };
  const home = openHome({ adapters: [adapter], texts: {}, now, budget, connections: { ca: trusted } });
  /** A tick with the vendor at `instead`, if it is given. @param anyAge takes figures however old. */
  const tick = (anyAge = false): Promise<TickReport> => {
    const url = instead ?? vendor.url;
    const filled = Object.entries(settings).map(([name, text]) => [name, text.replaceAll('{server}', url)]);
    const own = { baseUrl: url, authUrl: url, ...Object.fromEntries(filled) };
    Object.assign(budget, striking && fault.endless ? impatient : patient);
    return home.tick({
      VENDOR: adapter.vendor,
      CHARGE_HQ_URL: `${chargeHq.url}/push`,
      ...settingTexts(adapter.vendor, { ...own, ...(anyAge ? { staleAfterSeconds: '100000000' } : {}) }),
    });
  };
  return {
    conversation: { adapter, conversation },
    home,
    vendor,
    chargeHq,
    pollSeconds: pollSecondsOf(adapter.pollSeconds, settings),
    tick,
    /** `answers`: the vendor's; a URL: instead of the vendor's; undefined: all is well again. */
    strike(what: string | undefined) {
      striking = what !== undefined;
      instead = what === 'answers' ? undefined : what;
    },
    wasStruck: () => wasStruck,
    async close() {
      await home.close();
      await vendor.close();
      await chargeHq.close();
    },
  };
}

function pollSecondsOf(
  pollSeconds: NamedConversation['adapter']['pollSeconds'],
  settings: Record<string, unknown>,
): number {
  return Math.max(60, typeof pollSeconds === 'function' ? pollSeconds(settings) : pollSeconds);
}

/** The tick under the fault, and what is wrong with it. */
async function struck(tested: TestedHome, fault: Fault): Promise<Cell> {
  const { chargeHq, home, vendor } = tested;
  const { exchanges } = tested.conversation.conversation;
  const earlier = chargeHq.pushes.length;
  const { result: report, ms, megabytes, stray } = await observe(() => tested.tick(), fault.heavy);
  const pushes = chargeHq.pushes.slice(earlier);
  const wrong: string[] = [];
  if (pushes.length !== 1) wrong.push(`${pushes.length} messages reached Charge HQ`);
  const [push] = pushes;
  const expected = fault.mayBeRead ? await undisturbed(tested, home.clock.at) : undefined;
  const kinds = [
    ...fault.kinds,
    ...(fault.mayBeRead ? (['stale'] as const) : []),
    ...allowance(tested.conversation, fault),
  ];
  wrong.push(
    ...(push?.siteMeters ? wrongFigures(push, expected) : wrongReport(report, push, kinds, vendor.misses.length > 0)),
  );
  if (fault.endless && ms > impatient.tickMs + slackMs) wrong.push(`took ${ms} ms of ${impatient.tickMs}`);
  if (megabytes > mostMegabytes) wrong.push(`took ${Math.round(megabytes)} MB`);
  if (stray.length > 0) wrong.push(`unhandled rejection: ${stray[0]}`);
  if (vendor.received.some(({ path }) => path === elsewherePath)) wrong.push('followed a redirect');
  const answers = exchanges.map(({ answer }) => (typeof answer === 'function' ? undefined : answer.json));
  const told = JSON.stringify([report, pushes.map(({ apiKey: _, ...rest }) => rest)]);
  wrong.push(...leaks(told, secretsOf(tested, answers)).map((secret) => `told the secret ${secret}`));
  return { sign: push?.siteMeters ? '=' : '✓', wrong, ms, megabytes };
}

function wrongReport(
  report: TickReport,
  push: Push | undefined,
  kinds: readonly FailureKind[],
  wasMissed: boolean,
): string[] {
  if (report.outcome !== 'reported' || typeof push?.error !== 'string')
    return [`ended as ${report.outcome} without figures (${report.error ?? report.destinations[0]?.error ?? ''})`];
  if (kinds.some((kind) => kind === report.kind)) return [];
  // The talk knows no answer to a log-in that the fault has provoked.
  if (wasMissed && report.kind === 'unavailable') return [];
  return [`reported ${report.kind}, not ${kinds.join(' or ')}: ${report.error} ${report.sources[0]?.stack ?? ''}`];
}

/** Figures count as right only if they are those of an undisturbed tick, and their time is none or the same. */
function wrongFigures({ siteMeters, tsms }: Push, expected: Push | undefined): string[] {
  if (!expected) return [`pushed figures: ${JSON.stringify(siteMeters)}`];
  const wrong = isDeepStrictEqual(siteMeters, expected.siteMeters)
    ? []
    : [`pushed ${JSON.stringify(siteMeters)} instead of ${JSON.stringify(expected.siteMeters)}`];
  if (tsms !== undefined && tsms !== expected.tsms) wrong.push(`pushed the time ${tsms} instead of ${expected.tsms}`);
  return wrong;
}

/** What the same home pushes at this moment if nothing is wrong. */
async function undisturbed(tested: TestedHome, at: number): Promise<Push | undefined> {
  const { adapter, conversation } = tested.conversation;
  const calm = await openTestedHome({ name: '', adapter, conversation }, neverStruck, 'live call');
  calm.home.clock.at = at;
  try {
    await calm.tick(true);
    return calm.chargeHq.pushes[0];
  } finally {
    await calm.close();
  }
}

const neverStruck: Fault = { name: 'none', answer: () => undefined, kinds: [] };

/** All is well again: figures come as soon as the back-off allows, and they are right. */
async function recovered(tested: TestedHome): Promise<string[]> {
  for (let hours = 1; hours <= longestBackOff; hours++) {
    tested.home.clock.advance(3600);
    const report = await tested.tick(true);
    // Asked again, but by then with a renewed log-in that the talk does not know.
    if (report.outcome !== 'pushed' && tested.vendor.misses.length > 0) return [];
    if (report.outcome !== 'pushed' && hours < longestBackOff) continue;
    const push = tested.chargeHq.pushes.at(-1);
    const expected = await undisturbed(tested, tested.home.clock.at);
    if (expected && push && isDeepStrictEqual(push.siteMeters, expected.siteMeters)) return [];
    return [`did not recover in ${hours} h: ${report.error ?? JSON.stringify(push)}`];
  }
  return [];
}

function secretsOf({ conversation: { adapter, conversation }, vendor }: TestedHome, answers: unknown[]): string[] {
  const own = Object.entries(conversation.settings).flatMap(([name, text]) =>
    adapter.settings[name]?.secret ? [text] : [],
  );
  const received = vendor.received.flatMap(secretsOfRequest);
  return [
    apiKey,
    ...own,
    ...(conversation.secrets ?? []),
    ...received,
    ...answers.flatMap((each) => secretsOfAnswer(each)),
  ];
}

function merged(cells: readonly Cell[]): Cell {
  const wrong = cells.flatMap((cell) => cell.wrong);
  const sign = cells.find(({ sign }) => sign === '=')?.sign ?? cells.find(({ sign }) => sign !== '·')?.sign ?? '·';
  return {
    sign: wrong.length > 0 ? '✗' : sign,
    wrong,
    ms: Math.max(0, ...cells.map(({ ms }) => ms)),
    megabytes: Math.max(0, ...cells.map(({ megabytes }) => megabytes)),
  };
}
