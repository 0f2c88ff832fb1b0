/** `npm run status` of a stack of several homes, against a local CloudWatch Logs. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import stringWidth from 'fast-string-width';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { showStatus } from '../../../infra/commands/status.ts';
import { StatusReport } from '../../../infra/commands/status-report.ts';
import {
  failingBy,
  type HomesLog,
  homeLine,
  idleBy,
  invocationLine,
  type LogEvent,
  playHomesLog,
  pushedBy,
} from '../../support/homes-log.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const minuteMs = 60_000;
const minutesAgo = (minutes: number) => now - minutes * minuteMs;
const refusal = 'FoxESS Cloud refuses the API key: check FOXESS_API_KEY';

let log: HomesLog;
/** Lines that are written while the command waits. */
let later: LogEvent[];
beforeEach(async () => {
  log = await playHomesLog();
  later = [];
});
afterEach(() => log.close());

/** What the command prints, and how it ends. */
async function status(
  SITE: string,
  {
    site = undefined as string | undefined,
    json = false,
    isTTY = true,
    columns = 120,
    deployedAt = 0,
    slowMs = 0,
  } = {},
) {
  let time = now;
  const clock = {
    now: () => {
      time += slowMs;
      return time;
    },
    sleep: async (ms: number) => {
      time += ms;
      log.events.push(...later.filter(({ timestamp }) => timestamp <= time && timestamp > time - ms));
    },
  };
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  const said: string[] = [];
  const ports = {
    logs: log.client,
    lookUpStack: async () => ({ changedAt: deployedAt }),
    clock,
    say: (sentence: string) => said.push(sentence),
    output: { isTTY, columns, write },
  };
  try {
    const code = await showStatus(accountOf({ AWS_REGION: 'eu-central-1', SITE }, [], site), ports, { json });
    return { code, text, said, waited_s: (time - now) / 1000 };
  } catch (error) {
    return { text, said, refused: (error as Error).message };
  }
}

const eachMinute = (from: number, until: number, lineAt: (at: number) => LogEvent) =>
  Array.from({ length: from - until + 1 }, (_, nth) => lineAt(minutesAgo(from - nth)));
const inOrder = (events: LogEvent[]) => log.events.push(...events.sort((a, b) => a.timestamp - b.timestamp));

/** One of each kind. */
function playVillage(): string {
  inOrder([
    ...eachMinute(30, 0, (at) => homeLine(at, pushedBy('home'))),
    ...eachMinute(30, 9, (at) => homeLine(at, pushedBy('cabin'))),
    ...eachMinute(30, 13, (at) => homeLine(at, pushedBy('barn'))),
    ...eachMinute(12, 0, (at) => homeLine(at, failingBy('barn', refusal))),
    homeLine(minutesAgo(1), pushedBy('beach', { warnings: ['production of 4.2 kW in the night'] })),
    homeLine(
      minutesAgo(2),
      pushedBy('mill', {
        destinations: [
          { label: 'charge-hq', outcome: 'pushed' },
          { label: 'mqtt', outcome: 'failed', kind: 'auth', error: 'MQTT broker refuses the password' },
        ],
      }),
    ),
    homeLine(minutesAgo(1), idleBy('mill')),
    homeLine(minutesAgo(0.5), idleBy('new')),
  ]);
  return 'home,cabin,barn,beach,mill,new,unborn';
}

describe('npm run status of several homes', () => {
  it('shows them all, worst first, with what is wrong, and ends with 1', async () => {
    const { code, text } = await status(playVillage());
    assert.equal(code, 1);
    assert.deepEqual(text.split('\n'), [
      '  home              age     solar    grid               battery',
      '✗ cabin   silent    10 min',
      '  No tick for 9 min, while its function runs.',
      '✗ unborn  silent    –',
      '  No tick in two hours, while its function runs: npm run deploy lets it run with the homes that SITE names now.',
      '✗ barn    failing   14 min',
      `  ${refusal}`,
      '! new     waiting   –',
      '  No figures and no error were told yet.',
      '! beach   doubtful  100 s   4.20 kW  exporting 1.50 kW  takes 2.00 kW, 65 %',
      '  production of 4.2 kW in the night',
      '! mill    partly    3 min   4.20 kW  exporting 1.50 kW  takes 2.00 kW, 65 %',
      '  mqtt: failed: MQTT broker refuses the password',
      '✓ home    well      40 s    4.20 kW  exporting 1.50 kW  takes 2.00 kW, 65 %',
      '',
      '7 homes of the stack homes in eu-central-1: 2 silent, 1 failing, 1 waiting, 1 doubtful, 1 partly, 1 well.',
      "One of them in full: SITE='home,cabin,barn,beach,mill,new,unborn' AWS_REGION=eu-central-1 npm run status -- --site cabin",
      '',
    ]);
  });

  it('fits into a narrow terminal', async () => {
    const SITE = playVillage();
    const { text } = await status(SITE, { columns: 44 });
    assert.match(
      text,
      /^! mill {4}partly {4}3 min\n {2}solar 4\.20 kW, exporting 1\.50 kW, battery\n {2}takes 2\.00 kW, 65 %\n {2}mqtt: failed: MQTT broker refuses the\n {2}password$/m,
    );
    for (const columns of [120, 80, 44])
      for (const line of (await status(SITE, { columns })).text.split('\n'))
        assert.ok(stringWidth(line) <= columns || !line.trim().includes(' '), `${columns}: ${line}`);
  });

  it('ends with 0 where all push figures, whatever is in doubt', async () => {
    inOrder([
      homeLine(minutesAgo(1), pushedBy('home')),
      homeLine(minutesAgo(1), pushedBy('cabin', { warnings: ['production in the night'] })),
    ]);
    assert.equal((await status('home,cabin')).code, 0);
  });

  it('tells a function that does not run from a home that says nothing', async () => {
    const homes = Array.from({ length: 27 }, (_, nth) => `home-${nth + 1}`);
    inOrder([
      ...homes.slice(1, 25).map((site) => homeLine(minutesAgo(1), pushedBy(site))),
      ...homes.slice(25).map((site) => homeLine(minutesAgo(20), pushedBy(site))),
    ]);
    const { text, code } = await status(homes.join());
    assert.equal(code, 1);
    assert.match(text, /^✗ home-26 {2}stopped {2}21 min\n✗ home-27 {2}stopped {2}21 min\n✗ home-1 {3}silent/m);
    assert.match(
      text,
      /^✗ The function solar-cloud-bridge-homes-2 \(home-26, home-27\) has not run for 20 min: is its rule enabled/m,
    );
  });

  it('says that nothing runs where the log is empty', async () => {
    assert.match(
      (await status('home,cabin')).refused ?? '',
      /^The bridge of the stack "homes" in eu-central-1 has logged nothing since it was deployed, or for two hours: are its rules enabled/,
    );
  });

  it('says which stack is not there', async () => {
    await log.close();
    log = await playHomesLog('another');
    assert.match(
      (await status('home,cabin')).refused ?? '',
      /^No bridge is deployed for the homes of SITE, as the stack "homes" in eu-central-1: deploy it .* with STACK and AWS_REGION\.$/,
    );
  });

  it('tells an invocation that broke off of the homes that had not ticked in it', async () => {
    const homes = Array.from({ length: 26 }, (_, nth) => `home-${nth + 1}`);
    inOrder([
      ...homes.map((site) => homeLine(minutesAgo(2), pushedBy(site))),
      ...homes.slice(1).map((site) => homeLine(minutesAgo(0.9), pushedBy(site))),
      invocationLine(minutesAgo(0.1), 'solar-cloud-bridge-homes'),
    ]);
    const { text } = await status(homes.join());
    assert.match(text, /^✗ home-1 {3}failing {2}3 min\n {2}the invocation ended with timeout$/m);
    assert.match(text, /: 1 failing, 25 well\.$/m);
  });

  it('remarks on homes that SITE does not name', async () => {
    inOrder(['home', 'cabin', 'old'].map((site) => homeLine(minutesAgo(1), pushedBy(site))));
    const { text, code } = await status('home,cabin');
    assert.equal(code, 0);
    assert.match(text, /^! The log tells of homes that SITE does not name: old\. To keep them add them to SITE;/m);
    assert.match((await status('home,cabin', { json: true })).said[0] ?? '', /SITE does not name: old/);
  });

  it('writes a line of JSON for each, in the order of SITE and the documented form', async () => {
    const SITE = playVillage();
    for (const options of [{ isTTY: false }, { json: true }]) {
      const { text, code } = await status(SITE, options);
      assert.equal(code, 1);
      const reports = text
        .trim()
        .split('\n')
        .map((line) => StatusReport.parse(JSON.parse(line)));
      assert.deepEqual(
        reports.map(({ site, well, silentSeconds, told }) => [
          site,
          well,
          silentSeconds,
          told && 'report' in told ? told.report.outcome : undefined,
        ]),
        [
          ['home', true, 0, 'pushed'],
          ['cabin', false, 540, 'pushed'],
          ['barn', false, 0, 'reported'],
          ['beach', true, 60, 'pushed'],
          ['mill', true, 60, 'pushed'],
          ['new', false, 30, undefined],
          ['unborn', false, undefined, undefined],
        ],
      );
      for (const report of reports) assert.deepEqual([report.stack, report.functionRuns], ['homes', true]);
    }
  });

  it('waits after a deployment until each home has ticked', async () => {
    const deployedAt = minutesAgo(1);
    inOrder([homeLine(minutesAgo(2), pushedBy('home')), homeLine(minutesAgo(0.5), pushedBy('cabin'))]);
    later = [homeLine(now + minuteMs, pushedBy('home'))];
    const { code, said, waited_s } = await status('home,cabin', { deployedAt });
    assert.deepEqual([code, waited_s], [0, 60]);
    assert.deepEqual(said, ['Deployed 60 s ago: waiting for the first tick of each home, at most 3 min.']);
    assert.equal((await status('home,cabin,unborn', { deployedAt })).waited_s, 180);
    assert.equal((await status('home,cabin', { deployedAt: minutesAgo(6) })).waited_s, 0);
  });

  describe('looks back as little as it takes', () => {
    const homes = Array.from({ length: 500 }, (_, nth) => `home-${nth + 1}`);
    const SITE = homes.join();
    /** Two hours in which each home ticks at a second of its own. */
    const play = (reportOf: (site: string, minutes: number) => ReturnType<typeof pushedBy>) => {
      for (let minutes = 120; minutes >= 0; minutes--)
        for (const [nth, site] of homes.entries())
          log.events.push(homeLine(minutesAgo(minutes) - 30_000 + nth * 50, reportOf(site, minutes)));
    };
    const minutesAsked = () => log.asked.map(({ startTime }) => (now - startTime) / minuteMs);

    it('three minutes where all are well', async () => {
      play((site) => pushedBy(site));
      const { code, text } = await status(SITE);
      assert.equal(code, 0);
      assert.match(text, /^500 homes .*: 500 well\.$/m);
      assert.ok(log.asked.length <= 2, `${log.asked.length} calls`);
      assert.deepEqual(new Set(minutesAsked()), new Set([3]));
    });

    it('further for those alone that tell seldom or fail, and only for what is not known of them', async () => {
      const failing = (site: string, minutes: number) => site === 'home-7' && minutes <= 90;
      const idle = (site: string, minutes: number) => site === 'home-8' && minutes % 15 !== 14;
      play((site, minutes) => {
        if (failing(site, minutes)) return failingBy(site, refusal);
        return idle(site, minutes) ? idleBy(site) : pushedBy(site);
      });
      const { text } = await status(SITE);
      assert.match(text, /^✗ home-7 {4}failing {2}92 min$/m);
      assert.match(text, /^✓ home-8 {4}well {5}15 min/m);
      assert.match(text, /: 1 failing, 499 well\.$/m);
      assert.ok(log.asked.length <= 8, `${log.asked.length} calls`);
      assert.ok(log.sent() < 1_200_000, `${log.sent()} characters`);
      const further = log.asked.filter(({ startTime }) => startTime < minutesAgo(3));
      for (const { filterPattern } of further)
        assert.match(filterPattern, /^\{ \(\(\(\$\.site = "home-[78]"\)\) && \(\(\$\.outcome = "pushed"\)/);
      for (const { filterPattern } of further) assert.doesNotMatch(filterPattern, /"idle"/);
    });

    it('with few calls also where all fail', async () => {
      play((site, minutes) => (minutes > 90 ? pushedBy(site) : failingBy(site, refusal)));
      const { text } = await status(SITE);
      assert.match(text, /: 500 failing\.$/m);
      assert.match(text, /^✗ home-500 {2}failing {2}9[12] min$/m);
      assert.ok(log.asked.length <= 70, `${log.asked.length} calls`);
    });

    it('not for longer than an owner waits, and says so', async () => {
      play((site, minutes) => (minutes > 90 ? pushedBy(site) : failingBy(site, refusal)));
      const { text } = await status(SITE, { slowMs: 1_000 });
      assert.match(text, /^! AWS was slow: of homes without a reading only the last \d+ min were looked at\.$/m);
      assert.match(text, /: 500 failing\.$/m);
    });
  });
});

describe('npm run status of one of several homes', () => {
  it('shows it as a home alone, of its own lines', async () => {
    const SITE = playVillage();
    const { code, text } = await status(SITE, { site: 'home' });
    assert.equal(code, 0);
    assert.match(text, /^Pushed to Charge HQ 0 s ago, from roof \(foxess\), meter \(shelly-cloud\):\n/);
    assert.match(text, /^grid +exporting 1\.50 kW +measured$/m);
    for (const { filterPattern } of log.asked) assert.match(filterPattern, /\(\$\.site = "home"\)\) && /);
    const { stack, functionRuns, site } = StatusReport.parse(
      JSON.parse((await status(SITE, { site: 'home', json: true })).text),
    );
    assert.deepEqual({ stack, functionRuns, site }, { stack: 'homes', functionRuns: true, site: 'home' });
  });

  it('tells a silent home from a function that does not run', async () => {
    const SITE = playVillage();
    const silent = await status(SITE, { site: 'cabin' });
    assert.equal(silent.code, 1);
    assert.match(silent.text, /^✗ No tick for 9 min, while its function runs\.$/m);
    assert.match((await status(SITE, { site: 'unborn' })).text, /^✗ No tick in two hours, while its function runs/m);
    log.events.splice(0, log.events.length, homeLine(minutesAgo(20), pushedBy('home')));
    const stopped = await status(SITE, { site: 'home' });
    assert.match(stopped.text, /^✗ The function has not run for 20 min: is its rule enabled/m);
    assert.match((await status(SITE, { site: 'cabin' })).refused ?? '', /of the site "cabin" .* has logged nothing/);
  });

  it('tells what broke off of its own function, before it had ticked', async () => {
    const homes = Array.from({ length: 26 }, (_, nth) => `home-${nth + 1}`);
    inOrder([
      homeLine(minutesAgo(3), pushedBy('home-1')),
      homeLine(minutesAgo(0.5), pushedBy('home-26')),
      invocationLine(minutesAgo(1), 'solar-cloud-bridge-homes'),
      invocationLine(minutesAgo(0.1), 'solar-cloud-bridge-homes-2'),
    ]);
    const first = await status(homes.join(), { site: 'home-1' });
    assert.match(first.text, /Since then:\n.*the invocation ended with timeout/);
    const other = await status(homes.join(), { site: 'home-26' });
    assert.doesNotMatch(other.text, /timeout/);
    assert.equal(other.code, 0);
  });
});
