/** A site's parameters as its owner sees them in AWS's Parameter Store. */
import {
  DeleteParametersCommand,
  GetParametersByPathCommand,
  type Parameter,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { parameterPath } from '../../functions/push-solar-data/settings/settings-reader.ts';
import type { Emulator } from './emulator.ts';

export type OwnersParameters = {
  /** As the README says: a SecureString; a present one is overwritten. */
  putSecret(name: string, value: string): Promise<void>;
  /** A String, as settings are that are no secrets. */
  put(name: string, value: string): Promise<void>;
  /** What the function has stored under `state/`, by name; with the type of the parameter. */
  state(): Promise<Record<string, { type: string; document: Record<string, unknown> }>>;
  /** Deletes everything of the site, or what is below a folder of it. */
  clear(below?: string): Promise<void>;
};

export function ownersParameters(emulator: Emulator, site: string): OwnersParameters {
  const client = new SSMClient(emulator.client);
  const path = parameterPath(site);
  const list = async () => {
    const parameters: Parameter[] = [];
    let NextToken: string | undefined;
    do {
      const page = { Path: path, Recursive: true, WithDecryption: true, ...(NextToken ? { NextToken } : {}) };
      const answer = await client.send(new GetParametersByPathCommand(page));
      parameters.push(...(answer.Parameters ?? []));
      NextToken = answer.NextToken;
    } while (NextToken);
    return parameters;
  };
  const putAs = (Type: 'String' | 'SecureString') => async (name: string, Value: string) => {
    await client.send(new PutParameterCommand({ Name: `${path}/${name}`, Value, Type, Overwrite: true }));
  };
  return {
    putSecret: putAs('SecureString'),
    put: putAs('String'),
    async state() {
      const kept = (await list()).filter(({ Name }) => Name?.startsWith(`${path}/state/`));
      return Object.fromEntries(
        kept.map(({ Name, Type, Value }) => [
          `${Name}`.slice(`${path}/state/`.length),
          { type: `${Type}`, document: JSON.parse(`${Value}`) },
        ]),
      );
    },
    async clear(below = '') {
      const names = (await list()).map(({ Name }) => `${Name}`).filter((name) => name.startsWith(`${path}/${below}`));
      for (let first = 0; first < names.length; first += namesADeletion) {
        const Names = names.slice(first, first + namesADeletion);
        await client.send(new DeleteParametersCommand({ Names }));
      }
    },
  };
}

/** As many as AWS takes. */
const namesADeletion = 10;
