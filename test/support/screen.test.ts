import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { screenOf } from './screen.ts';

describe('the screen that tests read', () => {
  const lines = (written: string, columns = 20, rows = 4) => screenOf(written, { columns, rows }).lines();

  for (const [what, written, shown] of [
    ['goes back at a carriage return', 'abc\rX\r\nd', ['Xbc', 'd']],
    ['goes up and clears what is below', 'a\r\nb\r\nc\u001b[2A\u001b[1G\u001b[Jd', ['d']],
    ['clears a line', 'a\r\nbcd\u001b[2Ke', ['a', '   e']],
    ['clears the rest of a line', 'abcd\u001b[2D\u001b[K', ['ab']],
    ['goes to a column', 'abcd\u001b[2GX', ['aXcd']],
    ['waits for the rest of what is under way', 'ab\u001b[', ['ab']],
    ['passes over colours', '\u001b[31mred\u001b[39m', ['red']],
    ['breaks a line that is too long', 'a'.repeat(21), ['a'.repeat(20), 'a']],
    ['leaves one alone that just fits', `${'a'.repeat(20)}\r\nb`, ['a'.repeat(20), 'b']],
    ['gives a wide character two columns', `${'日'.repeat(11)}`, ['日'.repeat(10), '日']],
    ['cannot reach what has scrolled away', '1\r\n2\r\n3\r\n4\r\n5\u001b[9AX', ['1', '2X', '3', '4', '5']],
  ] as const)
    it(what, () => assert.deepEqual(lines(written), shown));

  it('knows which lines the terminal had to break', () => {
    const screen = (written: string) => screenOf(written, { columns: 10, rows: 4 });
    assert.deepEqual(screen('short\r\nmuch too long\r\nshort').broken(), ['much too l']);
    assert.deepEqual(screen('just right\r\nshort').broken(), []);
  });

  it('knows whether the cursor is shown', () => {
    const isShown = (written: string) => screenOf(written, { columns: 10, rows: 4 }).isCursorShown();
    assert.deepEqual([isShown('a'), isShown('a\u001b[?25l'), isShown('\u001b[?25lb\u001b[?25h')], [true, false, true]);
  });

  it('fails at what it does not know', () => {
    assert.throws(() => lines('\u001b]0;title'), /does not know ESC "\]0;title"/);
    assert.throws(() => lines('a\u0085b'), /control character reached the terminal/);
  });
});
