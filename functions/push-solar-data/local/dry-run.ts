/** One read of every source, of which nothing is pushed: what it gives, and what the home makes of it. */
import type { Message } from '../core/destination-state.ts';
import { evaluate } from '../core/evaluate.ts';
import { within } from '../core/time.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import type { StateStore } from '../persistence/store.ts';
import { createRedactor } from '../platform/redaction.ts';
import { openRuntime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { DestinationRegistry, Registry, Site } from '../settings/site.ts';
import { poll } from '../sources/poll.ts';
import type { Diagnosis } from './diagnosis.ts';
import { besideTicks, looksIn } from './looks.ts';
import { storeForALook } from './store-for-a-look.ts';
import { missingName } from './untold.ts';

/** How long all sources together may take. */
export const readSeconds = 40;

export type DryRun = Diagnosis & {
  /** When it was read, ms since the epoch. */
  now: number;
  /** What a tick would tell. */
  message: Message | undefined;
};

/** @returns free of secrets, but for the message. */
export async function dryRun(
  environment: SettingTexts,
  { store, ...registries }: { store: StateStore; registry?: Registry; destinations?: DestinationRegistry },
): Promise<DryRun> {
  const look = storeForALook(besideTicks(store));
  const looks = await looksIn(store)();
  const runtime = openRuntime({ environment, memory: createSiteMemory(look), ...registries });
  const site = withoutMissing(await runtime.site());
  for (const { label, adapter } of site.sources) if (adapter.consent) look.needed.add(`session/${label}`);
  const now = runtime.clock.now();
  const redactor = createRedactor(site.secrets);
  const { state, loadedAt } = await runtime.memory.load(now);
  const asked = site.problems.length > 0 ? [] : site.sources;
  const results = await within(readSeconds * 1000, (signal) =>
    Promise.all(
      asked.map(async (source) => {
        const before = { look: looks[source.label], ignoreInterval: true };
        const ports = { ...runtime, now, loadedAt, redactor, signal, ...before };
        const { result, state: after } = await poll(source, state.sources[source.label], ports);
        if (after) state.sources[source.label] = after;
        return result;
      }),
    ),
  );
  const { report, message } = evaluate(site, results, now, state.baseline);
  const unsaved = await runtime.close();
  const remarks = [...look.troubles, ...site.remarks, ...unsaved];
  return { ...redactor.report({ site: site.name, ...report, sources: results, remarks }), now, message };
}

/** It shows the equipment; what a destination lacks may come later. */
function withoutMissing(site: Site): Site {
  const later = new Set(site.destinations.flatMap(({ problems }) => problems.filter(missingName)));
  return { ...site, problems: site.problems.filter((problem) => !later.has(problem)) };
}
