import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { solax } from '../../functions/push-solar-data/adapters/solax.ts';
import {
  conversation,
  hybrid,
  now,
  platform,
  platformConversation,
  platformSettings,
  realtime,
  settings,
  string,
} from '../conversations/solax.ts';
import type { Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(solax, conversation);
testAdapter(solax, platformConversation);

const play = (results: Record<string, unknown>[], options = {}) =>
  playAdapter(solax, {
    settings: { ...settings, registrationNumbers: results.map(({ sn }) => sn).join() },
    now,
    exchanges: results.map(realtime),
    ...options,
  });

describe('what is not there', () => {
  it('is no meter where all of its figures are 0', async () => {
    const { pushes } = await play([string]);
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 1.2 });
  });

  it('is a meter that is silent where only its power is missing', async () => {
    const { report } = await play([{ ...hybrid, feedinpower: null }]);
    assert.equal(report.kind, 'offline');
  });

  it('is the battery of a hybrid that says so', async () => {
    const { pushes } = await play([{ ...hybrid, batStatus: '2' }]);
    assert.equal('battery_discharge_kw' in (pushes[0]?.siteMeters ?? {}), false);
  });
});

describe('what cannot be read', () => {
  it('of a counter shows no meter', async () => {
    const { pushes } = await play([{ ...string, consumeenergy: 'unknown' }]);
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 1.2 });
  });

  it('of the type leaves it to the figures', async () => {
    for (const inverterType of ['X1', null])
      assert.equal((await play([{ ...hybrid, inverterType }])).pushes[0]?.siteMeters?.['battery_discharge_kw'], -0.8);
  });

  it('of the time of one inverter is no sleep', async () => {
    assert.equal((await play([hybrid, { ...string, uploadTime: null }])).report.kind, 'bad-response');
  });

  it('of its success is not taken for one', async () => {
    const answer = { json: { code: 0, result: hybrid } };
    const { report } = await play([], { settings, exchanges: [{ ...realtime(hybrid), answer }] });
    assert.equal(report.kind, 'bad-response');
  });
});

describe('a hybrid whose inputs are all null', () => {
  const dark = { ...hybrid, powerdc1: null, powerdc2: null };

  it('has no panels', async () => {
    assert.equal((await play([dark])).pushes[0]?.siteMeters?.['production_kw'], 0);
  });

  it('that gave a power before is unknown', async () => {
    const later = { ...dark, uploadTime: '2026-05-01 14:05:20' };
    const { pushes } = await play([], {
      ...{ settings, exchanges: [realtime(hybrid), realtime(later)], ticks: 2, everySeconds: 300 },
    });
    assert.equal(pushes.length, 2);
    assert.equal('production_kw' in (pushes[1]?.siteMeters ?? {}), false);
  });
});

it('a status of HTTP says more than a refusal without a known word', async () => {
  const answer = { status: 429, json: { success: false, exception: 'slow down' } };
  const { report } = await play([], { settings, exchanges: [{ ...realtime(hybrid), answer }] });
  assert.equal(report.kind, 'rate-limited');
});

describe('several inverters', () => {
  it('add up, with the meter of the one that has it', async () => {
    const { pushes } = await play([string, hybrid]);
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 5.4);
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -1.5);
  });

  it('are not stale because one without the meter fell asleep with the sun', async () => {
    const asleep = { ...string, uploadTime: '2026-05-01 10:00:00' };
    assert.equal((await play([hybrid, asleep])).pushes[0]?.siteMeters?.['production_kw'], 4.2);
    assert.equal((await play([asleep])).report.kind, 'stale');
    const { report } = await play([{ ...hybrid, uploadTime: '2026-05-01 10:00:00' }, string]);
    assert.equal(report.kind, 'stale');
  });
});

for (const [what, refusal, kind] of [
  ['a ban of an hour', { code: 1, exception: 'several violations in a row: calls are prohibited' }, 'rate-limited'],
  ['too many calls', { code: 104, exception: 'calls of this minute' }, 'rate-limited'],
  ['a logger that is off line', { exception: 'Query success!', result: 'this sn did not access!' }, 'offline'],
  ['another number', { exception: 'Query success!', result: 'no auth!' }, 'auth'],
  ['a wrong token', { code: 103, exception: 'invalid' }, 'auth'],
  ['too many calls, by the older code', { code: 3, exception: 'calls of this minute' }, 'rate-limited'],
  ['too many calls, in words', { exception: 'calls within the current minute > threshold' }, 'rate-limited'],
  ['a token without rights', { code: 1001, exception: 'unauthorized' }, 'auth'],
  ['a number without rights', { code: 1003, exception: 'refused' }, 'auth'],
  ['a number that is none', { exception: 'Query success!', result: 'sn invalid!' }, 'auth'],
  ['an unknown token', { exception: 'TokenId not available! Please check your tokenId!' }, 'auth'],
  ['what is not explained', { code: 2001, exception: 'error', result: null }, 'unavailable'],
] as const)
  it(`reports ${kind} for ${what}`, async () => {
    const exchange = { ...realtime(hybrid), answer: { json: { success: false, ...refusal } } };
    assert.equal((await play([], { settings, exchanges: [exchange] })).report.kind, kind);
  });

it('asks nothing for an hour after a ban', async () => {
  const ban = { success: false, code: 1, exception: 'several violations in a row: calls are prohibited' };
  const { vendor } = await play([], {
    ...{ settings, exchanges: [{ ...realtime(hybrid), answer: { json: ban } }] },
    ...{ ticks: 12, everySeconds: 299 },
  });
  assert.equal(vendor.received.length, 1);
});

it('is asked every five minutes, and not more often than a ban allows', async () => {
  const count = async (everySeconds: number, texts = {}) =>
    (await play([hybrid], { ticks: 2, everySeconds, texts })).vendor.received.length;
  assert.equal(await count(280), 1);
  assert.equal(await count(300), 2);
  assert.equal(await count(120, { SOLAX_POLL_SECONDS: '150' }), 1);
  assert.equal(await count(150, { SOLAX_POLL_SECONDS: '150' }), 2);
});

for (const inverterType of [4, 6, 7, 8, 16, 17, 18, 22, 27, 28, 29, 44])
  it(`an inverter of type ${inverterType} has no port for a battery`, async () => {
    const meters = (await play([{ ...hybrid, inverterType }])).pushes[0]?.siteMeters ?? {};
    assert.equal(meters['production_kw'], 3.35, 'the AC side');
    assert.equal('battery_discharge_kw' in meters, false);
  });

describe('the developer platform', () => {
  for (const [code, kind] of [
    ...([10403, 10500, 10505, 10506] as const).map((refused) => [refused, 'auth'] as const),
    ...([10405, 10406] as const).map((refused) => [refused, 'rate-limited'] as const),
    ...([10001, 10200, 11500] as const).map((refused) => [refused, 'unavailable'] as const),
  ])
    it(`says ${kind} with ${code}`, async () => {
      const { report } = await playWith(5, () => ({ code, message: 'no', result: null }));
      assert.equal(report.kind, kind);
    });

  it('gives the inputs by the names of their trackers, in whatever case', async () => {
    const meters = await metersWith(5, ({ code, result }: { code: number; result: [object] }) => ({
      code,
      result: [
        { ...result[0], pvMap: {}, mpptMap: { MPPT1Power: 600, mppt2Power: 240, MPPT3Power: null, MPPT1Voltage: 400 } },
      ],
    }));
    assert.equal(meters['production_kw'], 0.84);
  });

  it('is asked for a battery that it does not list by the inverter', async () => {
    const { vendor } = await playWith(3, () => ({ code: 10000, result: { records: [], pages: 1 } }));
    const { query } = vendor.received.at(-1) ?? {};
    assert.deepEqual(query, { snList: 'INVERTER1', businessType: '1', deviceType: '2', requestSnType: '1' });
  });

  it('is asked for ten devices at once', async () => {
    const records = Array.from({ length: 11 }, (_, nth) => ({ deviceSn: `SN${nth}`, deviceModel: 14 }));
    const { vendor } = await playWith(2, () => ({ code: 10000, result: { records, pages: 1 } }));
    const asked = [...vendor.received, ...vendor.misses].flatMap(({ query }) => query['snList'] ?? []);
    assert.equal(asked[0]?.split(',').length, 10);
  });

  it('gives a new token a day before the old one ends', async () => {
    const hours = (count: number) => ({ ticks: 2, everySeconds: count * 3_600 });
    const tokens = async (span: object) =>
      (
        await playAdapter(solax, { settings: platformSettings, now, exchanges: platform, ...span })
      ).vendor.received.filter(({ path }) => path.endsWith('/token')).length;
    assert.equal(await tokens(hours(28 * 24)), 1);
    assert.equal(await tokens(hours(29 * 24 + 1)), 2);
  });

  it('is asked for a token and for lists once a day', async () => {
    const { vendor } = await playAdapter(solax, {
      ...{ settings: platformSettings, now, exchanges: platform, ticks: 2, everySeconds: 300 },
    });
    assert.deepEqual(
      vendor.received.map(({ path }) => path.split('/').at(-1)),
      ['token', 'page_plant_info', 'page_device_info', 'page_device_info', ...Array(4).fill('realtime_data')],
    );
  });

  const playWith = (nth: number, answer: (json: never) => unknown) =>
    playAdapter(solax, {
      settings: platformSettings,
      now,
      exchanges: platform.map((exchange, index) => {
        const { json } = exchange.answer as { json: never };
        return index === nth ? { ...exchange, answer: { json: answer(json) } } : exchange;
      }),
    });
  const metersWith = async (...asked: Parameters<typeof playWith>) =>
    (await playWith(...asked)).pushes[0]?.siteMeters ?? {};

  it('that lists a battery and gives nothing of it leaves it unknown, and so the consumption', async () => {
    const nothing = () => ({ code: 10000, result: [] });
    const without = () => ({
      code: 10000,
      result: [{ deviceSn: 'BATTERY1', batterySOC: 50, dataTime: '2026-05-01T12:00:20Z' }],
    });
    for (const answer of [nothing, without]) {
      const meters = await metersWith(4, answer);
      assert.equal(meters['net_import_kw'], 0.6);
      assert.equal('consumption_kw' in meters, false);
    }
  });

  it('has battery inverters without panels, and models that are no number', async () => {
    const model = (deviceModel: unknown) => () => ({
      code: 10000,
      result: { records: [{ deviceSn: 'INVERTER1', deviceModel }], pages: 1 },
    });
    assert.equal((await metersWith(2, model('X3-HYB')))['production_kw'], 1.25);
    const ofBattery = { ...platform[2], answer: { json: model(9)() } };
    const live = platform[5] as Exchange;
    const { result } = (live.answer as { json: { result: object[] } }).json;
    const noPanels = { ...live, answer: { json: { code: 10000, result: [{ ...result[0], pvMap: null }] } } };
    const exchanges = platform.map((each, nth) =>
      nth === 2 ? ofBattery : nth === 5 ? noPanels : each,
    ) as typeof platform;
    const { pushes } = await playAdapter(solax, { settings: platformSettings, now, exchanges });
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 0);
  });

  it('shows its plants to choose from', async () => {
    const found = await discover(solax, { settings: platformSettings, now, exchanges: platform });
    assert.deepEqual(
      found?.['plantId']?.map(({ value, title }) => ({ value, title })),
      [{ value: '31', title: 'Home' }],
    );
  });

  it('gets one new token when the one it has is refused', async () => {
    const refused = { ...platform[1], answer: { json: { code: 10402, message: 'expired' } } } as never;
    const { report, vendor } = await playAdapter(solax, {
      ...{ settings: platformSettings, now, exchanges: [platform[0] as never, refused] },
    });
    assert.equal(report.kind, 'auth');
    assert.equal(vendor.received.length, 2);
  });
});
