/** One tick: read the sources that are due, combine, complete by the balance, check, tell the destinations, remember. */
import type { DestinationLimits, DestinationState, Message } from './destination-state.ts';
import {
  afterWaiting,
  currentState,
  isWithinInterval,
  msUntilNext,
  pendingMessage,
  whyLeftAlone,
} from './destination-state.ts';
import { type EvaluatedSite, type Evaluation, evaluate, failed } from './evaluate.ts';
import { stackOf } from './failure.ts';
import { nextPoll } from './next-poll.ts';
import { plainText } from './plain-text.ts';
import { type DestinationReport, sourceReport, type TickReport } from './report.ts';
import { emptySiteState, type SiteState } from './site-state.ts';
import type { SourceLimits, SourceResult, SourceState } from './source-state.ts';
import { inTime, within } from './time.ts';

type DestinationOfTick = DestinationLimits & { label: string };

export type TickSite<Source extends SourceLimits, Destination extends DestinationOfTick> = Omit<
  EvaluatedSite,
  'sources'
> & {
  name: string;
  sources: readonly Source[];
  /** The first one decides the outcome. One with wrong settings is told nothing, and is no reason to leave the others untold. */
  destinations: readonly Destination[];
  /** What was mended in passing, and other things about settings. */
  remarks: readonly string[];
};

/** What a tick knows and shares with its polls and messages. */
export type TickCircumstances = {
  /** When the tick began: the same for all its sources, ms since the epoch. */
  now: number;
  /** When the state was loaded, ms since the epoch. */
  loadedAt: number | undefined;
  signal: AbortSignal;
};

/** Everything outside that a tick touches. */
export type TickPorts<Source, Destination> = {
  clock: { now(): number; stopwatch(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  /** What was remembered, and when it was loaded. @throws where it cannot be read: then the tick goes on without. */
  load(now: number): Promise<{ state: SiteState; loadedAt: number }>;
  /** Keeps what is worth it. @returns sentences about what could not be kept. Only after a successful `load`. */
  commit(state: SiteState, now: number): Promise<string[]>;
  /** Reads a source, if it is due. Never throws. */
  poll(
    source: Source,
    state: SourceState | undefined,
    circumstances: TickCircumstances,
  ): Promise<{ result: SourceResult; state: SourceState | undefined }>;
  /** Sends one message, once; without one, what was gathered before, if its time has come. Never throws. */
  publish(
    destination: Destination,
    state: DestinationState,
    message: Message | undefined,
    circumstances: TickCircumstances,
  ): Promise<{ row: DestinationReport; state: DestinationState; remarks: string[] }>;
  /** Time for the whole tick and for its reads; the difference is left for the messages. */
  budget?: { tickMs: number; readMs: number } | undefined;
};

/** Below the minute whatever hangs. */
const minuteBudget = { tickMs: 50_000, readMs: 38_000 };
/** Nor the store for what it remembers. */
const recallMs = 5_000;
/** No destination has longer for a message. */
const publishMs = 10_000;
/** A store has this long even when the time of the tick is used up. */
const leastSavingMs = 2_000;

/** Runs one tick. Throws for nothing that a vendor, the network, a destination, the store or the settings can do. */
export async function tick<Source extends SourceLimits, Destination extends DestinationOfTick>(
  site: TickSite<Source, Destination>,
  ports: TickPorts<Source, Destination>,
): Promise<TickReport> {
  const { clock, budget = minuteBudget } = ports;
  const now = clock.now();
  const begun = clock.stopwatch();
  const elapsed = () => clock.stopwatch() - begun;
  const remarks = [...site.remarks];

  const loaded = await recall(ports, now, Math.min(recallMs, budget.readMs / 2), remarks);
  const state = loaded?.state ?? emptySiteState();
  const known = new Map(
    site.destinations.map((destination) => [
      destination.label,
      currentState(state.destinations[destination.label], destination),
    ]),
  );
  const usable = site.destinations.filter(({ problems }) => problems.length === 0);
  const alone = usable.map((each) => whyLeftAlone(known.get(each.label) ?? {}, each, now));
  const nobodyListens = alone.length > 0 && alone.every((why) => why !== undefined);
  if (nobodyListens) remarks.push(...alone.flatMap((why) => why ?? []));
  const results: SourceResult[] = [];
  const before = { ...state.sources };
  if (site.problems.length === 0 && !nobodyListens)
    await within(budget.readMs - elapsed(), async (signal) => {
      const circumstances = { now, loadedAt: loaded?.loadedAt, signal };
      const polls = site.sources.map(async (source) => {
        const { result, state: after } = await ports.poll(source, state.sources[source.label], circumstances);
        const next = nextPoll(after, source, now);
        return { result: next ? { ...result, next } : result, after };
      });
      for (const { result, after } of await Promise.all(polls)) {
        results.push(result);
        if (after) state.sources[result.label] = after;
      }
    });
  const evaluation: Evaluation = nobodyListens ? { report: {} } : evaluated(site, results, now, state, remarks);
  const { message, report, baseline } = evaluation;
  if (baseline) state.baseline = baseline;
  if (evaluation.isDisputed) unlearn(state.sources, before);

  const rows = await Promise.all(
    site.destinations.map(async (destination) => {
      const left = Math.min(publishMs, budget.tickMs - elapsed());
      return within(left, (signal) => tell(destination, message, { ports, known, state, remarks, signal, now }));
    }),
  );
  if (loaded) remarks.push(...(await commit(ports, state, now, Math.max(leastSavingMs, budget.tickMs - elapsed()))));

  const first = rows[0]?.outcome ?? (message ? 'failed' : 'idle');
  return {
    outcome: first,
    site: site.name,
    ...report,
    sources: results.map(sourceReport),
    destinations: rows,
    ...(remarks.length > 0 ? { remarks } : {}),
    ms: Math.round(elapsed()),
  };
}

/** What a home has is learnt from answers that can be true of it. */
function unlearn(sources: SiteState['sources'], before: SiteState['sources']): void {
  for (const [label, source] of Object.entries(sources)) {
    const { shape: _disputed, ...rest } = source;
    const shape = before[label]?.settingsHash === source.settingsHash ? before[label].shape : undefined;
    sources[label] = shape ? { ...rest, shape } : rest;
  }
}

/** A home whose memory cannot be read is served without, and nothing of it is overwritten. */
async function recall<S, D>(ports: TickPorts<S, D>, now: number, ms: number, remarks: string[]) {
  try {
    return await inTime(ms, ports.load(now), late);
  } catch (error) {
    remarks.push(`What was kept from earlier ticks could not be read: ${messageOf(error)}`);
    return undefined;
  }
}

async function commit<S, D>(ports: TickPorts<S, D>, state: SiteState, now: number, ms: number): Promise<string[]> {
  try {
    return await inTime(ms, ports.commit(state, now), late);
  } catch (error) {
    return [`What was learnt could not be saved: ${messageOf(error)}`];
  }
}

/** A bug of ours in the arithmetic is told like any other failure: in general words, its stack in the log. */
function evaluated(
  site: EvaluatedSite,
  results: readonly SourceResult[],
  now: number,
  { baseline }: SiteState,
  remarks: string[],
): Evaluation {
  try {
    return evaluate(site, results, now, baseline);
  } catch (error) {
    remarks.push(stackOf(error));
    return failed('bug', 'The bridge itself made an error; it has been logged');
  }
}

type Telling<Source, Destination> = {
  ports: TickPorts<Source, Destination>;
  /** States of the destinations as they hold with their settings, by label. */
  known: ReadonlyMap<string, DestinationState>;
  /** Changed in place. */
  state: SiteState;
  remarks: string[];
  signal: AbortSignal;
  now: number;
};

/** This tick's message, or a reading that waits from an earlier one. */
async function tell<Source, Destination extends DestinationOfTick>(
  destination: Destination,
  message: Message | undefined,
  { ports, known, state, remarks, signal, now }: Telling<Source, Destination>,
): Promise<DestinationReport> {
  const { label, gathers, problems } = destination;
  if (problems.length > 0)
    return { label, outcome: 'failed', kind: 'settings', error: plainText(problems.join(' ')), ms: 0 };
  const before = known.get(label) ?? {};
  const due = message ?? (gathers ? undefined : pendingMessage(before, now));
  const sendingAt = ports.clock.now(); // a slow read may lie between the tick's begin and now
  const isTooSoon = msUntilNext(before, destination, sendingAt) > 0;
  const mustWait =
    whyLeftAlone(before, destination, now) !== undefined ||
    isTooSoon ||
    isWithinInterval(before, destination, sendingAt);
  if ((!due && !gathers) || mustWait) {
    if (due && isTooSoon)
      remarks.push(`the last message to ${destination.title} is less than ${destination.minSecondsBetween} s old`);
    state.destinations[label] = due && !gathers ? afterWaiting(before, due) : before;
    return { label, outcome: 'idle' };
  }
  const told = await ports.publish(destination, before, due, { now, loadedAt: undefined, signal });
  remarks.push(...told.remarks);
  state.destinations[label] = told.state;
  return told.row;
}

const late = () => new Error('the store does not answer in time');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
