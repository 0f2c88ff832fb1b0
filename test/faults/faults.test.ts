import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
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
import { textFaults } from './texts.ts';

// A sample of `npm run test:faults`: every fault of a cloud and of a destination once, of texts and echoes some, adapters in rotation. The store's faults are only there.
const dead = await openDeadAddresses();
after(() => dead.close());

/** The cell of the first adapter from the `nth` on in whose conversation the fault changes anything. */
async function playInTurn(
  nth: number,
  play: (conversation: NamedConversation) => Promise<Cell> | undefined,
): Promise<Cell> {
  for (const conversation of [...conversations.slice(nth % conversations.length), ...conversations]) {
    const cell = await play(conversation);
    if (cell && cell.sign !== '·') return { ...cell, wrong: cell.wrong.map((what) => `${conversation.name}: ${what}`) };
  }
  return { sign: '·', wrong: ['the fault concerns nobody'], ms: 0, megabytes: 0 };
}

type Row = { name: string; alone?: boolean; play(): Promise<Cell> };

/** Side by side, because most of them wait; alone where memory is weighed or the machine has a queue for names. */
function playAll(what: string, rows: readonly Row[]): void {
  const play = ({ name, play }: Row) => it(name, async () => assert.deepEqual((await play()).wrong, []));
  describe(what, { concurrency: 8 }, () => rows.filter(({ alone }) => !alone).forEach(play));
  describe(`${what} (one after the other)`, () => rows.filter(({ alone }) => alone).forEach(play));
}

const isQueued = ({ name }: { name: string }): boolean => name.includes('DNS');

playAll("a vendor's cloud fails, and the home tells so, leaks nothing and recovers:", [
  ...dead.addresses.map((address, nth) => ({
    name: address.name,
    alone: isQueued(address),
    play: () => playInTurn(nth, (conversation) => playDeadAddress(conversation, address)),
  })),
  ...[...answerFaults, ...figureFaults].map((fault, nth) => ({
    name: fault.name,
    alone: fault.alone === true,
    play: () => playInTurn(nth, (conversation) => playFault(conversation, fault)),
  })),
]);

const some = <Each>(all: readonly Each[], every: number): Each[] => all.filter((_each, nth) => nth % every === 0);

playAll('a cloud says too much, too little, or what it was told, and the home tells no more than it knows:', [
  ...some(textFaults, 5).map((fault, nth) => ({
    name: fault.name,
    alone: true,
    play: () => playInTurn(nth, (conversation) => playFault(conversation, fault)),
  })),
  ...some(echoes, 5).map((echo, nth) => ({
    name: echo.name,
    play: () => playInTurn(nth, (conversation) => playEcho(conversation, echo)),
  })),
  ...histories.map(({ name, play }, nth) => ({ name, play: () => playInTurn(nth, play) })),
  ...endlessLists.map((list, nth) => ({
    name: list.name,
    play: () => playInTurn(nth, (conversation) => playEndlessList(conversation, list)),
  })),
]);

for (const destination of testedDestinations) {
  const faults = destination.faults(dead.addresses);
  const byName = Map.groupBy(faults, ({ name }) => name);
  const names = [...byName].filter(([name], nth) => !/^echo|^100 KB/.test(name) || nth % 5 === 0);
  playAll(
    `${destination.name} fails, and the tick says how, leaks nothing, waits no longer than it may and is heard again:`,
    names.map(([name, sameName]) => ({
      name,
      alone: sameName.some(({ alone }) => alone),
      play: async () => {
        const cells: Cell[] = [];
        for (const fault of sameName) cells.push(await playDestination(destination, fault));
        return merged(cells);
      },
    })),
  );
}
