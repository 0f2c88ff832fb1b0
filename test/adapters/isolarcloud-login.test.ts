import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isolarcloud } from '../../functions/push-solar-data/adapters/isolarcloud.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  account,
  calls,
  consented,
  device,
  hybrid,
  issued,
  list,
  logIn,
  now,
  plant,
  refresh,
  refusal,
  row,
  rows,
  shownAfter,
  success,
  v1Devices,
  v1Live,
  v1Plants,
  v2,
  v2Devices,
  v2Live,
  v2Plants,
} from '../conversations/isolarcloud.ts';
import { playChargeHq, playConversation, type ReceivedRequest } from '../support/conversation.ts';
import { openHome, settingTexts } from '../support/home.ts';
import { figures, first, one, play, playConsented } from './isolarcloud-plays.ts';

const sentTokens = ({ vendor }: { vendor: { received: ReceivedRequest[] } }) =>
  vendor.received.flatMap(({ body }) => Object(body)['refresh_token'] ?? []);

const tokenRefused = refusal('E00003', 'er_token_login_invalid');

describe('settings', () => {
  it('lead to the gateway of the region', () => {
    const { baseUrl } = isolarcloud;
    assert.ok(typeof baseUrl === 'function');
    const hosts = ['cn', 'intl', 'eu', 'au', 'in'].map((region) => baseUrl({ region }));
    assert.deepEqual(hosts, [
      'https://gateway.isolarcloud.com',
      'https://gateway.isolarcloud.com.hk',
      'https://gateway.isolarcloud.eu',
      'https://augateway.isolarcloud.com',
      'https://gateway.isolarcloud.in',
    ]);
  });

  for (const [authMode, missing] of [
    ['password', ['USER_ACCOUNT', 'USER_PASSWORD']],
    ['oauth2', ['REFRESH_TOKEN']],
  ] as const)
    it(`of authMode ${authMode} are missed by name`, async () => {
      const { region, appKey, secretKey } = account;
      const { report } = await play([], { settings: { region, appKey, secretKey, authMode } });
      assert.equal(report.kind, 'settings');
      for (const name of missing) assert.match(report.error ?? '', new RegExp(`ISOLARCLOUD_${name} is missing`));
    });
});

describe('the log-in by account', () => {
  it('is kept, as are the lists for a day', async () => {
    const live = Array.from({ length: 3 }, (_, nth) => v1Live(14, figures(5 * nth)));
    const played = await play([...one, ...live], { ticks: 3 });
    const lists = ['login', 'getPowerStationList', 'getDeviceList'];
    assert.deepEqual(calls(played), [...lists, ...Array(3).fill('getDeviceRealTimeData')]);
    assert.deepEqual(played.vendor.misses, []);
    const { body } = played.vendor.received[3] ?? {};
    assert.deepEqual(Object(body)['ps_key_list'], ['4711_14_1_1']);
    assert.deepEqual(Object(body)['point_id_list'], '13003,13149,13121,13150,13126,13141,13148,13125,13119'.split(','));
  });

  it('is followed by new lists after a day', async () => {
    const day = 24 * 60;
    const later = [
      v1Plants(),
      v1Devices(device(14, 1), device(14, 2)),
      v1Live(
        14,
        rows(
          row(14, 1, { ...hybrid, device_time: shownAfter(day) }),
          row(14, 2, { p13003: '700', device_time: shownAfter(day) }),
        ),
      ),
    ];
    const { pushes } = await play([...one, v1Live(14, figures()), ...later], { ticks: 2, everySeconds: 60 * day });
    assert.equal(pushes[1]?.siteMeters?.['production_kw'], 7);
  });

  for (const code of ['E900', 'E00003'])
    it(`is renewed once when a later call is refused with ${code}, and only that is repeated`, async () => {
      const played = await play(
        [...one, v1Live(14, figures()), v1Live(14, refusal(code)), logIn(2), v1Live(14, figures(5), 2)],
        { ticks: 2 },
      );
      assert.equal(played.pushes[1]?.siteMeters?.['production_kw'], 6.3, played.report.error);
      assert.deepEqual(calls(played).slice(4), ['getDeviceRealTimeData', 'login', 'getDeviceRealTimeData']);
    });

  it('is not renewed twice', async () => {
    const played = await play([...one, v1Live(14, tokenRefused)]);
    assert.equal(played.report.kind, 'auth');
    assert.equal(calls(played).filter((name) => name === 'login').length, 1);
  });

  for (const [state, sentence] of [
    ['0', /refused the password: check ISOLARCLOUD_USER_ACCOUNT/],
    ['-1', /does not know the account/],
    ['2', /has locked the account/],
    ['5', /ask its administrator/],
    ['9', /refused the log-in \(login_state 9\)/],
  ] as const)
    it(`is left alone for a day after login_state ${state}, since each try may lock the account`, async () => {
      const refused = logIn(1, { login_state: state, token: null, remain_times: '4' });
      const { report, ...played } = await play([refused], { ticks: 24, everySeconds: 3500 });
      assert.equal(report.kind, 'auth');
      assert.match(report.error ?? '', sentence);
      assert.equal(played.vendor.received.length, 1);
    });

  it('is left alone for a day after code 42', async () => {
    const { report, vendor } = await play([{ ...logIn(), answer: refusal('42') }], { ticks: 24, everySeconds: 3500 });
    assert.deepEqual([report.kind, vendor.received.length], ['auth', 1]);
  });

  for (const changed of [{ token: null }, { login_state: undefined }])
    it(`is not understood with ${JSON.stringify(changed)}`, async () => {
      assert.equal((await play([logIn(1, changed)])).report.kind, 'bad-response');
    });
});

describe('the log-in by consent', () => {
  it('begins with the setting, and goes on with the newest token', async () => {
    const played = await playConsented(
      [
        ...[...first, v2Live(14, figures()), v2Live(14, tokenRefused), refresh('refresh-token-1', success(issued(2)))],
        ...[v2Live(14, figures(5), 2), v2Live(14, refusal('E900'), 2)],
        ...[refresh('refresh-token-2', success(issued(3, { refresh_token: undefined }))), v2Live(14, figures(10), 3)],
        ...[v2Live(14, tokenRefused, 3), refresh('refresh-token-2', success(issued(4))), v2Live(14, figures(15), 4)],
      ],
      { ticks: 4 },
    );
    assert.deepEqual(
      played.pushes.map(({ siteMeters }) => siteMeters?.['production_kw']),
      Array(4).fill(6.3),
    );
    const tokens = ['first-refresh-token', 'refresh-token-1', 'refresh-token-2', 'refresh-token-2'];
    assert.deepEqual(sentTokens(played), tokens);
  });

  it('takes tokens that stand at the top of the answer', async () => {
    const top = { json: { ...issued(1), code: '1' } };
    const { pushes } = await playConsented([refresh(undefined, top), ...first.slice(1), v2Live(14, figures())]);
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 6.3);
  });

  it('is renewed when less than two hours are left', async () => {
    const soon = refresh(undefined, success(issued(1, { expires_in: 86_400 })));
    const minutes = 22 * 60 + 5;
    const played = await playConsented(
      [
        ...[soon, ...first.slice(1), v2Live(14, figures()), refresh('refresh-token-1', success(issued(2)))],
        v2Live(14, figures(minutes), 2),
      ],
      { ticks: 2, everySeconds: minutes * 60 },
    );
    assert.equal(played.pushes[1]?.siteMeters?.['production_kw'], 6.3, played.report.error);
  });

  for (const expires_in of [-30, 0])
    it(`is good for one read with an expires_in of ${expires_in}`, async () => {
      const ended = refresh(undefined, success(issued(1, { expires_in })));
      const played = await playConsented(
        [
          ...[ended, ...first.slice(1), v2Live(14, figures())],
          ...[refresh('refresh-token-1', success(issued(2))), v2Live(14, figures(5), 2), v2Live(14, figures(10), 2)],
        ],
        { ticks: 3 },
      );
      assert.deepEqual(
        played.pushes.map(({ siteMeters }) => siteMeters?.['production_kw']),
        Array(3).fill(6.3),
      );
      assert.equal(sentTokens(played).length, 2);
    });

  it('begins anew with the setting when that has changed, and not when another one has', async (t) => {
    const vendor = await playConversation([
      ...[...first, v2Live(14, figures()), v2Plants, v2Devices(device(14, 1)), v2Live(14, figures())],
      ...[refresh('next-consent', success(issued(2))), v2('queryPowerStationList', {}, list([plant()]), 2)],
      ...[v2('getDeviceListByPsId', {}, list([device(14, 1)]), 2), v2Live(14, figures(), 2)],
    ]);
    const chargeHq = await playChargeHq();
    const own = settingTexts('isolarcloud', { ...consented, baseUrl: vendor.url });
    const texts = { VENDOR: 'isolarcloud', CHARGE_HQ_URL: `${chargeHq.url}/push`, ...own };
    const home = openHome({ adapters: [isolarcloud], now, texts });
    t.after(() => Promise.all([home.close(), vendor.close(), chargeHq.close()]));
    for (const changed of [{}, { ISOLARCLOUD_PS_ID: '4711' }, { ISOLARCLOUD_REFRESH_TOKEN: 'next-consent' }]) {
      assert.equal((await home.tick(changed)).outcome, 'pushed');
      home.clock.advance(60);
    }
    assert.deepEqual(sentTokens({ vendor }), ['first-refresh-token', 'next-consent']);
  });

  it('is tried once in a read', async () => {
    const atFirst = await playConsented([...first, v2Live(14, tokenRefused)]);
    assert.deepEqual([atFirst.report.kind, sentTokens(atFirst).length], ['auth', 1]);
    const renewed = refresh('refresh-token-1', success(issued(2)));
    const exchanges = [...first, v2Live(14, figures()), v2Live(14, tokenRefused), renewed, v2Live(14, tokenRefused, 2)];
    const later = await playConsented(exchanges, { ticks: 2 });
    assert.deepEqual([later.report.kind, sentTokens(later).length], ['auth', 2]);
  });

  const refusals: [code: number | string | undefined, kind: FailureKind, sentence: RegExp][] = [
    [2, 'auth', /consent again \(npm run connect -- isolarcloud\)/],
    ['-2', 'auth', /consent again/],
    [5, 'auth', /consent again/],
    [-1, 'unavailable', /trouble|gives no token/],
    [4, 'bad-response', /gives no token \(code 4\)/],
    [undefined, 'bad-response', /gives no token \(code missing\)/],
  ];
  for (const [code, kind, sentence] of refusals)
    for (const [where, answer] of [
      ['inner', success({ code, access_token: null })],
      ['only', { json: { code: code ?? null } }],
    ] as const)
      it(`${kind} with ${code} as the ${where} code, though the outer one is 1`, async () => {
        const { report } = await playConsented([refresh(undefined, answer)]);
        assert.equal(report.kind, kind);
        assert.match(report.error ?? '', sentence);
      });
});
