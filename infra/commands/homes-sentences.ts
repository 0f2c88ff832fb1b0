/** What is said of the homes of one stack: what cannot be right, and what they lack; of many homes in short. */
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { chosenDestinations, cleaned, setByDeployment } from '../../functions/push-solar-data/local/known-settings.ts';
import { strayRemarks } from '../../functions/push-solar-data/local/stray-settings.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { shardsOf } from '../../functions/push-solar-data/settings/shards.ts';
import { wrongSettings } from '../public-settings.ts';
import { type HomeAtAws, settledTexts } from './homes-at-aws.ts';
import { lackingSettings, secretNames } from './needed-settings.ts';
import { deleteCommands } from './parameters.ts';

/** So many homes are named with what they lack. */
const mostNamed = 10;

/** The first of them, and how many more there are. */
export const fewOf = (lines: readonly string[], what = 'homes'): string[] =>
  lines.length <= mostNamed
    ? [...lines]
    : [...lines.slice(0, mostNamed), `- and ${lines.length - mostNamed} more ${what}`];

/** A new account may run so many functions at once. */
const functionsOfNewAccount = 10;

/** What is to be known of a deployment of many, before it is begun. */
export function aboutMany(sites: readonly string[]): string[] {
  const functions = shardsOf(sites).length;
  return [
    ...(sites.length > 50 ? [`Looking at the parameters of ${sites.length} homes, a moment each.`] : []),
    ...(functions > functionsOfNewAccount
      ? [
          `! ${sites.length} homes need ${functions} functions at once, and a new AWS account may run ${functionsOfNewAccount}: ` +
            'ask for more under Service Quotas → AWS Lambda → Concurrent executions, which costs nothing, or homes miss minutes.',
        ]
      : []),
  ];
}

/** Settings that cannot be right, and destinations that need a stack of their own; each names its home. */
export async function problemsOf(homes: readonly HomeAtAws[], texts: SettingTexts): Promise<string[]> {
  const problems: string[] = [];
  const empty: string[] = [];
  for (const home of homes) {
    const own = settledTexts(home);
    if (cleaned(own['VENDOR']) === undefined) empty.push(home.site);
    else problems.push(...(await wrongSettings(own)).map((problem) => `${home.site}: ${problem}`));
    problems.push(...(await ownStackNeeded(home.site, own)));
  }
  const configure = (site: string) => suggested('npm run configure', texts, { site });
  return [
    ...problems,
    ...empty.map((site) => `${site} has no settings yet (VENDOR): ${configure(site)}; or take it out of SITE`),
  ].map((problem) => `- ${problem}`);
}

/** A function or rights of its own, which the homes of one stack do not have. */
async function ownStackNeeded(site: string, texts: SettingTexts): Promise<string[]> {
  const told = await chosenDestinations(texts, destinations);
  return told.flatMap(({ label, module }) => {
    const what =
      module.slug === 'feed'
        ? `the feed "${label}" is a function of its own`
        : setByDeployment(label, module, texts) && `"${label}" at AWS IoT Core (aws-iot) needs rights of its own`;
    if (!what) return [];
    return [
      `${site}: ${what}, which homes in one stack have not: keep this home in a stack of its own, ` +
        `out of SITE (SITE=${site} npm run deploy)`,
    ];
  });
}

/** What is odd about the names of the parameters, and which of two values counts. */
export async function remarksOf(homes: readonly HomeAtAws[]): Promise<string[]> {
  const remarks: string[] = [];
  for (const home of homes) {
    const names = { file: [], environment: [], parameters: home.stored.map(({ name }) => name) };
    const odd = await strayRemarks(names, settledTexts(home), { registry: adapters, destinations });
    const { differing } = home;
    if (differing.length > 0)
      odd.push(
        `${differing.join(', ')}: other values in its parameters than in its own function; those of the parameters count now`,
      );
    remarks.push(...odd.map((remark) => `! ${home.site}: ${remark}`));
  }
  return fewOf(remarks, 'remarks');
}

type Place = { region: string; texts: SettingTexts };

export async function lackingOf(homes: readonly HomeAtAws[], { texts }: Place): Promise<string[]> {
  const lines: string[] = [];
  for (const home of homes) {
    const own = settledTexts(home);
    const there = new Set([...home.stored.map(({ name }) => name), ...Object.keys(own)]);
    const lacking = (await lackingSettings(own, there)).map(({ name }) => name);
    if (lacking.length === 0) continue;
    lines.push(
      `- ${home.site}: ${shortList(lacking)}\n    ${suggested('npm run configure', texts, { site: home.site })}`,
    );
  }
  if (lines.length === 0) return [];
  return ['The bridge runs, but until these settings are there, these homes only report them:', ...fewOf(lines)];
}

/** The type of a parameter cannot be changed. */
export async function unencryptedOf(homes: readonly HomeAtAws[], { region, texts }: Place): Promise<string[]> {
  const lines: string[] = [];
  const paths: string[] = [];
  for (const home of homes) {
    const secrets = await secretNames(settledTexts(home));
    const open = home.stored.filter(({ name, encrypted }) => !encrypted && secrets.has(name));
    if (open.length === 0) continue;
    paths.push(...open.map(({ path }) => path));
    const configure = suggested('npm run configure', texts, { site: home.site });
    lines.push(`- ${home.site}: ${shortList(open.map(({ name }) => name))}\n    ${configure}`);
  }
  if (lines.length === 0) return [];
  return [
    'These secrets lie unencrypted in the Parameter Store:',
    ...fewOf(lines),
    'Delete them, then store them anew with these commands:',
    ...deleteCommands(region, paths, texts).map((command) => `    ${command}`),
  ];
}

const shortList = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
