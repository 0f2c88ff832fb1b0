/** Whole ticks in a test: settings as texts, a fake clock, real local servers. */
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory, type SiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import { type ConnectionOptions, openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { type Budget, openRuntime } from '../../functions/push-solar-data/runtime.ts';
import { type SettingTexts, variableOf } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { type Exchange, type MockServer, type Push, playChargeHq, playConversation } from './conversation.ts';

export const apiKey = '00000000-test-4000-8000-000000000000';

/**
 * A clock that stands still until it is set. Waiting is noted in `slept` (ms each), and takes no time but where the
 * clock `goesOn`.
 */
export function fakeClock(
  start: string | number,
  { goesOn = false } = {},
): Clock & { at: number; slept: number[]; advance(seconds: number): void } {
  const clock = {
    at: typeof start === 'number' ? start : Date.parse(start),
    now: () => clock.at,
    slept: [] as number[],
    stopwatch: () => performance.now(),
    sleep: async (ms: number) => {
      clock.slept.push(ms);
      if (goesOn) clock.at += ms;
    },
    advance(seconds: number) {
      clock.at += seconds * 1000;
    },
  };
  return clock;
}

/** `{ apiToken: 'x' }` → `{ EXAMPLE_API_TOKEN: 'x' }`. */
export const settingTexts = (label: string, settings: Record<string, string>): SettingTexts =>
  Object.fromEntries(Object.entries(settings).map(([name, text]) => [variableOf(label, name), text]));

export type HomeOptions = {
  adapters: readonly Adapter[];
  texts: SettingTexts;
  now: string | number;
  store?: StateStore;
  budget?: Budget;
  connections?: ConnectionOptions;
};

/** A home whose ticks run against whatever its settings point to. */
export function openHome({ adapters, texts, now, store = memoryStore(), budget, ...options }: HomeOptions) {
  const clock = fakeClock(now);
  const connections = openConnections({ connectTimeoutMs: 1_000, ...options.connections });
  const registry = Object.fromEntries(adapters.map((adapter) => [adapter.vendor, async () => adapter]));
  const start = (environment: SettingTexts, memory: SiteMemory) =>
    openRuntime({ environment, memory, registry, connections, clock, retryPauseMs: 1 });
  const environment = { CHARGE_HQ_API_KEY: apiKey, ...texts };
  let runtime = start(environment, createSiteMemory(store));
  return {
    clock,
    connections,
    /** The next tick knows only what was stored. */
    coldStart() {
      runtime = start(environment, createSiteMemory(store));
    },
    /** @param changed settings of this tick. */
    async tick(changed: SettingTexts = {}): Promise<TickReport> {
      const current = Object.keys(changed).length > 0 ? start({ ...environment, ...changed }, runtime.memory) : runtime;
      return current.tick(budget);
    },
    close: () => connections.close(),
  };
}

export type Played = {
  /** Of the last tick. */
  report: TickReport;
  /** Bodies that reached Charge HQ, oldest first. */
  pushes: Push[];
  vendor: MockServer;
  stored: string;
  /** Every document by its name. */
  documents: ReadonlyMap<string, string>;
  /** Every wait of the ticks, ms. */
  slept: number[];
};

/**
 * Plays `ticks` ticks of one adapter against a conversation, `everySeconds` apart.
 *
 * @example
 * const { pushes } = await playAdapter(example, { settings: { apiToken: 't' }, now: '2026-05-01T12:00:00Z', exchanges });
 */
export async function playAdapter(
  adapter: Adapter,
  {
    settings,
    now,
    exchanges,
    ticks = 1,
    everySeconds = 60,
    budget,
    texts = {},
  }: {
    settings: Record<string, string>;
    now: string | number;
    exchanges: readonly Exchange[];
    ticks?: number;
    everySeconds?: number;
    budget?: Budget;
    texts?: SettingTexts;
  },
): Promise<Played> {
  const [vendor, chargeHq] = [await playConversation(exchanges), await playChargeHq()];
  const store = memoryStore();
  const filled = Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [name, text.replaceAll('{server}', vendor.url)]),
  );
  const home = openHome({
    adapters: [adapter],
    now,
    store,
    ...(budget ? { budget } : {}),
    texts: {
      VENDOR: adapter.vendor,
      CHARGE_HQ_URL: `${chargeHq.url}/push`,
      ...settingTexts(adapter.vendor, { baseUrl: vendor.url, authUrl: vendor.url, ...filled }),
      ...texts,
    },
  });
  try {
    let report = await home.tick();
    for (let nth = 1; nth < ticks; nth++) {
      home.clock.advance(everySeconds);
      report = await home.tick();
    }
    return {
      report,
      pushes: chargeHq.pushes,
      vendor,
      stored: [...store.documents.values()].join('\n'),
      documents: store.documents,
      slept: home.clock.slept,
    };
  } finally {
    await home.close();
    await vendor.close();
    await chargeHq.close();
  }
}
