/** The commands that documents show are there, and understand the options that stand behind them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { commandLine } from '../../functions/push-solar-data/local/command-line.ts';
import { type CommandName, commands } from '../../functions/push-solar-data/local/commands.ts';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

type Shown = { text: string; name: string; args: string[] };

/** In code alone: `SITE=cabin npm run -s status -- --json > now.json` is `status` with `--json`. */
function commandsIn(document: string): Shown[] {
  const page = readFileSync(join(root, document), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, lines = '']) => lines.split('\n'));
  const words = [...page.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const parts = [...blocks, ...words].flatMap((line) => (line.split(/ # /)[0] ?? '').split(/ && |; /));
  return parts.flatMap((text) => {
    const [, name, rest = ''] = /(?:^|\s)npm (?:run (?:-s )?(?=\w)|(?=(?:start|test)\b))([\w:-]+)(.*)/.exec(text) ?? [];
    if (name === undefined) return [];
    const [given = ''] = rest.split(/ [<>]/);
    const args = [...given.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word);
    return [{ text, name, args: args[0] === '--' ? args.slice(1) : args }];
  });
}

const isOfOwner = (name: string): name is CommandName => Object.hasOwn(commands, name);

/** What stands for something else: `<vendor>`, `…`. */
const isPattern = ({ text }: Shown): boolean => /[<…]\S/.test(text) || text.includes('…');

const documents = ['README.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: root })];

it('documents show some hundred commands', () => assert.ok(documents.flatMap(commandsIn).length > 100));

for (const document of documents) {
  const shown = commandsIn(document);
  if (shown.length === 0) continue;
  it(`${document} shows commands that are understood`, () => {
    for (const one of shown) {
      assert.ok(Object.hasOwn(scripts, one.name), one.text);
      if (isOfOwner(one.name) && !isPattern(one)) commandLine(one.name, one.args);
    }
  });
}
