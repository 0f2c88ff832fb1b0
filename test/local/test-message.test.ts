/** A reading that is really sent to one destination, to see whether it takes it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DestinationError,
  type Message,
  type PushContext,
} from '../../functions/push-solar-data/destinations/destination.ts';
import { sendTest } from '../../functions/push-solar-data/local/test-message.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { figuresOf, moduleOf } from '../support/destinations.ts';
import { adapterOf, registryOf } from '../support/sources.ts';

type Push = Parameters<typeof moduleOf>[0];
const reading = figuresOf({ production_kw: 4.2, net_import_kw: -1.5 });

/** Sends to a destination of the test's own, as often as there are messages. */
async function sent(push: Push, messages: readonly Message[] = [reading], own: Parameters<typeof moduleOf>[1] = {}) {
  const store = memoryStore();
  const ports = {
    store,
    registry: registryOf(adapterOf()),
    destinations: { example: async () => moduleOf(push, own) },
  };
  const texts = { VENDOR: 'roof:example', DESTINATION: 'car:example' };
  const all = [];
  for (const message of messages) all.push(await sendTest(texts, 'car', message, ports));
  return { all, documents: store.documents };
}

describe('a message that tries a destination', () => {
  it('is the reading, and what became of it is said', async () => {
    const pushed: PushContext<Record<string, unknown>>[] = [];
    const { all } = await sent(async (context) => {
      pushed.push(context);
      return undefined;
    });
    assert.deepEqual(all, [{ isTaken: true, sentence: 'Sent solar 4.20 kW to Example (car); it answered.' }]);
    assert.deepEqual(
      pushed.map(({ message, home }) => [message, home.vendors]),
      [[reading, ['example']]],
    );
  });

  it('names another figure where there is no sun', async () => {
    const { all } = await sent(async () => undefined, [figuresOf({ net_import_kw: 0.3 })]);
    assert.equal(all[0]?.sentence, 'Sent importing 0.30 kW to Example (car); it answered.');
  });

  it('says why it was not taken', async () => {
    const { all } = await sent(async ({ title }) => {
      throw new DestinationError('auth', `${title} refuses us`);
    });
    assert.deepEqual(all, [{ isTaken: false, sentence: 'Example (car) refuses us' }]);
  });

  for (const [gathers, sentence] of [
    [false, 'Nothing was sent to Example (car): by its settings this reading is not for it.'],
    [true, 'Example (car) was sent nothing yet: it gathers readings, and sends them at its own times.'],
  ] as const)
    it(`is no failure where nothing is sent${gathers ? ' yet' : ''}`, async () => {
      const { all } = await sent(async () => 'nothing', [reading], { gathers } as Parameters<typeof moduleOf>[1]);
      assert.deepEqual(all, [{ isTaken: true, sentence }]);
    });

  it('keeps the least time between two messages, and is remembered for the next tick', async () => {
    let count = 0;
    const { all, documents } = await sent(async () => {
      count += 1;
      return undefined;
    }, [reading, reading]);
    assert.equal(count, 1);
    assert.match(
      all[1]?.sentence ?? '',
      /^The last message to Example \(car\) is too young: try again in (30|29) s\.$/,
    );
    assert.equal(all[1]?.isTaken, false);
    assert.match(documents.get('site') ?? '', /"sentAt":\d+/);
  });

  it('may be sent although the destination is left alone for a refusal: that may be mended', async () => {
    let count = 0;
    const push: Push = async ({ title }) => {
      count += 1;
      throw new DestinationError('auth', `${title} refuses us`);
    };
    await sent(push, [reading, reading], { minSecondsBetween: 0 });
    assert.equal(count, 2);
  });
});
