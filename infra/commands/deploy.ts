/** `npm run deploy`: looks whether AWS is ready, deploys the site's stack with `cdk`, and says what the bridge still lacks. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { type Account, regionOf, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { answered } from '../../functions/push-solar-data/local/command.ts';
import { sayOn } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { strayRemarks } from '../../functions/push-solar-data/local/stray-settings.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import { parameterPath, type SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { endpointAt, type LookUpEndpoint, settingsOfAwsIot } from '../aws-iot-endpoint.ts';
import { publicSettings, refuseWrongSettings } from '../public-settings.ts';
import { cdkFor, type RunCdk } from './cdk.ts';
import { type Lacking, lackingSettings, secretNames } from './needed-settings.ts';
import { inAccount, isBootstrapped, isState, parametersOf, putCommand, type StoredParameter } from './parameters.ts';

export type DeployPorts = { ssm: SSMClient; runCdk: RunCdk; lookUpIot: LookUpEndpoint; say(sentence: string): void };

/**
 * A secret that is lacking stops nothing: the bridge takes it up within a minute of its being stored.
 *
 * @param args for `cdk deploy` as they stand. @returns the exit code of `cdk`.
 * @throws Failure if AWS is not ready or a setting cannot be right; nothing was deployed then.
 */
export async function deploy(
  account: Account,
  args: readonly string[],
  { ssm, runCdk, lookUpIot, say }: DeployPorts,
): Promise<number> {
  const { site, texts: given } = account;
  const region = await regionOf(ssm);
  if (!(await isBootstrapped(ssm)))
    throw new Failure(
      'settings',
      `This AWS account is not yet prepared for CDK in ${region}. Once per account and region: ${suggested('npx cdk bootstrap', { AWS_PROFILE: given['AWS_PROFILE'], AWS_REGION: region }, { inFile: {} })}`,
    );
  const found = await settingsOfAwsIot(given, region, lookUpIot);
  const texts = { ...given, ...found };
  const stored = (await parametersOf(ssm, site)).filter((parameter) => !isState(parameter, site));
  const known = await settingsAtAws(texts, stored, site);
  await refuseWrongSettings(known, 'VENDOR');

  for (const remark of await parameterRemarks(stored, site, texts)) say(`! ${remark}`);
  if (!args.includes('never')) say(aboutRights);
  const code = await runCdk(['deploy', stackName(site), ...args], region, found);
  if (code !== 0) {
    say('The stack was not deployed: the lines above say why.');
    return code;
  }
  const there = new Set([...stored.map(({ name }) => name), ...Object.keys(known)]);
  const lacking = await lackingSettings({ ...texts, ...known }, there);
  const secrets = await secretNames(known);
  const place = { site, region, texts: given };
  for (const sentence of unencryptedSentences(stored, secrets, place)) say(sentence);
  for (const sentence of lackingSentences(lacking, place)) say(sentence);
  const status = suggested('npm run status', given);
  say(`${lacking.length > 0 ? 'Then look' : 'Look'} whether it works: ${status} (it waits for the first reading)`);
  return 0;
}

/** Settings whose texts are known here: those for the function's environment, and parameters that are not encrypted. */
async function settingsAtAws(texts: SettingTexts, stored: readonly StoredParameter[], site: string) {
  const plain = Object.fromEntries(stored.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  return { ...plain, ...(await publicSettings(texts)), SITE: site } as SettingTexts;
}

/** What CDK shows before it asks. */
const aboutRights =
  "CDK may now list rights and ask: they are the function's own, to read and keep this site's parameters and to write its log, and give nobody else access to your account.";

/** What is odd about the names below the site's path. */
const parameterRemarks = (stored: readonly StoredParameter[], site: string, texts: SettingTexts): Promise<string[]> => {
  const parameters = stored
    .filter(({ path, name }) => path === `${parameterPath(site)}/${name}`)
    .map(({ name }) => name);
  const plain = Object.fromEntries(stored.map(({ name, value }) => [name, value]));
  return strayRemarks(
    { file: [], environment: [], parameters },
    { ...plain, ...texts },
    { registry: adapters, destinations },
  );
};

type Place = { site: string; region: string; texts: SettingTexts };

function lackingSentences(lacking: readonly Lacking[], { site, region, texts }: Place): string[] {
  if (lacking.length === 0) return [];
  return [
    'The bridge runs, but until these settings are there it only reports that they are missing:',
    ...lacking.map(({ name, help, secret }) => {
      const remedy = secret ? `    ${putCommand(site, region, name, texts)}` : '  put it into .env and deploy again';
      return `- ${name}: ${help}\n${remedy}`;
    }),
    `Or answer questions, and each goes to its place: ${suggested('npm run configure -- --aws', texts)}`,
  ];
}

/** Secrets that lie in the Parameter Store as plain text, with the remedy; the type of a parameter cannot be changed. */
function unencryptedSentences(
  stored: readonly StoredParameter[],
  secrets: ReadonlySet<string>,
  { site, region, texts }: Place,
): string[] {
  return stored
    .filter(({ name, encrypted }) => !encrypted && secrets.has(name))
    .map(
      ({ path, name }) =>
        `${name} lies unencrypted in the Parameter Store. Store it anew:\n` +
        `    aws ssm delete-parameter ${inAccount(region, texts)} --name ${path}\n    ${putCommand(site, region, name, texts)}`,
    );
}

if (import.meta.main) {
  const { line, account } = await openAwsCommand('deploy');
  const ssm = new SSMClient(account.client);
  const ports: DeployPorts = {
    ssm,
    lookUpIot: endpointAt(ssm),
    runCdk: cdkFor(account, process.env),
    say: sayOn(process.stdout),
  };
  process.exitCode = await answered(() => deploy(account, line.forCdk, ports), process.stderr);
}
