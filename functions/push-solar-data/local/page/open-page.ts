/** The page of the home beside the bridge on one's own machine, and the history that it shows. */
import { join } from 'node:path';
import type { TickReport } from '../../core/report.ts';
import { daysKept, type Told, tickHistory } from '../../persistence/tick-history.ts';
import type { Clock } from '../../platform/clock.ts';
import { titleOf } from '../../settings/named.ts';
import type { SettingTexts } from '../../settings/settings-reader.ts';
import type { Site } from '../../settings/site.ts';
import { stateFolder } from '../environment.ts';
import { bundledAssets } from './assets.ts';
import { homeLog, type Titles } from './home-log.ts';
import { lastHourInLine } from './last-hour.ts';
import { openOnPort } from './page-port.ts';
import type { PageHome } from './page-server.ts';

/** Of a home whose ticks run in this process. */
export type OpenPage = {
  /** Where it is; undefined for nowhere. */
  address: string | undefined;
  /** A tick has ended. Takes no time, and throws for nothing. */
  show(report: TickReport): void;
  /** The last hour as a line for a terminal; undefined where nothing was told. */
  lastHour(): string | undefined;
  /** Keeps what is not kept yet, and lets everybody go. */
  close(): Promise<void>;
};

export type PagePorts = {
  settings: SettingTexts;
  site: Pick<Site, 'name' | 'sources' | 'destinations'>;
  clock: Pick<Clock, 'now'>;
  /** Is told where the page is and what goes wrong with it, in sentences. */
  tell(sentence: string): void;
  /** The past of a simulated home, of which nothing is kept. */
  past?: (now: number, site: string) => AsyncIterable<Told[]>;
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A disk that hangs does not keep the bridge from ending. */
const farewellMs = 2_000;
/** The days of a simulated home go by in minutes, faster than a page can be drawn. */
const shortestMomentMs = 1_000;

export async function openPage({ settings, site, clock, tell, past }: PagePorts): Promise<OpenPage> {
  const log = homeLog(site.name, titlesOf(site));
  const history = past ? undefined : tickHistory(historyFolder(settings));
  const watchers = new Set<() => void>();
  const changed = notOftener(shortestMomentMs, () => {
    for (const each of watchers) each();
  });
  const begun = clock.now();
  let isLoaded: Promise<void> | undefined;
  const home: PageHome = {
    site: site.name,
    state: async () => log.state(clock.now(), midnightBefore(clock.now())),
    async history(hours) {
      await isLoaded;
      const now = clock.now();
      return log.history(now - hours * hourMs, now);
    },
    watch(each) {
      watchers.add(each);
      return () => watchers.delete(each);
    },
  };
  const assets = bundledAssets();
  assets.catch(() => {}); // whoever asks for one is told
  const server = await openOnPort(settings, { origin: past ? 'demo' : 'here', homes: [home], assets }, tell);
  if (server)
    isLoaded = load(log, past?.(begun, site.name) ?? history?.read(begun - daysKept * dayMs, begun - 1))
      .catch(() => tell('The past of the home could not be read: the page shows it from now on.'))
      .then(changed);
  let keeping: Promise<unknown> = Promise.resolve();
  let told: string | undefined;
  return {
    address: server?.address,
    show(report) {
      const tick: Told = { at: clock.now(), report };
      log.add([tick]);
      changed();
      keeping = (history?.append([tick]) ?? keeping).then((problem) => {
        if (typeof problem === 'string' && problem !== told) tell(problem);
        told = typeof problem === 'string' ? problem : undefined;
      });
    },
    lastHour() {
      const now = clock.now();
      return lastHourInLine(log.history(now - hourMs, now));
    },
    async close() {
      const late = new Promise((resolve) => setTimeout(resolve, farewellMs).unref());
      await Promise.all([server?.close(), Promise.race([keeping, late])]);
    },
  };
}

/** Calls at once, but for a call a moment ago: then when the moment is over, once for all that came meanwhile. */
function notOftener(momentMs: number, call: () => void): () => void {
  let isAwaited = false;
  let calledAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (isAwaited) return;
    isAwaited = true;
    const wake = () => {
      isAwaited = false;
      calledAt = performance.now();
      call();
    };
    setTimeout(wake, Math.max(0, calledAt + momentMs - performance.now())).unref();
  };
}

export const historyFolder = (settings: SettingTexts): string => join(stateFolder(settings), 'history');

/** The beginning of the day where this machine is. */
export const midnightBefore = (now: number): number => new Date(now).setHours(0, 0, 0, 0);

/** Between two days of it others have their turn. */
async function load(
  log: Pick<ReturnType<typeof homeLog>, 'add'>,
  past: AsyncIterable<Told[]> | undefined,
): Promise<void> {
  for await (const told of past ?? []) log.add(told);
}

const titlesOf = ({ sources, destinations }: PagePorts['site']): Titles => ({
  source: ({ label, vendor }) =>
    titleOf(sources.find((source) => source.label === label)?.title ?? vendor, { label, slug: vendor }),
  destination: (label) => destinations.find((each) => each.label === label)?.title ?? label,
});
