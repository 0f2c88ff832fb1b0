/** Every command that reads settings says which names in `.env` are none, on standard error, before it does its work. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { commandFile, temporaryFolder } from '../support/terminal.ts';

const infra = (name: string) => join(import.meta.dirname, `../../infra/commands/${name}.ts`);
const set = ['--no-check', '--set', 'MAX_POWER_KW=12'];
const rows: [name: string, file: string, args?: string[]][] = [
  ...['start', 'tick', 'doctor'].map((name): [string, string] => [name, commandFile(name)]),
  ['configure', commandFile('configure'), set],
  ['connect', commandFile('connect'), ['foxess']],
  ...['deploy', 'status', 'logs', 'destroy'].map((name): [string, string] => [name, infra(name)]),
];

describe('a misspelt name in .env is told by', () => {
  for (const [name, file, args = []] of rows)
    it(name, async (t) => {
      const folder = temporaryFolder(t);
      const lines = ['VENDOR=foxess', 'FOXESS_DEVICE_SN=made-up-number', 'DATABASE_URL=x', 'MQTT_URL=mqtts://x'];
      writeFileSync(join(folder, '.env'), Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le'));
      const child = spawn(process.execPath, [file, ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' },
      });
      child.stdin.end();
      child.stdout.resume();
      const complaints = await text(child.stderr);
      const remarks = complaints.split('\n').filter((line) => line.startsWith('! '));
      assert.deepEqual(remarks, [
        '! FOXESS_DEVICE_SN is not a setting; did you mean FOXESS_DEVICE_SNS?',
        '! MQTT_URL: not used, because VENDOR and DESTINATION name nothing that it belongs to',
      ]);
      assert.doesNotMatch(complaints, /made-up-number|^ +at /m);
    });
});
