/** A shard over runtimes of a test's own. */
import type { ShardFigures } from '../../functions/push-solar-data/core/home-watch.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { Budget } from '../../functions/push-solar-data/runtime.ts';
import type { Site } from '../../functions/push-solar-data/settings/site.ts';
import { openShard } from '../../functions/push-solar-data/shard.ts';
import type { HomeRuntime } from '../../functions/push-solar-data/shard-home.ts';
import type { ShardMail } from '../../functions/push-solar-data/shard-mail.ts';
import { fakeClock } from '../support/home.ts';
import { sourceOf } from '../support/sources.ts';

export type Work = (budget: () => Budget) => Promise<Partial<TickReport>>;

const siteOf = (name: string, pollSeconds = 60) =>
  ({
    name,
    sources: [sourceOf({ pollSeconds })],
    destinations: [],
    problems: [],
    remarks: [],
    secrets: [],
  }) as unknown as Site;

/** A shard of homes that do so at each tick. */
export function shardOf(homes: Record<string, Work>, pollSeconds = 60, mail?: ShardMail) {
  const clock = fakeClock('2026-05-01T12:00:00Z');
  const opened: string[] = [];
  const closed: string[] = [];
  const lines: TickReport[] = [];
  const said: string[] = [];
  const published: { figures: ShardFigures & { told_s: number }; reports: readonly TickReport[] }[] = [];
  const shard = openShard({
    clock,
    mail,
    openHome(site): HomeRuntime {
      opened.push(site);
      return {
        async tick(budget) {
          const report = await (homes[site] as Work)(() =>
            typeof budget === 'function' ? budget(siteOf(site, pollSeconds)) : (budget as Budget),
          );
          return { outcome: 'pushed', site, sources: [], destinations: [], ms: 1, ...report };
        },
        connections: { close: async () => void closed.push(site) },
      };
    },
    telemetry: {
      lines: { tell: (report) => void lines.push(report), say: (sentence) => void said.push(sentence) },
      metrics: { publish: (figures, reports) => void published.push({ figures, reports }) },
    },
  });
  const sites = Object.keys(homes);
  return {
    ...{ clock, opened, closed, lines, said, published, sites },
    minute(ms = 55_000, more: { eventAt?: number } = {}) {
      const end = performance.now() + ms;
      return shard.tick(sites, { ...more, remainingMs: () => end - performance.now() });
    },
    tick: shard.tick,
  };
}

export const calm: Work = async (budget) => {
  budget();
  return {};
};
export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Work that goes on until it is let go. */
export function held() {
  let letGo = () => {};
  let ticks = 0;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const work: Work = async () => {
    ticks += 1;
    if (ticks === 1) await gate;
    return {};
  };
  return { work, letGo: () => letGo(), ticks: () => ticks };
}
