/** Ticks of a home whose destination answers anything at all, and everything that they may never do then. */
import { errorKinds } from '../../functions/push-solar-data/core/failure.ts';
import { isBug, type TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { longestBlockMs, watchTurns } from '../faults/observation.ts';
import { type Answer, type ReceivedRequest, serve } from '../support/conversation.ts';
import { unfit } from '../support/fit-to-tell.ts';
import { openHome } from '../support/home.ts';
import { secretsOfRequest } from '../support/leaks.ts';
import { adapterOf } from '../support/sources.ts';
import { type AnsweringDestination, answerFrom } from './destination-answers.ts';
import { type Draw, drawFrom } from './mutation.ts';

export type DestinationFinding = { seed: number; wrong: string; answer: string };
export type DestinationFuzz = { told: number; failed: number; ms: number; findings: DestinationFinding[] };

const budget = { tickMs: 4_000, readMs: 3_000 };
const longestMs = 2_500;
/** Soon, at the next minute, after a wait, and after every wait. */
const pauses = [10, 60, 60, 300, 1_900, 3_700];

/** One home for all runs, so that what it remembers of an answer meets the next one. @param seed of the first run; the nth has seed + n. */
export async function fuzzDestination(
  destination: AnsweringDestination,
  seed: number,
  runs: number,
): Promise<DestinationFuzz> {
  const home = await openAnswering(destination);
  const result: DestinationFuzz = { told: 0, failed: 0, ms: 0, findings: [] };
  const begun = performance.now();
  try {
    for (let run = seed; run < seed + runs; run++) {
      const draw = drawFrom(run);
      const answer = answerFrom(destination, draw);
      const { report, wrong } = await home.play(answer, draw);
      const { outcome } = report.destinations[0] ?? {};
      if (outcome === 'pushed' || outcome === 'reported') result.told += 1;
      if (outcome === 'failed') result.failed += 1;
      const shown = JSON.stringify(answer).slice(0, 300);
      result.findings.push(...wrong.map((each) => ({ seed: run, wrong: each, answer: shown })));
    }
  } finally {
    await home.close();
  }
  result.ms = Math.round(performance.now() - begun);
  return result;
}

async function openAnswering({
  slug,
  settings,
  secrets,
  mostRequests,
  leastSecondsBetween = 30,
  intervalSeconds,
}: AnsweringDestination) {
  let answer: Answer = {};
  const server = await serve(() => answer);
  const store = memoryStore();
  let reads = 0;
  const source = adapterOf({
    read: async () => {
      reads += 1;
      return { production_kw: 1 + (reads % 997) / 1000, net_import_kw: -0.5, battery_discharge_kw: 0.25 };
    },
  });
  const texts: SettingTexts = {
    ...{ VENDOR: source.vendor, DESTINATION: slug, CHARGE_HQ_API_KEY: undefined },
    ...Object.fromEntries(
      Object.entries(settings).map(([name, text]) => [name, text.replaceAll('{server}', server.url)]),
    ),
  };
  const now = Date.parse('2026-05-01T12:00:00Z');
  const home = openHome({ adapters: [source], texts, now, store, budget });
  const isTooSoon = timesOf(leastSecondsBetween, intervalSeconds);
  const isToldTwice = slotsOf();
  return {
    async play(instead: Answer, draw: Draw): Promise<{ report: TickReport; wrong: string[] }> {
      answer = instead;
      home.clock.advance(pauses[Math.floor(draw() * pauses.length)] ?? 60);
      const turns = watchTurns();
      const begun = performance.now();
      const report = await home.tick();
      const [ms, blockedMs] = [performance.now() - begun, turns.longestMs()];
      turns.end();
      const asked = server.received.splice(0);
      const told = { report, pushes: [], documents: store.documents };
      const wrong = [
        ...unfit({ ...told, secrets: [...secrets, ...asked.flatMap(secretsOfRequest)] }),
        ...wrongEnd(report, ms, blockedMs),
        ...isToldTwice(asked, report),
        ...(asked.length > 0 ? isTooSoon(home.clock.at, report) : []),
      ];
      if (asked.length > mostRequests) wrong.push(`${asked.length} requests in a tick`);
      return { report, wrong };
    },
    async close() {
      await home.close();
      await server.close();
    },
  };
}

function wrongEnd(report: TickReport, ms: number, blockedMs: number): string[] {
  const [row] = report.destinations;
  const wrong: string[] = [];
  if (isBug(report)) wrong.push(`a bug: ${row?.stack}`);
  if (row?.outcome === 'failed' && (!row.error || !errorKinds.some((kind) => kind === row.kind)))
    wrong.push(`failed as ${row.kind}, and says ${row.error}`);
  if (ms > longestMs) wrong.push(`took ${Math.round(ms)} ms`);
  if (blockedMs > longestBlockMs) wrong.push(`blocked the process for ${blockedMs} ms`);
  return wrong;
}

/** Whether a message came too soon after the last one, or after the last one that arrived. */
function timesOf(leastSecondsBetween: number, intervalSeconds: number): (at: number, report: TickReport) => string[] {
  let triedAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;
  return (at, { destinations: [row] }) => {
    const [sinceTried, sinceTold] = [(at - triedAt) / 1000, (at - toldAt) / 1000];
    triedAt = at;
    if (row?.outcome === 'pushed' || row?.outcome === 'reported') toldAt = at;
    if (sinceTried < leastSecondsBetween) return [`was told again after ${sinceTried} s`];
    return sinceTold < intervalSeconds - 5 ? [`was told again ${sinceTold} s after what arrived`] : [];
  };
}

/** Whether a slot of time that was taken is told again. */
function slotsOf(): (asked: readonly ReceivedRequest[], report: TickReport) => string[] {
  const taken = new Set<string>();
  return (asked, { destinations: [row] }) => {
    const slots = asked.flatMap(({ body }) => {
      const { d, t } = (body ?? {}) as { d?: string; t?: string };
      return d === undefined ? [] : [`${d} ${t}`];
    });
    const again = slots.filter((slot) => taken.has(slot));
    if (row?.outcome === 'pushed') for (const slot of slots) taken.add(slot);
    return again.map((slot) => `told ${slot} again`);
  };
}
