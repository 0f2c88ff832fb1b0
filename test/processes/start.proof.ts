import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { playVictron, token } from '../local/victron-cloud.ts';
import { playChargeHq } from '../support/conversation.ts';
import { commandFile, keys, runCommand, temporaryFolder, typist } from '../support/terminal.ts';

const hasScript = String(spawnSync('script', ['--version']).stdout).includes('util-linux');
const skip = hasScript ? false : 'needs script of util-linux';

type Surroundings = {
  environment?: Record<string, string>;
  folder?: string;
  /** Of a terminal; without them, there is none. */
  columns?: number;
};

/** `npm start`, in an empty folder if in no other, with nothing else set. */
function start(t: TestContext, { environment = {}, folder = temporaryFolder(t), columns }: Surroundings = {}) {
  const [command, ...args] =
    columns === undefined
      ? [process.execPath, commandFile('start')]
      : ['script', '-qec', `stty cols ${columns}; exec '${process.execPath}' '${commandFile('start')}'`, '/dev/null'];
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
  });
  t.after(() => child.kill('SIGKILL'));
  const shown: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => shown.push(String(text)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    folder,
    child,
    ended,
    person: typist(
      () => shown.join('').replaceAll('\r\n', '\n'),
      (typed) => child.stdin.write(typed),
    ),
  };
}

describe('npm start without settings', () => {
  it('shows a simulated home, what Charge HQ would say of it and what a reader at home would get', async (t) => {
    const begun = performance.now();
    const { folder, child, ended, person } = start(t);
    await person.until(/this is a simulation/);
    assert.ok(performance.now() - begun < 1_000);
    const line = await person.until(/"outcome":"pushed"/);
    assert.match(
      line,
      /"destinations":\[\{"label":"charge-hq","outcome":"pushed".*\{"label":"reader","outcome":"pushed"/,
    );
    assert.match(person.screen(), /^See the home: http:\/\/127\.0\.0\.1:\d+\/$/m);
    await person.until(/^ +Charge HQ would say: accepted, balanced/m);
    await person.until(/^ +evcc would read: grid −?\d+\.\d\d kW, sun \d+\.\d\d kW, battery −?\d+\.\d\d kW at \d+ %$/m);
    child.kill('SIGINT');
    assert.equal(await ended, 0);
    assert.equal(existsSync(join(folder, '.state')), false);
  });

  it('is neither a simulation nor a home where SITE names several: it says where those run', async (t) => {
    const { ended, person } = start(t, { environment: { SITE: 'home,cabin' } });
    await person.until(
      /^SITE names several homes \(home, cabin\), which run on AWS: npm run deploy\. npm start is for one home/m,
    );
    assert.equal(await ended, 2);
    assert.doesNotMatch(person.screen(), /simulation/);
  });

  it('is no simulation where a destination is set: it says what is missing', async (t) => {
    const { ended, person } = start(t, {
      environment: { DESTINATION: 'webhook', WEBHOOK_URL: 'http://127.0.0.1:9/' },
    });
    await person.until(/VENDOR is missing/);
    assert.equal(await ended, 2);
    assert.match(person.screen(), /^`npm run configure` asks for what is needed\.$/m);
    assert.doesNotMatch(person.screen(), /simulation/);
  });
});

/** A home whose cloud may be asked every five minutes, and what was asked and told of it. */
async function slowHome(t: TestContext) {
  const [cloud, chargeHq] = [await playVictron(t), await playChargeHq()];
  t.after(() => chargeHq.close());
  const environment = {
    VENDOR: 'victron-vrm',
    VICTRON_VRM_BASE_URL: cloud.url,
    VICTRON_VRM_ACCESS_TOKEN: token,
    VICTRON_VRM_ID_SITE: '4711',
    VICTRON_VRM_POLL_SECONDS: '300',
    CHARGE_HQ_API_KEY: 'my-own-key',
    CHARGE_HQ_URL: `${chargeHq.url}/push`,
  };
  return {
    environment,
    readings: () => cloud.received.filter(({ path }) => path.includes('installations')).length,
    chargeHq,
  };
}

describe('npm start after npm run doctor', () => {
  it('tells what doctor has read, and does not ask again', async (t) => {
    const { environment, readings, chargeHq } = await slowHome(t);
    const folder = temporaryFolder(t);
    await runCommand('doctor', [], { folder, environment });
    assert.deepEqual([readings(), chargeHq.pushes.length], [1, 0]);
    const { child, ended, person } = start(t, { environment, folder });
    const line = await person.until(/"outcome":"pushed".*\n/);
    assert.match(line, /"label":"victron-vrm","vendor":"victron-vrm","result":"cached"/);
    assert.deepEqual([readings(), chargeHq.pushes.length], [1, 1]);
    assert.match(person.screen(), /^See the home: http:\/\/127\.0\.0\.1:\d+\/\n\{"time":/); // nothing but lines of ticks
    child.kill('SIGINT');
    assert.equal(await ended, 0);
  });

  it('is not disturbed by a doctor beside it', async (t) => {
    const { environment, readings } = await slowHome(t);
    const { child, ended, person, folder } = start(t, { environment });
    await person.until(/"outcome":"pushed"/);
    const looked = await runCommand('doctor', [], { folder, environment });
    assert.deepEqual([looked.code, looked.complaints, readings()], [0, '', 2]);
    child.kill('SIGINT');
    assert.equal(await ended, 0);
  });
});

describe('npm start in a terminal', { skip }, () => {
  for (const columns of [80, 44])
    it(`of ${columns} columns shows the hours of a simulated home, and ends at Ctrl+C`, async (t) => {
      const { ended, person } = start(t, { columns, environment: { TZ: 'Australia/Sydney' } });
      await person.until(/^No settings found: this is a simulation/m);
      await person.until(/Australia\/Sydney, so 34° south/);
      await person.until(/^For your own home: npm run configure\n/m);
      await person.until(/, simulated\n\d\d:[03]0 {2}sun /);
      await person.until(/^ +Charge HQ would say: accepted/m);
      await person.until(/^ +evcc would read: grid/m);
      await person.until(/^\d\d:[03]0 {2}sun /m);
      person.type(keys.ctrlC);
      assert.equal(await ended, 0);
      assert.match(person.screen(), /The simulation has ended\.[^.]*\n$/);
      assert.deepEqual(
        person
          .screen()
          .split('\n')
          .filter((line) => line.length > columns),
        [],
      );
    });

  it('says what is read and told, and while nothing is due the last reading and the time of the next', async (t) => {
    const { environment } = await slowHome(t);
    const first = start(t, { columns: 140, environment });
    await first.person.until(/^Starting\. Stop with Ctrl\+C\.\n/m);
    await first.person.until(/^Reads Victron VRM, and tells Charge HQ\.\n/m);
    await first.person.until(/^\d\d:\d\d:\d\d {2}pushed {4}solar 4\.20 kW, exporting 1\.50 kW/m);
    await first.person.until(/^Victron VRM is asked every 5 minutes: next at \d\d:\d\d\.\n/m);
    first.person.type(keys.ctrlC);
    assert.equal(await first.ended, 0);
    const second = start(t, { columns: 140, environment, folder: first.folder });
    await second.person.until(/^\d\d:\d\d:\d\d {2}waiting {3}solar 4\.20 kW, exporting 1\.50 kW, /m);
    await second.person.until(/, \d+ s old; Victron VRM is asked at\s+\d\d:\d\d\n/);
    second.person.type(keys.ctrlC);
    assert.equal(await second.ended, 0);
    assert.ok(!(first.person.screen() + second.person.screen()).includes('my-own-key'));
  });
});
