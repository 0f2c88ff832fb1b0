/**
 * `npm run test:faults`: everybody under every fault, as a table. Words after it choose columns and rows by parts of
 * their names: `npm run test:faults -- foxess "HTTP 429"`.
 */
import { conversations, type NamedConversation } from '../conversations/all.ts';
import { openDeadAddresses } from './addresses.ts';
import { answerFaults } from './answers.ts';
import { type Cell, playDeadAddress, playFault } from './cell.ts';
import { playUnheard, playUnreachable } from './destination-cell.ts';
import { echoes, playEcho, toChargeHq } from './echoes.ts';
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

const nothing = (): undefined => undefined;
type Row = {
  name: string;
  alone?: boolean;
  play(conversation: NamedConversation): Promise<Cell>;
  unheard(conversation: NamedConversation): Promise<Cell> | undefined;
};
const rows: Row[] = [
  ...dead.addresses.map((address) => ({
    name: address.name,
    alone: address.name.includes('DNS'), // four names are looked up at a time, the others wait
    play: (conversation: NamedConversation) => playDeadAddress(conversation, address),
    unheard: (conversation: NamedConversation) => playUnreachable(conversation, address),
  })),
  ...[...answerFaults, ...figureFaults, ...textFaults].map((fault) => ({
    name: fault.name,
    alone: fault.alone === true,
    play: (conversation: NamedConversation) => playFault(conversation, fault),
    unheard: (conversation: NamedConversation) => playUnheard(conversation, fault),
  })),
  ...echoes.map((echo) => ({
    name: echo.name,
    play: (conversation: NamedConversation) => playEcho(conversation, echo),
    unheard: (conversation: NamedConversation) => playUnheard(conversation, toChargeHq(echo)),
  })),
  ...histories.map(({ name, play }) => ({ name, play, unheard: nothing })),
  ...endlessLists.map((list) => ({
    name: list.name,
    alone: true,
    play: (conversation: NamedConversation) => playEndlessList(conversation, list),
    unheard: nothing,
  })),
];

console.log('✓ reported  = figures, and the right ones  · nothing in the answer to change  ✗ wrong\n');
const columns = matching(conversations);
[...columns.map(({ name }) => name), 'Charge HQ'].forEach((name, index) => {
  console.log(`${''.padEnd(width)}${'│'.repeat(index)}╭ ${name}`);
});
const choice = [...rows, ...storeFaults];
for (const [nth, row] of matching(rows, choice).entries()) print(row.name, await cellsOf(row, nth));

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

/** Side by side; one after the other where memory or the processor is measured, or the machine has a queue. The home that Charge HQ fails is each in its turn. */
async function cellsOf({ alone, play, unheard }: Row, nth: number): Promise<[string, Cell | undefined][]> {
  const home = columns[nth % columns.length];
  const works = [...columns.map((conversation) => () => play(conversation)), async () => home && unheard(home)];
  const cells: (Cell | undefined)[] = [];
  if (alone) for (const work of works) cells.push(await orHang(work()));
  else cells.push(...(await Promise.all(works.map((work) => orHang(work())))));
  return cells.map((cell, index) => [columns[index]?.name ?? 'Charge HQ', cell]);
}

/** A cell that never ended, and whatever else went wrong with the play itself. */
function orHang(work: Promise<Cell | undefined>): Promise<Cell | undefined> {
  return work.catch((error: Error) => ({ sign: '✗', wrong: [error.message], ms: 0, megabytes: 0 }));
}

function print(name: string, cells: [string, Cell | undefined][]): void {
  const most = (of: 'ms' | 'megabytes' | 'blockedMs') =>
    Math.round(Math.max(0, ...cells.map(([, cell]) => cell?.[of] ?? 0)));
  const [ms, megabytes, blockedMs] = [most('ms'), most('megabytes'), most('blockedMs')];
  const signs = cells.map(([, cell]) => cell?.sign ?? '·').join('');
  console.log(
    `${name.padEnd(width)}${signs}${String(ms).padStart(7)} ms${megabytes ? `${String(megabytes).padStart(4)} MB` : ''}${blockedMs ? `, blocked for ${blockedMs} ms` : ''}`,
  );
  for (const [column, cell] of cells) wrong.push(...(cell?.wrong ?? []).map((what) => `✗ ${column}, ${name}: ${what}`));
}
