/** `.env.example`: every setting there is, with its help, under the equipment and the destinations that they belong to. */
import type { Adapter } from '../functions/push-solar-data/adapters/adapter.ts';
import type { DestinationModule } from '../functions/push-solar-data/destinations/destination.ts';
import {
  commonSettings,
  type KnownSetting,
  mayBeLeftOut,
  ownSettings,
  settingsOfDestination,
  settingsOfSite,
} from '../functions/push-solar-data/local/known-settings.ts';
import { defaultDestination } from '../functions/push-solar-data/settings/named.ts';
import { adapterKind } from './adapter-parts.ts';
import { destinationKind } from './destination-parts.ts';

/** What stands on many roofs, and so at the top. */
const foremost = ['foxess', 'victron-vrm', 'fusionsolar', 'home-assistant'];

/** Their schemas say that they may be missing, and without the first there is nothing to read. */
const alwaysSet = ['VENDOR'];

const head = `# Settings of Solar Cloud Bridge, as npm run generate lists them. Copy what you need into a file .env beside this one;
# npm run configure writes it for you, by questions, and tries it at once.
#
# A line #NAME= is a setting that is not set: take the # away and write its value behind the =.
# A label of your own in VENDOR or DESTINATION (roof:foxess) takes the place of the first word: ROOF_API_KEY.
# What is a secret belongs into .env only while the bridge runs on this machine; for AWS: npm run configure -- --aws`;

export function envExample(adapters: readonly Adapter[], destinations: readonly DestinationModule[]): string {
  const rankOf = ({ vendor }: Adapter) => (foremost.includes(vendor) ? foremost.indexOf(vendor) : foremost.length);
  const ordered = [...adapters].sort((a, b) => rankOf(a) - rankOf(b) || a.title.localeCompare(b.title, 'en'));
  const [any] = ordered;
  const isDefault = ({ slug }: DestinationModule) => slug === defaultDestination;
  return `${[
    head,
    section('The home', settingsOfSite()),
    ...destinations.filter(isDefault).map(ofDestination),
    ...ordered.map(ofAdapter),
    ...(any ? [ofEverySource(any)] : []),
    ...destinations.filter((destination) => !isDefault(destination)).map(ofDestination),
  ].join('\n\n')}\n`;
}

const ofDestination = (destination: DestinationModule): string =>
  section(
    `${destination.title}: DESTINATION=${destination.slug}, ${destinationKind.pageOf(destination.slug)}`,
    settingsOfDestination(destination.slug, destination),
  );

const ofAdapter = (adapter: Adapter): string =>
  section(`${adapter.title}: VENDOR=${adapter.vendor}, ${adapterKind.pageOf(adapter.vendor)}`, [
    ...commonSettings(adapter.vendor, adapter).filter((setting) => !mayBeLeftOut(setting)),
    ...ownSettings(adapter.vendor, adapter).values(),
  ]);

/** The same for all of them, shown with a label of one's own. */
const ofEverySource = (adapter: Adapter): string =>
  section(
    'Every equipment has these besides, here with the label roof: VENDOR=roof:foxess, docs/several-sources.md',
    commonSettings('roof', { ...adapter, baseUrl: null, settings: {} }),
  );

/** Those that must be there come first. */
function section(title: string, settings: readonly KnownSetting[]): string {
  const [needed, others] = [settings.filter(isNeeded), settings.filter((setting) => !isNeeded(setting))];
  return [`## ${title}`, ...[...needed, ...others].map(lineOf)].join('\n');
}

const isNeeded = (setting: KnownSetting): boolean => !mayBeLeftOut(setting);

function lineOf(setting: KnownSetting): string {
  const { name, help, secret, schema } = setting;
  const unset = schema.safeParse(undefined).data;
  const marks = [
    ...(isNeeded(setting) ? ['needed'] : []),
    ...(secret ? ['secret'] : []),
    ...(unset === undefined ? [] : [`default ${String(unset)}`]),
  ];
  const text = `# ${help.replaceAll('\n', ' ')}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`;
  return `${text}\n${alwaysSet.includes(name) ? '' : '#'}${name}=`;
}
