/** Where a home's figures go, as far as its stack has to know: what its alarms call them, and what it must be allowed. */
import { destinations } from '../functions/push-solar-data/destinations/index.ts';
import { chosenDestinations, cleaned, setByDeployment } from '../functions/push-solar-data/local/known-settings.ts';
import { titleOf } from '../functions/push-solar-data/settings/named.ts';
import { type SettingTexts, upperSnake } from '../functions/push-solar-data/settings/settings-reader.ts';

export type StackDestination = {
  label: string;
  slug: string;
  /** The name that its owners know, with the label where that is another. */
  title: string;
  /** At AWS IoT Core: the topics that it publishes to. */
  topics?: readonly string[];
};

/** In the order of DESTINATION: the first one decides. */
export async function stackDestinations(texts: SettingTexts, site: string): Promise<StackDestination[]> {
  const chosen = await chosenDestinations(texts, destinations);
  return chosen.map(({ label, module }) => ({
    label,
    slug: module.slug,
    title: titleOf(module.title, { label, slug: module.slug }),
    ...(setByDeployment(label, module, texts) === undefined ? {} : { topics: topicsOf(label, texts, site) }),
  }));
}

/** All below the home's own topic, and the one by which Home Assistant finds it. */
function topicsOf(label: string, texts: SettingTexts, site: string): string[] {
  const setting = (name: string) => cleaned(texts[`${upperSnake(label)}_${name}`]);
  const discovery = setting('DISCOVERY') ?? 'homeassistant';
  return [
    `${setting('TOPIC') ?? `solar-cloud-bridge/${site}`}/*`,
    ...(discovery === 'off' ? [] : [`${discovery}/device/solar_cloud_bridge_${site}/config`]),
  ];
}
