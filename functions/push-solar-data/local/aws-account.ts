/** What the owner's commands for AWS share: which site or sites, which region and profile, and plain sentences for what AWS refuses. */
import { parseArgs } from 'node:util';
import { Failure } from '../core/failure.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { siteNamed, sitesNamed, stackOf } from '../settings/sites.ts';
import { refusalOfAws } from './aws-refusal.ts';

/** A site, or several of one stack, in the owner's account. */
export type Account = {
  /** The home that the command is about; of several the first. */
  site: string;
  /** All homes that it is about: that of `--site`, else those of SITE. */
  sites: readonly string[];
  /** The stack that they share with others; undefined for a home with a stack of its own. */
  stack?: string;
  /** Settings as `cdk` will see them: `-c NAME=…`, then the environment, then `.env`. */
  texts: SettingTexts;
  /** For each AWS client. Without a region it is that of the profile. */
  client: { region?: string; profile?: string; maxAttempts: number };
};

const fromContext = ['SITE', 'VENDOR', 'DESTINATION', 'ALARM_EMAIL', 'STACK', 'STATE_STORE', 'METRICS_OF'];

/** `-c NAME=value` and `--context NAME=value` of a command line, as far as they are settings. */
export function contextSettings(args: readonly string[]): SettingTexts {
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
  return Object.fromEntries(given);
}

/**
 * @param texts of the environment and `.env`. @param args of the command line; only `-c`/`--context NAME=value` counts here.
 * @param site of `--site`. @throws Failure `settings` where SITE cannot be right.
 */
export function accountOf(texts: SettingTexts, args: readonly string[] = [], site?: string): Account {
  const all: SettingTexts = { ...texts, ...contextSettings(args) };
  const named = sitesNamed(all['SITE']);
  const shared = stackOf(all, named);
  const [first = 'home', ...others] = site === undefined ? named : [siteNamed(site, shared)];
  const stack = named.includes(first) ? shared : undefined;
  const region = all['AWS_REGION'] || all['AWS_DEFAULT_REGION'];
  const profile = all['AWS_PROFILE'];
  return {
    site: first,
    sites: [first, ...others],
    ...(stack === undefined ? {} : { stack }),
    texts: all,
    client: { maxAttempts: 3, ...(region ? { region } : {}), ...(profile ? { profile } : {}) },
  };
}

/** @param name of a home with a stack of its own, or of a stack of several. */
export const stackName = (name: string): string => `SolarCloudBridge-${name}`;

/** What the log group, the function and the stack are named by. */
export const deployedName = ({ site, stack }: Pick<Account, 'site' | 'stack'>): string => stack ?? site;

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

/**
 * The same of a store of the bridge, with AWS's own error: the store's sentences are for the bridge itself, and would be of
 * no use to the owner.
 */
export const askedOfStore = <Result>(work: () => Promise<Result>): Promise<Result> =>
  asked(async () => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof Failure && error.cause instanceof Error ? error.cause : error;
    }
  });
