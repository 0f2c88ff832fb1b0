/** The home on one's own machine: a tick each minute until it is stopped, with its feeds beside it. */
import type { TickReport } from '../core/report.ts';
import { emptySiteState } from '../core/site-state.ts';
import { fileStore } from '../persistence/file-store.ts';
import type { Runtime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Site } from '../settings/site.ts';
import { stateFolder } from './environment.ts';
import { openFeeds } from './feed-server.ts';
import { openLocalRuntime } from './local-runtime.ts';
import { looksIn } from './looks.ts';
import { onOneLine } from './on-terminal.ts';
import { onWidth } from './on-width.ts';
import { exitCode, type Output, printReport } from './print.ts';
import { type Known, lastKnown, nextAsked, plan, withLooks } from './schedule.ts';

const minuteMs = 60_000;

/** @returns the exit code of the last tick. Settings that are wrong end it: no later minute would mend them. */
export async function everyMinute(
  settings: SettingTexts,
  signal: AbortSignal,
  output: Output & { columns?: number } = process.stdout,
): Promise<number> {
  const runtime = openLocalRuntime(settings);
  const store = fileStore(stateFolder(settings));
  const { tick, clock, close } = runtime;
  const site = await runtime.site();
  const begun = clock.now();
  const feeds = await openFeeds(site, { store, clock, tell: (sentence) => console.error(onOneLine(sentence)) });
  const people = output.isTTY ? { site, runtime, output } : undefined;
  try {
    if (people && site.problems.length === 0) {
      const known = await knownOf(people, begun, await looksIn(store)());
      for (const sentence of plan(site, known)) output.write(`${onWidth(onOneLine(sentence), output.columns)}\n`);
    }
    for (;;) {
      const report = await tick();
      const untilNext = minuteMs - ((clock.now() - begun) % minuteMs);
      if (people && report.outcome === 'idle') await showWaiting(report, people, clock.now() + untilNext);
      else printReport(report, output);
      if (signal.aborted || report.problems) return exitCode(report);
      await clock.sleep(minuteMs - ((clock.now() - begun) % minuteMs), signal);
      if (signal.aborted) return 0;
    }
  } finally {
    await feeds.close();
    for (const sentence of await close()) console.error(sentence);
  }
}

type Shown = { site: Site; runtime: Runtime; output: Output };

/** While nothing is due: the last reading with its age, and when the next one comes. */
async function showWaiting(report: TickReport, shown: Shown, nextTickAt: number): Promise<void> {
  const { site, output } = shown;
  const known = await knownOf(shown, nextTickAt);
  const last = report.figures ? {} : lastKnown(site, known, known.baseline);
  printReport({ ...report, ...last }, output, new Date(known.now), { waitingFor: nextAsked(site, known) });
}

/** What cannot be read counts as not there; the tick's line says so. */
async function knownOf({ site, runtime }: Shown, nextTickAt: number, looks = {}) {
  const now = runtime.clock.now();
  const empty = { state: emptySiteState(), loadedAt: undefined };
  const { state, loadedAt } = await runtime.memory.load(now).catch(() => empty);
  const known: Known = { sources: withLooks(site, state.sources, looks, now), loadedAt, now, nextTickAt };
  return { ...known, baseline: state.baseline };
}
