/** One cell of the matrix: one adapter under one fault, in whole ticks, and everything that is wrong with what they did. */
import { isDeepStrictEqual } from 'node:util';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { NamedConversation } from '../conversations/all.ts';
import type { Push } from '../support/conversation.ts';
import type { DeadAddress } from './addresses.ts';
import { elsewherePath } from './answers.ts';
import type { Fault } from './fault.ts';
import { longestBlockMs, observe } from './observation.ts';
import { impatient, openTestedHome, type TestedHome, undisturbed, type Where } from './tested-home.ts';

/** How a cell ended: reported, read all the same, not applicable; anything else is in `wrong`. */
export type Cell = {
  sign: '✓' | '=' | '·' | '✗';
  wrong: string[];
  ms: number;
  megabytes: number;
  /** How long the process was blocked; known where the fault is played alone. */
  blockedMs?: number;
};

/** When and where a fault strikes: a home that knows nothing, or one that has run. */
const places: [name: string, where: Where, later: boolean][] = [
  ['first call', 'first call', false],
  ['live call', 'live call', false],
  ['live call, later', 'live call', true],
];
/** What the tick may take beyond its budget on a busy machine. */
const slackMs = 700;
const mostMegabytes = 60;
/** No home is without figures for longer after the fault, hours: as long as the cloud asked for, or a refused credential lasts. */
const longestBackOff = { asked: 24, usual: 2 };
const daySeconds = 86_400;
/** A device under a name that was made up counts as the home's for a day: hours. */
const longestLack = 26;

export async function playFault(conversation: NamedConversation, fault: Fault): Promise<Cell> {
  const cells: Cell[] = [];
  for (const place of places)
    if (place[0] !== 'first call' || (!fault.ofFigures && conversation.conversation.exchanges.length > 1))
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
    return { ...cell, wrong: [...cell.wrong, ...(await recovered(tested, fault))] };
  } finally {
    await tested.close();
  }
}

/**
 * An OAuth log-in says no in JSON: a page in its place, as Sigenergy's firewall, stands in front of the cloud and passes by.
 * With HTTP 410 SolarEdge's V1 is over.
 */
const pagesThatPass: Record<string, RegExp> = {
  'goodwe-sems': /^HTTP 4(00|01|03|04|10)/,
  enphase: /^HTTP 4(00|03|04)/,
  redback: /^HTTP 4(00|03|04)/,
  tesla: /^HTTP 4(00|03|04)/,
  sma: /^HTTP 4(00|01|03|04|10)/,
  sigenergy: /^HTTP 403/,
  solaredge: /^HTTP 4(00|03|04|10)/,
};
const allowance = ({ adapter }: Pick<NamedConversation, 'adapter'>, { name }: Fault): FailureKind[] =>
  pagesThatPass[adapter.vendor]?.test(name) ? ['unavailable'] : [];

/**
 * Faults that leave a reading right: the arrows only guard GoodWe's signs, and its time is left out where it lies ahead,
 * as is LuxPower's, since the zone of its servers' clocks is not certain.
 */
const harmless: Record<string, RegExp> = {
  'goodwe-sems': /^(lists empty|times of (tomorrow|a zone ten hours east))$/,
  luxpower: /^times of (tomorrow|a zone ten hours east)$/,
};
const mayBeRead = ({ adapter }: Pick<NamedConversation, 'adapter'>, fault: Fault): boolean =>
  Boolean(fault.mayBeRead || harmless[adapter.vendor]?.test(fault.name));

const endlessOf = ({ endless }: DeadAddress) => (endless ? { endless } : {});

async function playPlace(
  conversation: NamedConversation,
  fault: Fault,
  [place, where, later]: (typeof places)[number],
): Promise<Cell> {
  const tested = await openTestedHome(conversation, fault, where);
  const notThere: Cell = { sign: '·', wrong: [], ms: 0, megabytes: 0 };
  try {
    if (later) {
      await tested.tick();
      tested.home.clock.advance(tested.pollSeconds);
    }
    tested.strike('answers');
    const cell = await struck(tested, fault);
    if (!tested.wasStruck()) return notThere;
    tested.strike(undefined);
    const wrong = [...cell.wrong, ...(await recovered(tested, fault))];
    return { ...cell, wrong: wrong.map((what) => `${place}: ${what}`) };
  } finally {
    await tested.close();
  }
}

/** The tick under the fault, and what is wrong with it. */
async function struck(tested: TestedHome, fault: Fault): Promise<Cell> {
  const { chargeHq, home, vendor } = tested;
  const earlier = chargeHq.pushes.length;
  const { result: report, ms, megabytes, blockedMs, stray } = await observe(() => tested.tick(), fault.weigh);
  const pushes = chargeHq.pushes.slice(earlier);
  const wrong: string[] = [];
  if (pushes.length !== 1) wrong.push(`${pushes.length} messages reached Charge HQ`);
  const [push] = pushes;
  const expected = mayBeRead(tested.conversation, fault) ? await undisturbed(tested, home.clock.at) : undefined;
  const kinds = [
    ...fault.kinds,
    ...(fault.mayBeRead ? (['stale'] as const) : []),
    ...allowance(tested.conversation, fault),
  ];
  wrong.push(
    ...(push?.siteMeters ? wrongFigures(push, expected) : wrongReport(report, push, kinds, vendor.misses.length > 0)),
  );
  if (fault.endless && ms > impatient.tickMs + slackMs) wrong.push(`took ${ms} ms of ${impatient.tickMs}`);
  if (fault.alone && !fault.weigh && blockedMs > longestBlockMs) wrong.push(`blocked the process for ${blockedMs} ms`);
  if (megabytes > (fault.mostMegabytes ?? mostMegabytes)) wrong.push(`took ${Math.round(megabytes)} MB`);
  if (stray.length > 0) wrong.push(`unhandled rejection: ${stray[0]}`);
  if (vendor.received.some(({ path }) => path === elsewherePath)) wrong.push('followed a redirect');
  wrong.push(...tested.unfit(report, pushes));
  return { sign: push?.siteMeters ? '=' : '✓', wrong, ms, megabytes, ...(fault.alone ? { blockedMs } : {}) };
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

/** All is well again: figures come as soon as the back-off allows, and they are right. */
async function recovered(tested: TestedHome, { asksSeconds = 0 }: Fault): Promise<string[]> {
  let longest = asksSeconds >= daySeconds ? longestBackOff.asked : longestBackOff.usual;
  for (let hours = 1; ; hours++) {
    tested.home.clock.advance(3600);
    const report = await tested.tick(true);
    const isPushed = report.outcome === 'pushed';
    // Asked again, but by then with a renewed log-in that the talk does not know.
    if (!isPushed && tested.vendor.misses.length > 0) return [];
    if (isPushed) longest = longestLack;
    const isWhole = isPushed && !report.sources.some(({ lacking }) => lacking);
    if (isWhole || hours >= longest) return await wrongRecovery(tested, hours, report);
  }
}

async function wrongRecovery(tested: TestedHome, hours: number, { error }: TickReport): Promise<string[]> {
  const push = tested.chargeHq.pushes.at(-1);
  const expected = await undisturbed(tested, tested.home.clock.at);
  if (expected && push && isDeepStrictEqual(push.siteMeters, expected.siteMeters)) return [];
  return [`did not recover in ${hours} h: ${error ?? JSON.stringify(push)}`];
}

export function merged(cells: readonly Cell[]): Cell {
  const wrong = cells.flatMap((cell) => cell.wrong);
  const sign = cells.find(({ sign }) => sign === '=')?.sign ?? cells.find(({ sign }) => sign !== '·')?.sign ?? '·';
  return {
    sign: wrong.length > 0 ? '✗' : sign,
    wrong,
    ms: Math.max(0, ...cells.map(({ ms }) => ms)),
    megabytes: Math.max(0, ...cells.map(({ megabytes }) => megabytes)),
    blockedMs: Math.max(0, ...cells.map(({ blockedMs = 0 }) => blockedMs)),
  };
}
