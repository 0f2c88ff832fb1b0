/** Settings and state in AWS Systems Manager's Parameter Store, below `/solar-cloud-bridge/<site>`. */
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  type Parameter,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { Failure } from '../core/failure.ts';
import { parameterPath, type SettingTexts } from '../settings/settings-reader.ts';
import { parsedDocument, parsedDocuments, type WholeStore } from './store.ts';

export type ParameterStore = {
  /** All settings, decrypted; with them comes the state as it is now. @throws Failure `settings` or `unavailable` */
  load(): Promise<SettingTexts>;
  /** Whether a setting was changed, added or removed since `load`. Decrypts nothing, so it costs nothing. */
  hasChanged(): Promise<boolean>;
  /** Documents below `…/state/`. The first read of each is what `load` brought. */
  state: WholeStore;
  /** 0 to 1, of a home that shares the calls to its store with others: when its turn comes, so that not all come at once. */
  phase?: number;
};

type Client = Pick<SSMClient, 'send'>;

/** @param site names the path. @param client its endpoint and region come from the environment. */
export function createParameterStore(site: string, client: Client = quickClient()): ParameterStore {
  const path = parameterPath(site);
  const statePath = `${path}/state/`;
  let versions = '';
  /** State documents that `load` brought and nobody has read yet; undefined before it has succeeded. */
  let brought: Map<string, string> | undefined;
  const read = new Set<string>();

  const list = async (decrypt: boolean, Path = path): Promise<Parameter[]> => {
    const parameters: Parameter[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new GetParametersByPathCommand({
          Path,
          Recursive: true,
          WithDecryption: decrypt,
          MaxResults: 10,
          ...(NextToken ? { NextToken } : {}),
        }),
      );
      parameters.push(...(page.Parameters ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return parameters;
  };
  const isState = ({ Name = '' }: Parameter): boolean => Name.startsWith(statePath);
  /** Only what stands directly below the site's path; a folder there is the owner's own. */
  const isSetting = ({ Name = '' }: Parameter): boolean => !nameIn(path, Name).includes('/');
  const versionsOf = (parameters: Parameter[]): string =>
    parameters
      .filter(isSetting)
      .map(({ Name, Version }) => `${Name} ${Version}`)
      .sort()
      .join();

  return {
    load: () =>
      explained(path, async () => {
        const parameters = await list(true);
        versions = versionsOf(parameters);
        const states = parameters
          .filter(isState)
          .map(({ Name = '', Value = '' }) => [Name.slice(statePath.length), Value] as const);
        brought = new Map(states.filter(([name]) => !read.has(name)));
        return Object.fromEntries(
          parameters.filter(isSetting).map(({ Name = '', Value }) => [nameIn(path, Name), Value]),
        );
      }),
    hasChanged: () => explained(path, async () => versionsOf(await list(false)) !== versions),
    state: {
      writesAreCounted: true,
      read: (name) =>
        explained(path, async () => {
          const isBrought = brought !== undefined && !read.has(name);
          const text = isBrought ? brought?.get(name) : await getParameter(client, statePath + name);
          read.add(name);
          brought?.delete(name);
          return parsedDocument(text);
        }),
      write: (name, document, { secret }) =>
        explained(path, async () => {
          await client.send(
            new PutParameterCommand({
              Name: statePath + name,
              Value: JSON.stringify(document),
              Type: secret ? 'SecureString' : 'String',
              // 4 KB are standard and free; a larger log-in makes its parameter an advanced one, and so it stays.
              Tier: 'Intelligent-Tiering',
              Overwrite: true,
            }),
          );
          read.add(name); // what `load` has brought is older
        }),
      all: () =>
        explained(path, async () => {
          const kept = await list(true, `${path}/state`);
          return parsedDocuments(kept.map(({ Name = '', Value = '' }) => [Name.slice(statePath.length), Value]));
        }),
    },
  };
}

/** Gives up early enough for the tick to tell somebody. Without `throwOnRequestTimeout` the SDK would only warn, and wait on. */
export const quickRequests = { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true };
const quickClient = () => new SSMClient({ maxAttempts: 3, requestHandler: quickRequests });

const nameIn = (path: string, name: string): string => name.slice(path.length + 1);

async function getParameter(client: Client, Name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

async function explained<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    if (/AccessDenied|UnrecognizedClient|InvalidKeyId|KMS/i.test(name))
      throw new Failure(
        'settings',
        `AWS does not let the bridge use the parameters below ${path} (${name}): deploy the stack again`,
        {
          cause: error,
        },
      );
    throw new Failure('unavailable', `The Parameter Store of AWS does not answer (${name})`, { cause: error });
  }
}
