/** The parameters of a site as their owner changes them, from a machine with AWS credentials of its own. */
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Failure } from '../platform/failure.ts';
import { createParameterStore } from '../platform/parameter-store.ts';
import { parameterPath, type SettingTexts } from '../platform/settings.ts';
import type { StateStore } from '../platform/state.ts';

export type OwnerParameters = {
  /** `AWS (ap-southeast-2) under /solar-cloud-bridge/home/`, for sentences. */
  place: string;
  /** As they were when they were opened, decrypted. */
  texts: SettingTexts;
  state: StateStore;
  /** As a SecureString. @throws Failure `settings` or `unavailable` */
  put(name: string, text: string): Promise<void>;
  /** @throws Failure `settings` or `unavailable` */
  remove(name: string): Promise<void>;
};

/** A standard parameter holds 4 KB; larger ones are kept as advanced ones, which cost some cents a month. */
const standardBytes = 4096;

/** @throws Failure `settings` (credentials, region, rights) or `unavailable`, with what to do. */
export async function openOwnerParameters(site: string, environment: NodeJS.ProcessEnv): Promise<OwnerParameters> {
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'];
  const client = new SSMClient({
    ...(region ? { region } : {}),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
  });
  const path = parameterPath(site);
  const store = createParameterStore(site, client);
  const texts = await explained(`read ${path}`, 'ssm:GetParametersByPath', () => store.load());
  return {
    place: `AWS (${await client.config.region()}) under ${path}/`,
    texts,
    state: store.state,
    put: (name, text) =>
      explained(`write ${path}/${name}`, 'ssm:PutParameter', async () => {
        const Tier = Buffer.byteLength(text) > standardBytes ? 'Advanced' : 'Standard';
        await client.send(
          new PutParameterCommand({
            Name: `${path}/${name}`,
            Value: text,
            Tier,
            Type: 'SecureString',
            Overwrite: true,
          }),
        );
      }),
    remove: (name) =>
      explained(`delete ${path}/${name}`, 'ssm:DeleteParameter', async () => {
        await client.send(new DeleteParameterCommand({ Name: `${path}/${name}` }));
      }),
  };
}

const causes: [RegExp, (what: string, right: string) => string][] = [
  [
    /region is missing/i,
    () => 'No AWS region is set: set AWS_REGION to the region of the bridge, for example AWS_REGION=ap-southeast-2',
  ],
  [
    /CredentialsProviderError|TokenProviderError|Could not load credentials/,
    () =>
      'No AWS credentials were found: sign in (aws configure, or aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ],
  [
    /ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|SignatureDoesNotMatch/,
    () => 'AWS refuses these credentials: they are wrong or have expired. Sign in again',
  ],
  [
    /AccessDenied|InvalidKeyId|KMS/,
    (what, right) => `AWS does not let you ${what}: your user or role needs ${right}, and the use of the key alias/aws/ssm`,
  ],
  [/ParameterLimitExceeded|MaxLimit|ThrottlingException|TooManyUpdates/, (what) => `AWS is too busy to ${what}`],
  [/ValidationException|UnsupportedParameter/, (what) => `AWS cannot ${what}: it does not take this value`],
];

async function explained<Result>(what: string, right: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof Failure ? error.cause : error;
    const name = cause instanceof Error ? cause.name : 'unknown error';
    const told = cause instanceof Error ? `${cause.name} ${cause.message}` : '';
    const sentence = causes.find(([pattern]) => pattern.test(told))?.[1](what, right);
    if (sentence) throw new Failure('settings', `${sentence} (${name}).`, { cause });
    throw new Failure('unavailable', `AWS does not answer, so it cannot ${what} (${name}): try again`, { cause });
  }
}
