import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isolarcloud } from '../../functions/push-solar-data/adapters/isolarcloud.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  account,
  device,
  hybrid,
  logIn,
  measuredAt,
  now,
  plant,
  row,
  rows,
  shown,
  shownAfter,
  v1Devices,
  v1Live,
  v1Plants,
} from '../conversations/isolarcloud.ts';
import { playChargeHq, playConversation } from '../support/conversation.ts';
import { openHome, settingTexts } from '../support/home.ts';
import { one, play, playHybrid } from './isolarcloud-plays.ts';

describe('the time of measurement', () => {
  const at = (
    device_time: string,
    zone: string | undefined,
    own: Record<string, string> = {},
    moment: string | number = now,
  ) =>
    play(
      [
        logIn(),
        v1Plants(plant({ ps_current_time_zone: zone })),
        v1Devices(device(14, 1)),
        v1Live(14, rows(row(14, 1, { ...hybrid, device_time }))),
      ],
      { settings: { ...account, ...own }, now: moment },
    );

  for (const [zone, device_time] of [
    ['GMT+10', '20260501120000'],
    ['GMT+5:30', '20260501073000'],
    ['GMT-1', '20260501010000'],
    ['GMT-0930', '20260430163000'],
    ['GMT', '20260501020000'],
    ['UTC+00:00', '20260501020000'],
  ] as const)
    it(`is read in the plant's zone, ${zone}`, async () => {
      assert.equal((await at(device_time, zone)).pushes[0]?.tsms, measuredAt);
    });

  for (const [timeZone, device_time, moment] of [
    ['Australia/Brisbane', '20260501120000', '2026-05-01T02:00:00Z'],
    ['gmt+10', '20260501120000', '2026-05-01T02:00:00Z'],
    ['Europe/Berlin', '20260501040000', '2026-05-01T02:00:00Z'],
    ['Europe/Berlin', '20260101000100', '2025-12-31T23:01:00Z'],
    ['Europe/Berlin', '20261025023000', '2026-10-25T01:30:00Z'],
  ] as const)
    it(`is read in the owner's zone, ${timeZone}, at ${moment}`, async () => {
      const { pushes, report } = await at(device_time, 'GMT+1', { timeZone }, Date.parse(moment) + 240_000);
      assert.equal(pushes[0]?.tsms, Date.parse(moment), report.error);
    });

  it('is an hour less where the clock runs ahead of its zone, as in summer', async () => {
    assert.equal((await at('20260501130000', 'GMT+10')).pushes[0]?.tsms, measuredAt);
  });

  const failures: [
    what: string,
    device_time: string,
    zone: string | undefined,
    own: Record<string, string>,
    kind: FailureKind,
  ][] = [
    ['two hours ahead', '20260501140000', 'GMT+10', {}, 'bad-response'],
    [
      "an hour ahead of the owner's zone",
      '20260501130000',
      'GMT+10',
      { timeZone: 'Australia/Brisbane' },
      'bad-response',
    ],
    ['without a zone', shown, undefined, {}, 'bad-response'],
    ['in a zone that is none', shown, 'Mars', {}, 'bad-response'],
    ['in a zone that cannot be', shown, 'GMT+99', {}, 'bad-response'],
    ['in a zone of odd minutes', shown, 'GMT+5:99', {}, 'bad-response'],
    ['21 minutes old', shownAfter(-17), 'GMT+10', {}, 'stale'],
    ['half an hour ahead, so half an hour old', shownAfter(34), 'GMT+10', {}, 'stale'],
  ];
  for (const [what, device_time, zone, own, kind] of failures)
    it(`${what}: ${kind}`, async () => {
      const { report } = await at(device_time, zone, own);
      assert.equal(report.kind, kind);
      if (kind === 'bad-response') assert.match(report.error ?? '', /set ISOLARCLOUD_TIME_ZONE/);
    });

  it('may be 20 minutes ago', async () => {
    assert.equal((await at(shownAfter(-16), 'GMT+10')).report.outcome, 'pushed');
  });

  it('stays as it was when a dongle falls silent in summer, and looks young an hour later', async () => {
    const last = { ...hybrid, device_time: shownAfter(60) };
    const { pushes } = await playHybrid(Array(18).fill(last));
    assert.ok(pushes[0]?.siteMeters);
    assert.equal(pushes[0]?.tsms, measuredAt);
    assert.equal(pushes.filter(({ siteMeters }) => siteMeters).length, 4, 'until they are 20 minutes old');
  });

  it('is right again some time after summer time has ended', async () => {
    const summer = { ...hybrid, device_time: shownAfter(60) };
    const winter = Array.from({ length: 19 }, (_, nth) => ({ ...hybrid, device_time: shownAfter(5 + 5 * nth) }));
    const { pushes } = await playHybrid([summer, ...winter]);
    const { tsms = 0, error } = pushes.at(-1) ?? {};
    assert.ok(tsms >= measuredAt + 90 * 60_000, error);
  });

  it('is that of the plant again once a zone of the owner that ran behind is gone', async (t) => {
    const live = [0, 5].map((minutes) => v1Live(14, rows(row(14, 1, { ...hybrid, device_time: shownAfter(minutes) }))));
    const [vendor, chargeHq] = [await playConversation([...one, ...live]), await playChargeHq()];
    const own = settingTexts('isolarcloud', { ...account, baseUrl: vendor.url });
    const texts = { VENDOR: 'isolarcloud', CHARGE_HQ_URL: `${chargeHq.url}/push`, ...own };
    const home = openHome({ adapters: [isolarcloud], now, texts });
    t.after(() => Promise.all([home.close(), vendor.close(), chargeHq.close()]));
    assert.equal((await home.tick({ ISOLARCLOUD_TIME_ZONE: 'GMT+9' })).outcome, 'reported');
    home.clock.advance(300);
    assert.equal((await home.tick({})).outcome, 'pushed');
  });

  it('goes over midnight', async () => {
    const moment = Date.parse('2026-05-01T13:56:00Z');
    const answers = ['20260501235500', '20260502000000'].map((device_time) => ({ ...hybrid, device_time }));
    const { pushes } = await playHybrid(answers, { now: moment });
    assert.deepEqual(
      pushes.map(({ tsms }) => tsms),
      [moment - 60_000, moment + 240_000],
    );
  });
});
