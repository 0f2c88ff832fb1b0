/** A consent in terminals of three widths: its sentences wrap between words, and only the maker's address is longer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPseudoTerminal, skip, widths } from '../support/pseudo-terminal.ts';
import { keys, temporaryFolder } from '../support/terminal.ts';

const enphase = {
  VENDOR: 'enphase',
  ENPHASE_API_KEY: 'api-key-of-a-test',
  ENPHASE_CLIENT_ID: 'client-id-of-a-test',
  ENPHASE_CLIENT_SECRET: 'client-secret-of-a-test',
  ENPHASE_SYSTEM: 'misspelt',
};

for (const columns of widths)
  describe(`connect at ${columns} columns`, { skip }, () => {
    it('says what is odd, what to do and what is wrong with the answer', async (t) => {
      const terminal = openPseudoTerminal(t, 'connect', {
        folder: temporaryFolder(t),
        args: ['enphase', '--no-browser'],
        columns,
        environment: enphase,
      });
      await terminal.answer(/Code or address:/, 'no code');
      await terminal.until(/> There is no code in it.*your consent/s);
      terminal.type(keys.ctrlC);
      assert.equal(await terminal.ended, 130);
      const screen = terminal.screen();
      const lines = screen.lines();
      assert.ok(screen.isCursorShown());
      for (const broken of screen.broken()) assert.doesNotMatch(broken, / /, 'only an address is longer than a line');
      const text = lines.join(' ').replaceAll(/\s+/g, ' ');
      for (const sentence of [
        '! ENPHASE_SYSTEM is not a setting; did you mean ENPHASE_SYSTEM_ID?',
        'The page after your consent shows a code: paste the code, or the whole address of that page.',
        '> There is no code in it: paste the code, or the whole address of the page after your consent',
        'Nothing was changed.',
      ])
        assert.ok(text.includes(sentence), `${sentence} is not in one piece:\n${lines.join('\n')}`);
    });

    it('shows its help without a word of whom to connect', async (t) => {
      const terminal = openPseudoTerminal(t, 'connect', { folder: temporaryFolder(t), columns });
      assert.equal(await terminal.ended, 2);
      assert.deepEqual(terminal.screen().broken(), []);
    });
  });
