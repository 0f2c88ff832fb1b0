/** `npm start`: a tick each minute. Without any settings, a simulated home and a local stand-in for Charge HQ. */

import { fileStore } from '../persistence/file-store.ts';
import { memoryStore } from '../persistence/memory-store.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import type { StateStore } from '../persistence/store.ts';
import { openRuntime, type Runtime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { localSettings, stateFolder } from './environment.ts';
import { openFeeds } from './feed-server.ts';
import { openLocalRuntime } from './local-runtime.ts';
import { onOneLine } from './on-terminal.ts';
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
      loop(openLocalRuntime(settings), fileStore(stateFolder(settings))),
    );

async function demo(settings: SettingTexts): Promise<number> {
  console.log('No settings found: this is a simulated home and a local stand-in for Charge HQ. Stop with Ctrl+C.');
  console.log('For your own home: npm run configure\n');
  const standIn = await openStandIn((sentence) => console.log(`          Charge HQ would say: ${onOneLine(sentence)}`));
  const demoSettings = {
    ...settings,
    VENDOR: 'simulator',
    CHARGE_HQ_API_KEY: '00000000-0000-4000-8000-000000000000',
    CHARGE_HQ_URL: standIn.url,
  };
  const store = memoryStore();
  try {
    return await loop(openRuntime({ environment: demoSettings, memory: createSiteMemory(store) }), store);
  } finally {
    await standIn.close();
  }
}

/**
 * @param store what the runtime remembers in.
 * @returns the exit code of the last tick. Settings that are wrong end it: no later minute would mend them.
 */
async function loop({ tick, site, clock, close }: Runtime, store: StateStore): Promise<number> {
  const begun = clock.now();
  const feeds = await openFeeds(await site(), { store, clock, tell: (sentence) => console.error(onOneLine(sentence)) });
  try {
    for (;;) {
      const report = await tick();
      printReport(report, process.stdout);
      if (stop.signal.aborted || report.problems) return exitCode(report);
      const intoMinute = (clock.now() - begun) % minuteMs;
      await clock.sleep(minuteMs - intoMinute, stop.signal);
      if (stop.signal.aborted) return 0;
    }
  } finally {
    await feeds.close();
    for (const sentence of await close()) console.error(sentence);
  }
}
