/** How many questions lead from nothing to a figure, in a real terminal of any width. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openPseudoTerminal, skip, widths } from '../support/pseudo-terminal.ts';
import { temporaryFolder } from '../support/terminal.ts';
import { straightWays } from './straight-ways.ts';

/** Each answered question leaves one such mark. */
const answered = (shown: string): number => shown.split('✔').length - 1;

for (const columns of widths)
  describe(`configure at ${columns} columns`, { skip }, () => {
    for (const { vendor, search, entry, questions, play, answers, consent = [], says } of straightWays)
      it(`asks ${questions} questions for ${vendor}`, async (t) => {
        const folder = temporaryFolder(t);
        const cloud = await play(t);
        const terminal = openPseudoTerminal(t, 'configure', { folder, columns, environment: cloud.environment });
        await terminal.until(/Which equipment\?/);
        terminal.type(search);
        await terminal.answer(entry);
        for (const step of [...answers(cloud), ...consent])
          await (step instanceof RegExp ? terminal.until(step) : terminal.answer(...step));
        await terminal.until(/Where shall the figures go\?/);
        assert.equal(answered(terminal.shown()) - consent.length, questions);
        terminal.type('later');
        await terminal.answer(/❯ Later/);
        await terminal.until(says);
        await terminal.answer(/Is this what your home does right now\?/);
        assert.equal(await terminal.ended, 0);
        assert.match(readFileSync(join(folder, '.env'), 'utf8'), new RegExp(`^VENDOR=${vendor}$`, 'm'));
        const hidden = terminal.raw().lastIndexOf('\u001b[?25l');
        assert.ok(terminal.raw().lastIndexOf('\u001b[?25h') >= hidden, 'the cursor is shown at the end');
      });
  });
