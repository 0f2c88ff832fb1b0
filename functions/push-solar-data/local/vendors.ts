/** `npm run vendors`: the words that VENDOR understands, one a line, in a terminal with their names; with words behind `--`, those that are meant by them. */
import { adapters } from '../adapters/index.ts';
import { knownNames } from '../adapters/names.ts';
import { didYouMean } from '../settings/named.ts';
import { found, meantBy } from '../settings/search.ts';
import { ownCommandLine } from './command-line.ts';
import { columnsOf, pairs, sayOn } from './layout.ts';

const all = Object.keys(adapters);
const word = ownCommandLine('vendors').words.join(' ').trim();
const output = process.stdout;
const titled = all.map((slug) => [slug, knownNames[slug]?.[0] ?? ''] as const);
if (word === '') console.log(output.isTTY ? pairs(titled, columnsOf(output)) : all.join('\n'));
else {
  const hits = found(word, all, knownNames);
  const rows = hits.map((slug) => [slug, knownNames[slug]?.join(', ') ?? ''] as const);
  if (hits.length > 0) console.log(pairs(rows, columnsOf(output)));
  if (hits.length === 0) {
    sayOn(process.stderr)(
      `No equipment is known as "${word}".${didYouMean(meantBy(word, all, knownNames))} npm run vendors lists all.`,
    );
    process.exitCode = 1;
  }
}
