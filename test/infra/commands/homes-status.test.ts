/** `npm run status` of a stack of several homes, against a local CloudWatch Logs. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import stringWidth from 'fast-string-width';
import { StatusReport } from '../../../infra/commands/status-report.ts';
import { type HomesLog, homeLine, invocationLine, playHomesLog, pushedBy } from '../../support/homes-log.ts';
import { inOrder, minuteMs, minutesAgo, now, playVillage, refusal, statusIn } from '../../support/homes-status.ts';

let log: HomesLog;
beforeEach(async () => {
  log = await playHomesLog();
});
afterEach(() => log.close());

describe('npm run status of several homes', () => {
  it('shows them all, worst first, with what is wrong, and ends with 1', async () => {
    const { code, text } = await statusIn(log, playVillage(log));
    assert.equal(code, 1);
    assert.deepEqual(text.split('\n'), [
      '  home              age     solar    grid               battery',
      '✗ cabin   silent    10 min',
      '  No tick for 9 min, while its function runs: npm run deploy brings that up to date with SITE.',
      '✗ unborn  silent    –',
      '  No tick in two hours, while its function runs: npm run deploy brings that up to date with SITE.',
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
      'One of them in full: SITE=home,cabin,barn,beach,mill,new,unborn AWS_REGION=eu-central-1 npm run status -- --site cabin',
      '',
    ]);
  });

  it('fits into a narrow terminal', async () => {
    const SITE = playVillage(log);
    const { text } = await statusIn(log, SITE, { columns: 44 });
    assert.match(
      text,
      /^! mill {4}partly {4}3 min\n {2}solar 4\.20 kW, exporting 1\.50 kW, battery\n {2}takes 2\.00 kW, 65 %\n {2}mqtt: failed: MQTT broker refuses the\n {2}password$/m,
    );
    for (const columns of [120, 80, 44])
      for (const line of (await statusIn(log, SITE, { columns })).text.split('\n'))
        assert.ok(stringWidth(line) <= columns || !line.trim().includes(' '), `${columns}: ${line}`);
  });

  it('ends with 0 where all push figures, whatever is in doubt', async () => {
    inOrder(log, [
      homeLine(minutesAgo(1), pushedBy('home')),
      homeLine(minutesAgo(1), pushedBy('cabin', { warnings: ['production in the night'] })),
    ]);
    assert.equal((await statusIn(log, 'home,cabin')).code, 0);
  });

  it('tells a function that does not run from a home that says nothing', async () => {
    const homes = Array.from({ length: 27 }, (_, nth) => `home-${nth + 1}`);
    inOrder(log, [
      ...homes.slice(1, 25).map((site) => homeLine(minutesAgo(1), pushedBy(site))),
      ...homes.slice(25).map((site) => homeLine(minutesAgo(20), pushedBy(site))),
    ]);
    const { text, code } = await statusIn(log, homes.join());
    assert.equal(code, 1);
    assert.match(text, /^✗ home-26 {2}stopped {2}21 min\n✗ home-27 {2}stopped {2}21 min\n✗ home-1 {3}silent/m);
    assert.match(
      text,
      /^✗ The function solar-cloud-bridge-homes-2 \(home-26, home-27\) has not run for 20 min: is its rule enabled/m,
    );
  });

  it('says that nothing runs where the log is empty', async () => {
    assert.match(
      (await statusIn(log, 'home,cabin')).refused ?? '',
      /^The bridge of the stack "homes" in eu-central-1 has logged nothing since it was deployed, or for two hours: are its rules enabled/,
    );
  });

  it('says which stack is not there', async () => {
    await log.close();
    log = await playHomesLog('another');
    assert.match(
      (await statusIn(log, 'home,cabin')).refused ?? '',
      /^No bridge is deployed for the homes of SITE, as the stack "homes" in eu-central-1: deploy it .* with STACK and AWS_REGION\.$/,
    );
  });

  it('tells an invocation that broke off of the homes that had not ticked in it', async () => {
    const homes = Array.from({ length: 26 }, (_, nth) => `home-${nth + 1}`);
    inOrder(log, [
      ...homes.map((site) => homeLine(minutesAgo(2), pushedBy(site))),
      ...homes.slice(1).map((site) => homeLine(minutesAgo(0.9), pushedBy(site))),
      invocationLine(minutesAgo(0.1), 'solar-cloud-bridge-homes'),
    ]);
    const { text } = await statusIn(log, homes.join());
    assert.match(text, /^✗ home-1 {3}failing {2}3 min\n {2}the invocation ended with timeout$/m);
    assert.match(text, /: 1 failing, 25 well\.$/m);
  });

  it('remarks on homes that SITE does not name', async () => {
    inOrder(
      log,
      ['home', 'cabin', 'old'].map((site) => homeLine(minutesAgo(1), pushedBy(site))),
    );
    const { text, code } = await statusIn(log, 'home,cabin');
    assert.equal(code, 0);
    assert.match(text, /^! The log tells of homes that SITE does not name: old\. To keep them add them to SITE;/m);
    assert.match((await statusIn(log, 'home,cabin', { json: true })).said[0] ?? '', /SITE does not name: old/);
  });

  it('writes a line of JSON for each, in the order of SITE and the documented form', async () => {
    const SITE = playVillage(log);
    for (const options of [{ isTTY: false }, { json: true }]) {
      const { text, code } = await statusIn(log, SITE, options);
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
    inOrder(log, [homeLine(minutesAgo(2), pushedBy('home')), homeLine(minutesAgo(0.5), pushedBy('cabin'))]);
    const later = [homeLine(now + minuteMs, pushedBy('home'))];
    const { code, said, waited_s } = await statusIn(log, 'home,cabin', { deployedAt, later });
    assert.deepEqual([code, waited_s], [0, 60]);
    assert.deepEqual(said, ['Deployed 60 s ago: waiting for the first tick of each home, at most 3 min.']);
    assert.equal((await statusIn(log, 'home,cabin,unborn', { deployedAt })).waited_s, 180);
    assert.equal((await statusIn(log, 'home,cabin', { deployedAt: minutesAgo(6) })).waited_s, 0);
  });
});
