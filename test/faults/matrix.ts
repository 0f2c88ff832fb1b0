/**
 * `npm run test:faults`: everybody under every fault, as a table. Words after it choose columns and rows by parts of
 * their names: `npm run test:faults -- foxess "HTTP 429"`.
 */
import { conversations, type NamedConversation } from '../conversations/all.ts';
import { openDeadAddresses } from './addresses.ts';
import { answerFaults } from './answers.ts';
import { type Cell, merged, playDeadAddress, playFault } from './cell.ts';
import { playDestination } from './destination-cell.ts';
import { testedDestinations } from './destinations.ts';
import { echoes, playEcho } from './echoes.ts';
import { endlessLists, playEndlessList } from './endless-lists.ts';
import { figureFaults } from './figures.ts';
import { histories } from './histories.ts';
import { playStoreFault, storeFaults } from './store-faults.ts';
import { textFaults } from './texts.ts';

const words = process.argv.slice(2);
type Named = { name: string };
const isNamed = ({ name }: Named) => words.some((word) => name.includes(word));
/** Those of the names that are chosen; all if nothing among `choice` is. */
const matching = <Each extends Named>(all: readonly Each[], choice: readonly Named[] = all): readonly Each[] =>
  choice.some(isNamed) ? all.filter(isNamed) : all;
const width = 40;
const begun = performance.now();
const wrong: string[] = [];
const dead = await openDeadAddresses();

type Row = {
  name: string;
  alone?: boolean;
  play(conversation: NamedConversation): Promise<Cell>;
};
const rows: Row[] = [
  ...dead.addresses.map((address) => ({
    name: address.name,
    alone: address.name.includes('DNS'), // four names are looked up at a time, the others wait
    play: (conversation: NamedConversation) => playDeadAddress(conversation, address),
  })),
  ...[...answerFaults, ...figureFaults, ...textFaults].map((fault) => ({
    name: fault.name,
    alone: fault.alone === true,
    play: (conversation: NamedConversation) => playFault(conversation, fault),
  })),
  ...echoes.map((echo) => ({
    name: echo.name,
    play: (conversation: NamedConversation) => playEcho(conversation, echo),
  })),
  ...histories.map(({ name, play }) => ({ name, play })),
  ...endlessLists.map((list) => ({
    name: list.name,
    alone: true,
    play: (conversation: NamedConversation) => playEndlessList(conversation, list),
  })),
];

console.log('✓ reported or failed  = figures, and the right ones  · nothing to change  ✗ wrong\n');
const everybody = [...conversations, ...testedDestinations];
const columns = matching(conversations, everybody);
const receivers = matching(testedDestinations, everybody).map((destination) => ({
  ...{ name: destination.name, destination, faults: destination.faults(dead.addresses) },
}));
/** Their rows, each once. */
const received = new Map(receivers.flatMap(({ faults }) => faults).map((fault) => [fault.name, fault]));
const choice = [...rows, ...received.values(), ...storeFaults];

printHeads(columns);
for (const row of columns.length > 0 ? matching(rows, choice) : []) {
  const works = columns.map((conversation) => () => row.play(conversation));
  print(row.name, await cellsOf(columns, works, row.alone));
}

console.log('\nDestinations');
printHeads(receivers);
for (const { name, alone } of matching([...received.values()], choice)) {
  const works = receivers.map(({ destination, faults }) => async () => {
    const cells: Cell[] = [];
    for (const fault of faults) if (fault.name === name) cells.push(await playDestination(destination, fault));
    return merged(cells);
  });
  print(name, await cellsOf(receivers, works, alone));
}

console.log('\nThe Parameter Store');
for (const fault of matching(storeFaults, choice)) {
  const cell = await playStoreFault(fault, dead.addresses);
  print(fault.name, [['the Parameter Store', cell]]);
}
dead.close();
for (const what of wrong) console.log(what);
console.log(
  `\n${wrong.length === 0 ? 'Nothing' : wrong.length} wrong, ${Math.round((performance.now() - begun) / 1000)} s`,
);
process.exit(wrong.length > 0 ? 1 : 0);

/** A line for each column. */
function printHeads(heads: readonly Named[]): void {
  heads.forEach(({ name }, index) => {
    console.log(`${''.padEnd(width)}${'│'.repeat(index)}╭ ${name}`);
  });
}

/** Side by side; one after the other where memory or the processor is measured, or the machine has a queue. */
async function cellsOf(
  heads: readonly Named[],
  works: readonly (() => Promise<Cell>)[],
  alone = false,
): Promise<[string, Cell][]> {
  const cells: Cell[] = [];
  if (alone) for (const work of works) cells.push(await orHang(work()));
  else cells.push(...(await Promise.all(works.map((work) => orHang(work())))));
  return cells.map((cell, index) => [heads[index]?.name ?? '', cell]);
}

/** A cell that never ended, and whatever else went wrong with the play itself. */
function orHang(work: Promise<Cell>): Promise<Cell> {
  return work.catch((error: Error) => ({ sign: '✗', wrong: [error.message], ms: 0, megabytes: 0 }));
}

function print(name: string, cells: [string, Cell][]): void {
  const most = (of: 'ms' | 'megabytes' | 'blockedMs') =>
    Math.round(Math.max(0, ...cells.map(([, cell]) => cell[of] ?? 0)));
  const [ms, megabytes, blockedMs] = [most('ms'), most('megabytes'), most('blockedMs')];
  const signs = cells.map(([, cell]) => cell.sign).join('');
  console.log(
    `${name.padEnd(width)}${signs}${String(ms).padStart(7)} ms${megabytes ? `${String(megabytes).padStart(4)} MB` : ''}${blockedMs ? `, blocked for ${blockedMs} ms` : ''}`,
  );
  for (const [column, cell] of cells) wrong.push(...cell.wrong.map((what) => `✗ ${column}, ${name}: ${what}`));
}
