/** A home of a soak on one store: its instances start cold, and now and then two run at once. */
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import { openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { type Budget, openRuntime } from '../../functions/push-solar-data/runtime.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { openSite, type Registry } from '../../functions/push-solar-data/settings/site.ts';

/** Short, because a cloud that hangs costs this time; long enough for a busy machine. */
const budget: Budget = { tickMs: 450, readMs: 220 };
/** For the first tick of all, which loads the modules. */
const loadingBudget: Budget = { tickMs: 10_000, readMs: 5_000 };
/** What a tick may take beyond its budget on a busy machine. */
const slackMs = 700;

export type Instance = { tick(): Promise<TickReport>; close(): Promise<void> };

export type SoakedHome = {
  /** A fresh instance, which knows what is stored. */
  start(): Instance;
  documents: ReadonlyMap<string, string>;
  writes(): number;
  /** How long each tick took that did not end in time, ms. */
  overdue: number[];
  /** The least time between two polls of each source, s, in the order of the settings. */
  floors: readonly number[];
  /** From now on, whether the store takes what it is given. */
  failWrites(fails: boolean): void;
  /** What an adapter has looked up is lost. */
  lose(label: string): void;
};

export async function openSoakedHome(environment: SettingTexts, registry: Registry, clock: Clock): Promise<SoakedHome> {
  const kept = memoryStore({ writesAreCounted: true });
  const { sources } = await openSite(environment, registry);
  const overdue: number[] = [];
  let fails = false;
  let isLoaded = false;
  const store: StateStore = {
    ...kept,
    write: async (name, document) => {
      if (fails) throw new Error('no answer');
      await kept.write(name, document, { secret: false });
    },
  };
  return {
    start() {
      const memory = createSiteMemory(store);
      const connections = openConnections({ connectTimeoutMs: 300 });
      const runtime = openRuntime({ environment, memory, registry, connections, clock, retryPauseMs: 1 });
      const tick = async () => {
        const given = isLoaded ? budget : loadingBudget;
        const begun = performance.now();
        const report = await runtime.tick(given);
        const ms = Math.round(performance.now() - begun);
        if (ms > given.tickMs + slackMs) overdue.push(ms);
        isLoaded = true;
        return report;
      };
      return { tick, close: () => connections.close() };
    },
    documents: kept.documents,
    writes: () => kept.writes,
    overdue,
    floors: sources.map(({ floorSeconds }) => floorSeconds),
    failWrites(failing) {
      fails = failing;
    },
    lose: (label) => void kept.documents.delete(`adapter/${label}`),
  };
}
