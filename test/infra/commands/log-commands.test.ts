/** `npm run logs` and `npm run status` against a local CloudWatch Logs, with lines as the deployed function writes them. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../../functions/push-solar-data/core/failure.ts';
import type { TickReport } from '../../../functions/push-solar-data/core/report.ts';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { showLogs } from '../../../infra/commands/logs.ts';
import { showStatus } from '../../../infra/commands/status.ts';
import { StatusReport } from '../../../infra/commands/status-report.ts';
import { type Answer, type MockServer, playConversation, type ReceivedRequest } from '../../support/conversation.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const minutesAgo = (minutes: number) => now - minutes * 60_000;
type LogEvent = { timestamp: number; message: string };

const pushed: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 },
  derived: ['consumption_kw'],
  age_s: 40,
  sources: [
    { label: 'roof', vendor: 'victron-vrm', result: 'read', ms: 200, notes: ['the installation has two meters'] },
  ],
  destinations: [{ label: 'charge-hq', outcome: 'pushed', ms: 100 }],
  ms: 500,
};
const reported: TickReport = {
  outcome: 'reported',
  site: 'home',
  kind: 'rate-limited',
  error: 'Victron VRM asks us to slow down (HTTP 429)',
  sources: [{ label: 'roof', vendor: 'victron-vrm', result: 'failed', kind: 'rate-limited', error: 'busy' }],
  destinations: [{ label: 'charge-hq', outcome: 'reported', ms: 100 }],
  ms: 500,
};
const broker = 'MQTT broker refuses the password: check MQTT_PASSWORD';
/** A tick that reached Charge HQ alone. */
const halfPushed: TickReport = {
  ...pushed,
  destinations: [
    { label: 'charge-hq', outcome: 'pushed', ms: 100 },
    { label: 'mqtt', outcome: 'failed', kind: 'auth', error: broker, ms: 90 },
    { label: 'log', outcome: 'idle' },
  ],
};
const idle: TickReport = { outcome: 'idle', site: 'home', sources: [], destinations: [], ms: 3 };

/** A tick's line among what else Lambda and the logger put into it. */
const line = (minutes: number, report: object): LogEvent => ({
  timestamp: minutesAgo(minutes),
  message: JSON.stringify({
    level: 'INFO',
    timestamp: 'x',
    service: 'home',
    function_arn: 'arn:aws:lambda:…',
    ...report,
  }),
});
const platform = (minutes: number, status: string): LogEvent => ({
  timestamp: minutesAgo(minutes),
  message: JSON.stringify({ type: 'platform.report', record: { requestId: 'r', status, metrics: { durationMs: 1 } } }),
});
const metrics: LogEvent = { timestamp: minutesAgo(3), message: '{"_aws":{"Timestamp":1},"service":"home","Pushed":1}' };

let logs: MockServer;
let events: LogEvent[];
/** Those that are written while a command waits. */
let later: LogEvent[];
let answer: ((received: ReceivedRequest) => Answer) | undefined;
beforeEach(async () => {
  events = [];
  later = [];
  answer = undefined;
  logs = await playConversation([{ method: 'POST', path: '/', answer: (received) => (answer ?? page)(received) }]);
});
afterEach(() => logs.close());

/** Two to a page, from the start that was asked for. */
function page({ body }: ReceivedRequest): Answer {
  const { startTime, nextToken } = body as { startTime: number; nextToken?: string };
  const found = events.filter(({ timestamp }) => timestamp >= startTime);
  const from = Number(nextToken ?? 0);
  return {
    json: { events: found.slice(from, from + 2), ...(from + 2 < found.length ? { nextToken: String(from + 2) } : {}) },
  };
}

/** What a command prints, and how it ends. */
async function run(
  command: 'logs' | 'status',
  {
    minutes = undefined as string | undefined,
    json = false,
    deployedAt = 0 as number | null | Failure,
    isTTY = true,
    DESTINATION = '',
  } = {},
) {
  const account = accountOf({ AWS_REGION: 'eu-central-1', DESTINATION });
  const client = new CloudWatchLogsClient({
    ...account.client,
    endpoint: logs.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  });
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  const output = { isTTY, columns: 200, write };
  let time = now;
  const said: string[] = [];
  const ports = {
    logs: client,
    output,
    lookUpStack: async () => {
      if (deployedAt instanceof Failure) throw deployedAt;
      return deployedAt === null ? undefined : { changedAt: deployedAt };
    },
    clock: {
      now: () => time,
      sleep: async (ms: number) => {
        time += ms;
        events.push(...later.filter(({ timestamp }) => timestamp <= time && timestamp > time - ms));
      },
    },
    say: (sentence: string) => said.push(sentence),
  };
  try {
    const code = await (command === 'logs'
      ? showLogs(account, minutes, { ...ports, now })
      : showStatus(account, ports, { json }));
    return { code, text, said, waited_s: (time - now) / 1000 };
  } catch (error) {
    return { text, said, waited_s: (time - now) / 1000, refused: (error as Error).message };
  } finally {
    client.destroy();
  }
}

describe('npm run logs', () => {
  it('shows each tick of the last half hour in words, oldest first, over all pages', async () => {
    events = [line(31, pushed), line(4, pushed), platform(4, 'success'), metrics, line(2, reported), line(1, idle)];
    const { code, text } = await run('logs');
    assert.equal(code, 0);
    assert.deepEqual(
      text.split('\n').map((shown) => shown.slice(8)),
      [
        '  pushed    solar 4.20 kW, exporting 1.50 kW, home uses 2.70 kW (derived), 40 s old',
        '  reported  Victron VRM asks us to slow down (HTTP 429)',
        '  idle',
        '',
      ],
    );
    assert.equal(text.slice(0, 8), new Date(minutesAgo(4)).toTimeString().slice(0, 8));
  });

  it('looks further back when told to', async () => {
    events = [line(100, pushed)];
    assert.match((await run('logs', { minutes: '120' })).text, /pushed/);
    assert.match((await run('logs')).refused ?? '', /"home" in eu-central-1 has logged no tick in the last 30 minutes/);
    assert.match((await run('logs', { minutes: 'many' })).refused ?? '', /--minutes must be a number/);
  });

  it('shows an invocation that broke off, and a tick of another version', async () => {
    events = [platform(2, 'timeout'), line(1, { outcome: 'exploded', site: 'home' })];
    const { text } = await run('logs');
    assert.match(text, /the invocation ended with timeout\n/);
    assert.match(text, /another version of the bridge is deployed/);
  });

  it('writes JSON where nobody looks, with the time and nothing of the account', async () => {
    events = [line(1, reported)];
    const { text } = await run('logs', { isTTY: false });
    assert.deepEqual(JSON.parse(text), { time: new Date(minutesAgo(1)).toISOString(), ...reported });
  });

  it('replaces in a text what would steer the terminal, also where a sequence stands inside another', async () => {
    const error = 'busy \u001b\u001b[31m[2J\n12:00:00  pushed\u202e \u009d0;title\u0007now';
    events = [line(1, { ...reported, error, sources: [{ ...reported.sources[0], notes: [error] }] })];
    for (const command of ['logs', 'status'] as const)
      for (const isTTY of [true, false]) {
        const { text } = await run(command, { isTTY });
        assert.match(text, /busy \[31m\[2J 12:00:00/, command);
        assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Bidi_Control}|\n12:00:00 {2}pushed/u, command);
      }
  });

  it('shows each of several destinations below its tick', async () => {
    events = [line(1, halfPushed)];
    const { text } = await run('logs');
    assert.match(
      text,
      new RegExp(`s old\\n {10}charge-hq: pushed\\n {10}mqtt: failed: ${broker}\\n {10}log: idle\\n$`),
    );
  });

  it('says that nothing is deployed where there is no log', async () => {
    answer = () => ({ status: 400, json: { __type: 'ResourceNotFoundException', message: 'no such group' } });
    assert.match((await run('logs')).refused ?? '', /^No bridge is deployed for the site "home" in eu-central-1/);
  });
});

describe('npm run status', () => {
  it("shows the last figures in the doctor's words, with their age as of now", async () => {
    events = [line(3, pushed), line(2, idle)];
    const { code, text } = await run('status');
    assert.equal(code, 0);
    assert.match(text, /^Pushed to Charge HQ 3 min ago, from roof \(victron-vrm\):\n/);
    assert.match(text, /^grid +exporting 1\.50 kW +measured$/m);
    assert.match(text, /^consumption +2\.70 kW +derived$/m);
    assert.match(text, /^age +4 min$/m);
    assert.match(text, /^Balance: consumption 2\.700 = 4\.200 − 1\.500$/m);
    assert.match(text, /^! roof: the installation has two meters$/m);
  });

  it('shows what last became of each of several destinations', async () => {
    const later = {
      ...halfPushed,
      destinations: halfPushed.destinations.map((row) => ({ label: row.label, outcome: 'idle' })),
    };
    events = [line(4, halfPushed), line(2, later)];
    const { code, text } = await run('status');
    assert.equal(code, 0);
    assert.match(text, /^charge-hq {2}4 min ago pushed$/m);
    assert.match(text, new RegExp(`^mqtt {7}4 min ago failed: ${broker}$`, 'm'));
    assert.match(text, /^log {8}told nothing in two hours$/m);
  });

  for (const [what, label, DESTINATION, title] of [
    ['the first destination by its title', 'mqtt', 'mqtt', 'MQTT broker'],
    ['one with a label of its own', 'car', 'car:mqtt', 'MQTT broker \\(car\\)'],
    ['one that the settings at hand do not know', 'car', '', 'car'],
    ['Charge HQ for a version that told no rows', undefined, '', 'Charge HQ'],
  ] as const)
    it(`names ${what}`, async () => {
      const { destinations: _, ...old } = pushed;
      events = [line(3, label === undefined ? old : { ...old, destinations: [{ label, outcome: 'pushed' }] })];
      const { text } = await run('status', { DESTINATION });
      assert.match(text, new RegExp(`^Pushed to ${title} 3 min ago, from`));
    });

  it('tells what has gone wrong since, and ends with 1', async () => {
    events = [line(10, pushed), line(2, reported), line(1, idle)];
    const { code, text } = await run('status');
    assert.equal(code, 1);
    assert.match(text, /exporting 1\.50 kW[\s\S]*Since then:\n.*reported {2}Victron VRM asks us to slow down/);
  });

  it('tells an invocation that broke off', async () => {
    events = [line(10, pushed), platform(1, 'timeout')];
    const { code, text } = await run('status');
    assert.equal(code, 1);
    assert.match(text, /Since then:\n.*the invocation ended with timeout/);
  });

  it('tells a function that has stopped running', async () => {
    events = [line(20, pushed)];
    const { code, text } = await run('status');
    assert.equal(code, 1);
    assert.match(text, /✗ The function has not run for 20 min: is its rule enabled/);
  });

  it('says so when there were no figures at all, or no tick', async () => {
    events = [line(1, reported)];
    assert.match(
      (await run('status')).text,
      /^No figures were pushed in the last two hours\.\nSince then:\n.*slow down/,
    );
    events = [];
    assert.match(
      (await run('status')).refused ?? '',
      /logged nothing since it was deployed, or for two hours: is its rule enabled/,
    );
  });

  it('says of a stack that is not there in which region it looked', async () => {
    events = [line(3, pushed)];
    const { refused = '' } = await run('status', { deployedAt: null });
    assert.match(refused, /^No bridge is deployed for the site "home" in eu-central-1: deploy it \(AWS_REGION=/);
  });

  it('shows the log also to whom AWS tells nothing of the stack', async () => {
    events = [line(1, pushed)];
    for (const why of ['AWS does not allow this', 'AWS does not answer'])
      assert.match(
        (await run('status', { deployedAt: new Failure('unavailable', why) })).text,
        /^Pushed to Charge HQ /,
      );
  });

  describe('right after a deployment', () => {
    const deployedAt = minutesAgo(1);

    it('waits for the first tick of the new version, and says so', async () => {
      events = [line(2, reported)];
      later = [line(-1, pushed)];
      const { code, text, said, waited_s } = await run('status', { deployedAt });
      assert.equal(code, 0);
      assert.match(text, /^Pushed to Charge HQ /);
      assert.equal(waited_s, 60);
      assert.deepEqual(said, ['Deployed 60 s ago: waiting for the first tick, at most 3 min.']);
    });

    it('gives up after three minutes', async () => {
      const { refused = '', waited_s } = await run('status', { deployedAt });
      assert.match(refused, /has logged nothing since it was deployed, or for two hours/);
      assert.equal(waited_s, 180);
    });

    it('waits for nothing where the new version has ticked, or was deployed longer ago', async () => {
      for (const [minutes, at] of [
        [0.5, deployedAt],
        [8, minutesAgo(6)],
      ] as const) {
        events = [line(minutes, pushed)];
        const { said, waited_s } = await run('status', { deployedAt: at });
        assert.deepEqual([said, waited_s], [[], 0]);
      }
    });
  });

  it('writes JSON of the documented form where nobody looks, and in a terminal with --json', async () => {
    events = [line(10, pushed), platform(1, 'timeout')];
    for (const options of [{ isTTY: false }, { json: true }]) {
      const { code, text } = await run('status', options);
      const report = StatusReport.parse(JSON.parse(text));
      assert.equal(code, 1);
      assert.deepEqual(
        { ...report, reading: report.reading?.report.figures, told: report.told },
        {
          site: 'home',
          region: 'eu-central-1',
          well: false,
          lastAt: new Date(minutesAgo(1)).toISOString(),
          silentSeconds: 60,
          reading: pushed.figures,
          told: { at: new Date(minutesAgo(1)).toISOString(), trouble: 'the invocation ended with timeout' },
        },
      );
    }
  });
});
