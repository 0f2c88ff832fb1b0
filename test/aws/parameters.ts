/** A site's parameters as its owner sees them in AWS's Parameter Store. */
import {
  DeleteParametersCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { parameterPath } from '../../functions/push-solar-data/settings/settings-reader.ts';
import type { Emulator } from './emulator.ts';

export type OwnersParameters = {
  /** As the README says: a SecureString; a present one is overwritten. */
  putSecret(name: string, value: string): Promise<void>;
  /** What the function has stored under `state/`, by name; with the type of the parameter. */
  state(): Promise<Record<string, { type: string; document: Record<string, unknown> }>>;
  /** Deletes everything of the site. */
  clear(): Promise<void>;
};

export function ownersParameters(emulator: Emulator, site: string): OwnersParameters {
  const client = new SSMClient(emulator.client);
  const path = parameterPath(site);
  const list = async () => {
    const command = new GetParametersByPathCommand({ Path: path, Recursive: true, WithDecryption: true });
    return (await client.send(command)).Parameters ?? [];
  };
  return {
    async putSecret(name, value) {
      const Name = `${path}/${name}`;
      await client.send(new PutParameterCommand({ Name, Value: value, Type: 'SecureString', Overwrite: true }));
    },
    async state() {
      const kept = (await list()).filter(({ Name }) => Name?.startsWith(`${path}/state/`));
      return Object.fromEntries(
        kept.map(({ Name, Type, Value }) => [
          `${Name}`.slice(`${path}/state/`.length),
          { type: `${Type}`, document: JSON.parse(`${Value}`) },
        ]),
      );
    },
    async clear() {
      const Names = (await list()).map(({ Name }) => `${Name}`);
      if (Names.length > 0) await client.send(new DeleteParametersCommand({ Names }));
    },
  };
}
