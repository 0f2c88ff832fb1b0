/** `npm run logs` of a stack of several homes, against a local CloudWatch Logs. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { showLogs } from '../../../infra/commands/logs.ts';
import { failingBy, type HomesLog, homeLine, invocationLine, playHomesLog, pushedBy } from '../../support/homes-log.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const minutesAgo = (minutes: number) => now - minutes * 60_000;

let log: HomesLog;
beforeEach(async () => {
  log = await playHomesLog();
});
afterEach(() => log.close());

async function logs({ site = undefined as string | undefined, isTTY = true, columns = 120 } = {}): Promise<string> {
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  const account = accountOf({ AWS_REGION: 'eu-central-1', SITE: 'home,cabin' }, [], site);
  await showLogs(account, undefined, { logs: log.client, output: { isTTY, columns, write }, now });
  return text;
}

const twoDestinations = (site: string) =>
  pushedBy(site, {
    destinations: [
      { label: 'charge-hq', outcome: 'pushed' },
      { label: 'mqtt', outcome: 'failed', error: 'MQTT broker refuses the password' },
    ],
  });
const times = /\d\d:\d\d:\d\d/g;

describe('npm run logs of several homes', () => {
  it('shows the lines of all, each behind the name of its home', async () => {
    log.events.push(
      homeLine(minutesAgo(2), failingBy('home', 'FoxESS Cloud is down')),
      homeLine(minutesAgo(2), twoDestinations('cabin')),
      invocationLine(minutesAgo(1), 'solar-cloud-bridge-homes'),
    );
    assert.deepEqual((await logs()).replaceAll(times, 'TIME').split('\n'), [
      'home   TIME  reported  FoxESS Cloud is down',
      'cabin  TIME  pushed    solar 4.20 kW, exporting 1.50 kW, home uses 0.70 kW (derived), battery takes 2.00 kW, battery',
      '                           64.5 %, 40 s old',
      '                 charge-hq: pushed',
      '                 mqtt: failed: MQTT broker refuses the password',
      '       TIME  the invocation ended with timeout (solar-cloud-bridge-homes)',
      '',
    ]);
  });

  it('breaks no line of a narrow terminal', async () => {
    log.events.push(homeLine(minutesAgo(2), twoDestinations('cabin')));
    assert.deepEqual((await logs({ columns: 44 })).replaceAll(times, 'TIME').split('\n'), [
      'cabin  TIME  pushed',
      '  solar 4.20 kW, exporting 1.50 kW, home',
      '  uses 0.70 kW (derived), battery takes',
      '  2.00 kW, battery 64.5 %, 40 s old',
      '  charge-hq: pushed',
      '  mqtt: failed: MQTT broker refuses the',
      '  password',
      '',
    ]);
  });

  it('writes JSON where nobody looks, that says of an invocation whose it was', async () => {
    log.events.push(
      homeLine(minutesAgo(2), pushedBy('cabin')),
      invocationLine(minutesAgo(1), 'solar-cloud-bridge-homes'),
    );
    const [tick, invocation] = (await logs({ isTTY: false })).trim().split('\n');
    assert.equal(JSON.parse(tick ?? '').site, 'cabin');
    assert.deepEqual(JSON.parse(invocation ?? ''), {
      time: new Date(minutesAgo(1)).toISOString(),
      trouble: 'the invocation ended with timeout',
      function: 'solar-cloud-bridge-homes',
    });
  });

  it('gets those of one home alone from AWS, in the form of a home alone', async () => {
    for (const site of ['home', 'cabin']) log.events.push(homeLine(minutesAgo(2), pushedBy(site)));
    const text = await logs({ site: 'cabin' });
    assert.match(
      text,
      /^\d\d:\d\d:\d\d {2}pushed .*\n {20}64\.5 %, 40 s old\n {10}charge-hq: pushed\n {10}mqtt: pushed\n$/,
    );
    assert.match(log.asked[0]?.filterPattern ?? '', /^\{ \(\(\(\$\.site = "cabin"\)\) && /);
    assert.ok(log.sent() < 1_000);
  });

  it('says whose log has no tick of that time', async () => {
    await assert.rejects(logs(), { message: /^The bridge of the stack "homes" in eu-central-1 has logged no tick/ });
    await assert.rejects(logs({ site: 'cabin' }), { message: /^The bridge of the site "cabin"/ });
  });
});
