import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { conversations, type NamedConversation, silent } from '../conversations/all.ts';
import { playChargeHq } from '../support/conversation.ts';
import { openHome } from '../support/home.ts';
import { adapterOf } from '../support/sources.ts';
import { openDeadAddresses } from './addresses.ts';
import { answerFaults } from './answers.ts';
import { type Cell, playDeadAddress, playFault } from './cell.ts';
import { playUnheard, playUnreachable } from './destination-cell.ts';
import { figureFaults } from './figures.ts';
import { playStoreFault, storeFaults } from './store-faults.ts';

// A sample of `npm run test:faults`: every fault once, adapters in rotation.
const dead = await openDeadAddresses();
after(() => dead.close());
const faults = [...answerFaults, ...figureFaults];

it('knows a conversation of every adapter', () => {
  const known = [...conversations.map(({ adapter }) => adapter.vendor), ...silent];
  assert.deepEqual([...new Set(known)].sort(), Object.keys(adapters).sort());
});

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

describe("a vendor's cloud fails, and the home tells so, leaks nothing and recovers:", () => {
  for (const [nth, address] of dead.addresses.entries())
    it(address.name, async () => {
      assert.deepEqual((await playInTurn(nth, (conversation) => playDeadAddress(conversation, address))).wrong, []);
    });
  for (const [nth, fault] of faults.entries())
    it(fault.name, async () => {
      assert.deepEqual((await playInTurn(nth, (conversation) => playFault(conversation, fault))).wrong, []);
    });
});

describe('Charge HQ fails, and the tick says how, leaks nothing and is heard again:', () => {
  for (const [nth, address] of dead.addresses.entries())
    it(address.name, async () => {
      assert.deepEqual((await playInTurn(nth, (conversation) => playUnreachable(conversation, address))).wrong, []);
    });
  for (const [nth, fault] of answerFaults.entries())
    it(fault.name, async () => {
      assert.deepEqual((await playInTurn(nth, (conversation) => playUnheard(conversation, fault))).wrong, []);
    });
});

describe('the Parameter Store fails, and the Lambda ends in time, says so and recovers:', () => {
  for (const fault of storeFaults)
    it(fault.name, async () => {
      assert.deepEqual((await playStoreFault(fault, dead.addresses)).wrong, []);
    });
});

it('does not outlast its time for a store that never answers a write', async () => {
  const chargeHq = await playChargeHq();
  const store = { ...memoryStore(), write: () => new Promise<void>(() => {}) };
  const home = openHome({
    adapters: [adapterOf()],
    texts: { VENDOR: 'example', CHARGE_HQ_URL: chargeHq.url },
    now: '2026-05-01T12:00:00Z',
    store,
    budget: { tickMs: 500, readMs: 300 },
  });
  try {
    const begun = performance.now();
    const report = await home.tick();
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(report.warnings, ['What was learnt could not be saved: the store does not answer in time']);
    assert.ok(performance.now() - begun < 5_000);
  } finally {
    await home.close();
    await chargeHq.close();
  }
});
