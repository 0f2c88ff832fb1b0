import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isolarcloud } from '../../functions/push-solar-data/adapters/isolarcloud.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  account,
  calls,
  consented,
  device,
  logIn,
  now,
  plant,
  refresh,
  refusal,
  rows,
  v1Devices,
  v1Live,
  v1Plants,
  v2,
  v2Live,
} from '../conversations/isolarcloud.ts';
import type { Answer } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { figures, first, one, play, playConsented } from './isolarcloud-plays.ts';

describe('a refusal', () => {
  const meanings: [kind: FailureKind, codes: (string | number)[], sentence?: RegExp][] = [
    ['unavailable', ['-1', -1, '000', '011', 'E997']],
    ['bad-response', ['001', '002', '003', '009', '010', 'E994', 'E995', 'E996'], /fault with the request/],
    ['bad-response', ['E902', 'E904', 'E905', 'E906', 'E907', 'E908', 'E909', 'E910'], /encrypted/],
    ['auth', ['E00000'], /check ISOLARCLOUD_APP_KEY and ISOLARCLOUD_REGION/],
    ['auth', ['E00001'], /has expired/],
    ['auth', ['E00003', 'E900']],
    ['rate-limited', ['E901', 'E916', 'E998', 'E999']],
    ['auth', ['E903'], /changes too often/],
    ['auth', ['E911', 'E912', 'E914'], /check ISOLARCLOUD_SECRET_KEY/],
    ['bad-response', ['E913'], /clock/],
    ['auth', ['E918', 'E919'], /whitelist/],
    ['bad-response', ['E777', 2], /not known/],
  ];
  for (const [kind, codes, sentence = /./] of meanings)
    for (const code of codes)
      it(`with ${code}: ${kind}`, async () => {
        const { report } = await play([...one, v1Live(14, refusal(code))]);
        assert.equal(report.kind, kind);
        assert.match(report.error ?? '', sentence);
      });

  it('keeps the log-in where not the token is at fault', async () => {
    const played = await play([...one, v1Live(14, refusal('E903')), v1Live(14, figures(35))], {
      ticks: 2,
      everySeconds: 2100,
    });
    assert.equal(played.pushes[1]?.siteMeters?.['production_kw'], 6.3);
    assert.equal(calls(played).filter((name) => name === 'login').length, 1);
  });

  for (const [code, seconds] of [
    ['E999', 3360], // until 03:00
    ['E998', 6 * 3600],
  ] as const)
    it(`with ${code} is followed by ${seconds} s of silence`, async () => {
      for (const [everySeconds, asked] of [
        [seconds - 60, 1],
        [seconds, 2],
      ] as const) {
        const played = await play([...one, v1Live(14, refusal(code))], { ticks: 2, everySeconds });
        assert.equal(calls(played).filter((name) => name === 'getDeviceRealTimeData').length, asked);
      }
    });

  const statuses: [status: number, kind: FailureKind][] = [
    [401, 'auth'],
    [404, 'bad-response'],
    [429, 'rate-limited'],
    [502, 'unavailable'],
  ];
  for (const [status, kind] of statuses)
    it(`by HTTP ${status}: ${kind}`, async () => {
      const answer: Answer = { status, json: {} };
      const played = await play([...one, v1Live(14, answer)]);
      assert.equal(played.report.kind, kind);
    });

  it('by HTTP 401 is one of the token', async () => {
    const played = await play(
      [...one, v1Live(14, figures()), v1Live(14, { status: 401, json: {} }), logIn(2), v1Live(14, figures(5), 2)],
      { ticks: 2 },
    );
    assert.equal(played.pushes[1]?.siteMeters?.['production_kw'], 6.3);
  });
});

describe('the plant', () => {
  const barn = plant({ ps_id: '4712', ps_name: 'Barn' });

  it('is the only one, or told among several', async () => {
    const { report } = await play([logIn(), v1Plants(plant(), barn)]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /set ISOLARCLOUD_PS_ID to one of 4711 \(Home\), 4712 \(Barn\)/);
  });

  it('is the one of the setting', async () => {
    const exchanges = [logIn(), v1Plants(barn, plant()), ...one.slice(2), v1Live(14, figures())];
    const { pushes } = await play(exchanges, { settings: { ...account, psId: '4711' } });
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 6.3);
  });

  it('must be in the account', async () => {
    const { report } = await play([logIn(), v1Plants(barn)], { settings: { ...account, psId: '4711' } });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /ISOLARCLOUD_PS_ID/);
  });

  it('may stand on a second page', async () => {
    const many = Array.from({ length: 100 }, (_, nth) => plant({ ps_id: 5000 + nth }));
    const pages = [many, [plant()]].map((entries, nth) =>
      v2('queryPowerStationList', { page: nth + 1 }, { row_count: 101, pageList: entries }),
    );
    const { pushes } = await playConsented([refresh(), ...pages, ...first.slice(2), v2Live(14, figures())], {
      settings: { ...consented, psId: '4711' },
    });
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 6.3);
  });

  it('is found by the set-up', async () => {
    const found = await discover(isolarcloud, {
      settings: account,
      now,
      exchanges: [logIn(), v1Plants(plant(), barn)],
    });
    const [home, other] = found?.['psId'] ?? [];
    assert.deepEqual([home?.value, home?.title, other?.value], ['4711', 'Home', '4712']);
  });

  it('has no more inverters than a home', async () => {
    const many = Array.from({ length: 51 }, (_, nth) => device(55, nth + 1));
    assert.equal((await play([logIn(), v1Plants(), v1Devices(...many)])).report.kind, 'bad-response');
  });

  for (const ps_key of [null, '', 'x'.repeat(70)])
    it(`has no inverter with the ps_key ${ps_key}`, async () => {
      const { report } = await play([logIn(), v1Plants(), v1Devices(device(14, 1, { ps_key }))]);
      assert.equal(report.kind, 'bad-response');
    });

  it('is looked at again when an inverter is missing, though not in the first hour', async () => {
    const missing = [v1Live(14, figures()), v1Live(14, rows()), v1Live(14, figures(60)), v1Live(14, rows())];
    const back = [v1Plants(), v1Devices(device(14, 1)), v1Live(14, figures(120))];
    const played = await play([...one, ...missing, ...back], { ticks: 5, everySeconds: 1800 });
    const live = 'getDeviceRealTimeData';
    assert.deepEqual(calls(played).slice(3), [live, live, live, live, 'getPowerStationList', 'getDeviceList', live]);
    const told = played.pushes.map(({ error, siteMeters }) => siteMeters?.['production_kw'] ?? error?.slice(0, 33));
    const gone = 'Sungrow iSolarCloud has no figures';
    assert.deepEqual(told, [6.3, gone.slice(0, 33), 6.3, gone.slice(0, 33), 6.3]);
  });

  it('is looked at again when its figures are old: its zone may have changed with the season', async () => {
    const winter = plant({ ps_current_time_zone: 'GMT+9' });
    const exchanges = [
      ...one,
      v1Live(14, figures()),
      v1Live(14, figures(0)),
      v1Plants(winter),
      v1Devices(device(14, 1)),
    ];
    const { pushes } = await play([...exchanges, v1Live(14, figures(60))], { ticks: 3, everySeconds: 3600 });
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['production_kw']),
      [6.3, undefined, 6.3],
    );
  });
});
