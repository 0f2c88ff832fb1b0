/** Which settings decide about something of a module: those that its function reads. */
import type { Configurable } from '../settings/module-settings.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { cleaned, ownSettings } from './known-settings.ts';

export type Values = Record<string, unknown>;

/** By the names in code; what is missing or wrong is undefined, if it has no default. */
export function valuesOf(module: Configurable, label: string, texts: SettingTexts): Values {
  return Object.fromEntries(
    [...ownSettings(label, module)].map(([key, { schema, name }]) => [
      key,
      schema.safeParse(cleaned(texts[name])).data,
    ]),
  );
}

/** Names in code of the settings that `read` looks at. */
export function valuesRead(
  module: Configurable,
  label: string,
  texts: SettingTexts,
  read: (values: Values) => unknown,
): string[] {
  const seen = new Set<string>();
  const watched = new Proxy(valuesOf(module, label, texts), {
    get(target, key) {
      if (typeof key === 'string' && key in target) seen.add(key);
      return target[String(key)];
    },
  });
  read(watched);
  return [...seen];
}
