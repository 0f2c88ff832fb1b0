/** Which settings the deployed function needs, and which of them must be encrypted, for the vendors that `VENDOR` names. */
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { type SettingTexts, upperSnake } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { sourcesNamed } from '../../functions/push-solar-data/settings/site.ts';

/** A setting that the function will lack; `name` in full. */
export type Lacking = { name: string; help: string; secret: boolean };

const chargeHqKey: Lacking = {
  name: 'CHARGE_HQ_API_KEY',
  help: 'Charge HQ web app → My Equipment → Solar / Battery Equipment → Push API',
  secret: true,
};

/**
 * What the function needs and will find neither in its environment nor in the Parameter Store.
 *
 * @param texts settings at hand; they only decide which others are needed. @param there names that the function will find.
 */
export async function lackingSettings(texts: SettingTexts, there: ReadonlySet<string>): Promise<Lacking[]> {
  const lacking = [chargeHqKey];
  for (const { prefix, adapter } of await chosen(texts)) lacking.push(...needs(adapter, prefix, texts, there));
  return lacking.filter(({ name }) => !there.has(name));
}

/** Names of the settings that must be encrypted. */
export async function secretNames(texts: SettingTexts): Promise<Set<string>> {
  const names = new Set([chargeHqKey.name]);
  for (const { prefix, adapter } of await chosen(texts))
    for (const [name, { secret }] of Object.entries(adapter.settings))
      if (secret) names.add(`${prefix}_${upperSnake(name)}`);
  return names;
}

async function chosen(texts: SettingTexts): Promise<{ prefix: string; adapter: Adapter }[]> {
  const found: { prefix: string; adapter: Adapter }[] = [];
  for (const { label, vendor } of sourcesNamed(texts['VENDOR'] ?? '')) {
    const adapter = await adapters[vendor]?.();
    if (adapter) found.push({ prefix: upperSnake(label), adapter });
  }
  return found;
}

/** What one source needs in any case, and given its other settings. */
function needs(adapter: Adapter, prefix: string, texts: SettingTexts, there: ReadonlySet<string>): Lacking[] {
  const full = (name: string) => `${prefix}_${upperSnake(name)}`;
  const named = (name: string) => Object.entries(adapter.settings).filter(([other]) => other === name);
  const values = Object.entries(adapter.settings).map(([name, { schema }]) => [
    name,
    schema.safeParse(texts[full(name)]).data,
  ]);
  const always = Object.entries(adapter.settings).filter(([, { schema }]) => !schema.safeParse(undefined).success);
  const given = (adapter.requires?.(Object.fromEntries(values)) ?? []).flatMap((required) => {
    const alternatives = [required].flat();
    return alternatives.some((name) => there.has(full(name))) ? [] : named(alternatives[0] ?? '');
  });
  const lacking = [...always, ...given].map(([name, { help, secret }]) => ({ name: full(name), help, secret }));
  if (adapter.baseUrl === undefined)
    lacking.push({ name: `${prefix}_BASE_URL`, help: `the https address of your ${adapter.title}`, secret: false });
  return lacking;
}
