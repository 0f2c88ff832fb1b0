/** Errors that nobody takes, of one home: the process and the ticks of the others go on. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { noteStrayErrors } from '../../functions/push-solar-data/platform/stray-errors.ts';

const bridge = JSON.stringify(join(import.meta.dirname, '../../functions/push-solar-data'));

/** Homes whose ticks leave errors behind, in a process where somebody listens already, as Lambda's runtime does. */
const program = `
  const { openShard } = await import(${bridge} + '/shard.ts');
  const { noteStrayErrors } = await import(${bridge} + '/platform/stray-errors.ts');
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => process.exit(129));
  const lines = [];
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const leaves = {
    calm: () => {},
    rejecting: () => void Promise.reject(new TypeError('holds a secret')),
    throwing: () => void setTimeout(() => { throw new RangeError('holds a secret'); }, 5),
    flooding: () => { for (let nth = 0; nth < 1000; nth++) Promise.reject(nth); },
  };
  const shard = openShard({
    strays: noteStrayErrors(process),
    openHome: (site) => ({
      async tick() {
        leaves[site]();
        await wait(30);
        return { outcome: 'pushed', site, sources: [], destinations: [], ms: 1 };
      },
      connections: { close: async () => {} },
    }),
    telemetry: { lines: { tell: (report) => lines.push(report) }, metrics: { publish: ({ bugs }) => lines.push({ bugs }) } },
  });
  const { pushed, bugs } = await shard.tick(Object.keys(leaves), { remainingMs: () => 55_000 });
  console.log(JSON.stringify({ pushed, bugs, lines }));
`;

describe('errors that nobody takes', () => {
  it('are told in the line of their home, without their message, and counted; every home ticks on', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.equal(status, 0, stderr);
    const { pushed, bugs, lines } = JSON.parse(stdout);
    assert.deepEqual({ pushed, bugs }, { pushed: 4, bugs: 3 });
    assert.deepEqual(lines.at(-1), { bugs: 3 });
    const remarksOf = (site: string): string[] | undefined =>
      lines.find((line: { site: string }) => line.site === site).remarks;
    assert.equal(remarksOf('calm'), undefined);
    assert.match(remarksOf('rejecting')?.[0] ?? '', /^TypeError at /);
    assert.match(remarksOf('throwing')?.[0] ?? '', /^RangeError at /);
    assert.equal(remarksOf('flooding')?.length, 5);
    assert.equal(stdout.includes('secret'), false);
  });

  it('of no home go to whoever listened before', () => {
    const listening = new EventEmitter();
    const heard: unknown[] = [];
    listening.on('unhandledRejection', (error) => heard.push(error));
    const strays = noteStrayErrors(listening);
    strays.within('home', () => listening.emit('unhandledRejection', new Error('of home')));
    assert.deepEqual(heard, []);
    const lost = new Error('of nobody');
    listening.emit('unhandledRejection', lost);
    assert.deepEqual(heard, [lost]);
    assert.throws(() => listening.emit('uncaughtException', lost), lost, 'and end the process where nobody did');
    assert.equal(strays.take('home').length, 1);
    assert.deepEqual(strays.take('home'), []);
  });
});
