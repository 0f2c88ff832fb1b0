/** What the owner's commands for AWS share: which site, which region and profile, and plain sentences for what AWS refuses. */
import { parseArgs } from 'node:util';
import { Failure } from '../core/failure.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { onTerminal } from './on-terminal.ts';

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
    throw refusal(error) ?? error;
  }
}

/** undefined for what is neither AWS's refusal nor the network's: a bug. */
function refusal(error: Error): Failure | undefined {
  const { name, message } = error;
  const cause = { cause: error };
  if (/region is missing/i.test(message))
    return new Failure(
      'settings',
      'No AWS region is set: put AWS_REGION=eu-central-1 (or the region nearest to you) into .env or the environment.',
      cause,
    );
  if (/Expired/i.test(name) || /expired|aws sso login/i.test(message))
    return new Failure('auth', 'Your log-in at AWS has run out: log in again (aws sso login, or new keys).', cause);
  if (name === 'CredentialsProviderError')
    return new Failure(
      'auth',
      'No AWS credentials were found: run "aws configure" (or "aws sso login"), or name a profile with AWS_PROFILE.',
      cause,
    );
  if (/UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|AuthFailure/.test(name))
    return new Failure('auth', `AWS does not know these credentials (${name}): check AWS_PROFILE or the keys.`, cause);
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name)) {
    const action = /perform: ([a-z]+:\w+)/i.exec(message)?.[1] ?? 'this';
    return new Failure('auth', `AWS does not allow your credentials ${action}: use those of an administrator.`, cause);
  }
  if (!('$metadata' in error || 'code' in error)) return undefined;
  return new Failure('unavailable', `AWS does not answer (${name}): try again, and check AWS_REGION.`, cause);
}

/** Runs a command and says its failure in one sentence. @returns the exit code: 2 for settings and credentials, else 1. */
export async function answered(work: () => Promise<number>, complain: (sentence: string) => void): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    complain(onTerminal(error.message));
    return error.kind === 'settings' || error.kind === 'auth' ? 2 : 1;
  }
}
