import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { noLimit, onFullDisk } from '../support/full-disk.ts';
import { temporaryFolder } from '../support/terminal.ts';

const command = join(import.meta.dirname, '../../functions/push-solar-data/local/tick.ts');

it('a tick on a full disk tells once that it cannot remember, and goes on', { skip: noLimit }, (t) => {
  const environment = { VENDOR: 'simulator', CHARGE_HQ_API_KEY: 'made-up-key', CHARGE_HQ_URL: 'http://127.0.0.1:1/' };
  const program = `
    Object.assign(process.env, ${JSON.stringify(environment)});
    process.stdout.write = process.stderr.write.bind(process.stderr);
    await import(${JSON.stringify(command)});`;
  const told = onFullDisk(temporaryFolder(t), program);
  assert.match(told, /"outcome":"failed"/);
  assert.equal(told.match(/What was learnt could not be saved: EFBIG/g)?.length, 1, told);
});
