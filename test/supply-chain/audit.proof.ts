/** Whether anybody knows of a hole in what is deployed. Asks the registry, and so is no part of `npm test`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';

type Audit = { vulnerabilities?: Record<string, { severity: string }>; message?: string };

it('npm audit knows of no vulnerability in what is deployed', { timeout: 120_000 }, (t) => {
  const args = ['audit', '--omit=dev', '--json', '--fetch-retries=1', '--fetch-timeout=20000'];
  const cwd = join(import.meta.dirname, '../..');
  const { stdout } = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  const { vulnerabilities, message }: Audit = JSON.parse(stdout || '{"message":"npm audit says nothing"}');
  if (!vulnerabilities) return t.skip(`the registry does not answer: ${message}`);
  const known = Object.entries(vulnerabilities).map(([name, { severity }]) => `${name}: ${severity}`);
  assert.deepEqual(known, []);
});
