/** `npm run export`: the history of the home as a spreadsheet reads it. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { TickReport } from '../../../functions/push-solar-data/core/report.ts';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { commandLine } from '../../../functions/push-solar-data/local/command-line.ts';
import { type Told, tickHistory } from '../../../functions/push-solar-data/persistence/tick-history.ts';
import { exportHistory } from '../../../infra/commands/export.ts';
import { playConversation } from '../../support/conversation.ts';

const noon = Date.parse('2026-05-20T12:00:00Z');
const minuteMs = 60_000;
const head =
  'time,production_kw,net_import_kw,consumption_kw,battery_discharge_kw,battery_soc_percent,battery_energy_kwh,imported_kwh,exported_kwh,derived,age_s,error';

const next = { in_s: 60, why: 'it is asked each minute' };
const pushed: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 0.7, battery_soc: 0.645 },
  derived: ['consumption_kw'],
  age_s: 40,
  sources: [{ label: 'roof', vendor: 'example', result: 'read', next }],
  destinations: [],
  ms: 500,
};
const failing = (error: string): TickReport => ({
  outcome: 'reported',
  site: 'home',
  kind: 'bad-response',
  error,
  sources: [],
  destinations: [],
  ms: 1,
});
const at = (minutes: number, report = pushed): Told => ({ at: noon + minutes * minuteMs, report });

async function exported(t: TestContext, told: Told[], args: string[] = [], logs?: CloudWatchLogsClient) {
  const folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
  t.after(() => rm(folder, { recursive: true }));
  await tickHistory(join(folder, 'history')).append(told);
  let text = '';
  const output = {
    write(chunk: string | Uint8Array) {
      text += chunk;
      return true;
    },
  };
  const account = accountOf({ STATE_DIR: folder, AWS_REGION: 'eu-central-1' });
  const ports = { logs: async () => logs ?? assert.fail('AWS is not asked'), now: noon + 60 * minuteMs, output };
  try {
    const code = await exportHistory(account, commandLine('export', args).values, ports);
    return { code, text, lines: text.split('\r\n').slice(0, -1), folder };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

describe('npm run export', () => {
  it('gives a line for each tick, with its time, units in the heads and nothing where nothing was told', async (t) => {
    const { code, lines } = await exported(t, [at(0), at(1, failing('Example is offline'))], ['--csv']);
    assert.equal(code, 0);
    assert.deepEqual(lines, [
      head,
      '2026-05-20T12:00:00.000Z,4.2,-1.5,0.7,,64.5,,,,consumption_kw,40,',
      '2026-05-20T12:01:00.000Z,,,,,,,,,,,Example is offline',
    ]);
  });

  it('has an empty line where a gap begins', async (t) => {
    const { lines } = await exported(t, [at(0), at(30)]);
    assert.equal(lines?.[2], '2026-05-20T12:01:00.000Z,,,,,,,,,,,');
    assert.equal(lines?.length, 4);
  });

  it('has none while nothing was due, where no line says when the next figures are', async (t) => {
    const sources = [{ label: 'roof', vendor: 'example', result: 'read' as const }];
    const idle: TickReport = { outcome: 'idle', site: 'home', sources: [], destinations: [], ms: 1 };
    const waiting = Array.from({ length: 14 }, (_, nth) => at(nth + 1, idle));
    const { lines } = await exported(t, [at(0, { ...pushed, sources }), ...waiting, at(15)]);
    assert.equal(lines?.length, 3);
  });

  for (const [error, cell] of [
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', `"'+1"`],
    ['-1+cmd|x', `"'-1+cmd|x"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'=1"`],
    ['a, b\r\n=2', '"a, b =2"'],
  ] as const)
    it(`lets no text be a formula or more than a cell: ${JSON.stringify(error)}`, async (t) => {
      const { lines } = await exported(t, [at(0, failing(error))]);
      assert.equal(lines?.[1], `2026-05-20T12:00:00.000Z,,,,,,,,,,,${cell}`);
    });

  it('keeps to the time that is asked for, of which the end is not included', async (t) => {
    const told = [at(0), at(1), at(2)];
    const { lines } = await exported(t, told, ['--from', '2026-05-20T12:01:00Z', '--to', '2026-05-20T12:02:00Z']);
    assert.deepEqual(
      lines?.slice(1).map((line) => line.slice(11, 16)),
      ['12:01'],
    );
    const midnight = new Date(2026, 4, 20).getTime();
    const day = await exported(
      t,
      [
        { at: midnight - 1, report: pushed },
        { at: midnight, report: pushed },
      ],
      ['--from', '2026-05-20'],
    );
    assert.equal(day.lines?.length, 2);
  });

  it('leaves another home out', async (t) => {
    assert.equal((await exported(t, [at(0), at(1, { ...pushed, site: 'other' })])).lines?.length, 2);
  });

  it('gives the ticks as they were, too, and writes into a file', async (t) => {
    const { text } = await exported(t, [at(0)], ['--json']);
    assert.deepEqual(JSON.parse(text ?? ''), { time: '2026-05-20T12:00:00.000Z', ...pushed });
    const folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'history.csv');
    assert.equal((await exported(t, [at(0)], ['--out', file])).text, '');
    assert.ok((await readFile(file, 'utf8')).startsWith(`${head}\r\n2026-`));
    const { refused } = await exported(t, [at(0)], ['--out', join(folder, 'not', 'there.csv')]);
    assert.match(refused ?? '', /there\.csv cannot be written \(ENOENT\)\.$/);
  });

  for (const [args, sentence] of [
    [['--from', 'yesterday'], /^--from must be a day or a time, such as/],
    [['--to', '2026-13-45'], /^--to must be a day or a time/],
    [[], /^There is no history of the site "home" of that time on this machine: npm start keeps it/],
  ] as const)
    it(`says what is wrong with ${args.join(' ') || 'nothing at all'}`, async (t) => {
      assert.match((await exported(t, [], [...args])).refused ?? '', sentence);
    });

  it('reads the log of the deployed bridge with --aws', async (t) => {
    const events = [0, 1].map((minute) => ({ timestamp: noon + minute * minuteMs, message: JSON.stringify(pushed) }));
    const aws = await playConversation([{ method: 'POST', path: '/', answer: () => ({ json: { events } }) }]);
    t.after(aws.close);
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
    const logs = new CloudWatchLogsClient({ region: 'eu-central-1', endpoint: aws.url, credentials });
    t.after(() => logs.destroy());
    const { lines } = await exported(t, [at(5)], ['--aws', '--from', '2026-05-20T11:30:00Z'], logs);
    assert.deepEqual(
      lines?.slice(1).map((line) => line.slice(11, 16)),
      ['12:00', '12:01'],
    );
  });
});
