/** Beside a wrong number the right ones: what the cloud of a source that failed lists for it. */

import { listed } from '../adapters/only.ts';
import { Failure } from '../core/failure.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Registry } from '../settings/site.ts';
import type { Find } from './discovery.ts';
import type { DryRun } from './dry-run.ts';
import { chosenSources, cleaned, ownSettings } from './known-settings.ts';

/** A sentence for each setting whose value its cloud does not list; none where the cloud cannot be asked. */
export async function rightOnes(
  { sources }: Pick<DryRun, 'sources'>,
  texts: SettingTexts,
  { registry, find }: { registry: Registry; find: Find },
): Promise<string[]> {
  const sentences: string[] = [];
  for (const { label, adapter } of await chosenSources(texts, registry)) {
    const kind = sources.find((source) => source.label === label)?.failure?.kind;
    if (kind !== 'bad-response' && kind !== 'settings') continue;
    const found = await find(label, adapter, texts);
    if (found instanceof Failure) continue;
    for (const [key, setting] of ownSettings(label, adapter)) {
      const text = cleaned(texts[setting.name]);
      const choices = found[key] ?? [];
      if (
        text === undefined ||
        choices.length === 0 ||
        choices.some(({ value }) => value === text || value === String(setting.schema.safeParse(text).data))
      )
        continue;
      sentences.push(`${adapter.title} lists for ${setting.name}: ${listed(choices)}.`);
    }
  }
  return sentences;
}
