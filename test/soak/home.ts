/** The home of a soak: four sources and four destinations on one store, whose instances start cold, and now and then run two at once. */
import { foxess } from '../../functions/push-solar-data/adapters/foxess.ts';
import { fusionsolar } from '../../functions/push-solar-data/adapters/fusionsolar.ts';
import { sigenergy } from '../../functions/push-solar-data/adapters/sigenergy.ts';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import { openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { openRuntime } from '../../functions/push-solar-data/runtime.ts';
import { apiKey, settingTexts } from '../support/home.ts';
import { registryOf } from '../support/sources.ts';

export const secrets = [
  ...([apiKey, 'vrm-of-a-soak', 'foxess-of-a-soak', 'code-of-a-soak', 'password-of-a-soak'] as const),
  ...(['broker-of-a-soak', 'hook-of-a-soak', 'pvoutput-of-a-soak'] as const),
] as const;
const [, accessToken, foxessKey, systemCode, password, brokerPassword, hookKey, pvoutputKey] = secrets;

type Urls = Record<
  'victron' | 'foxess' | 'fusionsolar' | 'sigenergy' | 'chargeHq' | 'broker' | 'webhook' | 'pvoutput',
  string
>;

const textsOf = (urls: Urls) => ({
  VENDOR: 'roof:victron-vrm,house:foxess,garage:fusionsolar,shed:sigenergy',
  DESTINATION: 'charge-hq,mqtt,webhook,pvoutput',
  ...settingTexts('mqtt', { url: urls.broker, userName: 'soak', password: brokerPassword }),
  ...settingTexts('webhook', { url: `${urls.webhook}/hooks/${hookKey}` }),
  ...settingTexts('pvoutput', { baseUrl: urls.pvoutput, apiKey: pvoutputKey, systemId: '1', timeZone: 'Etc/UTC' }),
  CHARGE_HQ_API_KEY: apiKey,
  CHARGE_HQ_URL: `${urls.chargeHq}/push`,
  ...settingTexts('roof', { baseUrl: urls.victron, accessToken, idSite: '1', take: 'production' }),
  ...settingTexts('house', { baseUrl: urls.foxess, apiKey: foxessKey }),
  ...settingTexts('garage', { baseUrl: urls.fusionsolar, userName: 'soak', systemCode, take: 'production' }),
  ...settingTexts('shed', {
    ...{ baseUrl: urls.sigenergy, mode: 'app', username: 'soak', password, stationId: '7' },
    take: 'production,battery',
  }),
});

/** Short, because a cloud that hangs costs this time; long enough for a busy machine. */
const budget = { tickMs: 450, readMs: 220 };
/** For the first tick of all, which loads the modules. */
const loadingBudget = { tickMs: 10_000, readMs: 5_000 };

export type Instance = { tick(): Promise<TickReport>; close(): Promise<void> };

export type SoakedHome = {
  /** A fresh instance, which knows what is stored. */
  start(): Instance;
  documents: ReadonlyMap<string, string>;
  writes(): number;
  /** From now on, whether the store takes what it is given. */
  failWrites(fails: boolean): void;
  /** What an adapter has looked up is lost. */
  lose(label: string): void;
};

export function openSoakedHome(urls: Urls, clock: Clock): SoakedHome {
  const kept = memoryStore({ writesAreCounted: true });
  const environment = textsOf(urls);
  const registry = registryOf(victronVrm, foxess, fusionsolar, sigenergy);
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
        const report = await runtime.tick(isLoaded ? budget : loadingBudget);
        isLoaded = true;
        return report;
      };
      return { tick, close: () => connections.close() };
    },
    documents: kept.documents,
    writes: () => kept.writes,
    failWrites(failing) {
      fails = failing;
    },
    lose: (label) => void kept.documents.delete(`adapter/${label}`),
  };
}
