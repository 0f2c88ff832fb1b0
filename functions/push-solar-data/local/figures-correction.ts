/** Corrections of what is measured: each setting of a source that is no secret, with the old value standing there. */
import type { Adapter } from '../adapters/adapter.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { cleaned, ownSettings } from './known-settings.ts';
import { changeSetting } from './settings-menu.ts';

/** @returns whether there was anything to correct. */
export async function correctFigures(
  label: string,
  adapter: Adapter,
  draft: Draft,
  ports: InterviewPorts,
): Promise<boolean> {
  const { discovers = [], parts = [] } = adapter;
  const found: readonly string[] = [...discovers, ...parts.flatMap(({ settings }) => settings)];
  const settings = [...ownSettings(label, adapter)]
    .filter(([key, { secret, name }]) => !secret && (cleaned(draft[name]) !== undefined || found.includes(key)))
    .map(([, setting]) => setting);
  for (const setting of settings) await changeSetting(setting, draft, ports);
  return settings.length > 0;
}
