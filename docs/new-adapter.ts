/**
 * `npm run new-adapter -- <slug>`: writes an adapter, its conversation, its test and its page from the example in
 * docs/new-adapter/, so that `npm test` is green with a simulated cloud, and says what comes next.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { adapters } from '../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../functions/push-solar-data/destinations/index.ts';
import { helpOf } from '../functions/push-solar-data/local/command-help.ts';
import { ownCommandLine } from '../functions/push-solar-data/local/command-line.ts';
import { commands } from '../functions/push-solar-data/local/commands.ts';
import { adapterKind, conversationOf } from './adapter-parts.ts';
import { filesOfAdapter, slugProblem, titleOf } from './adapter-template.ts';

const root = join(import.meta.dirname, '..');

/** What somebody asked for. */
type Wish = { slug: string; title: string };

/** @returns a wish, or what is wrong with it. */
export function wishOf(slug: string, title = titleOf(slug)): Wish | { problem: string } {
  const problem = slugProblem(root, slug, [...Object.keys(adapters), ...Object.keys(destinations)]);
  if (problem !== undefined) return { problem: `${problem}.` };
  if (/^[\p{L}\p{N}][\p{L}\p{N} .&+()-]{0,59}$/u.test(title)) return { slug, title };
  return { problem: '--title takes letters, digits, spaces and . & + ( ) -, at most 60 of them.' };
}

const nextSteps = ({ slug }: Wish, file: string): string => `
\`npm test\` is green with it, against a simulated cloud. Make it the real one, step by step (docs/writing-an-adapter.md):
1. ${file}: hosts, log-in, calls; then each figure with its unit and its sign.
2. ${conversationOf(slug)}: the cloud's answers in their shape, with values of your own.
3. npm run test:one -- ${adapterKind.testOf(slug)}
4. ${adapterKind.pageOf(slug)}: how an owner gets the credentials, and which signs are proven.
5. npm run generate && npm test
6. npm run configure, then npm run doctor on a sunny day: it should say that your home is exporting.`;

/** Lines of other lengths than the example's are laid out anew, and the lists and tables taken up. */
function finish(files: readonly string[]): number {
  const run = (program: string, args: readonly string[]) =>
    spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const code = files.filter((file) => file.endsWith('.ts'));
  return (
    run(process.execPath, [biome, 'check', '--write', '--log-level=error', ...code]) ||
    run(process.execPath, [join(root, 'docs/generate.ts')])
  );
}

if (import.meta.main) {
  const { words, values } = ownCommandLine('new-adapter');
  const [slug] = words;
  const wish = slug === undefined ? { problem: helpOf(commands['new-adapter']) } : wishOf(slug, values.title);
  if ('problem' in wish) {
    console.error(wish.problem);
    process.exitCode = 2;
  } else {
    const files = filesOfAdapter(root, wish.slug, wish.title);
    for (const [file, text] of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const [adapter = '', ...others] = files.keys();
    console.log(`Wrote ${[adapter, ...others].join(', ')}.`);
    process.exitCode = finish([adapter, ...others]);
    if (process.exitCode === 0) console.log(nextSteps(wish, adapter));
  }
}
