/** `npm run configure -- --set` as a process of its own: its streams, its folder, its environment and its exit codes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { playVictron, token } from '../local/victron-cloud.ts';
import { runCommand, temporaryFolder } from '../support/terminal.ts';

it('takes settings from a pipe, reads, and stores them in .env of the folder', async (t) => {
  const folder = temporaryFolder(t);
  const cloud = await playVictron(t);
  const environment = { VENDOR: 'victron-vrm', VICTRON_VRM_BASE_URL: cloud.url };
  const args = ['--set', 'VICTRON_VRM_ACCESS_TOKEN=-', '--set', 'VICTRON_VRM_ID_SITE=4711'];
  const { code, output, complaints } = await runCommand('configure', args, { folder, environment, input: token });
  assert.equal(code, 0);
  assert.match(output, /^Stored in \.env: VICTRON_VRM_ACCESS_TOKEN, VICTRON_VRM_ID_SITE$/m);
  assert.equal(complaints, 'CHARGE_HQ_API_KEY is not set: nothing can be pushed yet.\n');
  assert.ok(readFileSync(join(folder, '.env'), 'utf8').includes(token));
});

it('ends with 2 and a sentence for what is no setting', async (t) => {
  const { code, output, complaints } = await runCommand('configure', ['--set', 'VENDRO=foxess'], {
    folder: temporaryFolder(t),
  });
  assert.equal(code, 2);
  assert.equal(output, '');
  assert.match(complaints, /^VENDRO is no setting\. Did you mean VENDOR\?\n/);
});
