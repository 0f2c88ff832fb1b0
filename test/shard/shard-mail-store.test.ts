/** What a cold start remembers of mails about homes, and what becomes of them where a store or the mail has trouble. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { WrittenMeanwhile } from '../../functions/push-solar-data/persistence/store.ts';
import { failing, openStage } from './mail-stage.ts';

describe('the mail about homes, from one start to the next,', () => {
  it('reminds once a day, and a cold start repeats nothing', async () => {
    const { mails, minutes, coldStart } = openStage();
    for (let hours = 0; hours < 25; hours++) {
      await minutes(60, { cabin: failing });
      coldStart();
    }
    assert.equal(mails.length, 2);
  });

  it('tells after a cold start that it is over', async () => {
    const { mails, minutes, coldStart } = openStage();
    await minutes(20, { cabin: failing });
    coldStart();
    await minutes(31, { cabin: {} });
    assert.equal(mails.at(-1)?.subject, 'Solar Cloud Bridge valley: cabin well again');
  });

  it('is about figures in doubt for two hours, however often the function starts anew meanwhile', async () => {
    const { mails, minutes, coldStart } = openStage();
    const cabin = { warnings: ['The meter contradicts'] };
    for (const minutesLong of [50, 50, 20]) {
      await minutes(minutesLong, { cabin });
      coldStart();
    }
    assert.equal(mails.length, 0);
    await minutes(1, { cabin });
    assert.match(`${mails[0]?.text}`, /^cabin: its figures have looked doubtful since 2026-06-01 10:00 UTC;/m);
  });

  it('says nothing of a doubt that ended before its time, and counts the next one anew', async () => {
    const { mails, minutes, coldStart } = openStage();
    const cabin = { warnings: ['The meter contradicts'] };
    await minutes(100, { cabin });
    await minutes(1, { cabin: {} });
    coldStart();
    await minutes(119, { cabin });
    assert.equal(mails.length, 0);
  });

  it('reminds of the true begin after a cold start', async () => {
    const { mails, minutes, coldStart } = openStage();
    await minutes(60, { cabin: failing });
    coldStart();
    await minutes(24 * 60, { cabin: failing });
    assert.equal(mails.length, 2);
    assert.match(`${mails[1]?.text}`, / since 2026-06-01 10:00 UTC\./);
  });

  it('that cannot be sent is tried again, and the log says so', async () => {
    const { mails, minutes, refuse } = openStage();
    refuse(true);
    const complaints = await minutes(18, { cabin: failing });
    assert.deepEqual(complaints.filter(Boolean), ['The mail about cabin could not be sent: AuthorizationError']);
    refuse(false);
    await minutes(5, { cabin: failing });
    assert.equal(mails.length, 1);
  });

  it('of a home whose store hangs waits three seconds, and is sent for the others', { timeout: 10_000 }, async () => {
    const stores = new Map([['cabin', { ...memoryStore(), read: () => new Promise<never>(() => {}) }]]);
    const { mails, minutes } = openStage(stores as never);
    await minutes(15, { cabin: { outcome: 'idle' }, barn: { outcome: 'idle' } });
    await minutes(1, { cabin: failing, barn: failing });
    assert.equal(mails[0]?.subject, 'Solar Cloud Bridge valley: barn without figures');
    const begun = performance.now();
    await minutes(5, { cabin: failing, barn: failing });
    assert.ok(performance.now() - begun < 1_000, 'and waits no more for the same answer');
  });

  it('is about a home whose store cannot be read, too, after an hour, and once', async () => {
    const refused = async () => {
      throw new Error('AccessDenied');
    };
    const { mails, minutes } = openStage(new Map([['cabin', { ...memoryStore(), read: refused, write: refused }]]));
    await minutes(60, { cabin: failing });
    assert.equal(mails.length, 0);
    await minutes(60, { cabin: failing });
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      ['Solar Cloud Bridge valley: cabin without figures'],
    );
  });

  it('keeps what it has told where another run was quicker', async () => {
    let isOutdone = true;
    const kept = memoryStore();
    const store = {
      ...kept,
      async read(name: string) {
        isOutdone = false;
        return kept.read(name);
      },
      async write(...written: Parameters<typeof kept.write>) {
        if (isOutdone) throw new WrittenMeanwhile();
        return kept.write(...written);
      },
    };
    const { mails, minutes, coldStart } = openStage(new Map([['cabin', store]]));
    await minutes(1, { cabin: {} });
    isOutdone = true;
    await minutes(20, { cabin: failing });
    coldStart();
    await minutes(20, { cabin: failing });
    assert.equal(mails.length, 1);
  });
});
