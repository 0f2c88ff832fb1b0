/** One tick: read the sources that are due, combine, complete by the balance, check, push or report. */

import type { Message } from '../destinations/destination.ts';
import { type Delivery, deliver, whyNotYet } from '../destinations/publish.ts';
import type { Memory } from '../persistence/site-memory.ts';
import { type Clock, untilAborted, within } from '../platform/clock.ts';
import type { Connections } from '../platform/connections.ts';
import { createHttp } from '../platform/http.ts';
import { createRedactor, type Redactor } from '../platform/redaction.ts';
import type { Site } from '../settings/site.ts';
import { poll, type SourceResult } from '../sources/poll.ts';
import { type Evaluation, evaluate, failed } from './evaluate.ts';
import { stackOf } from './failure.ts';
import { sourceReport, type TickReport } from './report.ts';
import { emptySchedule, type Schedule } from './source-state.ts';

export type TickPorts = {
  memory: Memory;
  connections: Connections;
  clock: Clock;
  /** Time for the whole tick and for its reads; the difference is left for the push. */
  budget?: { tickMs: number; readMs: number };
  /** Pause before the second try of an `unavailable` vendor, ms. */
  retryPauseMs?: number;
};

/** Below the minute whatever hangs. */
const minuteBudget = { tickMs: 50_000, readMs: 38_000 };

/** A store has this long even when the time of the tick is used up. */
const leastSavingMs = 2_000;

/** Runs one tick. Throws for nothing that a vendor, the network, the destination, the store or the settings can do. */
export async function tick(site: Site, ports: TickPorts): Promise<TickReport> {
  const { clock, budget = minuteBudget } = ports;
  const run: Run = {
    site,
    ports,
    now: clock.now(),
    redactor: createRedactor(site.secrets),
    warnings: [...site.remarks],
  };
  const begun = clock.stopwatch();
  const elapsed = () => Math.round(clock.stopwatch() - begun);

  const schedule = await recall(run, budget.readMs / 2);
  const wait = site.destination && whyNotYet(site.destination, schedule.destination, run.now);
  if (wait) run.warnings.push(wait);
  const polled = wait ? [] : await within(budget.readMs - elapsed(), (signal) => readAll(run, schedule, signal));
  const { message, report, baseline }: Evaluation = wait ? { report: {} } : evaluateSafely(run, polled, schedule);
  if (baseline) schedule.baseline = baseline;
  const readMs = elapsed();
  const delivery = await within(budget.tickMs - readMs, (signal) => push(run, message, schedule, signal));
  await remember(run, polled, Math.max(leastSavingMs, budget.tickMs - elapsed()));

  const warnings = [...run.warnings, ...(report.warnings ?? []), ...(delivery.warnings ?? [])];
  return run.redactor.tree({
    ...delivery,
    site: site.name,
    ...report,
    sources: polled.map(sourceReport),
    ...(warnings.length > 0 ? { warnings } : {}),
    ms: elapsed(),
    ...(message ? { push_ms: elapsed() - readMs } : {}),
  });
}

/** What belongs to this one tick. */
type Run = { site: Site; ports: TickPorts; now: number; redactor: Redactor; warnings: string[] };

/** A home whose memory cannot be read is served without: better a log-in too many than no figures. */
async function recall({ site, ports, now, warnings }: Run, recallMs: number): Promise<Schedule> {
  try {
    return await within(recallMs, (signal) => untilAborted(ports.memory.schedule(site, now), signal, late));
  } catch (error) {
    warnings.push(`What was kept from earlier ticks could not be read: ${messageOf(error)}`);
    return emptySchedule();
  }
}

/** All sources side by side; none if the settings are wrong. */
function readAll(
  { site, ports, now, redactor }: Run,
  schedule: Schedule,
  signal: AbortSignal,
): Promise<SourceResult[]> {
  if (site.problems.length > 0) return Promise.resolve([]);
  const { retryPauseMs = 1_000 } = ports;
  return Promise.all(
    site.sources.map((source) => poll(source, { ...ports, now, schedule, redactor, signal, retryPauseMs })),
  );
}

/** A bug of ours in the arithmetic is told like any other failure: in general words, its stack in the log. */
function evaluateSafely(
  { site, now, warnings }: Run,
  polled: readonly SourceResult[],
  { baseline }: Schedule,
): Evaluation {
  try {
    return evaluate(site, polled, now, baseline);
  } catch (error) {
    warnings.push(stackOf(error));
    return failed('bug', 'The bridge itself made an error; it has been logged');
  }
}

async function push(
  run: Run,
  message: Message | undefined,
  schedule: Schedule,
  signal: AbortSignal,
): Promise<Delivery> {
  const { site, ports, now, redactor } = run;
  if (!message) return { outcome: 'idle' };
  if (!site.destination) return { outcome: 'failed' };
  const http = createHttp({ connections: ports.connections, name: site.destination.name, signal, now, redactor });
  const sentAt = ports.clock.now(); // not the tick's begin: a slow read may lie between
  try {
    return await deliver(site.destination, redactor.tree(message), schedule.destination, http, sentAt);
  } catch (error) {
    return { outcome: 'failed', warnings: [stackOf(error)] };
  }
}

/** With wrong settings nothing was learnt but when the destination was told so. */
async function remember(
  { site, ports, now, warnings }: Run,
  polled: readonly SourceResult[],
  ms: number,
): Promise<void> {
  const asked = site.sources.filter(({ label }) => polled.some((result) => result.label === label && result.polled));
  await within(ms, async (signal) => {
    const saves = [...asked.map((source) => ports.memory.keepState(source, now)), ports.memory.saveSchedule(site, now)];
    for (const result of await Promise.allSettled(saves.map((save) => untilAborted(save, signal, late))))
      if (result.status === 'rejected')
        warnings.push(`What was learnt could not be saved: ${messageOf(result.reason)}`);
  });
}

const late = () => new Error('the store does not answer in time');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
