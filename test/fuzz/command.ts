/**
 * `npm run fuzz -- --seed 123 --vendor foxess --runs 5000`: mutated answers for every adapter, or for those whose name
 * begins so. A finding names its seed; the same seed with `--runs 1` plays it again.
 */
import { parseArgs } from 'node:util';
import { conversations } from '../conversations/all.ts';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, vendor: { type: 'string' }, runs: { type: 'string', default: '2000' } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const runs = Number(values.runs);
const chosen = conversations.filter(({ name }) => name.startsWith(values.vendor ?? ''));
if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1 || chosen.length === 0) {
  console.error(
    `--seed and --runs are whole numbers, and --vendor is one of ${conversations.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
console.log(`Seed ${seed}, ${runs} mutations for each of ${chosen.length} conversations`);
let wrong = 0;
for (const conversation of chosen) {
  const { pushed, ms, findings } = await fuzz(conversation, seed, runs);
  console.log(
    `${conversation.name.padEnd(20)}${String(pushed).padStart(6)} pushed${String(ms).padStart(8)} ms${findings.length > 0 ? `  ${findings.length} wrong` : ''}`,
  );
  wrong += findings.length;
  for (const each of findings.slice(0, 8))
    console.log(
      `  ✗ ${each.wrong}\n    call ${each.place + 1}, ${each.mutation}: ${JSON.stringify(each.push)}\n` +
        `    npm run fuzz -- --vendor ${conversation.name} --seed ${each.seed} --runs 1`,
    );
}
process.exit(wrong > 0 ? 1 : 0);
