/** The files of the page, as they are built beside the ticks. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { bundledAssets } from '../../../functions/push-solar-data/local/page/assets.ts';

/** By the system's own list; the one that lists is among them. */
const childrenNow = (): string[] =>
  execFileSync('ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(`${process.pid} `) && !line.includes('ps -A'));

describe('the files of the page', () => {
  it('leave no process beside the bridge when they are built, also twice at once', async () => {
    const before = childrenNow();
    const [one, other] = await Promise.all([bundledAssets(), bundledAssets()]);
    assert.deepEqual([...one.keys()].sort(), ['/', '/page.css', '/page.js']);
    assert.deepEqual([...other.keys()], [...one.keys()]);
    assert.deepEqual(childrenNow(), before);
  });
});
