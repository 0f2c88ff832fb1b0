/** `npm run status -- --site` of one of several homes, against a local CloudWatch Logs. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { StatusReport } from '../../../infra/commands/status-report.ts';
import { type HomesLog, homeLine, invocationLine, playHomesLog, pushedBy } from '../../support/homes-log.ts';
import { inOrder, minutesAgo, playVillage, statusIn } from '../../support/homes-status.ts';

let log: HomesLog;
beforeEach(async () => {
  log = await playHomesLog();
});
afterEach(() => log.close());

describe('npm run status of one of several homes', () => {
  it('shows it as a home alone, of its own lines', async () => {
    const SITE = playVillage(log);
    const { code, text } = await statusIn(log, SITE, { site: 'home' });
    assert.equal(code, 0);
    assert.match(text, /^Pushed to Charge HQ 0 s ago, from roof \(foxess\), meter \(shelly-cloud\):\n/);
    assert.match(text, /^grid +exporting 1\.50 kW +measured$/m);
    for (const { filterPattern } of log.asked) assert.match(filterPattern, /\(\$\.site = "home"\)\) && /);
    const { stack, functionRuns, site } = StatusReport.parse(
      JSON.parse((await statusIn(log, SITE, { site: 'home', json: true })).text),
    );
    assert.deepEqual({ stack, functionRuns, site }, { stack: 'homes', functionRuns: true, site: 'home' });
  });

  it('shows what its lines say once an hour alone', async () => {
    const noted = (minutes: number, note: string) =>
      homeLine(
        minutesAgo(minutes),
        pushedBy('home', { sources: [{ label: 'roof', vendor: 'foxess', result: 'read', notes: [note] }] }),
      );
    inOrder(log, [
      noted(70, 'the meter is old'),
      noted(40, 'the installation has two meters'),
      homeLine(minutesAgo(1), pushedBy('home')),
    ]);
    const { text } = await statusIn(log, 'home,cabin', { site: 'home' });
    assert.match(text, /^! roof: the installation has two meters$/m);
    assert.doesNotMatch(text, /is old/);
  });

  it('tells a silent home from a function that does not run', async () => {
    const SITE = playVillage(log);
    const silent = await statusIn(log, SITE, { site: 'cabin' });
    assert.equal(silent.code, 1);
    assert.match(silent.text, /^✗ No tick for 9 min, while its function runs: npm run deploy brings/m);
    assert.match(
      (await statusIn(log, SITE, { site: 'unborn' })).text,
      /^✗ No tick in two hours, while its function runs/m,
    );
    log.events.splice(0, log.events.length, homeLine(minutesAgo(20), pushedBy('home')));
    const stopped = await statusIn(log, SITE, { site: 'home' });
    assert.match(stopped.text, /^✗ The function has not run for 20 min: is its rule enabled/m);
    assert.match(
      (await statusIn(log, SITE, { site: 'cabin' })).refused ?? '',
      /of the site "cabin" .* has logged nothing/,
    );
  });

  it('tells what broke off of its own function, before it had ticked', async () => {
    const homes = Array.from({ length: 26 }, (_, nth) => `home-${nth + 1}`);
    inOrder(log, [
      homeLine(minutesAgo(3), pushedBy('home-1')),
      homeLine(minutesAgo(0.5), pushedBy('home-26')),
      invocationLine(minutesAgo(1), 'solar-cloud-bridge-homes'),
      invocationLine(minutesAgo(0.1), 'solar-cloud-bridge-homes-2'),
    ]);
    const first = await statusIn(log, homes.join(), { site: 'home-1' });
    assert.match(first.text, /Since then:\n.*the invocation ended with timeout/);
    const other = await statusIn(log, homes.join(), { site: 'home-26' });
    assert.doesNotMatch(other.text, /timeout/);
    assert.equal(other.code, 0);
  });
});
