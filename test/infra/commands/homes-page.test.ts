/** `npm run page` and the export of a stack of several homes, against a local CloudWatch Logs. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { commandLine } from '../../../functions/push-solar-data/local/command-line.ts';
import { History, HomeState, Homes } from '../../../functions/push-solar-data/local/page/page-state.ts';
import { exportHistory } from '../../../infra/commands/export.ts';
import { eachMinute } from '../../../infra/commands/logged-home.ts';
import { type HomesLog, homeLine, invocationLine, playHomesLog, pushedBy } from '../../support/homes-log.ts';
import { type GetOfPage, lookAtPage } from '../../support/page-of-aws.ts';

const noon = Date.parse('2026-05-20T12:00:00Z');
const minuteMs = 60_000;
const sites = Array.from({ length: 60 }, (_, nth) => `home-${nth + 1}`);
const names = ({ homes }: Homes) => homes.map(({ site }) => site);

let log: HomesLog;
let folder: string;
beforeEach(async () => {
  log = await playHomesLog('village', ['cabin', 'home-3']);
  folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
  for (let minutes = 10; minutes >= 0; minutes--)
    for (const site of sites) log.events.push(homeLine(noon - minutes * minuteMs, pushedBy(site)));
});
afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

const account = (SITE: string, site?: string) =>
  accountOf({ AWS_REGION: 'eu-central-1', STATE_DIR: folder, SITE, STACK: 'village' }, [], site);

const page = <Result>(
  look: Parameters<typeof lookAtPage<Result>>[1],
  { SITE = sites.join(), site = undefined as string | undefined } = {},
) => lookAtPage({ account: account(SITE, site), logs: log.client, now: noon }, look);

const stateOf = async (get: GetOfPage, home: string) => HomeState.parse((await get(`api/state?home=${home}`)).json);

describe('npm run page of several homes', () => {
  it('offers those of SITE in its order, then the others of the account, and none twice', async () => {
    const { result, said } = await page(async (get) => Homes.parse((await get('api/homes')).json));
    assert.deepEqual(result && names(result), [...sites, 'cabin']);
    assert.match(said[1] ?? '', /^Homes: home-1, .*home-12 and 49 more\. Stop with Ctrl\+C\.$/);
  });

  it('begins with the home of --site', async () => {
    const { result } = await page(async (get) => Homes.parse((await get('api/homes')).json), { site: 'home-42' });
    assert.deepEqual(result && names(result).slice(0, 3), ['home-42', 'home-1', 'home-2']);
  });

  it('offers the other homes alone where the stack is not deployed', async () => {
    await log.close();
    log = await playHomesLog('cabin');
    const { result } = await page(async (get) => Homes.parse((await get('api/homes')).json));
    assert.deepEqual(result && names(result), ['cabin']);
  });

  it('shows a home by its own lines, and lets AWS send no others', async () => {
    const { result } = await page((get) => stateOf(get, 'home-42'));
    assert.equal(result?.flows.grid.is === 'known' && result.flows.grid.words, 'exporting 1.50 kW');
    assert.equal(log.asked.length, 1);
    assert.ok(log.sent() < 11 * 1_000);
  });

  it('asks once for what is new of all homes that are looked at', async () => {
    const looked = sites.slice(0, 20);
    await page(async (get, clock) => {
      for (const site of looked) await stateOf(get, site);
      const calls = log.asked.length;
      clock.advance(60);
      for (const site of sites)
        log.events.push(homeLine(noon + minuteMs, pushedBy(site, { figures: { net_import_kw: sites.indexOf(site) } })));
      const states = await Promise.all(looked.map((site) => stateOf(get, site)));
      for (const [nth, { site, flows }] of states.entries())
        assert.deepEqual([site, flows.grid.is === 'known' && flows.grid.kw], [`home-${nth + 1}`, nth]);
      assert.equal(log.asked.length, calls + 1);
      assert.equal(log.asked.at(-1)?.startTime, noon - 3 * minuteMs);
      assert.doesNotMatch(log.asked.at(-1)?.filterPattern ?? '', /home-21/);
    });
  });

  it('has an invocation that broke off as a mark of the homes that had not ticked in it', async () => {
    log.events.push(
      homeLine(noon + 30_000, pushedBy('home-1')),
      invocationLine(noon + 40_000, 'solar-cloud-bridge-village'),
      invocationLine(noon + 40_000, 'solar-cloud-bridge-village-2'),
    );
    await page(async (get, clock) => {
      clock.advance(50);
      const marksOf = async (site: string) =>
        History.parse((await get(`api/history?hours=1&home=${site}`)).json).marks.map(({ says }) => says);
      assert.deepEqual(await marksOf('home-1'), []);
      log.events.splice(0, log.events.length, ...log.events.filter(({ timestamp }) => timestamp !== noon));
      assert.deepEqual(await marksOf('home-30'), ['the invocation ended with timeout']);
    });
  });

  it('makes no mark of it at a later look either, to which the tick before is old', async () => {
    log.events.splice(
      0,
      log.events.length,
      homeLine(noon - 125_000, pushedBy('home-1')),
      invocationLine(noon - 115_000, 'solar-cloud-bridge-village'),
    );
    await page(async (get, clock) => {
      await stateOf(get, 'home-1');
      clock.advance(60);
      await stateOf(get, 'home-1');
      assert.deepEqual(History.parse((await get('api/history?hours=1&home=home-1')).json).marks, []);
    });
  });

  it('calls all who watch at once', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const watch = eachMinute();
    const called: string[] = [];
    const leave = watch(() => called.push('one'));
    t.mock.timers.tick(30_000);
    watch(() => called.push('two'));
    t.mock.timers.tick(30_000);
    assert.deepEqual(called, ['one', 'two']);
    leave();
    t.mock.timers.tick(60_000);
    assert.deepEqual(called, ['one', 'two', 'two']);
  });
});

describe('npm run export of several homes', () => {
  const exported = async (args: string[], site?: string) => {
    let text = '';
    const output = {
      write(chunk: string | Uint8Array) {
        text += chunk;
        return true;
      },
    };
    const ports = { logs: async () => log.client, now: noon, output };
    await exportHistory(account(sites.join(), site), commandLine('export', args).values, ports);
    return text;
  };

  it('gives the history of one on AWS', async () => {
    const text = await exported(['--aws', '--json', '--from', '2026-05-20T11:00:00Z'], 'home-42');
    const ticks = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).site);
    assert.deepEqual([ticks.length, new Set(ticks)], [11, new Set(['home-42'])]);
    for (const { filterPattern } of log.asked) assert.match(filterPattern, /\$\.site = "home-42"/);
  });

  it('asks which one', async () => {
    await assert.rejects(exported(['--aws']), {
      kind: 'settings',
      message: /^SITE names 60 homes \(.*\): say which, as in npm run export -- --aws --site home-1$/,
    });
    await assert.rejects(exported([]), { message: /say which, as in npm run export -- --site home-1$/ });
  });
});
