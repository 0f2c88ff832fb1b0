/** What the owner's commands for AWS share: which site, which region and profile, and plain sentences for what AWS refuses. */
import { parseArgs } from 'node:util';
import { Failure } from '../core/failure.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { refusalOfAws } from './aws-refusal.ts';

/** A site in the owner's account. */
export type Account = {
  site: string;
  /** Settings as `cdk` will see them: `-c NAME=…`, then the environment, then `.env`. */
  texts: SettingTexts;
  /** For each AWS client. Without a region it is that of the profile. */
  client: { region?: string; profile?: string; maxAttempts: number };
};

const fromContext = ['SITE', 'VENDOR', 'DESTINATION', 'ALARM_EMAIL'];

/**
 * @param texts of the environment and `.env`. @param args of the command line; only `-c`/`--context NAME=value` counts here.
 */
export function accountOf(texts: SettingTexts, args: readonly string[] = []): Account {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: { context: { type: 'string', short: 'c', multiple: true } },
  });
  const given = [values.context ?? []]
    .flat()
    .map((entry) => String(entry).split('='))
    .filter(([name = '']) => fromContext.includes(name))
    .map(([name, ...value]) => [name, value.join('=')]);
  const all: SettingTexts = { ...texts, ...Object.fromEntries(given) };
  const region = all['AWS_REGION'] || all['AWS_DEFAULT_REGION'];
  const profile = all['AWS_PROFILE'];
  return {
    site: all['SITE'] || 'home',
    texts: all,
    client: { maxAttempts: 3, ...(region ? { region } : {}), ...(profile ? { profile } : {}) },
  };
}

export const stackName = (site: string): string => `SolarCloudBridge-${site}`;

/** Region of a client. @throws Failure `settings` if none is set anywhere. */
export function regionOf(client: { config: { region(): Promise<string> } }): Promise<string> {
  return asked(() => client.config.region());
}

/** Runs what asks AWS. @throws Failure with a sentence for the owner; AWS's own words are left out but for names. */
export async function asked<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    throw (await refusalOfAws(error)) ?? error;
  }
}
