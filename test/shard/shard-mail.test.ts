/** Mails that name homes in trouble: which, when, how often, and what a cold start remembers of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterTick, type HomeMinute } from '../../functions/push-solar-data/core/home-watch.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { WrittenMeanwhile } from '../../functions/push-solar-data/persistence/store.ts';
import { type Mail, openShardMail } from '../../functions/push-solar-data/shard-mail.ts';

const minuteMs = 60_000;
const begin = Date.parse('2026-06-01T10:00:00Z');

const report = (site: string, rest: Partial<TickReport>): TickReport => ({
  outcome: 'pushed',
  site,
  sources: [],
  destinations: [{ label: 'charge-hq', outcome: 'pushed', ms: 1 }],
  ms: 1,
  ...rest,
});
const failing = { outcome: 'reported', kind: 'auth', error: 'FoxESS refuses the key' } as const;

/** A shard whose homes are told minute by minute what became of their ticks. */
function openStage(stores = new Map<string, ReturnType<typeof memoryStore>>()) {
  const mails: Mail[] = [];
  const stage = { mails, stores, refuse: false, minute: 0 };
  const storeOf = (site: string) => {
    const store = stores.get(site) ?? memoryStore({ writesAreCounted: true });
    stores.set(site, store);
    return store;
  };
  const open = () =>
    openShardMail({
      stack: 'valley',
      storeOf,
      async send(mail) {
        if (stage.refuse) throw Object.assign(new Error('no'), { name: 'AuthorizationError' });
        mails.push(mail);
      },
    });
  let mail = open();
  let watches = new Map<string, HomeMinute['watch']>();
  return {
    ...stage,
    /** Every home has such minutes, one after the other. */
    async minutes(count: number, homes: Record<string, Partial<TickReport>>): Promise<(string | undefined)[]> {
      const complaints: (string | undefined)[] = [];
      for (let nth = 0; nth < count; nth++) {
        const now = begin + stage.minute++ * minuteMs;
        const minutes = Object.entries(homes).map(([site, rest]) => {
          const told = report(site, rest);
          const watch = afterTick(watches.get(site), told, { now, slowestPollSeconds: 60 });
          watches.set(site, watch);
          return { report: told, watch, isOver: true, hasBug: false };
        });
        complaints.push(await mail.after(minutes, now));
      }
      return complaints;
    },
    coldStart() {
      mail = open();
      watches = new Map();
    },
    refuse(refuse: boolean) {
      stage.refuse = refuse;
    },
  };
}

describe('the mail about homes', () => {
  it('names those without figures for a quarter of an hour, with the reason, in one mail', async () => {
    const { mails, minutes } = openStage();
    await minutes(1, { cabin: {}, barn: {}, home: {} });
    await minutes(14, { cabin: failing, barn: failing, home: {} });
    assert.equal(mails.length, 0);
    await minutes(30, { cabin: failing, barn: failing, home: {} });
    assert.equal(mails.length, 1);
    const [mail] = mails;
    assert.equal(mail?.subject, 'Solar Cloud Bridge valley: cabin, barn without figures');
    assert.match(mail.text, /^cabin: no figures have reached its first destination since 2026-06-01 10:00 UTC\.$/m);
    assert.match(mail.text, /^ {2}FoxESS refuses the key$/m);
    assert.doesNotMatch(mail.text, /home:/);
    assert.match(mail.text, /npm run status/);
  });

  it('tells once that it is over, when it has been for half an hour', async () => {
    const { mails, minutes } = openStage();
    await minutes(20, { cabin: failing });
    await minutes(30, { cabin: {} });
    assert.equal(mails.length, 1);
    await minutes(20, { cabin: {} });
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      ['Solar Cloud Bridge valley: cabin without figures', 'Solar Cloud Bridge valley: cabin well again'],
    );
    assert.match(`${mails[1]?.text}`, /^cabin: figures arrive again\.$/m);
  });

  it('reminds once a day, and a cold start repeats nothing', async () => {
    const { mails, minutes, coldStart } = openStage();
    for (let hours = 0; hours < 25; hours++) {
      await minutes(60, { cabin: failing });
      coldStart();
    }
    assert.equal(mails.length, 2);
  });

  it('is one a day about a home that has figures now and then', async () => {
    const { mails, minutes } = openStage();
    for (let thirds = 0; thirds < 3 * 24; thirds++) {
      await minutes(1, { cabin: {} });
      await minutes(19, { cabin: failing });
    }
    assert.equal(mails.length, 1);
    await minutes(31, { cabin: {} });
    assert.equal(mails.length, 2);
    await minutes(20, { cabin: failing });
    await minutes(30, { cabin: {} });
    assert.equal(mails.length, 3, 'a later silence is told, and over only after its own half an hour');
  });

  it('tells after a cold start that it is over', async () => {
    const { mails, minutes, coldStart } = openStage();
    await minutes(20, { cabin: failing });
    coldStart();
    await minutes(31, { cabin: {} });
    assert.equal(mails.at(-1)?.subject, 'Solar Cloud Bridge valley: cabin well again');
  });

  it('waits for those that follow, five minutes', async () => {
    const { mails, minutes } = openStage();
    await minutes(1, { a: {}, b: {}, c: {} });
    await minutes(1, { a: failing, b: {}, c: {} });
    await minutes(1, { a: failing, b: failing, c: {} });
    await minutes(30, { a: failing, b: failing, c: failing });
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      ['Solar Cloud Bridge valley: a without figures', 'Solar Cloud Bridge valley: b, c without figures'],
    );
  });

  for (const [what, rest, minutesLong, subject] of [
    ['figures in doubt for two hours', { warnings: ['The meter contradicts'] }, 120, 'in doubt'],
    [
      'a further destination that takes nothing for an hour',
      {
        destinations: [
          { label: 'charge-hq', outcome: 'pushed', ms: 1 },
          { label: 'mqtt', outcome: 'failed', kind: 'auth', error: 'The broker refuses the password', ms: 1 },
        ],
      },
      60,
      'with a destination that takes nothing',
    ],
  ] as const)
    it(`is about ${what}, too`, async () => {
      const { mails, minutes } = openStage();
      const home = rest as unknown as Partial<TickReport>;
      await minutes(minutesLong, { cabin: home });
      assert.equal(mails.length, 0);
      await minutes(1, { cabin: { outcome: 'idle' } });
      await minutes(1, { cabin: home });
      const [mail] = mails;
      assert.equal(mail?.subject, `Solar Cloud Bridge valley: cabin ${subject}`);
      assert.match(mail.text, /The meter contradicts|mqtt: The broker refuses the password/);
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

  it('does not remind of a further destination that is none any more', async () => {
    const { mails, minutes } = openStage();
    const charge = { label: 'charge-hq', outcome: 'pushed', ms: 1 } as const;
    const mqtt = { label: 'mqtt', outcome: 'failed', kind: 'auth', error: 'The broker is gone', ms: 1 } as const;
    await minutes(70, { cabin: { destinations: [charge, mqtt] } });
    await minutes(25 * 60, { cabin: { destinations: [charge] } });
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      [
        'Solar Cloud Bridge valley: cabin with a destination that takes nothing',
        'Solar Cloud Bridge valley: cabin well again',
      ],
    );
  });

  it('keeps its subject below 100 characters, which is all that SNS takes', async () => {
    const { mails, minutes } = openStage();
    const sites = Array.from({ length: 3 }, (_, nth) => `${nth}`.repeat(41));
    await minutes(16, Object.fromEntries(sites.map((site) => [site, failing])));
    assert.equal(mails[0]?.subject.length, 99);
  });

  it('of many homes names three in its subject, and all in its text', async () => {
    const { mails, minutes } = openStage();
    const sites = Array.from({ length: 25 }, (_, nth) => `home-${nth}`);
    await minutes(16, Object.fromEntries(sites.map((site) => [site, failing])));
    assert.equal(mails[0]?.subject, 'Solar Cloud Bridge valley: home-0, home-1, home-2 and 22 more without figures');
    for (const site of sites) assert.match(`${mails[0]?.text}`, new RegExp(`^${site}: `, 'm'));
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
