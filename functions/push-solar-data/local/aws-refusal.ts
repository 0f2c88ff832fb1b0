/** What AWS or the way to it refuses, in a sentence with what to do: region, network, credentials, clock and rights are told apart. */
import { Failure } from '../core/failure.ts';

/** undefined for what is neither AWS's refusal nor the network's: a bug. */
export async function refusalOfAws(error: Error): Promise<Failure | undefined> {
  const found = refusals.find(({ isMeant }) => isMeant(error));
  if (found) return new Failure(found.kind, found.sentence(error), { cause: error });
  if (isUnreached(error)) return new Failure(...(await unreached(error)), { cause: error });
  if (!('$metadata' in error || 'code' in error)) return undefined;
  return new Failure('unavailable', `AWS does not answer (${error.name}): try again, and check AWS_REGION.`, {
    cause: error,
  });
}

type Refusal = {
  isMeant(error: Error): boolean;
  kind: 'settings' | 'auth' | 'unavailable';
  sentence(error: Error): string;
};

/** The first that is meant counts. */
const refusals: readonly Refusal[] = [
  {
    isMeant: ({ message }) => /region is missing/i.test(message),
    kind: 'settings',
    sentence: () =>
      'No AWS region is set: put AWS_REGION=eu-central-1 (or the region nearest to you) into .env or the environment.',
  },
  {
    isMeant: ({ message }) => /Region not accepted/i.test(message),
    kind: 'settings',
    sentence: () => 'AWS_REGION is no name of a region: it looks like eu-central-1.',
  },
  {
    isMeant: ({ name, message }) => /RequestTimeTooSkewed/.test(name) || /Signature (?:expired|not yet)/i.test(message),
    kind: 'unavailable',
    sentence: () => "This machine's clock is wrong, so that AWS refuses what it signs: set the clock.",
  },
  {
    isMeant: ({ name, message }) => /Expired/i.test(name) || /expired|aws sso login/i.test(message),
    kind: 'auth',
    sentence: () => 'Your log-in at AWS has run out: log in again (aws sso login, or new keys).',
  },
  {
    isMeant: ({ name, message }) => name === 'CredentialsProviderError' && /profile/i.test(message),
    kind: 'auth',
    sentence: () =>
      'The AWS profile that AWS_PROFILE names has no credentials: "aws configure list-profiles" shows those that there are, "aws configure --profile <name>" makes one.',
  },
  {
    isMeant: ({ name }) => name === 'CredentialsProviderError',
    kind: 'auth',
    sentence: () =>
      'No AWS credentials were found: run "aws configure" (or "aws sso login"), or name a profile that has them with AWS_PROFILE. Keys of AWS are not read from .env.',
  },
  {
    isMeant: ({ name }) => /UnrecognizedClient|InvalidClientTokenId/.test(name),
    kind: 'auth',
    sentence: ({ name }) =>
      `AWS does not know these credentials (${name}): check AWS_PROFILE or the keys. If they work elsewhere, this region may be switched off for your account (console → Account → AWS Regions).`,
  },
  {
    isMeant: ({ name }) => /InvalidSignature|SignatureDoesNotMatch|AuthFailure/.test(name),
    kind: 'auth',
    sentence: ({ name }) => `AWS does not know these credentials (${name}): check AWS_PROFILE or the keys.`,
  },
  {
    isMeant: ({ name }) => /AccessDenied|Unauthorized|NotAuthorized/.test(name),
    kind: 'auth',
    sentence: ({ message }) => {
      const action = /perform: ([a-z]+:\w+)/i.exec(message)?.[1] ?? 'this';
      return `AWS does not allow your credentials ${action}: use those of an administrator.`;
    },
  },
];

/** Codes of a way that leads nowhere; AWS itself has said nothing. */
const unreachedCodes = /ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED|ECONNRESET|ETIMEDOUT/;

const isUnreached = (error: Error): boolean =>
  error.name === 'TimeoutError' || unreachedCodes.test(codeOf(error) ?? '');

const codeOf = (error: Error & { code?: unknown }): string | undefined =>
  typeof error.code === 'string' ? error.code : undefined;

async function unreached(error: Error & { hostname?: unknown }): Promise<['settings' | 'unavailable', string]> {
  const [, region] = /\.([a-z]{2}(?:-[a-z]+)+-\d+)\./.exec(String(error.hostname ?? '')) ?? [];
  if (codeOf(error) === 'ENOTFOUND' && region !== undefined) {
    const nearest = await nearestRegion(region);
    if (nearest !== region)
      return ['settings', `There is no AWS region "${region}". Did you mean AWS_REGION=${nearest}?`];
  }
  return [
    'unavailable',
    `AWS cannot be reached (${codeOf(error) ?? error.name}): is this machine online, and does a firewall or proxy stand between? Then try again.`,
  ];
}

/** The list is CDK's; itself where it is one of them. */
async function nearestRegion(region: string): Promise<string> {
  const [{ RegionInfo }, { closest }] = await Promise.all([
    import('aws-cdk-lib/region-info'),
    import('fastest-levenshtein'),
  ]);
  return closest(
    region,
    RegionInfo.regions.map(({ name }) => name),
  );
}
