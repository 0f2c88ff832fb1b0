/** `npm run deploy` with several homes in SITE: their one stack, and the moves into it and out of it. */
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, regionOf, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { inShort } from '../../functions/push-solar-data/local/home-at-hand.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { homesSettings } from '../homes-settings.ts';
import type { RunCdk } from './cdk.ts';
import { type HomeAtAws, type HomesPorts, homesAtAws } from './homes-at-aws.ts';
import { aboutMany, fewOf, lackingOf, problemsOf, remarksOf, unencryptedOf } from './homes-sentences.ts';
import { copied, type OpenTable } from './homes-state.ts';
import { paced, writesPerSecond } from './paced.ts';
import { putPlain } from './parameters.ts';
import type { Served } from './stacks-at-aws.ts';

export type DeployHomesPorts = HomesPorts & {
  runCdk: RunCdk;
  openTable: OpenTable;
  /** Whether the owner agrees; undefined where nobody can be asked. */
  confirm: ((question: string) => Promise<boolean>) | undefined;
  say(sentence: string): void;
};

/** @param stack its name. */
type HomesAccount = Account & { stack: string };

/**
 * Secrets that are lacking stop nothing. What is set here in vain is refused before anything was changed.
 *
 * @param args for `cdk deploy` as they stand. @returns the exit code: that of `cdk`, or 1 if the owner did not agree.
 * @throws Failure if AWS is not ready or a setting cannot be right; nothing was deployed then.
 */
export async function deployHomes(
  account: HomesAccount,
  args: readonly string[],
  ports: DeployHomesPorts,
): Promise<number> {
  const { sites, stack, texts } = account;
  const { ssm, stacks, runCdk, say } = ports;
  homesSettings(texts); // what is wrong with these is said before anything is done
  const region = await regionOf(ssm);
  const served = await stacks.served(stack);
  refuseStackOfOne(stack, served);
  for (const sentence of aboutMany(sites)) say(sentence);
  const homes = await homesAtAws(sites, ports);
  const problems = await problemsOf(homes, texts);
  if (problems.length > 0) throw new Failure('settings', ['Nothing was deployed.', ...fewOf(problems)].join('\n'));

  for (const remark of await remarksOf(homes)) say(remark);
  const moving = homes.filter(({ hasOwnStack }) => hasOwnStack);
  if (moving.length > 0 && !(await isAgreed(moving, account, args, ports))) {
    say('Nothing was deployed.');
    return 1;
  }
  await storeMoving(moving, ports);
  const leaving = leavingOf(served, account);
  if (served?.table) await copied(leaving.all, served.table, ports);
  if (!args.includes('never')) say(aboutRights);
  const code = await runCdk(['deploy', stackName(stack), ...args], region);
  if (code !== 0) {
    say('The stack was not deployed: the lines above say why.');
    if (moving.length > 0) say(`These homes go on in the stacks of their own: ${namesOf(moving)}.`);
    return code;
  }
  if (served?.table && leaving.tableStays) await copied(leaving.all, served.table, ports, { andForgotten: true });
  const removed = await removeOwnStacks(moving, region, ports);
  const place = { region, texts };
  const lacking = await lackingOf(homes, place);
  for (const sentence of [...(await unencryptedOf(homes, place)), ...lacking]) say(sentence);
  for (const sentence of fewOf(leaving.sites.map((site) => outSentence(site, account)))) say(sentence);
  const status = suggested('npm run status', texts);
  say(`${lacking.length > 0 ? 'Then look' : 'Look'} whether they work: ${status} (it waits for the first readings)`);
  return removed;
}

/** @throws Failure `settings` where a home with a stack of its own is called as this stack, which would replace it. */
function refuseStackOfOne(stack: string, served: Served | undefined): void {
  if (served?.sites.length !== 0) return;
  throw new Failure(
    'settings',
    `Nothing was deployed: "${stack}" is the stack of one home, "${stack}", which would be served by nobody then. ` +
      `Give the stack of these homes another name, such as STACK=my-${stack} in .env.`,
  );
}

/** What CDK shows before it asks. */
const aboutRights =
  "CDK may now list rights and ask: they are the functions' own, to read and keep these homes' parameters and to write their log, and give nobody else access to your account.";

/** The homes that the deployed stack serves and this one will not, and all whose documents its table loses. */
function leavingOf(served: Served | undefined, { sites, texts }: Account) {
  const before = served?.sites ?? [];
  const tableStays = texts['STATE_STORE'] === 'dynamodb';
  const left = before.filter((site) => !sites.includes(site));
  return { sites: left, tableStays, all: tableStays ? left : before };
}

const namesOf = (homes: readonly HomeAtAws[]): string => inShort(homes.map(({ site }) => site));

/** Their logs are lost with their stacks, so that nobody removes them unasked. @throws Failure where nobody can be asked. */
async function isAgreed(
  moving: readonly HomeAtAws[],
  { stack, texts }: HomesAccount,
  args: readonly string[],
  { confirm, say }: DeployHomesPorts,
): Promise<boolean> {
  const first = moving[0]?.site ?? '';
  say(
    `These homes have stacks of their own and move into "${stack}": ${namesOf(moving)}. Once that is deployed, their own ` +
      'stacks are removed, with their logs, alarms and dashboards; settings and log-ins stay. To keep the history of one, before: ' +
      suggested(`npm run -s export -- --aws --out ${first}.csv`, texts, { site: first }),
  );
  if (texts['STATE_STORE'] === 'dynamodb')
    say(
      '! They move into a table, while their own stacks renew log-ins in their parameters until they are removed: a log-in may be lost. ' +
        'Safer: deploy without STATE_STORE, and once more with it when they have moved.',
    );
  if (args.includes('never')) return true;
  if (confirm) return confirm('Deploy, and remove these stacks?');
  throw new Failure('settings', 'Nobody can be asked here. If you agree: npm run deploy -- --require-approval never');
}

/** What stood in their functions' environments alone. @throws Failure */
async function storeMoving(moving: readonly HomeAtAws[], { ssm, say }: DeployHomesPorts): Promise<void> {
  const all = moving.flatMap(({ site, moving: texts }) =>
    Object.entries(texts).map(([name, text]) => ({ site, name, text })),
  );
  await paced(all, writesPerSecond, ({ site, name, text }) => putPlain(ssm, site, name, text));
  const stored = moving.filter(({ moving: texts }) => Object.keys(texts).length > 0);
  const lines = stored.map(({ site, moving: texts }) => `Stored in the parameters of ${site}: ${namesIn(texts)}`);
  for (const line of fewOf(lines)) say(line);
}

const namesIn = (texts: SettingTexts): string => Object.keys(texts).join(', ');

/** One after the other. @returns 0, or 1 if one of them is still there. */
async function removeOwnStacks(
  moving: readonly HomeAtAws[],
  region: string,
  { runCdk, stacks, say }: DeployHomesPorts,
): Promise<number> {
  const left: string[] = [];
  for (const { site } of moving) {
    await runCdk(['destroy', stackName(site), '--force'], region, { SITE: site });
    if (await stacks.has(site)) left.push(site);
  }
  if (moving.length > left.length)
    say(`Moved: ${inShort(moving.map(({ site }) => site).filter((site) => !left.includes(site)))}.`);
  if (left.length === 0) return 0;
  say(
    `Still in stacks of their own too, and read twice a minute until these are removed: ${inShort(left)}. ` +
      'The lines above say why; npm run deploy tries again.',
  );
  return 1;
}

const outSentence = (site: string, { texts, stack }: HomesAccount): string =>
  `"${site}" is not served by "${stack}" any more; its settings and log-ins stay in its parameters. ` +
  `A stack of its own: ${suggested('npm run deploy', texts, { site })}`;
