/**
 * `npm run fuzz -- --seed 123 --vendor foxess --runs 5000`: mutated answers for every adapter, or for those whose name
 * begins so; `--mode changes` or `--mode excesses` alone. Without `--seed` each call draws another one; `npm run test:fuzz`
 * has a fixed one, so that the same code always ends the same way. A finding names its seed; the same seed with `--runs 1`
 * plays it again.
 */
import { parseArgs } from 'node:util';
import { conversations } from '../conversations/all.ts';
import { fuzz, modes } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    vendor: { type: 'string' },
    runs: { type: 'string', default: '2000' },
    mode: { type: 'string' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const runs = Number(values.runs);
const chosen = conversations.filter(({ name }) => name.startsWith(values.vendor ?? ''));
const chosenModes = modes.filter((mode) => mode === (values.mode ?? mode));
if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1 || chosen.length === 0 || chosenModes.length === 0) {
  console.error(
    `--seed and --runs are whole numbers, --mode is one of ${modes.join(', ')}, and --vendor is one of ${conversations.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
/** An excess takes much longer than a change: without a mode there is one for so many. */
const excessEvery = 4;
let wrong = 0;
for (const mode of chosenModes) {
  const share = mode === 'excesses' && !values.mode ? Math.ceil(runs / excessEvery) : runs;
  console.log(`Seed ${seed}, ${share} ${mode} for each of ${chosen.length} conversations`);
  for (const conversation of chosen) {
    const { pushed, ms, findings } = await fuzz(conversation, seed, share, mode);
    console.log(
      `${conversation.name.padEnd(20)}${String(pushed).padStart(6)} pushed${String(ms).padStart(8)} ms${findings.length > 0 ? `  ${findings.length} wrong` : ''}`,
    );
    wrong += findings.length;
    for (const each of findings.slice(0, 8))
      console.log(
        `  ✗ ${each.wrong}\n    call ${each.place + 1}, ${each.mutation}: ${JSON.stringify(each.push)}\n` +
          `    npm run fuzz -- --mode ${mode} --vendor ${conversation.name} --seed ${each.seed} --runs 1`,
      );
  }
}
process.exit(wrong > 0 ? 1 : 0);
