/** `npm run -s export -- --from 2026-05-01 --to 2026-05-02 --csv`: the history of the home for spreadsheets. `--aws`: that of the deployed bridge. */
import { writeFile } from 'node:fs/promises';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { answered } from '../../functions/push-solar-data/local/command.ts';
import type { CommandLine } from '../../functions/push-solar-data/local/command-line.ts';
import { oneHome } from '../../functions/push-solar-data/local/home-at-hand.ts';
import type { Output } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { historyFolder } from '../../functions/push-solar-data/local/page/open-page.ts';
import { spreadsheetHead, spreadsheetLines } from '../../functions/push-solar-data/local/spreadsheet.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import { daysKept, type Told, tickHistory } from '../../functions/push-solar-data/persistence/tick-history.ts';
import type { Span } from './deployed-ticks.ts';

export type ExportPorts = {
  logs(): Promise<CloudWatchLogsClient>;
  now: number;
  output: Output;
};

const dayMs = 86_400_000;

/** @returns 0. @throws Failure */
export async function exportHistory(
  of: Account,
  options: CommandLine<'export'>['values'],
  { logs, now, output }: ExportPorts,
): Promise<number> {
  const account = oneHome(of, options.aws ? 'npm run export -- --aws' : 'npm run export');
  const from = timeOf('--from', options.from) ?? now - daysKept * dayMs;
  const until = (timeOf('--to', options.to) ?? now + 1) - 1;
  const history = options.aws
    ? await historyAtAws(account, { logs: await logs(), now, from, until })
    : tickHistory(historyFolder(account.texts)).read(from, until);
  const lines = options.json
    ? jsonLines(ofSite(account.site, history))
    : spreadsheetLines(ofSite(account.site, history));
  const texts: string[] = [];
  for await (const line of lines) texts.push(line);
  if (texts.length === 0) throw new Failure('unavailable', nothingThere(account, options.aws === true));
  const text = `${options.json ? '' : spreadsheetHead}${texts.join('')}`;
  if (options.out === undefined) output.write(text);
  else await intoFile(options.out, text);
  return 0;
}

/** Without a zone it is meant where this machine is, also a day alone. */
function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text.length === 10 ? `${text}T00:00` : text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && Number.isFinite(time)) return time;
  throw new Failure('settings', `${option} must be a day or a time, such as 2026-05-01 or 2026-05-01T06:00.`);
}

type Asked = { logs: CloudWatchLogsClient; now: number; from: number; until: number };

async function historyAtAws(account: Account, { logs, now, from, until }: Asked): Promise<AsyncIterable<Told[]>> {
  const [{ loggedHome }, { homePages }, { logFolder }, { deployedTitles }] = await Promise.all([
    import('./logged-home.ts'),
    import('./home-in-log.ts'),
    import('./page.ts'),
    import('./titles.ts'),
  ]);
  const folder = logFolder(account, await regionOf(logs), account.site);
  const pages = (span: Span) => homePages(logs, account, span);
  const { site, texts } = account;
  return loggedHome({ site, pages, folder, titles: deployedTitles(texts), now: () => now }).read(from, until);
}

async function* ofSite(site: string, history: AsyncIterable<Told[]>): AsyncGenerator<Told[]> {
  for await (const told of history) yield told.filter((each) => !('report' in each) || each.report.site === site);
}

async function* jsonLines(history: AsyncIterable<Told[]>): AsyncGenerator<string> {
  for await (const told of history)
    for (const { at, ...rest } of told) {
      const tick = 'report' in rest ? rest.report : rest;
      yield `${JSON.stringify({ time: new Date(at).toISOString(), ...tick })}\n`;
    }
}

const nothingThere = ({ site, texts }: Account, isAtAws: boolean): string =>
  isAtAws
    ? `The log of the site "${site}" at AWS has no ticks of that time.`
    : `There is no history of the site "${site}" of that time on this machine: npm start keeps it while it runs. ` +
      `That of the deployed bridge: ${suggested('npm run -s export -- --aws', texts)}`;

async function intoFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (error) {
    throw new Failure('settings', `${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

if (import.meta.main) {
  const { line, account } = await openAwsCommand('export');
  process.stdout.on('error', () => process.exit()); // who reads has seen enough
  const ports: ExportPorts = {
    // A bridge at home alone may be without AWS's clients.
    async logs() {
      const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
      return new CloudWatchLogsClient(account.client);
    },
    now: Date.now(),
    output: process.stdout,
  };
  process.exitCode = await answered(() => exportHistory(account, line.values, ports), process.stderr);
}
