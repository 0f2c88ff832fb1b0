/** One home with the credentials of every vendor side by side: `VENDOR` alone decides, whatever it was before. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { memoryStore } from '../functions/push-solar-data/persistence/memory-store.ts';
import type { SettingTexts } from '../functions/push-solar-data/settings/settings-reader.ts';
import { conversations, type NamedConversation } from './conversations/all.ts';
import { type MockServer, playChargeHq, playConversation } from './support/conversation.ts';
import { apiKey, openHome, settingTexts } from './support/home.ts';

/** One way to talk for each vendor. */
const vendors: readonly NamedConversation[] = conversations.filter(({ name, adapter }) => name === adapter.vendor);

describe('a home with the credentials of every vendor', () => {
  const stages: MockServer[] = [];
  const texts: SettingTexts = {};
  let chargeHq: Awaited<ReturnType<typeof playChargeHq>>;

  before(async () => {
    chargeHq = await playChargeHq();
    texts['CHARGE_HQ_URL'] = `${chargeHq.url}/push`;
    for (const { adapter, conversation } of vendors) {
      const stage = await playConversation(conversation.exchanges);
      stages.push(stage);
      const filled = Object.entries(conversation.settings).map(([name, text]) => [
        name,
        text.replaceAll('{server}', stage.url),
      ]);
      const own = { baseUrl: stage.url, authUrl: stage.url, ...Object.fromEntries(filled) };
      Object.assign(texts, settingTexts(adapter.vendor, own));
    }
  });
  after(async () => {
    for (const stage of [...stages, chargeHq]) await stage.close();
  });

  /** A tick at the time of the vendor's conversation, in a fresh instance that finds what others have stored. */
  async function tickOf(
    { name, conversation }: NamedConversation,
    store: ReturnType<typeof memoryStore>,
  ): Promise<void> {
    const all = vendors.map(({ adapter }) => adapter);
    const home = openHome({ adapters: all, now: conversation.now, texts: { ...texts, VENDOR: name }, store });
    chargeHq.pushes.length = 0;
    const { error } = await home.tick();
    await home.close();
    assert.deepEqual(chargeHq.pushes, [{ apiKey, ...conversation.push }], error);
    // the times of the conversations lie anyhow, and the half minute between two pushes is not the point here
    const kept = JSON.parse(store.documents.get('site') ?? '{}');
    store.documents.set('site', JSON.stringify({ ...kept, destinations: {} }));
  }

  for (const first of vendors)
    it(`that has pushed ${first.name} pushes any other when VENDOR is changed, and nothing else`, async () => {
      for (const second of vendors.filter(({ name }) => name !== first.name)) {
        const store = memoryStore();
        await tickOf(first, store);
        await tickOf(second, store);
      }
    });
});
