/** Names for people of what stands in the line of a deployed tick. */
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { chosenDestinations } from '../../functions/push-solar-data/local/known-settings.ts';
import type { Titles } from '../../functions/push-solar-data/local/page/home-log.ts';
import { titleOf } from '../../functions/push-solar-data/settings/named.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';

/** Ticks know labels; the settings at hand know more, unless another home or an older version is deployed. */
export async function destinationTitle(label = 'charge-hq', texts: SettingTexts): Promise<string> {
  const chosen = await chosenDestinations(texts, destinations);
  const alone = Object.hasOwn(destinations, label) ? await destinations[label]?.() : undefined;
  const module = chosen.find((each) => each.label === label)?.module ?? alone;
  if (!module) return label;
  return titleOf(module.title, { label, slug: module.slug });
}

/** Titles that are known once a tick with them was shown. */
export function deployedTitles(texts: SettingTexts): Titles & { know(report: TickReport): Promise<void> } {
  const sources = new Map<string, string>();
  const receivers = new Map<string, string>();
  return {
    async know(report) {
      for (const { vendor } of report.sources) if (!sources.has(vendor)) sources.set(vendor, await vendorTitle(vendor));
      for (const { label } of report.destinations)
        if (!receivers.has(label)) receivers.set(label, await destinationTitle(label, texts));
    },
    source: ({ label, vendor }) => titleOf(sources.get(vendor) ?? vendor, { label, slug: vendor }),
    destination: (label) => receivers.get(label) ?? label,
  };
}

/** A deployed bridge of another version may know more. */
const vendorTitle = async (vendor: string): Promise<string> =>
  Object.hasOwn(adapters, vendor) ? ((await adapters[vendor]?.())?.title ?? vendor) : vendor;
