/** The homes of one stack as AWS has them before a deployment: their parameters, and which still have stacks of their own. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { LookUpEnvironment } from '../../functions/push-solar-data/local/deployed-environment.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { publicNames } from '../public-settings.ts';
import { paced, readsPerSecond } from './paced.ts';
import { type StoredParameter, settingsOf } from './parameters.ts';
import type { Stacks } from './stacks-at-aws.ts';

export type HomeAtAws = {
  site: string;
  /** Its settings there, without their secrets. */
  stored: StoredParameter[];
  hasOwnStack: boolean;
  /** What its own function has in its environment and its parameters lack. */
  moving: Record<string, string>;
  /** Names that both have, with different values: those of the parameters count. */
  differing: string[];
};

export type HomesPorts = { ssm: SSMClient; stacks: Stacks; environmentOf: LookUpEnvironment };

/** CloudFormation and Lambda take fewer calls a second than the Parameter Store. */
const looksPerSecond = 8;

/** @throws Failure */
export async function homesAtAws(
  sites: readonly string[],
  { ssm, stacks, environmentOf }: HomesPorts,
): Promise<HomeAtAws[]> {
  const stored = await paced(sites, readsPerSecond, (site) => settingsOf(ssm, site));
  return paced(
    sites.map((site, nth) => ({ site, stored: stored[nth] ?? [] })),
    looksPerSecond,
    async (home) => {
      const hasOwnStack = await stacks.has(home.site);
      const environment = hasOwnStack ? await environmentOf(`solar-cloud-bridge-${home.site}`) : undefined;
      return { ...home, hasOwnStack, ...(await compared(environment ?? {}, home.stored)) };
    },
  );
}

async function compared(environment: SettingTexts, stored: readonly StoredParameter[]) {
  const present = new Map(stored.map(({ name, encrypted, value }) => [name, encrypted ? undefined : value]));
  const known = { ...plainTexts(stored), ...environment };
  const names = (await publicNames(known)).filter((name) => environment[name]);
  return {
    moving: Object.fromEntries(names.flatMap((name) => (present.has(name) ? [] : [[name, environment[name] ?? '']]))),
    differing: names.filter((name) => present.has(name) && present.get(name) !== environment[name]),
  };
}

/** Those that are not encrypted. */
export const plainTexts = (stored: readonly StoredParameter[]): Record<string, string> =>
  Object.fromEntries(stored.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));

/** All that is known of a home's settings once it has moved. */
export const settledTexts = ({ site, stored, moving }: HomeAtAws): SettingTexts => ({
  ...plainTexts(stored),
  ...moving,
  SITE: site,
});
