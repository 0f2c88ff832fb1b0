import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { playVictron, token } from '../local/victron-cloud.ts';
import { playConversation } from '../support/conversation.ts';
import { openPseudoTerminal, skip } from '../support/pseudo-terminal.ts';
import { runCommand, temporaryFolder } from '../support/terminal.ts';

describe('npm run doctor', () => {
  for (const [what, itsToken, idSite, code, told] of [
    [
      'shows what was read, and what the home makes of it',
      token,
      '4711',
      0,
      /"figures":\{"production_kw":4\.2,"net_import_kw":-1\.5/,
    ],
    ['tells why a read failed', 'wrong-token', '4711', 1, /"error":"Victron VRM refused the credentials/],
    ['tells what is wrong with the settings', token, 'abc', 2, /VICTRON_VRM_ID_SITE must be a number/],
  ] as const)
    it(`${what}, and ends with ${code}`, async (t) => {
      const cloud = await playVictron(t);
      const environment = {
        VENDOR: 'victron-vrm',
        VICTRON_VRM_BASE_URL: cloud.url,
        VICTRON_VRM_ACCESS_TOKEN: itsToken,
        VICTRON_VRM_ID_SITE: idSite,
      };
      const ended = await runCommand('doctor', [], { folder: temporaryFolder(t), environment });
      assert.equal(ended.code, code);
      assert.match(ended.output, told);
      assert.match(ended.complaints, /CHARGE_HQ_API_KEY is not set: nothing can be pushed yet/);
      assert.ok(!(ended.output + ended.complaints).includes(itsToken));
    });

  it('sends the reading to each destination only when told to, and says what became of it', async (t) => {
    const cloud = await playVictron(t);
    const hooks = await playConversation([
      { method: 'POST', path: '/good', answer: {} },
      { method: 'POST', path: '/bad', answer: { status: 401 } },
    ]);
    t.after(() => hooks.close());
    const folder = temporaryFolder(t);
    const environment = {
      VENDOR: 'victron-vrm',
      VICTRON_VRM_BASE_URL: cloud.url,
      VICTRON_VRM_ACCESS_TOKEN: token,
      VICTRON_VRM_ID_SITE: '4711',
      DESTINATION: 'good:webhook,bad:webhook',
      GOOD_URL: `${hooks.url}/good`,
      BAD_URL: `${hooks.url}/bad`,
    };
    const looked = await runCommand('doctor', [], { folder, environment });
    assert.deepEqual([looked.code, looked.complaints, hooks.received.length], [0, '', 0]);
    const sent = await runCommand('doctor', ['--send'], { folder, environment });
    assert.equal(sent.code, 1);
    assert.match(sent.output, /^Sent solar 4\.20 kW to Your webhook \(good\); it answered\.$/m);
    assert.match(sent.complaints, /^Your webhook \(bad\) refuses us.*check BAD_HEADERS/);
    assert.deepEqual(
      hooks.received.map(({ path }) => path),
      ['/good', '/bad'],
    );
    const again = await runCommand('doctor', ['--send'], { folder, environment });
    assert.match(again.complaints, /The last message to Your webhook \(good\) is too young: try again in \d+ s\./);
    assert.equal(hooks.received.length, 2);
  });

  it('tells in a terminal once what is wrong with a destination', { skip }, async (t) => {
    const environment = { VENDOR: 'victron-vrm', CHARGE_HQ_API_KEY: 'abc' };
    const terminal = openPseudoTerminal(t, 'doctor', { folder: temporaryFolder(t), environment });
    assert.equal(await terminal.ended, 2);
    assert.equal(terminal.shown().split('CHARGE_HQ_API_KEY is too short').length, 2, terminal.shown());
  });

  it('sends nothing where there are no figures', async (t) => {
    const environment = { VENDOR: 'victron-vrm', DESTINATION: 'webhook', WEBHOOK_URL: 'http://127.0.0.1:1/' };
    const ended = await runCommand('doctor', ['--send'], { folder: temporaryFolder(t), environment });
    assert.equal(ended.code, 2);
    assert.match(ended.complaints, /There are no figures, so that nothing was sent\./);
  });

  it('tells without any settings how to begin', async (t) => {
    const { code, output, complaints } = await runCommand('doctor', [], { folder: temporaryFolder(t) });
    assert.equal(code, 2);
    assert.match(output, /VENDOR is missing/);
    assert.match(complaints, /npm run configure/);
  });

  it('says that what it remembers cannot be read, and reads all the same', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'file'), '');
    const cloud = await playVictron(t);
    const environment = {
      VENDOR: 'victron-vrm',
      VICTRON_VRM_BASE_URL: cloud.url,
      VICTRON_VRM_ACCESS_TOKEN: token,
      VICTRON_VRM_ID_SITE: '4711',
      STATE_DIR: 'file/state',
    };
    const { code, output, complaints } = await runCommand('doctor', [], { folder, environment });
    assert.equal(code, 0, complaints);
    assert.match(output, /"figures":\{"production_kw":4\.2/);
    assert.match(output, /"remarks":\["What is kept from earlier reads cannot be read: ENOTDIR[^"]*file\/state/);
    assert.doesNotMatch(output + complaints, /\n\s+at /);
  });
});
