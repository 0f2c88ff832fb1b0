/** One read of every source, of which nothing is pushed: what it gives, and what the home makes of it. */
import { evaluate } from '../core/evaluate.ts';
import { within } from '../core/time.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import type { StateStore } from '../persistence/store.ts';
import { createRedactor } from '../platform/redaction.ts';
import { openRuntime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Registry } from '../settings/site.ts';
import { poll } from '../sources/poll.ts';
import type { Diagnosis } from './diagnosis.ts';
import { storeForALook } from './store-for-a-look.ts';

const readMs = 40_000;

/** @returns free of secrets; its `now` is when it was read, ms since the epoch. */
export async function dryRun(
  settings: SettingTexts,
  { store, registry }: { store: StateStore; registry?: Registry },
): Promise<Diagnosis & { now: number }> {
  // It shows the equipment; the key of the destination may come later.
  const environment = { ...settings, CHARGE_HQ_API_KEY: settings['CHARGE_HQ_API_KEY'] || 'not yet' };
  const look = storeForALook(store);
  const runtime = openRuntime({ environment, memory: createSiteMemory(look), ...(registry ? { registry } : {}) });
  const site = await runtime.site();
  for (const { label, adapter } of site.sources) if (adapter.consent) look.needed.add(`session/${label}`);
  const now = runtime.clock.now();
  const redactor = createRedactor(site.secrets);
  const { state, loadedAt } = await runtime.memory.load(now);
  const asked = site.problems.length > 0 ? [] : site.sources;
  const results = await within(readMs, (signal) =>
    Promise.all(
      asked.map(async (source) => {
        const ports = { ...runtime, now, loadedAt, redactor, signal, ignoreInterval: true };
        const { result, state: after } = await poll(source, state.sources[source.label], ports);
        if (after) state.sources[source.label] = after;
        return result;
      }),
    ),
  );
  const { report } = evaluate(site, results, now, state.baseline);
  const unsaved = await runtime.close();
  const remarks = [...look.troubles, ...site.remarks, ...unsaved];
  return { ...redactor.report({ site: site.name, ...report, sources: results, remarks }), now };
}
