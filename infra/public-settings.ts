/** Which settings may stand in the function's environment, where whoever may look at the function can read them. */
import { adapters } from '../functions/push-solar-data/adapters/index.ts';
import { Failure } from '../functions/push-solar-data/core/failure.ts';
import { destinations } from '../functions/push-solar-data/destinations/index.ts';
import { chosenDestinations, settingsOfDestination } from '../functions/push-solar-data/local/known-settings.ts';
import { type SettingTexts, upperSnake, variableOf } from '../functions/push-solar-data/settings/settings-reader.ts';
import { everyProblem, openSite, sourcesNamed } from '../functions/push-solar-data/settings/site.ts';

const ofTheSite = ['VENDOR', 'DESTINATION', 'MAX_POWER_KW'];
const ofEachSource = ['BASE_URL', 'AUTH_URL', 'TAKE', 'POLL_SECONDS', 'STALE_AFTER_SECONDS'];

/**
 * The settings of the chosen sources and destinations that are no secrets. Secrets are read from the Parameter Store alone.
 *
 * @throws Failure `settings` for what cannot be right, which may hold a credential where everybody can read it.
 */
export async function publicSettings(texts: SettingTexts): Promise<Record<string, string>> {
  const names = await publicNames(texts);
  const settings = Object.fromEntries(names.flatMap((name) => (texts[name] ? [[name, texts[name]]] : [])));
  await refuseWrongSettings(settings);
  return settings;
}

/** Names of the settings that the chosen sources and destinations can have and that are no secrets. */
export async function publicNames(texts: SettingTexts): Promise<string[]> {
  const names = [...ofTheSite];
  for (const { label, vendor } of sourcesNamed(texts['VENDOR'] ?? '')) {
    const adapter = await adapters[vendor]?.();
    const open = Object.entries(adapter?.settings ?? {}).filter(([, { secret }]) => !secret);
    const own = [...open.map(([name]) => upperSnake(name)), ...ofEachSource];
    names.push(...own.map((name) => `${upperSnake(label)}_${name}`));
  }
  for (const { label, module } of await chosenDestinations(texts, destinations))
    names.push(...settingsOfDestination(label, module).flatMap(({ name, secret }) => (secret ? [] : [name])));
  return names;
}

/** In which variable `npm run deploy` gives the app what lies in the home's parameters and is no secret, as JSON. */
export const inParameters = 'SOLAR_CLOUD_BRIDGE_PARAMETERS';

/**
 * Of a home with a stack of its own.
 *
 * @param texts at hand. @param stored in its parameters, and no secrets. @returns `settings`, for the function's environment; `known`, with those that the function will
 * find in its parameters, by which the stack is laid out. @throws Failure `settings`
 */
export async function settingsOfSite(
  texts: SettingTexts,
  stored: SettingTexts = JSON.parse(texts[inParameters] ?? '{}'),
): Promise<{ settings: Record<string, string>; known: SettingTexts }> {
  const known = { ...stored, ...texts };
  const all = await publicSettings(known);
  return { known, settings: Object.fromEntries(Object.entries(all).filter(([name]) => texts[name])) };
}

/**
 * What is only missing may still be stored, but for what must be known; what is malformed is to be mended before.
 *
 * @throws Failure `settings`
 */
export async function refuseWrongSettings(settings: SettingTexts, mustBeKnown?: string): Promise<void> {
  const wrong = await wrongSettings(settings, mustBeKnown);
  if (wrong.length > 0) throw new Failure('settings', ['Nothing was deployed.', ...wrong].join('\n- '));
}

/** The same in sentences. */
export async function wrongSettings(settings: SettingTexts, mustBeKnown?: string): Promise<string[]> {
  const site = await openSite(settings, adapters);
  return everyProblem(site).filter(
    (problem) => !/ is missing: /.test(problem) || problem.startsWith(`${mustBeKnown} `),
  );
}

/** How often the slowest of the chosen clouds is asked, as far as the settings at hand tell. */
export async function slowestPollSeconds(texts: SettingTexts): Promise<number> {
  const polls = [60];
  for (const { label, vendor } of sourcesNamed(texts['VENDOR'] ?? '')) {
    const adapter = await adapters[vendor]?.();
    if (!adapter) continue;
    const own = Object.entries(adapter.settings).map(([name, { schema }]) => {
      const parsed = schema.safeParse(texts[variableOf(label, name)]);
      return [name, parsed.success ? parsed.data : undefined];
    });
    const usual =
      typeof adapter.pollSeconds === 'function' ? adapter.pollSeconds(Object.fromEntries(own)) : adapter.pollSeconds;
    polls.push(Number(texts[`${upperSnake(label)}_POLL_SECONDS`]) || usual);
  }
  return Math.max(...polls);
}
