/** `npm run -s export -- --from 2026-05-01 --to 2026-05-02 --csv`: the history of the home for spreadsheets. `--aws`: that of the deployed bridge. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, accountOf, answered, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { localSettings } from '../../functions/push-solar-data/local/environment.ts';
import { historyFolder } from '../../functions/push-solar-data/local/page/open-page.ts';
import { spreadsheetHead, spreadsheetLines } from '../../functions/push-solar-data/local/spreadsheet.ts';
import { daysKept, type Told, tickHistory } from '../../functions/push-solar-data/persistence/tick-history.ts';
import { loggedHome } from './logged-home.ts';
import { logFolder } from './page.ts';
import { deployedTitles } from './titles.ts';

export type ExportPorts = {
  logs(): CloudWatchLogsClient;
  now: number;
  output: Pick<NodeJS.WritableStream, 'write'>;
};

const usage = `npm run -s export -- [options]
  --from 2026-05-01, --from 2026-05-01T06:00   from then on, in the time of this machine (default: all there is)
  --to 2026-05-02                              until before then (default: now)
  --csv                                        for spreadsheets (default); --json: the ticks as they were, a line each
  --out history.csv                            into a file
  --aws                                        the deployed bridge's, from its log`;

const dayMs = 86_400_000;

/** @returns 0. @throws Failure */
export async function exportHistory(
  account: Account,
  args: readonly string[],
  { logs, now, output }: ExportPorts,
): Promise<number> {
  const options = optionsOf(args);
  const from = timeOf('--from', options.from) ?? now - daysKept * dayMs;
  const until = (timeOf('--to', options.to) ?? now + 1) - 1;
  const history = options.aws
    ? await historyAtAws(account, { logs: logs(), now, from, until })
    : tickHistory(historyFolder(account.texts)).read(from, until);
  const lines = options.json
    ? jsonLines(ofSite(account.site, history))
    : spreadsheetLines(ofSite(account.site, history));
  const texts: string[] = [];
  for await (const line of lines) texts.push(line);
  if (texts.length === 0) throw new Failure('unavailable', nothingThere(account.site, options.aws === true));
  const text = `${options.json ? '' : spreadsheetHead}${texts.join('')}`;
  if (options.out === undefined) output.write(text);
  else await intoFile(options.out, text);
  return 0;
}

function optionsOf(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    from: text,
    to: text,
    out: text,
    csv: flag,
    json: flag,
    aws: flag,
    context: { ...text, short: 'c' },
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Failure('settings', `${error.message.split('. To specify')[0]}\n\n${usage}`);
  }
}

/** Without a zone it is meant where this machine is, also a day alone. */
function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text.length === 10 ? `${text}T00:00` : text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && Number.isFinite(time)) return time;
  throw new Failure(
    'settings',
    `${option} must be a day or a time, such as 2026-05-01 or 2026-05-01T06:00.\n\n${usage}`,
  );
}

type Asked = { logs: CloudWatchLogsClient; now: number; from: number; until: number };

async function historyAtAws(account: Account, { logs, now, from, until }: Asked): Promise<AsyncIterable<Told[]>> {
  const { site, texts } = account;
  const folder = logFolder(account, await regionOf(logs), site);
  return loggedHome({ logs, site, folder, titles: deployedTitles(texts), now: () => now }).read(from, until);
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

const nothingThere = (site: string, isAtAws: boolean): string =>
  isAtAws
    ? `The log of the site "${site}" at AWS has no ticks of that time.`
    : `There is no history of the site "${site}" of that time on this machine: npm start keeps it while it runs. For that of the deployed bridge add --aws.`;

async function intoFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (error) {
    throw new Failure('settings', `${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const account = accountOf(localSettings(process.env), args);
  process.stdout.on('error', () => process.exit()); // who reads has seen enough
  const ports = { logs: () => new CloudWatchLogsClient(account.client), now: Date.now(), output: process.stdout };
  process.exitCode = await answered(() => exportHistory(account, args, ports), console.error);
}
