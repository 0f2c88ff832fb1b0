/** A site's parameters in the Parameter Store as the owner's commands see them: never the value of a secret. */
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { asked } from '../../functions/push-solar-data/local/aws-account.ts';
import { asWord } from '../../functions/push-solar-data/local/suggested.ts';
import { parameterPath, type SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';

/** A parameter of a site; `value` only where it is not encrypted. */
export type StoredParameter = { path: string; name: string; encrypted: boolean; value?: string };

/** Everything below the site's path, state included. Asks for nothing decrypted. @throws Failure */
export const parametersOf = (client: SSMClient, site: string): Promise<StoredParameter[]> => listed(client, site, true);

/** What stands directly below the site's path. Asks for nothing decrypted. @throws Failure */
export const settingsOf = (client: SSMClient, site: string): Promise<StoredParameter[]> => listed(client, site, false);

function listed(client: SSMClient, site: string, Recursive: boolean): Promise<StoredParameter[]> {
  return asked(async () => {
    const found: StoredParameter[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new GetParametersByPathCommand({
          Path: parameterPath(site),
          Recursive,
          WithDecryption: false,
          ...(NextToken ? { NextToken } : {}),
        }),
      );
      for (const { Name: path = '', Type, Value } of page.Parameters ?? []) {
        const encrypted = Type === 'SecureString';
        const plain = encrypted || Value === undefined ? {} : { value: Value };
        found.push({ path, name: path.slice(path.lastIndexOf('/') + 1), encrypted, ...plain });
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  });
}

/** Stores what is no secret. @throws Failure */
export const putPlain = (client: SSMClient, site: string, name: string, Value: string): Promise<unknown> =>
  asked(() => client.send(new PutParameterCommand({ Name: `${parameterPath(site)}/${name}`, Value, Type: 'String' })));

/** Where `cdk bootstrap` notes its version, by CDK's default qualifier. */
const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version';

/** Whether this account and region are prepared for CDK. @throws Failure */
export function isBootstrapped(client: SSMClient): Promise<boolean> {
  return asked(async () => {
    try {
      await client.send(new GetParameterCommand({ Name: bootstrapParameter }));
      return true;
    } catch (error) {
      if (error instanceof ParameterNotFound) return false;
      throw error;
    }
  });
}

export const isState = ({ path }: StoredParameter, site: string): boolean =>
  path.startsWith(`${parameterPath(site)}/state/`);

/** The command that stores a secret; its value is left for the owner to fill in. */
export const putCommand = (site: string, region: string, name: string, texts: SettingTexts): string =>
  `aws ssm put-parameter ${inAccount(region, texts)} --type SecureString --name ${parameterPath(site)}/${name} --value '…'`;

/** What AWS's own command line needs, which knows nothing of `.env`. */
export const inAccount = (region: string, { AWS_PROFILE }: SettingTexts): string =>
  `--region ${region}${AWS_PROFILE ? ` --profile ${asWord(AWS_PROFILE)}` : ''}`;

/** Parameters that one call of the API deletes at most. */
const namesPerDeletion = 10;

export function deleteCommands(region: string, paths: readonly string[], texts: SettingTexts): string[] {
  const calls = Math.ceil(paths.length / namesPerDeletion);
  return Array.from({ length: calls }, (_, nth) => {
    const names = paths.slice(nth * namesPerDeletion, (nth + 1) * namesPerDeletion);
    return `aws ssm delete-parameters ${inAccount(region, texts)} --names ${names.join(' ')}`;
  });
}
