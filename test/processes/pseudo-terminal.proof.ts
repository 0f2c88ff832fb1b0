/** The commands in a terminal as the system makes it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { playVictron, token } from '../local/victron-cloud.ts';
import { openPseudoTerminal, skip } from '../support/pseudo-terminal.ts';
import { keys, temporaryFolder } from '../support/terminal.ts';

const endOfInput = '\u0004';

describe('configure in a real terminal', { skip }, () => {
  it('asks, reads and stores, and shows no secret', async (t) => {
    const folder = temporaryFolder(t);
    const cloud = await playVictron(t);
    const environment = { VICTRON_VRM_BASE_URL: cloud.url };
    const { answer, until, type, ended, shown } = openPseudoTerminal(t, 'configure', { folder, environment });
    await until(/Which equipment\?.*navigate/s);
    type('victron');
    await answer(/❯ Victron VRM/);
    await answer(/VICTRON_VRM_ACCESS_TOKEN:/, token);
    await until(/VICTRON_VRM_ID_SITE: Barn \(4711\), the only one there/);
    await answer(/Where shall the figures go/);
    await answer(/another destination too/);
    await answer(/CHARGE_HQ_API_KEY:/, 'my-own-key');
    await until(/exporting 1\.50 kW/);
    await answer(/Is this what your home does right now/);
    await answer(/Send this reading to Charge HQ now/, 'n');
    assert.equal(await ended, 0);
    assert.match(readFileSync(join(folder, '.env'), 'utf8'), /^VENDOR=victron-vrm\nCHARGE_HQ_API_KEY=my-own-key\n/);
    for (const secret of [token, 'my-own-key']) assert.ok(!shown().includes(secret));
  });

  for (const [what, key] of [
    ['Ctrl+C', keys.ctrlC],
    ['the end of the input', endOfInput],
  ] as const)
    it(`leaves everything as it was at ${what}`, async (t) => {
      const folder = temporaryFolder(t);
      const before = '# mine\nVENDOR=victron-vrm\n';
      writeFileSync(join(folder, '.env'), before);
      const { until, type, ended, shown } = openPseudoTerminal(t, 'configure', { folder });
      await until(/What is to be changed\?.*navigate/s);
      type(key);
      assert.equal(await ended, 130);
      assert.equal(shown().split('Nothing was changed.').length, 2);
      assert.equal(readFileSync(join(folder, '.env'), 'utf8'), before);
      assert.ok(!existsSync(join(folder, '.state')));
    });
});
