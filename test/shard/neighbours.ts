/** A shard of 25 homes against local servers, one of them in whatever trouble a test makes; what the 24 others tell, log and keep. */
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import type { ShardFigures } from '../../functions/push-solar-data/core/home-watch.ts';
import { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import { timelySettings } from '../../functions/push-solar-data/persistence/timely-settings.ts';
import { type Connections, openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { createHomeLines } from '../../functions/push-solar-data/platform/home-lines.ts';
import { openRuntime } from '../../functions/push-solar-data/runtime.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import type { StoredSettings } from '../../functions/push-solar-data/settings/stored-settings.ts';
import { openShard, type ShardSummary } from '../../functions/push-solar-data/shard.ts';
import type { HomeRuntime } from '../../functions/push-solar-data/shard-home.ts';
import { type Answer, playChargeHq, serve } from '../support/conversation.ts';
import { fakeClock } from '../support/home.ts';

/** What is wrong with one home; nothing of it is anything that the shard expects. */
export type Trouble = {
  /** What its cloud answers. @param usual what it would answer if nothing were wrong. */
  vendor?(usual: Answer): Answer | undefined;
  /** What Charge HQ answers it. */
  chargeHq?: Answer;
  settings?: SettingTexts;
  stored?: Partial<StoredSettings>;
  store?: Partial<StateStore>;
  /** Its vendor `example`. */
  adapter?: Adapter;
  open?(): HomeRuntime;
  /** Whether the invocation is a long one. */
  isLong?: boolean;
};

const start = Date.parse('2026-05-01T12:00:00Z');
const minuteMs = 60_000;
/** Of an invocation: a tick ends after 3 s, its reads after 2.25 s, and a home is given up after 5.5 s. */
const invocationMs = 8_000;
const settingsMs = 3_000;
/** Of one with work that takes its time on a busy machine. */
const longInvocationMs = 20_000;

export const troubled = 'home-12';
export const sites = Array.from({ length: 25 }, (_, nth) => `home-${nth}`);

const keyOf = (site: string): string => `key-of-${site}-which-is-secret`;

export type Line = { site: string; report: TickReport; afterMs: number };
export type Minute = { summary: ShardSummary; figures: ShardFigures; lines: Line[]; ms: number };

/** @param trouble of the home `troubled`. */
export async function openNeighbours(trouble: Trouble = {}) {
  const usual = (site: string): Answer => ({ json: { sun: 1000 + sites.indexOf(site), phases: [-300, -200] } });
  const vendor = await serve(({ path }) => {
    const site = path.slice(1);
    return (site === troubled ? trouble.vendor?.(usual(site)) : undefined) ?? usual(site);
  });
  const chargeHq = await playChargeHq((_nth, { body }) => {
    const isTroubled = (body as { apiKey?: string }).apiKey === keyOf(troubled);
    return (isTroubled ? trouble.chargeHq : undefined) ?? { json: {} };
  });
  const clock = fakeClock(start);
  const stores = new Map(sites.map((site) => [site, memoryStore({ writesAreCounted: true })]));
  const opened: Connections[] = [];
  const lines: Line[] = [];
  const figures: ShardFigures[] = [];
  let begun = 0;

  const openHome = (site: string): HomeRuntime => {
    const own = site === troubled ? trouble : {};
    if (own.open) return own.open();
    const store = { ...(stores.get(site) as StateStore), ...own.store };
    const texts = { ...settingsOf(site, vendor.url, chargeHq.url), ...own.settings };
    const stored = { load: async () => texts, hasChanged: async () => false, ...own.stored };
    const connections = openConnections({ connectTimeoutMs: 1_000 });
    opened.push(connections);
    return openRuntime({
      environment: { SITE: site },
      stored: timelySettings(stored, settingsMs),
      memory: createSiteMemory(store),
      registry: { ...adapters, ...(own.adapter ? { example: async () => own.adapter as Adapter } : {}) },
      connections,
      clock,
      retryPauseMs: 1,
    });
  };
  const shard = openShard({
    openHome,
    clock,
    telemetry: {
      lines: createHomeLines((text) => {
        const report = TickReport.parse(JSON.parse(text));
        lines.push({ site: report.site, report, afterMs: performance.now() - begun });
      }),
      metrics: { publish: (told) => void figures.push(told) },
    },
  });

  return {
    clock,
    /** One invocation, a minute after the one before. */
    async minute(): Promise<Minute> {
      if (begun > 0) clock.at += minuteMs;
      lines.length = 0;
      begun = performance.now();
      const ms = trouble.isLong ? longInvocationMs : invocationMs;
      const summary = await shard.tick(sites, { remainingMs: () => ms - (performance.now() - begun) });
      return { summary, figures: figures.at(-1) as ShardFigures, lines: [...lines], ms: performance.now() - begun };
    },
    /** What is told, by home: bodies as they arrived, what is kept. */
    told: () => othersOf(Object.fromEntries(sites.map((site) => [site, toldOf(site)]))),
    lines,
    async close() {
      for (const connections of opened) await connections.close();
      await vendor.close();
      await chargeHq.close();
    },
  };

  function toldOf(site: string) {
    return {
      pushes: chargeHq.pushes.filter(({ apiKey }) => apiKey === keyOf(site)),
      documents: [...(stores.get(site)?.documents ?? [])].map(([name, text]) => [name, withoutHashes(text)]),
    };
  }
}

/** They hold the ports of this run's servers. */
const withoutHashes = (text: string): string => text.replace(/"(settingsHash|identity)":"[^"]*"/g, '"$1":""');

/** Each second one with expressions that need the process. */
function settingsOf(site: string, vendor: string, chargeHq: string): SettingTexts {
  const grid = sites.indexOf(site) % 2 === 0 ? 'em.phases[0] + em.phases[1]' : '$sum(em.phases)';
  return {
    VENDOR: 'http-json',
    HTTP_JSON_REQUESTS: JSON.stringify([{ id: 'em', url: `${vendor}/${site}` }]),
    HTTP_JSON_FIELDS: JSON.stringify({
      production: { expr: 'em.sun', unit: 'W' },
      netImport: { expr: grid, unit: 'W' },
    }),
    CHARGE_HQ_API_KEY: keyOf(site),
    CHARGE_HQ_URL: `${chargeHq}/push`,
  };
}

/** Without the troubled home. */
export const othersOf = <Value>(byHome: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(byHome).filter(([site]) => site !== troubled));

/** The lines of the others, without what differs from run to run: how long things took. */
export function linesOfOthers(minute: Minute): Record<string, unknown> {
  const withoutTimes = (report: TickReport) =>
    JSON.parse(JSON.stringify(report), (name, value) => (name === 'ms' ? undefined : value));
  return othersOf(Object.fromEntries(minute.lines.map(({ site, report }) => [site, withoutTimes(report)])));
}
