/** Which settings may stand in the function's environment, where whoever may look at the function can read them. */
import { adapters } from '../functions/push-solar-data/adapters/index.ts';
import { type SettingTexts, upperSnake } from '../functions/push-solar-data/platform/settings.ts';
import { sourcesNamed } from '../functions/push-solar-data/site.ts';

const ofTheSite = ['VENDOR', 'CHARGE_HQ_URL', 'MAX_POWER_KW'];
const ofEachSource = ['BASE_URL', 'AUTH_URL', 'TAKE', 'POLL_SECONDS', 'STALE_AFTER_SECONDS'];

/** The settings of the chosen sources that are no secrets. Secrets are read from the Parameter Store alone. */
export async function publicSettings(texts: SettingTexts): Promise<Record<string, string>> {
  const names = [...ofTheSite];
  for (const { label, vendor } of sourcesNamed(texts['VENDOR'] ?? '')) {
    const adapter = await adapters[vendor]?.();
    const open = Object.entries(adapter?.settings ?? {}).filter(([, { secret }]) => !secret);
    const own = [...open.map(([name]) => upperSnake(name)), ...ofEachSource];
    names.push(...own.map((name) => `${upperSnake(label)}_${name}`));
  }
  return Object.fromEntries(names.flatMap((name) => (texts[name] ? [[name, texts[name]]] : [])));
}
