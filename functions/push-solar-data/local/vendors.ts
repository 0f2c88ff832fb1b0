/** `npm run vendors`: the words that VENDOR understands, one a line; with words behind `--`, those that are meant by them. */
import { adapters } from '../adapters/index.ts';
import { knownNames } from '../adapters/names.ts';
import { found, meantBy } from '../settings/search.ts';
import { ownCommandLine } from './command-line.ts';

const all = Object.keys(adapters);
const word = ownCommandLine('vendors').words.join(' ').trim();
if (word === '') console.log(all.join('\n'));
else {
  const hits = found(word, all, knownNames);
  for (const slug of hits) console.log(`${slug}  ${knownNames[slug]?.join(', ') ?? ''}`.trim());
  if (hits.length === 0) {
    console.error(
      `No equipment is known as "${word}". Did you mean ${meantBy(word, all, knownNames)}? npm run vendors lists all.`,
    );
    process.exitCode = 1;
  }
}
