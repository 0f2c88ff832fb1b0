/** What a site remembers where two invocations overlap, and the store lets neither overwrite what it has not read. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { afterFailure } from '../../functions/push-solar-data/core/source-state.ts';
import { createSiteMemory, type SiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { openTable } from '../../functions/push-solar-data/persistence/table.ts';
import { tableStore } from '../../functions/push-solar-data/persistence/table-store.ts';
import { tableFor } from '../support/aws-stores.ts';
import { sourceOf } from '../support/sources.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;
const source = sourceOf();

async function invocations(t: TestContext): Promise<{ open: () => SiteMemory; calls: string[] }> {
  const { stage, client } = await tableFor(t);
  return { calls: stage.calls, open: () => createSiteMemory(tableStore(openTable('homes', client), 'home')) };
}

/** One tick in which the vendor refuses the credentials. @returns the remarks */
async function refusedTick(memory: SiteMemory, at: number, message: string): Promise<string[]> {
  const { state } = await memory.load(at);
  state.sources['roof'] = afterFailure(state.sources['roof'], source, at, new Failure('auth', message));
  return memory.commit([source], state, at);
}
const rememberedBy = async (memory: SiteMemory, at: number) =>
  (await memory.load(at)).state.sources['roof']?.failure?.message;

describe('of two invocations that overlap', () => {
  it('the one that writes later overwrites nothing, says so, and goes on with what the other has written', async (t) => {
    const { open } = await invocations(t);
    const [mine, theirs] = [open(), open()];
    for (const memory of [mine, theirs]) await memory.load(now);
    assert.deepEqual(await refusedTick(theirs, now, 'told to them'), []);
    assert.deepEqual(await refusedTick(mine, now + 1, 'told to me'), [
      'What was learnt could not be saved: another run of the bridge was quicker, and the next tick goes on with what it has written',
    ]);
    assert.equal(await rememberedBy(open(), now + minute), 'told to them');
    assert.equal(await rememberedBy(mine, now + minute), 'told to them');
  });

  it('each goes on from the other, tick by tick', async (t) => {
    const { open } = await invocations(t);
    const memories = [open(), open()];
    const remarks: string[] = [];
    let consecutive = 0;
    for (let nth = 0; nth < 6; nth++) {
      const memory = memories[nth % 2];
      assert.ok(memory);
      const at = now + nth * 60 * minute;
      remarks.push(...(await refusedTick(memory, at, `${nth}`)));
      const kept = (await open().load(at)).state.sources['roof']?.failure;
      assert.ok((kept?.consecutive ?? 0) >= consecutive, 'nothing that was learnt is undone');
      consecutive = kept?.consecutive ?? 0;
    }
    assert.ok(remarks.length <= 3, remarks.join('\n'));
    assert.ok(consecutive >= 3);
  });

  it('looks at the table once, and then only when it has been told', async (t) => {
    const { open, calls } = await invocations(t);
    const [mine, theirs] = [open(), open()];
    await mine.load(now);
    await refusedTick(theirs, now, 'told to them');
    await refusedTick(mine, now + 1, 'told to me');
    for (let nth = 1; nth < 5; nth++) await mine.load(now + nth * minute);
    assert.equal(calls.filter((call) => call === 'GetItem').length, 3);
  });
});
