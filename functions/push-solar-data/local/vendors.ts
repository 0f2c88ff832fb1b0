/** `npm run vendors`: the words that VENDOR understands, one a line; with words behind `--`, those that are meant by them. */
import { adapters } from '../adapters/index.ts';
import { knownNames } from '../adapters/names.ts';
import { found, meantBy } from '../settings/search.ts';
import { ownCommandLine } from './command-line.ts';
import { columnsOf, pairs, sayOn } from './layout.ts';

const all = Object.keys(adapters);
const word = ownCommandLine('vendors').words.join(' ').trim();
if (word === '') console.log(all.join('\n'));
else {
  const hits = found(word, all, knownNames);
  const rows = hits.map((slug) => [slug, knownNames[slug]?.join(', ') ?? ''] as const);
  if (hits.length > 0) console.log(pairs(rows, columnsOf(process.stdout)));
  if (hits.length === 0) {
    sayOn(process.stderr)(
      `No equipment is known as "${word}". Did you mean ${meantBy(word, all, knownNames)}? npm run vendors lists all.`,
    );
    process.exitCode = 1;
  }
}
