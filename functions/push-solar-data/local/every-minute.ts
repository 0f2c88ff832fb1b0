/** The home on one's own machine: a tick each minute until it is stopped, with its feeds beside it. */
import type { TickReport } from '../core/report.ts';
import { emptySiteState } from '../core/site-state.ts';
import { fileStore } from '../persistence/file-store.ts';
import type { Runtime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Site } from '../settings/site.ts';
import { stateFolder } from './environment.ts';
import { openFeeds } from './feed-server.ts';
import { type Output, sayOn } from './layout.ts';
import { openLocalRuntime } from './local-runtime.ts';
import { onOneLine } from './on-terminal.ts';
import { exitCode, printReport } from './print.ts';
import { lastKnown, nextAsked, schedule, whatFor } from './schedule.ts';
import { suggested } from './suggested.ts';

const minuteMs = 60_000;

/** @returns the exit code of the last tick. Settings that are wrong end it: no later minute would mend them. */
export async function everyMinute(
  settings: SettingTexts,
  signal: AbortSignal,
  output: Output = process.stdout,
): Promise<number> {
  const runtime = openLocalRuntime(settings);
  const store = fileStore(stateFolder(settings));
  const { tick, clock, close } = runtime;
  const site = await runtime.site();
  const begun = clock.now();
  const untilNextTick = () => minuteMs - ((clock.now() - begun) % minuteMs);
  const tell = (sentence: string) => console.error(onOneLine(sentence));
  const feeds = await openFeeds(site, { store, clock, tell });
  const { openPage } = await import('./page/open-page.ts');
  const page = await openPage({ settings, site, clock, tell });
  const show = shower(site, runtime, output);
  try {
    for (let isFirst = true; ; isFirst = false) {
      if (isFirst) show.beginning();
      const report = await tick();
      const nextTickAt = clock.now() + untilNextTick();
      page.show(report);
      await show.tick(report, nextTickAt);
      if (output.isTTY) sayLastHour(page.lastHour(), output);
      if (signal.aborted) return exitCode(report);
      if (report.problems) {
        sayOn(process.stderr)(`\`${suggested('npm run configure', settings)}\` asks for what is needed.`);
        return exitCode(report);
      }
      if (isFirst) await show.schedule(nextTickAt);
      await clock.sleep(untilNextTick(), signal);
      if (signal.aborted) return 0;
    }
  } finally {
    await Promise.all([feeds.close(), page.close()]);
    for (const sentence of await close()) console.error(sentence);
  }
}

function sayLastHour(line: string | undefined, output: Output): void {
  if (line !== undefined) sayOn(output)(`          ${line}`);
}

/** For people also what is read and told and what comes next; elsewhere nothing but the lines of the ticks. */
function shower(site: Site, { memory, clock }: Runtime, output: Output) {
  const say = (sentence: string) => sayOn(output)(onOneLine(sentence));
  /** What cannot be read counts as not there; the tick's line says so. */
  const knownOf = async (nextTickAt: number) => {
    const now = clock.now();
    const none = { state: emptySiteState(), loadedAt: undefined };
    const { state, loadedAt } = await memory.load(now).catch(() => none);
    return { sources: state.sources, baseline: state.baseline, loadedAt, now, nextTickAt };
  };
  return {
    beginning() {
      if (output.isTTY && site.problems.length === 0) say(whatFor(site));
    },
    /** While nothing is due: the last reading with its age, and when the next one comes. */
    async tick(report: TickReport, nextTickAt: number) {
      if (!output.isTTY || report.outcome !== 'idle') return printReport(report, output);
      const known = await knownOf(nextTickAt);
      const last = report.figures ? {} : lastKnown(site, known);
      printReport({ ...report, ...last }, output, new Date(known.now), { waitingFor: nextAsked(site, known) });
    },
    async schedule(nextTickAt: number) {
      if (output.isTTY) for (const sentence of schedule(site, await knownOf(nextTickAt))) say(sentence);
    },
  };
}
