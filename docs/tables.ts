/** What the README and the pages of adapters and destinations repeat from their definitions. */
import type { Adapter } from '../functions/push-solar-data/adapters/adapter.ts';
import type { DestinationModule } from '../functions/push-solar-data/destinations/destination.ts';
import type { Settings } from '../functions/push-solar-data/settings/setting.ts';
import { upperSnake } from '../functions/push-solar-data/settings/settings-reader.ts';

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
export function fill(page: string, blocks: Record<string, string>): string {
  return Object.entries(blocks).reduce(
    (text, [name, block]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, start, end) => `${start}${block}\n${end}`,
      ),
    page,
  );
}

export const adapterFacts = ({ vendor, standing, refresh, needs, homepage }: Adapter): string =>
  [
    `- **\`VENDOR=${vendor}\`**, ${standing}`,
    `- You need: ${needs}`,
    `- How old the figures are: ${refresh}`,
    `- The maker's page: <${homepage}>`,
  ].join('\n');

export const destinationFacts = ({ slug, standing, takes, needs, homepage }: DestinationModule): string =>
  [
    `- **\`DESTINATION=${slug}\`**, ${standing}`,
    `- What arrives: ${takes}`,
    `- You need: ${needs}`,
    ...(homepage === undefined ? [] : [`- Its page: <${homepage}>`]),
  ].join('\n');

export function adapterSettings({ vendor, settings, baseUrl, title }: Adapter): string {
  const address = `| \`${upperSnake(vendor)}_BASE_URL\` | yes | no | The https address of your ${title}, without a slash at the end |`;
  return settingsTable([...(baseUrl === undefined ? [address] : []), ...settingRows(vendor, settings)]);
}

export const destinationSettings = ({ slug, settings }: DestinationModule): string =>
  settingsTable(settingRows(slug, settings));

const settingsTable = (rows: readonly string[]): string =>
  ['| setting | needed (default) | secret | what it is, where you find it |', '|---|---|---|---|', ...rows].join('\n');

const settingRows = (slug: string, settings: Settings): string[] =>
  Object.entries(settings).map(([name, { help, secret, schema }]) => {
    const unset = schema.safeParse(undefined);
    const needed = !unset.success ? 'yes' : unset.data === undefined ? 'no' : `no (\`${String(unset.data)}\`)`;
    return `| \`${upperSnake(slug)}_${upperSnake(name)}\` | ${needed} | ${secret ? 'yes' : 'no'} | ${escaped(help)} |`;
  });

/** Text for a cell of a table: no bar ends it, no bracket becomes a tag. */
const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** @param linked the title, leading to its page where there is one. */
export function adaptersTable(adapters: readonly Adapter[], linked: (adapter: Adapter) => string): string {
  const own = adapters.map((adapter) => {
    const { vendor, title, standing, refresh, needs } = adapter;
    return { title, row: `| ${linked(adapter)} | \`${vendor}\` | ${standing} | ${refresh} | ${needs} |` };
  });
  const brands = adapters.flatMap((adapter) => (adapter.brands ?? []).map((brand) => ({ brand, adapter })));
  const guests = [...new Set(brands.map(({ brand }) => brand))].map((title) => {
    const hosts = brands.filter(({ brand }) => brand === title).map(({ adapter }) => adapter);
    const [slugs, links] = [hosts.map(({ vendor }) => `\`${vendor}\``), hosts.map(linked)];
    return { title, row: `| ${title} | ${slugs.join(' or ')} | in the cloud of ${links.join(' or ')} | | |` };
  });
  const rows = [...own, ...guests].sort((a, b) => a.title.localeCompare(b.title, 'en')).map(({ row }) => row);
  return [
    '| equipment | `VENDOR` | standing | how old the figures are | you need |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** @param linked the title, leading to its page where there is one. */
export function destinationsTable(
  destinations: readonly DestinationModule[],
  linked: (destination: DestinationModule) => string,
): string {
  const rows = destinations.map((destination) => {
    const { slug, standing, takes, needs } = destination;
    return `| ${linked(destination)} | \`${slug}\` | ${standing} | ${takes} | ${needs} |`;
  });
  return [
    '| destination | `DESTINATION` | standing | what arrives there | you need |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
