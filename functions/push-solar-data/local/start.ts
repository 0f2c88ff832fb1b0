/** `npm start`: a tick each minute. Without any settings, a simulated home and local stand-ins for Charge HQ and a reader at home. */

import { fileStore } from '../persistence/file-store.ts';
import { memoryStore } from '../persistence/memory-store.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import type { StateStore } from '../persistence/store.ts';
import { openRuntime, type Runtime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { localSettings, stateFolder } from './environment.ts';
import { openFeeds } from './feed-server.ts';
import { openHomeReader } from './home-reader.ts';
import { openLocalRuntime } from './local-runtime.ts';
import { onOneLine } from './on-terminal.ts';
import type { PagePorts } from './page/open-page.ts';
import { exitCode, printReport } from './print.ts';
import { openStandIn } from './stand-in.ts';
import { alone } from './state-lock.ts';

const minuteMs = 60_000;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const settings = localSettings(process.env);
const isDemo = ['VENDOR', 'DESTINATION', 'CHARGE_HQ_API_KEY'].every((name) => !settings[name]);
process.exitCode = isDemo
  ? await demo(settings)
  : await alone(stateFolder(settings), 'start', () =>
      loop(openLocalRuntime(settings), fileStore(stateFolder(settings)), settings),
    );

async function demo(settings: SettingTexts): Promise<number> {
  console.log('No settings found: this is a simulation, a home that is computed and two stand-ins on this machine,');
  console.log('one for Charge HQ, one for a reader at home. Nothing leaves it. Stop with Ctrl+C.');
  console.log('For your own home: npm run configure\n');
  const say = (sentence: string) => console.log(`          ${onOneLine(sentence)}`);
  const chargeHq = await openStandIn((sentence) => say(`Charge HQ would say: ${sentence}`));
  const reader = await openHomeReader(say);
  const demoSettings = {
    ...settings,
    VENDOR: 'simulator',
    DESTINATION: 'charge-hq,reader:webhook',
    CHARGE_HQ_API_KEY: '00000000-0000-4000-8000-000000000000',
    CHARGE_HQ_URL: chargeHq.url,
    READER_URL: reader.url,
  };
  const store = memoryStore();
  try {
    const { simulatedPast } = await import('./page/simulated-past.ts');
    return await loop(
      openRuntime({ environment: demoSettings, memory: createSiteMemory(store) }),
      store,
      settings,
      simulatedPast,
    );
  } finally {
    await Promise.all([chargeHq.close(), reader.close()]);
  }
}

/**
 * @param store what the runtime remembers in. @param past of a home that is simulated.
 * @returns the exit code of the last tick. Settings that are wrong end it: no later minute would mend them.
 */
async function loop(
  { tick, site, clock, close }: Runtime,
  store: StateStore,
  texts: SettingTexts,
  past?: PagePorts['past'],
): Promise<number> {
  const begun = clock.now();
  const tell = (sentence: string) => console.error(onOneLine(sentence));
  const feeds = await openFeeds(await site(), { store, clock, tell });
  const { openPage } = await import('./page/open-page.ts');
  const page = await openPage({ settings: texts, site: await site(), clock, tell, ...(past ? { past } : {}) });
  try {
    for (;;) {
      const report = await tick();
      printReport(report, process.stdout);
      page.show(report);
      if (process.stdout.isTTY) for (const line of page.inLines()) console.log(`          ${onOneLine(line)}`);
      if (stop.signal.aborted || report.problems) return exitCode(report);
      const intoMinute = (clock.now() - begun) % minuteMs;
      await clock.sleep(minuteMs - intoMinute, stop.signal);
      if (stop.signal.aborted) return 0;
    }
  } finally {
    await Promise.all([feeds.close(), page.close()]);
    for (const sentence of await close()) console.error(sentence);
  }
}
