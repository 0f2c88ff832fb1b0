/**
 * A home as the log of its deployed bridge tells it. What was read once lies on this machine, so that each look asks AWS
 * for what is new alone.
 */
import * as z from 'zod/mini';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { homeLog, type Titles } from '../../functions/push-solar-data/local/page/home-log.ts';
import { midnightBefore } from '../../functions/push-solar-data/local/page/open-page.ts';
import type { PageHome } from '../../functions/push-solar-data/local/page/page-server.ts';
import { fileStore } from '../../functions/push-solar-data/persistence/file-store.ts';
import { daysKept, type Told, tickHistory } from '../../functions/push-solar-data/persistence/tick-history.ts';
import type { LogEntry, Span } from './deployed-ticks.ts';

/** What the log tells of the home in that time, oldest first, a call at a time. @throws Failure */
export type ReadHome = (span: Span) => AsyncGenerator<LogEntry[]>;

export type LoggedHomePorts = {
  site: string;
  pages: ReadHome;
  /** Calls back when it is time to look again. */
  watch?: PageHome['watch'];
  /** Where what was read of this account, region and site lies. */
  folder: string;
  titles: Titles & { know(report: TickReport): Promise<void> };
  now(): number;
};

export type LoggedHome = PageHome & {
  /** Oldest first. @throws Failure */
  read(from: number, until: number): AsyncGenerator<Told[]>;
};

/** The time of which everything lies on this machine, ms since the epoch. */
const Covered = z.object({ from: z.number(), until: z.number() });
type Covered = z.output<typeof Covered>;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Lines reach the log some seconds late, and may be out of order. */
const overlapMs = 2 * minuteMs;
/** A tick comes each minute: to ask more often shows nothing new. */
const leastPauseMs = 20_000;

export function loggedHome({ site, pages, watch = eachMinute(), folder, titles, now }: LoggedHomePorts): LoggedHome {
  const log = homeLog(site, titles);
  const cache = tickHistory(folder);
  const store = fileStore(folder);
  let covered: Covered | undefined;
  /** Of the last look, to tell what is new in the next one. */
  let newest = new Set<string>();
  /** Whether all that was read lies on this machine. */
  let isKept = true;
  let isLoaded: Promise<void> | undefined;
  let reading: Promise<unknown> = Promise.resolve();

  const load = async () => {
    covered = Covered.safeParse(await store.read('covered').catch(() => undefined)).data;
    if (covered) for await (const told of cache.read(now() - daysKept * dayMs, now())) await keep(told);
  };
  const keep = async (told: readonly Told[]) => {
    log.add(told);
    for (const each of told.slice(-1)) if ('report' in each) await titles.know(each.report);
  };
  const file = async (told: readonly Told[]) => {
    isKept = (await cache.append(told)) === undefined && isKept;
  };
  /** What could not be kept is asked for again by the next start. */
  const cover = async (span: Covered) => {
    covered = span;
    if (isKept) await store.write('covered', span, { secret: false }).catch(() => {});
  };

  const readNew = async (): Promise<void> => {
    const until = now();
    if (covered && until >= covered.until && until - covered.until < leastPauseMs) return;
    const isFar = !covered || until - covered.until > dayMs || covered.until > until;
    const before = isFar || !covered ? { from: until - dayMs, until: until - dayMs } : covered;
    const seen = new Set<string>();
    for await (const page of pages({ since: before.until - overlapMs })) {
      const told = page.map(toldOf);
      const fresh = told.filter((each) => !newest.has(keyOf(each)));
      for (const each of told) seen.add(keyOf(each));
      await keep(fresh);
      await file(fresh);
    }
    newest = new Set([...seen].slice(-mostSeen));
    await cover({ from: before.from, until });
  };
  /** A day at a time: what is broken off goes on there. */
  const readBack = async (from: number): Promise<void> => {
    while (covered && covered.from > from) {
      const since = Math.max(from, covered.from - dayMs);
      for await (const page of pages({ since, until: covered.from })) {
        const told = page.map(toldOf);
        await keep(told);
        await file(told);
      }
      await cover({ from: since, until: covered.until });
    }
  };
  /** One look after the other; one that fails ends no later one. @throws Failure */
  const reach = (from: number): Promise<void> => {
    const reached = reading.then(async () => {
      isLoaded ??= load();
      await isLoaded;
      await readNew();
      await readBack(Math.max(from, now() - daysKept * dayMs));
    });
    reading = reached.catch(() => {});
    return reached;
  };

  return {
    site,
    async state() {
      await reach(now() - dayMs);
      return log.state(now(), midnightBefore(now()));
    },
    async history(hours) {
      const from = now() - hours * hourMs;
      await reach(from);
      return log.history(from, now());
    },
    watch,
    async *read(from, until) {
      await reach(from);
      yield* cache.read(from, until);
    },
  };
}

/** All who watch are called at once, so that one look at a log can be for several homes of it. */
export function eachMinute(): PageHome['watch'] {
  const watchers = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return (changed) => {
    const watcher = () => changed();
    watchers.add(watcher);
    timer ??= setInterval(() => {
      for (const each of watchers) each();
    }, minuteMs).unref();
    return () => {
      watchers.delete(watcher);
      if (watchers.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

/** More than ticks and troubles of the overlap. */
const mostSeen = 100;

function toldOf(entry: LogEntry): Told {
  const at = entry.at.getTime();
  return 'report' in entry ? { at, report: entry.report } : { at, trouble: entry.trouble };
}
const keyOf = (told: Told): string => `${told.at} ${'report' in told ? told.report.outcome : told.trouble}`;
