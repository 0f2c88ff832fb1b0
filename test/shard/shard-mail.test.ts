/** Mails that name homes in trouble: which, when and how often. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { failing, openStage } from './mail-stage.ts';

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
});
