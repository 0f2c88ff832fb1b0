/** One home of a shard: its ticks one after the other, whatever becomes of the one before. Never throws. */
import { framesOf } from './core/failure.ts';
import type { TickReport } from './core/report.ts';
import { inTime } from './core/time.ts';
import type { Clock } from './platform/clock.ts';
import type { Evaluator } from './platform/expression-process.ts';
import { evaluatedBy } from './platform/expressions.ts';
import type { Budget, Runtime } from './runtime.ts';
import type { Site } from './settings/site.ts';

export type HomeRuntime = Pick<Runtime, 'tick'> & { connections: { close(): Promise<void> } };

export type ShardHome = {
  /** @param budget asked once the home's settings are there. */
  tick(budget: (site: Site) => Budget): Promise<TickReport>;
};

/** A tick whose invocation ended is frozen with its instance, and ends a moment after it goes on. */
const lastMomentsMs = 2_000;
/** Nothing in a tick takes so long; one that does is left behind with its connections. */
const lostMs = 600_000;

export type ShardHomePorts = {
  /** Makes its runtime at the first tick. May throw: then the next one tries again. */
  open(): HomeRuntime;
  /** Evaluates this home's expressions. */
  expressions: Evaluator;
  clock: Clock;
};

/** `since`: ms since the epoch. */
type Running = { over: Promise<unknown>; since: number };

export function openShardHome(name: string, { open, expressions, clock }: ShardHomePorts): ShardHome {
  let runtime: HomeRuntime | undefined;
  let running: Running | undefined;

  /** Waits for the tick before; one that is lost is left behind. */
  const letEnd = async ({ over, since }: Running): Promise<void> => {
    const late = () => new Error('late');
    await inTime(lastMomentsMs, over, late).catch(() => {});
    if (running?.over !== over || clock.now() - since < lostMs) return;
    runtime?.connections.close().catch(() => {});
    runtime = undefined;
    running = undefined;
  };

  const run = async (budget: (site: Site) => Budget): Promise<TickReport> => {
    runtime ??= open();
    const opened = runtime;
    return evaluatedBy(expressions, () => opened.tick(budget));
  };

  return {
    async tick(budget) {
      const begun = clock.stopwatch();
      const ms = () => Math.round(clock.stopwatch() - begun);
      if (running) await letEnd(running);
      if (running) return notTicked(name, ms());
      const report = run(budget).catch((error) => ofBug(name, error, ms()));
      const own = { over: report, since: clock.now() };
      running = own;
      await report;
      if (running === own) running = undefined;
      return report;
    },
  };
}

const failedTick = (site: string, ms: number, why: Partial<TickReport>): TickReport => ({
  outcome: 'failed',
  site,
  ...why,
  sources: [],
  destinations: [],
  ms,
});

/** For a home that was not done when the invocation had to end. */
export const notOver = (site: string, ms: number): TickReport =>
  failedTick(site, ms, { kind: 'unavailable', error: 'The tick was not over in its time, and nothing is known of it' });

const notTicked = (site: string, ms: number): TickReport =>
  failedTick(site, ms, { kind: 'unavailable', error: 'The tick before is not over yet' });

/** Of what no tick answers for; its message may quote anything, and is left out. */
export const ofBug = (site: string, error: unknown, ms: number): TickReport =>
  failedTick(site, ms, {
    kind: 'bug',
    error: 'The bridge itself made an error; it has been logged',
    remarks: [framesOf(error)],
  });
