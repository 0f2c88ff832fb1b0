/** `npm run deploy`: looks whether AWS is ready, deploys the site's stack with `cdk`, and says what the bridge still lacks. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import {
  type Account,
  accountOf,
  answered,
  regionOf,
  stackName,
} from '../../functions/push-solar-data/local/aws-account.ts';
import { localSettings } from '../../functions/push-solar-data/local/environment.ts';
import { sayOn } from '../../functions/push-solar-data/local/layout.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { endpointAt, type LookUpEndpoint, settingsOfAwsIot } from '../aws-iot-endpoint.ts';
import { publicSettings, refuseWrongSettings } from '../public-settings.ts';
import { cdkFor, type RunCdk } from './cdk.ts';
import { type Lacking, lackingSettings, secretNames } from './needed-settings.ts';
import { isBootstrapped, isState, parametersOf, putCommand, type StoredParameter } from './parameters.ts';

export type DeployPorts = { ssm: SSMClient; runCdk: RunCdk; lookUpIot: LookUpEndpoint; say(sentence: string): void };

/**
 * A secret that is lacking stops nothing: the bridge takes it up within a minute of its being stored.
 *
 * @param args for `cdk deploy` as they stand. @returns the exit code of `cdk`.
 * @throws Failure if AWS is not ready or a setting cannot be right; nothing was deployed then.
 */
export async function deploy(
  { site, texts: given }: Account,
  args: readonly string[],
  { ssm, runCdk, lookUpIot, say }: DeployPorts,
): Promise<number> {
  const region = await regionOf(ssm);
  if (!(await isBootstrapped(ssm)))
    throw new Failure(
      'settings',
      `This AWS account is not yet prepared for CDK in ${region}. Once per account and region: AWS_REGION=${region} npx cdk bootstrap`,
    );
  const found = await settingsOfAwsIot(given, region, lookUpIot);
  const texts = { ...given, ...found };
  const stored = (await parametersOf(ssm, site)).filter((parameter) => !isState(parameter, site));
  const known = await settingsAtAws(texts, stored, site);
  await refuseWrongSettings(known, 'VENDOR');

  const code = await runCdk(['deploy', stackName(site), ...args], region, found);
  if (code !== 0) {
    say('The stack was not deployed: the lines above say why.');
    return code;
  }
  const there = new Set([...stored.map(({ name }) => name), ...Object.keys(known)]);
  const lacking = await lackingSettings({ ...texts, ...known }, there);
  const secrets = await secretNames(known);
  for (const sentence of unencryptedSentences(stored, secrets, site, region)) say(sentence);
  for (const sentence of lackingSentences(lacking, site, region)) say(sentence);
  say(`${lacking.length > 0 ? 'Then look' : 'Look'} whether it works, in two minutes: npm run status`);
  return 0;
}

/** Settings whose texts are known here: those for the function's environment, and parameters that are not encrypted. */
async function settingsAtAws(texts: SettingTexts, stored: readonly StoredParameter[], site: string) {
  const plain = Object.fromEntries(stored.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  return { ...plain, ...(await publicSettings(texts)), SITE: site } as SettingTexts;
}

function lackingSentences(lacking: readonly Lacking[], site: string, region: string): string[] {
  if (lacking.length === 0) return [];
  return [
    'The bridge runs, but until these settings are there it only reports that they are missing:',
    ...lacking.map(({ name, help, secret }) => {
      const remedy = secret ? `    ${putCommand(site, region, name)}` : '  put it into .env and deploy again';
      return `- ${name}: ${help}\n${remedy}`;
    }),
    'Or answer questions, and each goes to its place: npm run configure -- --aws',
  ];
}

/** Secrets that lie in the Parameter Store as plain text, with the remedy; the type of a parameter cannot be changed. */
function unencryptedSentences(
  stored: readonly StoredParameter[],
  secrets: ReadonlySet<string>,
  site: string,
  region: string,
): string[] {
  return stored
    .filter(({ name, encrypted }) => !encrypted && secrets.has(name))
    .map(
      ({ path, name }) =>
        `${name} lies unencrypted in the Parameter Store. Store it anew:\n` +
        `    aws ssm delete-parameter --region ${region} --name ${path}\n    ${putCommand(site, region, name)}`,
    );
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const account = accountOf(localSettings(process.env), args);
  const ssm = new SSMClient(account.client);
  const ports: DeployPorts = {
    ssm,
    lookUpIot: endpointAt(ssm),
    runCdk: cdkFor(account, process.env),
    say: sayOn(process.stdout),
  };
  process.exitCode = await answered(() => deploy(account, args, ports), sayOn(process.stderr));
}
