/** Stored settings that come late: the tick goes on without, and the next one takes what has come. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { timelySettings } from '../../functions/push-solar-data/persistence/timely-settings.ts';

/** Settings whose loads end when they are told to, in their order. */
function slowly() {
  const loads: { resolve(texts: Record<string, string>): void; reject(error: Error): void }[] = [];
  const load = () => {
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, string>>();
    loads.push({ resolve, reject });
    return promise;
  };
  return { loads, settings: timelySettings({ load, hasChanged: async () => true }, 20) };
}

describe('settings that are waited for', () => {
  it('are given as they come', async () => {
    const { loads, settings } = slowly();
    const loaded = settings.load();
    loads[0]?.resolve({ VENDOR: 'example' });
    assert.deepEqual(await loaded, { VENDOR: 'example' });
    assert.equal(await settings.hasChanged(), true);
  });

  it('are missing, in a sentence, when their time is up', async () => {
    const { settings } = slowly();
    await assert.rejects(settings.load(), { kind: 'unavailable', message: /have not come within/ });
  });

  it('that came late are taken by the next, and loaded anew by the one after', async () => {
    const { loads, settings } = slowly();
    await assert.rejects(settings.load());
    await assert.rejects(settings.load());
    assert.equal(loads.length, 1, 'nobody asks twice for what is still coming');
    loads[0]?.resolve({ VENDOR: 'late' });
    assert.deepEqual(await settings.load(), { VENDOR: 'late' });
    const anew = settings.load();
    loads[1]?.resolve({ VENDOR: 'anew' });
    assert.deepEqual(await anew, { VENDOR: 'anew' });
  });

  it('that failed are asked for anew', async () => {
    const { loads, settings } = slowly();
    const failed = settings.load();
    loads[0]?.reject(new Failure('settings', 'forbidden'));
    await assert.rejects(failed, { kind: 'settings', message: 'forbidden' });
    const anew = settings.load();
    loads[1]?.resolve({});
    assert.deepEqual(await anew, {});
  });

  it('that cannot even be asked for are a failure of that tick alone', async () => {
    let asked = 0;
    const load = () => {
      asked += 1;
      throw new TypeError('broken');
    };
    const settings = timelySettings({ load, hasChanged: async () => false }, 20);
    await assert.rejects(settings.load(), TypeError);
    await assert.rejects(settings.load(), TypeError);
    assert.equal(asked, 2);
  });
});
