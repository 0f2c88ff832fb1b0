import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { shownWaiting } from '../../functions/push-solar-data/local/waiting.ts';

function screen(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
    return true;
  };
  return { written, output: { isTTY, columns, write } as unknown as NodeJS.WritableStream };
}

describe('a wait', () => {
  it('says how much longer it may last, clears its line, and never hides the cursor', async () => {
    const { written, output } = screen(true);
    assert.equal(await shownWaiting(output, 'Asking Barn Cloud', 30, wait(900, 'done')), 'done');
    const all = written.join('');
    assert.match(all, /Asking Barn Cloud, 30 s left/);
    assert.equal(written.at(-1), '\r\u001b[K');
    assert.ok(!all.includes('\u001b[?25'));
  });

  it('fits the terminal, however long the name is', async () => {
    const { written, output } = screen(true, 44);
    await shownWaiting(output, 'x'.repeat(300), 30, wait(900));
    const longest = Math.max(...written.map((line) => line.replace('\r\u001b[K', '').length));
    assert.ok(longest > 20 && longest < 44, String(longest));
    assert.match(written.join(''), /30 s left/);
  });

  it('ends behind a word where there is no room for all', async () => {
    const { written, output } = screen(true, 42);
    await shownWaiting(output, 'Asking Victron VRM what there is', 30, wait(900));
    assert.match(written.join(''), /Asking Victron VRM what…, 30 s left/);
  });

  it('shows nothing where it is short, and nothing where nobody looks', async () => {
    const quick = screen(true);
    await shownWaiting(quick.output, 'Asking', 30, wait(10));
    const piped = screen(false);
    await shownWaiting(piped.output, 'Asking', 30, wait(900));
    assert.deepEqual([...quick.written, ...piped.written], []);
  });

  it('ends with its work, also where that fails', async () => {
    const { written, output } = screen(true);
    const failing = wait(700).then(() => Promise.reject(new Error('away')));
    await assert.rejects(shownWaiting(output, 'Asking', 30, failing), /away/);
    const shown = written.length;
    await wait(400);
    assert.equal(written.length, shown);
    assert.equal(written.at(-1), '\r\u001b[K');
  });
});
