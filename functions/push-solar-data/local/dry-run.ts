/** One read of every source, of which nothing is pushed: what it gives, and what the home makes of it. */
import { evaluate } from '../core/evaluate.ts';
import type { StateStore } from '../persistence/store.ts';
import { within } from '../platform/clock.ts';
import { createRedactor } from '../platform/redaction.ts';
import { openRuntime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Registry } from '../settings/site.ts';
import { poll } from '../sources/poll.ts';
import type { Diagnosis } from './diagnosis.ts';

const readMs = 40_000;

/** @returns free of secrets; its `now` is when it was read, ms since the epoch. */
export async function dryRun(
  settings: SettingTexts,
  { store, registry }: { store?: StateStore; registry?: Registry } = {},
): Promise<Diagnosis & { now: number }> {
  // It shows the equipment; the key of the destination may come later.
  const withKey = { ...settings, CHARGE_HQ_API_KEY: settings['CHARGE_HQ_API_KEY'] || 'not yet' };
  const { site, ports, close } = await openRuntime(withKey, store, registry);
  const now = ports.clock.now();
  const redactor = createRedactor(site.secrets);
  const schedule = await ports.memory.schedule(site, now);
  const asked = site.problems.length > 0 ? [] : site.sources;
  const polled = await within(readMs, (signal) =>
    Promise.all(
      asked.map((source) =>
        poll(source, { ...ports, now, schedule, redactor, signal, retryPauseMs: 1_000, ignoreInterval: true }),
      ),
    ),
  );
  await Promise.all([...asked.map((source) => ports.memory.saveState(source)), ports.memory.saveSchedule(site, now)]);
  await close();
  const { report } = evaluate(site, polled, now);
  return { ...redactor.tree({ site: site.name, ...report, sources: polled, remarks: site.remarks }), now };
}
