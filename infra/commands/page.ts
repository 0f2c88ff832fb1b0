/** `npm run page`: the page of the deployed bridge's homes, on this machine, from their log at AWS. `-- --no-open` opens no browser. */
import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, deployedName, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { answered, ownBrowser } from '../../functions/push-solar-data/local/command.ts';
import type { CommandLine } from '../../functions/push-solar-data/local/command-line.ts';
import { stateFolder } from '../../functions/push-solar-data/local/environment.ts';
import { inShort } from '../../functions/push-solar-data/local/home-at-hand.ts';
import { sayOn } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { bundledAssets } from '../../functions/push-solar-data/local/page/assets.ts';
import { openOnPort } from '../../functions/push-solar-data/local/page/page-port.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import { sitesNamed } from '../../functions/push-solar-data/settings/sites.ts';
import { deployedNames, deployedPages } from './deployed-ticks.ts';
import { eachMinute, type LoggedHome, type LoggedHomePorts, loggedHome } from './logged-home.ts';
import { stackLog } from './stack-log.ts';
import { deployedTitles } from './titles.ts';

export type PagePorts = {
  logs: CloudWatchLogsClient;
  now(): number;
  say(sentence: string): void;
  browse(address: string): Promise<unknown>;
  /** Ends the page. */
  signal: AbortSignal;
};

/** @returns the exit code, once the page is closed. @throws Failure */
export async function openPageOfAws(
  account: Account,
  values: CommandLine<'page'>['values'],
  { logs, now, say, browse, signal }: PagePorts,
): Promise<number> {
  const homes = await homesOf(account, { logs, now });
  const assets = bundledAssets();
  assets.catch(() => {}); // whoever asks for one is told
  // PAGE_PORT is that of npm start, which may run beside it.
  const server = await openOnPort({}, { origin: 'aws', homes, assets }, say);
  if (!server) return 1;
  say(
    `Homes: ${inShort(
      homes.map(({ site }) => site),
      12,
    )}. Stop with Ctrl+C.`,
  );
  if (!values['no-open']) await browse(server.address).catch(() => {}); // its address is shown
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await server.close();
  return 0;
}

/** The home or homes of the settings first, then the others of its account and region. @throws Failure */
async function homesOf(
  account: Account,
  { logs, now }: Pick<PagePorts, 'logs' | 'now'>,
): Promise<[LoggedHome, ...LoggedHome[]]> {
  const region = await regionOf(logs);
  const deployed = await deployedBeside(deployedName(account), logs);
  const { stack, texts, ...own } = account;
  const open = (site: string, ways: Pick<LoggedHomePorts, 'pages' | 'watch'>) =>
    loggedHome({ site, ...ways, folder: logFolder(account, region, site), titles: deployedTitles(texts), now });
  const together = stack === undefined || !deployed.includes(stack) ? [] : sitesNamed(texts['SITE']);
  const read = stackLog(account, { logs, now });
  const watch = eachMinute();
  const homes = [
    ...together.map((site) => open(site, { pages: read(site), watch })),
    ...deployed
      .filter((name) => name !== stack && !together.includes(name))
      .map((site) => open(site, { pages: (span) => deployedPages(logs, { ...own, texts, site }, span) })),
  ];
  const first = homes.find(({ site }) => site === account.site) ?? homes[0];
  if (first) return [first, ...homes.filter((home) => home !== first)];
  throw new Failure(
    'settings',
    `No bridge is deployed in ${region}: deploy it (${suggested('npm run deploy', texts)}), or name another region with AWS_REGION.`,
  );
}

/** Who may not list logs may still read that of the own home. */
async function deployedBeside(own: string, logs: CloudWatchLogsClient): Promise<string[]> {
  try {
    return await deployedNames(logs);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'auth' && error.message.includes('DescribeLogGroups')) return [own];
    throw error;
  }
}

/** Accounts are told apart by the profile, as the owner's settings do it. */
export const logFolder = ({ texts, client }: Account, region: string, site: string): string =>
  join(stateFolder(texts), 'aws-log', client.profile ?? 'default', region, site);

if (import.meta.main) {
  const { line, account } = await openAwsCommand('page');
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const ports: PagePorts = {
    logs: new CloudWatchLogsClient(account.client),
    now: Date.now,
    say: sayOn(process.stdout),
    browse: ownBrowser,
    signal: stop.signal,
  };
  process.exitCode = await answered(() => openPageOfAws(account, line.values, ports), process.stderr);
}
