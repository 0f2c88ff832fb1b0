/** How many questions lead from nothing to a figure, in a real terminal of any width. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { playConversation } from '../support/conversation.ts';
import { openPseudoTerminal, skip, widths } from '../support/pseudo-terminal.ts';
import { keys, temporaryFolder } from '../support/terminal.ts';
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
        assert.ok(terminal.screen().isCursorShown());
      });

    it('says how long a slow cloud may take, on one line that goes away', async (t) => {
      const cloud = await playConversation([
        {
          path: '/v2/users/me',
          answer: { act: (_, response) => void setTimeout(() => response.writeHead(401).end(), 1500) },
        },
      ]);
      t.after(() => cloud.close());
      const environment = { VICTRON_VRM_BASE_URL: cloud.url };
      const terminal = openPseudoTerminal(t, 'configure', { folder: temporaryFolder(t), columns, environment });
      await terminal.until(/Which equipment\?/);
      terminal.type('victron');
      await terminal.answer(/❯ Victron VRM/);
      await terminal.answer(/VICTRON_VRM_ACCESS_TOKEN:/, 'wrong-token');
      const waiting = await terminal.until(/Asking Victron VRM.*\d+ s left/);
      assert.ok((waiting.split(/[\r\n]/)[0] ?? '').length < columns);
      await terminal.until(/Victron VRM refused the credentials/);
      await terminal.until(/❯ Correct what it logs in with/);
      assert.doesNotMatch(terminal.screen().lines().join('\n'), /s left/);
      terminal.type(keys.ctrlC);
      assert.equal(await terminal.ended, 130);
      assert.ok(terminal.raw().lastIndexOf('\u001b[?25h') > terminal.raw().lastIndexOf('\u001b[?25l'));
    });
  });
