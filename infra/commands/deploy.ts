/** `npm run deploy`: looks whether AWS is ready, deploys the site's stack with `cdk`, and says what the bridge still lacks. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { type Account, regionOf, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { answered } from '../../functions/push-solar-data/local/command.ts';
import { environmentsAt } from '../../functions/push-solar-data/local/deployed-environment.ts';
import { sayOn } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { confirm } from '../../functions/push-solar-data/local/prompts.ts';
import { strayRemarks } from '../../functions/push-solar-data/local/stray-settings.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import { parameterPath, type SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { endpointAt, type LookUpEndpoint, settingsOfAwsIot } from '../aws-iot-endpoint.ts';
import { inParameters, publicNames, refuseWrongSettings, settingsOfSite } from '../public-settings.ts';
import { cdkFor } from './cdk.ts';
import { type DeployHomesPorts, deployHomes } from './deploy-homes.ts';
import { plainTexts } from './homes-at-aws.ts';
import { tablesOf } from './homes-state.ts';
import { type Lacking, lackingSettings, secretNames } from './needed-settings.ts';
import { outOfSharedStack, refuseStackOfSeveral } from './out-of-shared-stack.ts';
import { inAccount, isBootstrapped, isState, parametersOf, putCommand, type StoredParameter } from './parameters.ts';
import { stacksAt } from './stacks-at-aws.ts';

export type DeployPorts = DeployHomesPorts & { lookUpIot: LookUpEndpoint };

/**
 * A secret that is lacking stops nothing: the bridge takes it up within a minute of its being stored.
 *
 * @param args for `cdk deploy` as they stand. @returns the exit code of `cdk`.
 * @throws Failure if AWS is not ready or a setting cannot be right; nothing was deployed then.
 */
export async function deploy(account: Account, args: readonly string[], ports: DeployPorts): Promise<number> {
  const { stack, texts } = account;
  const region = await regionOf(ports.ssm);
  if (!(await isBootstrapped(ports.ssm)))
    throw new Failure(
      'settings',
      `This AWS account is not yet prepared for CDK in ${region}. Once per account and region: ${suggested('npx cdk bootstrap', { AWS_PROFILE: texts['AWS_PROFILE'], AWS_REGION: region }, { inFile: {} })}`,
    );
  return stack === undefined ? deploySite(account, args, ports) : deployHomes({ ...account, stack }, args, ports);
}

async function deploySite(account: Account, args: readonly string[], ports: DeployPorts): Promise<number> {
  const { site, texts: given } = account;
  const { ssm, runCdk, lookUpIot, say } = ports;
  const region = await regionOf(ssm);
  const stored = (await parametersOf(ssm, site)).filter((parameter) => !isState(parameter, site));
  const plain = await publicTexts(stored, given);
  const found = await settingsOfAwsIot({ ...plain, ...given }, region, lookUpIot);
  const texts = { ...given, ...found };
  const known = { ...plainTexts(stored), ...(await settingsOfSite(texts, plain)).settings, SITE: site };
  await refuseWrongSettings(known, 'VENDOR');
  await refuseStackOfSeveral(account, ports, 'deployed');
  await outOfSharedStack(account, ports);

  for (const remark of await parameterRemarks(stored, site, texts)) say(`! ${remark}`);
  if (!args.includes('never')) say(aboutRights);
  const forApp: Record<string, string> =
    Object.keys(plain).length === 0 ? {} : { [inParameters]: JSON.stringify(plain) };
  const code = await runCdk(['deploy', stackName(site), ...args], region, { ...found, ...forApp });
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

/** Those of the parameters that are no secrets: by them, too, the stack is laid out. */
async function publicTexts(stored: readonly StoredParameter[], given: SettingTexts): Promise<Record<string, string>> {
  const plain = plainTexts(stored);
  const names = new Set(await publicNames({ ...plain, ...given }));
  return Object.fromEntries(Object.entries(plain).filter(([name]) => names.has(name)));
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
      const place = texts['VENDOR']
        ? 'put it into .env and deploy again'
        : suggested('npm run configure', texts, { site });
      const remedy = secret ? `    ${putCommand(site, region, name, texts)}` : `  ${place}`;
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
  const terminal = { input: process.stdin, output: process.stdout };
  const ports: DeployPorts = {
    ssm,
    stacks: stacksAt(account),
    environmentOf: environmentsAt(account),
    openTable: tablesOf(account),
    confirm: process.stdin.isTTY && process.stdout.isTTY ? (message) => confirm({ message }, terminal) : undefined,
    lookUpIot: endpointAt(ssm),
    runCdk: cdkFor(account, process.env),
    say: sayOn(process.stdout),
  };
  process.exitCode = await answered(() => deploy(account, line.forCdk, ports), process.stderr);
}
