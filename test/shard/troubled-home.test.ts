/** One home of a shard of 25 is in trouble: what the 24 others tell, log and keep is as without it, and theirs is written before. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { linesOfOthers, type Minute, openNeighbours, sites, type Trouble, troubled } from './neighbours.ts';
import { type Row, rows, secretOfTrouble } from './troubles.ts';

/** So many minutes of the shard. */
async function play(trouble: Trouble, count: number) {
  const neighbours = await openNeighbours(trouble);
  try {
    const minutes: Minute[] = [];
    while (minutes.length < count) minutes.push(await neighbours.minute());
    return { minutes, told: neighbours.told() };
  } finally {
    await neighbours.close();
  }
}

const calm: Awaited<ReturnType<typeof play>>[] = [];
before(async () => {
  await play({}, 1); // loads and compiles what all need
  for (const count of [1, 2]) calm[count] = await play({}, count);
});

async function playRow({ endless = false, unfinished = false, ...row }: Row): Promise<void> {
  const { minutes, told } = await play(row, endless ? 1 : 2); // what never ends takes its whole time each minute
  const undisturbed = calm[minutes.length];
  assert.deepEqual(minutes.map(linesOfOthers), undisturbed?.minutes.map(linesOfOthers));
  assert.deepEqual(told, undisturbed?.told);
  for (const { lines } of minutes) assert.deepEqual(lines.map(({ site }) => site).toSorted(), sites.toSorted());

  const [first] = minutes as [Minute];
  const own = first.lines.find(({ site }) => site === troubled);
  assert.equal(own?.report.outcome, row.ends);
  if (row.kind) assert.equal(own?.report.kind ?? own?.report.destinations[0]?.kind, row.kind);
  assert.match(JSON.stringify(own?.report), row.says ?? /./);
  assert.equal(JSON.stringify(own?.report).includes(secretOfTrouble), false);
  assert.equal(first.summary.bugs, row.kind === 'bug' ? 1 : 0);
  assert.equal(first.figures.bugs, row.kind === 'bug' ? 1 : 0);
  assert.equal(first.figures.homes, unfinished ? 24 : 25);
  assert.equal(first.summary.unfinished, unfinished ? 1 : 0);
  if (endless) assert.equal(first.lines.at(-1)?.site, troubled, "the others' lines do not wait for it");
}

const isWaiting = ({ endless = false }: Row): boolean => endless;

describe('nothing changes for 24 homes when another one is done by a deadline only', { concurrency: 4 }, () => {
  for (const row of rows.filter(isWaiting)) it(row.name, () => playRow(row));
});

describe('nothing changes for 24 homes when of another one', () => {
  for (const row of rows.filter((each) => !isWaiting(each))) it(row.name, () => playRow({ ...row, isLong: true }));
});
