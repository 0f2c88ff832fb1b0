/** Settings, store, clock, connections and adapters become a site whose ticks can run: for the Lambda and every command. */
import { adapters } from './adapters/index.ts';
import type { TickReport } from './core/report.ts';
import type { SiteState } from './core/site-state.ts';
import { tick } from './core/tick.ts';
import type { DestinationHome } from './destinations/destination.ts';
import { publish } from './destinations/publish.ts';
import type { SiteMemory } from './persistence/site-memory.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { type Connections, openConnections } from './platform/connections.ts';
import { createRedactor } from './platform/redaction.ts';
import { type SettingTexts, upperSnake } from './settings/settings-reader.ts';
import { type DestinationRegistry, openSite, type Registry, type Site } from './settings/site.ts';
import { keepSettings, type StoredSettings } from './settings/stored-settings.ts';
import { strayNames, unusedRemark } from './settings/stray.ts';
import { poll } from './sources/poll.ts';

export type RuntimeOptions = {
  /** Wins over what is stored. */
  environment: SettingTexts;
  /** Where further settings are stored. */
  stored?: StoredSettings;
  memory: SiteMemory;
  /** The last looks at the sources that were taken beside the ticks, by label. Never throws. */
  looks?: () => Promise<SiteState['sources']>;
  registry?: Registry;
  destinations?: DestinationRegistry;
  connections?: Connections;
  clock?: Clock;
  /** Pause before the second try of an `unavailable` vendor, ms. */
  retryPauseMs?: number;
};

export type Budget = { tickMs: number; readMs: number };

export type Runtime = {
  /** One tick; its report is free of secrets. @param budget what is left once the settings are there may be asked then. */
  tick(budget?: Budget | ((site: Site) => Budget)): Promise<TickReport>;
  /** The site as its settings are now; trouble with the stored ones is among its problems or remarks. */
  site(): Promise<Site>;
  memory: SiteMemory;
  connections: Connections;
  clock: Clock;
  retryPauseMs: number;
  /** Keeps what is not kept yet, and closes the connections. @returns sentences about what could not be kept. */
  close(): Promise<string[]>;
};

export function openRuntime({
  environment,
  stored,
  memory,
  looks = async () => ({}),
  registry = adapters,
  destinations,
  connections = openConnections(),
  clock = systemClock,
  retryPauseMs = 1_000,
}: RuntimeOptions): Runtime {
  const settings = keepSettings(stored, clock);
  let opened: { texts: SettingTexts | undefined; site: Site } | undefined;

  /** A store that has trouble later does not stop a bridge that knows its settings. */
  const site = async (): Promise<Site> => {
    const { texts, problem } = await settings.current();
    if (!opened || opened.texts !== texts)
      opened = {
        texts,
        site: withStrays(await openSite({ ...texts, ...environment }, registry, destinations), texts, environment),
      };
    if (problem === undefined) return opened.site;
    const { remarks } = opened.site;
    return texts ? { ...opened.site, remarks: [...remarks, problem] } : { ...opened.site, problems: [problem] };
  };

  return {
    memory,
    connections,
    clock,
    retryPauseMs,
    site,
    async tick(budget) {
      const current = await site();
      const redactor = createRedactor(current.secrets);
      const ports = { memory, connections, clock, redactor, retryPauseMs };
      const looked = await looks();
      const report = await tick(current, {
        clock,
        budget: typeof budget === 'function' ? budget(current) : budget,
        load: memory.load,
        commit: (state, now) => memory.commit(current.sources, state, now),
        poll: (source, state, circumstances) =>
          poll(source, state, { ...ports, ...circumstances, look: looked[source.label] }),
        publish: (destination, state, message, { signal }) =>
          publish(destination, state, message, { ...ports, signal, home: homeOf(current) }),
      });
      settings.mayBeMended(report);
      return redactor.report(report);
    },
    async close() {
      const remarks = await commitAll(memory, await site(), clock.now());
      await connections.close();
      return remarks;
    },
  };
}

/** Stored names that are no settings of this home are among the remarks, and those in the environment that are near to one. */
function withStrays(site: Site, stored: SettingTexts | undefined, environment: SettingTexts): Site {
  const { settingNames, sources, destinations, remarks } = site;
  if (!stored || !settingNames) return site;
  const prefixes = [...sources, ...destinations].map(({ label }) => upperSnake(label));
  const strays = strayNames(Object.keys(stored), settingNames, prefixes);
  const around = strayNames(Object.keys(environment), settingNames, prefixes, { onlyNear: true });
  const misspelt = new Set([...strays.remarks, ...around.remarks]);
  return { ...site, remarks: [...remarks, ...misspelt, ...unusedRemark(strays.others)] };
}

/** What destinations may know of it. */
export const homeOf = ({ name, sources }: Site): DestinationHome => ({
  site: name,
  vendors: sources.map(({ adapter }) => adapter.vendor),
  slowestPollSeconds: Math.max(60, ...sources.map(({ pollSeconds }) => pollSeconds)),
});

async function commitAll(memory: SiteMemory, { sources }: Site, now: number): Promise<string[]> {
  try {
    const { state } = await memory.load(now);
    return await memory.commit(sources, state, now, { final: true });
  } catch {
    return []; // what cannot be read is not overwritten
  }
}
