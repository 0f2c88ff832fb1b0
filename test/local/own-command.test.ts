/** The settings that a command begins with, and what is odd about them. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { settingsAtHand } from '../../functions/push-solar-data/local/own-command.ts';
import { temporaryFolder } from '../support/terminal.ts';

function atHand(t: TestContext, text: string, ...about: [environment?: Record<string, string>, site?: string]) {
  const file = join(temporaryFolder(t), '.env');
  writeFileSync(file, text);
  const [environment = {}, site] = about;
  return settingsAtHand(environment, file, { registry: adapters, destinations }, { site });
}

const home = 'VENDOR=foxess\nFOXESS_API_KEY=a-secret-key\nOTHER=x\n';

describe('the settings at hand', () => {
  it('of one home are all of .env, under the environment', async (t) => {
    const { settings, remarks } = await atHand(t, home, { VENDOR: 'solax' });
    assert.deepEqual(
      [settings['VENDOR'], settings['FOXESS_API_KEY'], settings['OTHER']],
      ['solax', 'a-secret-key', 'x'],
    );
    assert.match(remarks.join(), /FOXESS_API_KEY: not used/);
  });

  it('of several homes are none of theirs, and it is said which of .env are of no use', async (t) => {
    const { settings, remarks } = await atHand(t, `SITE=home,cabin\nALARM_EMAIL=me@example.com\n${home}`);
    assert.deepEqual(settings, { SITE: 'home,cabin', ALARM_EMAIL: 'me@example.com' });
    assert.equal(remarks.length, 1);
    assert.match(
      remarks[0] ?? '',
      /\.env holds FOXESS_API_KEY, VENDOR: not used, because SITE names several homes there\. The settings of each lie in its parameters on AWS: npm run configure -- --site <home>$/,
    );
    assert.ok(!remarks.join().includes('a-secret-key'));
  });

  it('of another home than that of .env remark nothing about it', async (t) => {
    const { settings, remarks } = await atHand(t, `SITE=home\n${home}`, {}, 'cabin');
    assert.deepEqual([settings, remarks], [{ SITE: 'home' }, []]);
  });
});
