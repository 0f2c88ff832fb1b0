import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foxess } from '../../functions/push-solar-data/adapters/foxess.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  apiKey,
  clampless,
  conversation,
  device,
  envelope,
  hybrid,
  listed,
  listPath,
  live,
  livePath,
  now,
  row,
  type Values,
  without,
} from '../conversations/foxess.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

/** A moment, in ms, as the cloud writes it. */
const timeText = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} GMT+0000`;
const refusal = (errno: number): Answer => envelope(null, errno, 'as the cloud says it');

/** One poll of inverters named in the settings. */
const readRows = (rows: ReturnType<typeof row>[], settings: Record<string, string> = {}) =>
  playAdapter(foxess, {
    settings: { apiKey, deviceSns: rows.map(({ deviceSN }) => deviceSN).join(), ...settings },
    now,
    exchanges: [live(...rows)],
  });
const metersOf = async (rows: ReturnType<typeof row>[], settings?: Record<string, string>) => {
  const { pushes, report } = await readRows(rows, settings);
  return pushes[0]?.siteMeters ?? report.kind;
};
const metersOfOne = (values: Values, settings?: Record<string, string>) => metersOf([row('ONE', values)], settings);

testAdapter(foxess, conversation);

describe('FoxESS signs', () => {
  for (const [path, token, at, signature] of [
    [listPath, 'abcdefghij012345689', 1_705_809_089, '68a007c2450d6697fbe2990f92000269'],
    [livePath, '5f0c2b7e-3a41-4d8e-9b6a-0d1e2f3a4b5c', 1_767_225_600_000, '53fe38bc5e5773fb29c1b74af42c77a8'],
    [listPath, '5f0c2b7e-3a41-4d8e-9b6a-0d1e2f3a4b5c', 1_767_225_600_000, '4e45b5a1bef8955058d649bc333eec0c'],
  ] as const)
    it(`${path} at ${at} as the published example does`, async () => {
      const settings: Record<string, string> = { apiKey: token, ...(path === livePath ? { deviceSns: 'ONE' } : {}) };
      const exchanges = [{ method: 'POST', path, answer: refusal(41935) }];
      const { vendor } = await playAdapter(foxess, { settings, now: at, exchanges });
      const headers = vendor.received[0]?.headers ?? {};
      assert.equal(headers['signature'], signature);
      assert.equal(headers['token'], token);
      assert.equal(headers['timestamp'], String(at));
      assert.equal(headers['lang'], 'en');
      assert.match(String(headers['user-agent']), /^Mozilla/);
    });
});

describe('FoxESS says by errno', () => {
  const kinds: [number, FailureKind][] = [
    [40256, 'auth'],
    [40257, 'bad-response'],
    [40261, 'auth'],
    [41930, 'auth'],
    [40400, 'rate-limited'],
    [40402, 'rate-limited'],
    [41200, 'unavailable'],
    [41201, 'unavailable'],
    [41202, 'unavailable'],
    [41203, 'unavailable'],
    [44098, 'unavailable'],
    [41807, 'auth'],
    [41808, 'auth'],
    [41809, 'auth'],
    [41935, 'offline'],
    [42015, 'bad-response'],
    [44096, 'bad-response'],
    [99999, 'bad-response'],
  ];
  for (const [errno, kind] of kinds)
    it(`${errno}: ${kind}`, async () => {
      const { report, vendor } = await playAdapter(foxess, {
        settings: { apiKey, deviceSns: 'ONE' },
        now,
        exchanges: [{ method: 'POST', path: livePath, answer: refusal(errno) }],
      });
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', new RegExp(`errno ${errno}`));
      assert.equal(vendor.received.length, kind === 'unavailable' ? 2 : 1, 'calls in this tick');
    });

  for (const [status, kind] of [
    [400, 'auth'],
    [401, 'auth'],
    [402, 'auth'],
    [403, 'auth'],
    [404, 'bad-response'],
    [429, 'rate-limited'],
    [503, 'unavailable'],
  ] as const)
    it(`HTTP ${status}: ${kind}`, async () => {
      const { report } = await playAdapter(foxess, {
        settings: { apiKey, deviceSns: 'ONE' },
        now,
        exchanges: [{ method: 'POST', path: livePath, answer: { status, json: {} } }],
      });
      assert.equal(report.kind, kind);
    });

  it('too often: the next poll goes ahead after the usual five minutes, also the third time', async () => {
    const { vendor } = await playAdapter(foxess, {
      settings: { apiKey, deviceSns: 'ONE' },
      now,
      exchanges: [{ method: 'POST', path: livePath, answer: refusal(40400) }],
      ticks: 3,
      everySeconds: 300,
    });
    assert.equal(vendor.received.length, 3);
  });
});

describe('FoxESS is asked for the variables by name', () => {
  const unnamed = (answer: Answer): Exchange => ({ method: 'POST', path: livePath, answer });
  const ask = (exchanges: Exchange[]) =>
    playAdapter(foxess, { settings: { apiKey, deviceSns: 'ONE' }, now, exchanges });
  const namesOf = ({ vendor }: Awaited<ReturnType<typeof ask>>) =>
    vendor.received.map(({ body }) => (body as { variables?: string[] }).variables);

  it('where it refuses to answer otherwise', async () => {
    const played = await ask([unnamed(refusal(41200)), live(row('ONE', hybrid))]);
    assert.equal(played.pushes[0]?.siteMeters?.['production_kw'], 2.5);
    const [first, second, ...more] = namesOf(played);
    assert.deepEqual([first, more], [undefined, []]);
    for (const name of ['pvPower', 'feedinPower', 'gridConsumptionPower', 'batChargePower', 'SoC_1', 'runningState'])
      assert.ok(second?.includes(name), name);
  });

  it('and counts as busy only when it refuses that too, without a third call', async () => {
    const played = await ask([unnamed(refusal(41200))]);
    assert.equal(played.report.kind, 'unavailable');
    assert.equal(namesOf(played).filter(Boolean).length, 1);
    assert.equal(played.vendor.received.length, 2);
  });

  describe('and from then on,', () => {
    /** Which kind of call each was; by name, the answers are these in their order, and the last one repeats. */
    const wanted = async (byName: Values[], ticks: number, everySeconds: number) => {
      let nth = 0;
      const answer: Exchange['answer'] = ({ body, headers }) => {
        const values = byName[Math.min(nth, byName.length - 1)] ?? {};
        if (!(body as Values)['variables']) return refusal(41200);
        nth++;
        return envelope([row('ONE', values, timeText(Number(headers['timestamp'])))]);
      };
      const settings = { apiKey, deviceSns: 'ONE' };
      const exchanges = [{ method: 'POST', path: livePath, answer }];
      const played = await playAdapter(foxess, { settings, now, exchanges, ticks, everySeconds });
      return namesOf(played).map((names) => (names ? 'named' : 'all'));
    };

    it('which saves a call at every poll', async () => {
      assert.deepEqual(await wanted([hybrid], 4, 300), ['all', 'named', 'named', 'named', 'named']);
    });

    it('for a day', async () => {
      assert.deepEqual(await wanted([hybrid], 4, 43_200), ['all', 'named', 'named', 'all', 'named', 'named']);
    });

    it('for as long as that gives figures', async () => {
      assert.deepEqual(await wanted([hybrid, {}, hybrid], 3, 300), ['all', 'named', 'named', 'all', 'named']);
    });

    it('unless that gives no figures either', async () => {
      assert.deepEqual(await wanted([{}], 2, 300), ['all', 'named', 'all', 'named']);
    });
  });

  it('but not where it is busy for another reason', async () => {
    assert.deepEqual(namesOf(await ask([unnamed(refusal(41201))])), [undefined, undefined]);
  });
});

describe('FoxESS lists the inverters', () => {
  const pathsOf = ({ vendor }: { vendor: { received: { path: string }[] } }) => vendor.received.map(({ path }) => path);
  const playListed = (exchanges: Exchange[], options: { ticks?: number; everySeconds?: number } = {}) =>
    playAdapter(foxess, { settings: { apiKey }, now, exchanges, ...options });
  /** A live answer that is always two minutes old. */
  const alwaysFresh = (values: Values): Exchange => ({
    method: 'POST',
    path: livePath,
    answer: ({ headers, body }) => {
      const { sns } = body as { sns: string[] };
      return envelope(sns.map((sn) => row(sn, values, timeText(Number(headers['timestamp']) - 120_000))));
    },
  });

  it('never, if the owner names them, and asks for each of them once', async () => {
    const played = await playAdapter(foxess, {
      settings: { apiKey, deviceSns: 'ONE, TWO,ONE' },
      now,
      exchanges: [live(row('ONE', hybrid), row('TWO', clampless))],
    });
    assert.deepEqual(pathsOf(played), [livePath]);
    assert.deepEqual(played.vendor.received[0]?.body, { sns: ['ONE', 'TWO'] });
    assert.equal(played.pushes[0]?.siteMeters?.['production_kw'], 4);
  });

  it('once a day', async () => {
    const played = await playListed([listed(device('ONE', true)), alwaysFresh(hybrid)], {
      ticks: 4,
      everySeconds: 8 * 3600,
    });
    assert.deepEqual(pathsOf(played), [listPath, livePath, livePath, livePath, listPath, livePath]);
  });

  it('page by page', async () => {
    const page = (currentPage: number, deviceSN: string): Exchange => ({
      method: 'POST',
      path: listPath,
      json: { currentPage },
      answer: envelope({ currentPage, pageSize: 100, total: 2, data: [device(deviceSN, false)] }),
    });
    const played = await playListed([page(1, 'ONE'), page(2, 'TWO'), alwaysFresh(clampless)]);
    assert.deepEqual(played.vendor.received.at(-1)?.body, { sns: ['ONE', 'TWO'] });
  });

  it('and does not ask for ever if fewer come than announced', async () => {
    const answer = envelope({ total: 3, data: [device('ONE', false), device('ONE', false)] });
    const played = await playListed([{ method: 'POST', path: listPath, answer }, alwaysFresh(clampless)]);
    assert.deepEqual(pathsOf(played), [listPath, listPath, livePath]);
    assert.equal(played.pushes[0]?.siteMeters?.['production_kw'], 1.5);
  });

  it('including those that are offline now', async () => {
    const played = await playListed([
      listed(device('ONE', true), device('TWO', false, { status: 3 })),
      alwaysFresh(hybrid),
    ]);
    assert.deepEqual(played.vendor.received.at(-1)?.body, { sns: ['ONE', 'TWO'] });
  });

  it('and calls a key without inverters the wrong key', async () => {
    const { report } = await playListed([listed()]);
    assert.equal(report.kind, 'auth');
  });

  it('again at once when a kept inverter is no longer known, and reads with the new list', async () => {
    const played = await playListed(
      [
        listed(device('OLD', true)),
        { method: 'POST', path: livePath, json: { sns: ['OLD'] }, answer: live(row('OLD', hybrid)).answer },
        { method: 'POST', path: livePath, json: { sns: ['OLD'] }, answer: refusal(41930) },
        listed(device('NEW', true)),
        { ...alwaysFresh(hybrid), json: { sns: ['NEW'] } },
      ],
      { ticks: 2, everySeconds: 300 },
    );
    assert.deepEqual(pathsOf(played), [listPath, livePath, livePath, listPath, livePath]);
    assert.match(played.report.error ?? '', /OLD/, 'the meter that was there is missed for a day');
  });

  it('not again when the list is a moment old', async () => {
    const played = await playListed([
      listed(device('ONE', true)),
      { method: 'POST', path: livePath, answer: refusal(40261) },
    ]);
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(pathsOf(played), [listPath, livePath]);
  });

  it('of several plants with a remark', async () => {
    const { report } = await playListed([
      listed(device('ONE', true, { stationName: 'Home' }), device('TWO', false, { stationName: 'Beach house' })),
      live(row('ONE', hybrid), row('TWO', clampless)),
    ]);
    assert.match(JSON.stringify(report), /Home, Beach house/);
  });
});

describe('FoxESS tells the time', () => {
  for (const [time, utc] of [
    ['2026-03-15 09:29:00 GMT+0000', '2026-03-15T09:29:00Z'],
    ['2026-03-15 10:29:00 BST+0100', '2026-03-15T09:29:00Z'],
    ['2026-03-15 20:29:00 AEDT+1100', '2026-03-15T09:29:00Z'],
    ['2026-03-15 18:59:00 ACST+0930', '2026-03-15T09:29:00Z'],
    ['2026-03-15 05:59:00 GMT-03:30-0330', '2026-03-15T09:29:00Z'],
    ['2026-03-15 06:29:00 Brasilia Standard Time-0300 ', '2026-03-15T09:29:00Z'],
    ['2026-03-14 23:29:00 HST-1000', '2026-03-15T09:29:00Z'],
  ] as const)
    it(`with an offset that counts, whatever the zone is called: ${time}`, async () => {
      const { pushes } = await readRows([row('ONE', hybrid, time)]);
      assert.equal(pushes[0]?.tsms, Date.parse(utc));
    });

  for (const time of ['2026-03-15 09:29:00', '2026-13-15 09:29:00 GMT+0000', '15.03.2026 09:29:00 GMT+0000', ''])
    it(`and "${time}" is none that can be read`, async () => {
      const { report } = await readRows([row('ONE', hybrid, time)]);
      assert.equal(report.kind, 'bad-response');
    });
});

describe('FoxESS reads of one inverter', () => {
  const home = { net_import_kw: -0.5, imported_kwh: 120.5, exported_kwh: 340.25 };
  const battery = { battery_discharge_kw: -1, battery_soc: 0.4 };
  const cases: [string, Values, object][] = [
    ['a hybrid that charges and exports', hybrid, { production_kw: 2.5, consumption_kw: 1, ...home, ...battery }],
    [
      'charging from the grid at night, where the output is negative and no production',
      { ...hybrid, pvPower: 0, generationPower: -1.1, gridConsumptionPower: 1.6, feedinPower: 0 },
      { production_kw: 0, consumption_kw: 0.6, ...home, net_import_kw: 1.6, ...battery },
    ],
    [
      'discharging, although the battery status says otherwise',
      { ...hybrid, batChargePower: 0, batDischargePower: 0.75, batStatusV2: 'Charge' },
      { production_kw: 2.5, consumption_kw: 2.75, ...home, ...battery, battery_discharge_kw: 0.75 },
    ],
    [
      'figures that come as text',
      { ...hybrid, pvPower: '2.5', SoC: '40.0' },
      { production_kw: 2.5, consumption_kw: 1, ...home, ...battery },
    ],
    [
      'a string that gives a little less than nothing',
      { ...hybrid, pvPower: -0.002 },
      { production_kw: 0, consumption_kw: -1.5, ...home, ...battery },
    ],
    [
      'a battery inverter without panels',
      without(hybrid, 'pvPower'),
      { production_kw: 0, consumption_kw: -1.5, ...home, ...battery },
    ],
    [
      'meterPower (+ import), where export is missing',
      { ...without(hybrid, 'feedinPower'), meterPower: 0.3 },
      { production_kw: 2.5, consumption_kw: 1.8, ...home, net_import_kw: 0.3, ...battery },
    ],
    [
      'invBatPower (+ discharging), where charging is missing',
      { ...without(hybrid, 'batChargePower'), invBatPower: -0.7 },
      { production_kw: 2.5, consumption_kw: 1.3, ...home, ...battery, battery_discharge_kw: -0.7 },
    ],
    [
      'two battery inputs, whatever the case of their names',
      {
        ...without(hybrid, 'batChargePower', 'batDischargePower', 'SoC'),
        ...{ invBatPower_1: 0.5, InvBatPower_2: 0.25, SoC_1: 50, Soc_2: 61 },
      },
      { production_kw: 2.5, consumption_kw: 2.75, ...home, battery_discharge_kw: 0.75, battery_soc: 0.555 },
    ],
    [
      'no battery power where one of three inputs comes without',
      {
        ...without(hybrid, 'batChargePower', 'batDischargePower'),
        ...{ invBatPower_1: 0.5, invBatPower_2: 0.25, invBatPower_3: null },
      },
      { production_kw: 2.5, ...home, battery_soc: 0.4 },
    ],
    [
      'no counters where the cloud keeps none',
      { ...clampless, feedinPower: 0.7 },
      { production_kw: 1.5, net_import_kw: -0.7, consumption_kw: 0.8 },
    ],
    [
      'one battery input with a numbered name',
      { ...without(hybrid, 'SoC'), SoC_1: 12 },
      { production_kw: 2.5, consumption_kw: 1, ...home, ...battery, battery_soc: 0.12 },
    ],
    [
      'no battery, where no state of charge is fitted',
      { ...without(hybrid, 'SoC'), batChargePower: 0 },
      { production_kw: 2.5, consumption_kw: 2, ...home },
    ],
    [
      'no battery power where it is missing, and then no consumption',
      without(hybrid, 'batChargePower'),
      { production_kw: 2.5, ...home, battery_soc: 0.4 },
    ],
    ['production alone without clamp', clampless, { production_kw: 1.5 }],
    ['the output of a string inverter without pvPower', without(clampless, 'pvPower'), { production_kw: 1.45 }],
    [
      'nothing from a string inverter that draws a little',
      { ...without(clampless, 'pvPower'), generationPower: -0.01 },
      { production_kw: 0 },
    ],
    [
      'the clamp of a string inverter by its counters, though no power flows',
      { ...clampless, feedin: 12.5 },
      { production_kw: 1.5, net_import_kw: 0, consumption_kw: 1.5, imported_kwh: 0, exported_kwh: 12.5 },
    ],
    [
      'the clamp of a string inverter by its power, though it counts nothing',
      { ...without(clampless, 'gridConsumption', 'feedin'), feedinPower: 0.7 },
      { production_kw: 1.5, net_import_kw: -0.7, consumption_kw: 0.8 },
    ],
    [
      'a grid that stands still beside a battery',
      { ...without(hybrid, 'gridConsumption', 'feedin'), feedinPower: 0, meterPower: 0 },
      { production_kw: 2.5, net_import_kw: 0, consumption_kw: 1.5, ...battery },
    ],
  ];
  for (const [what, values, meters] of cases)
    it(what, async () => {
      assert.deepEqual(await metersOfOne(values), meters);
    });

  it('no battery if the list says that there is none', async () => {
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey },
      now,
      exchanges: [listed(device('ONE', false)), live(row('ONE', { ...hybrid, SoC: 0 }))],
    });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 2.5, consumption_kw: 2, ...home });
  });

  const gridless = without(hybrid, 'gridConsumptionPower', 'feedinPower', 'meterPower');
  for (const [what, values, kind] of [
    ['a power that is no number', { ...hybrid, pvPower: 'much' }, 'bad-response'],
    ['counters of the grid without its power', gridless, 'offline'],
    ['a battery beside no figure of the grid', without(gridless, 'gridConsumption', 'feedin'), 'offline'],
    ['no variables', {}, 'offline'],
  ] as const)
    it(`and reports ${what}: ${kind}`, async () => {
      assert.equal(await metersOfOne(values), kind);
    });

  it('only what the owner takes: a silent grid clamp is not missed beside another meter', async () => {
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey, deviceSns: 'ONE' },
      now,
      exchanges: [live(row('ONE', gridless))],
      texts: { FOXESS_TAKE: 'production,battery' },
    });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 2.5, ...battery });
  });

  it('a battery that tells no charge, as the list says that there is one', async () => {
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey },
      now,
      exchanges: [listed(device('ONE', true)), live(row('ONE', without(hybrid, 'SoC')))],
    });
    assert.deepEqual(pushes[0]?.siteMeters, {
      ...{ production_kw: 2.5, consumption_kw: 1, ...home },
      battery_discharge_kw: -1,
    });
  });

  it('a clamp and a battery that have shown themselves also while they rest', async () => {
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey, deviceSns: 'ONE' },
      now,
      exchanges: [
        live(row('ONE', { ...clampless, feedinPower: 0.7, batChargePower: 0.3, batDischargePower: 0 })),
        live(row('ONE', { ...clampless, batChargePower: 0, batDischargePower: 0 })),
      ],
      ticks: 2,
      everySeconds: 300,
    });
    const { consumption_kw, battery_discharge_kw, net_import_kw } = pushes[1]?.siteMeters ?? {};
    assert.deepEqual([consumption_kw, battery_discharge_kw, net_import_kw], [1.5, 0, 0]);
  });

  for (const [what, spoilt, left] of [
    ['a state of charge that nobody can read', { SoC: 'much' }, { battery_discharge_kw: -1, ...home }],
    ['a state of charge beyond 100 %', { SoC: 655.35 }, { battery_discharge_kw: -1, ...home }],
    ['a counter that nobody can read', { feedin: 'much' }, { ...battery, ...home, exported_kwh: undefined }],
    ['a counter below 0', { gridConsumption: -3 }, { ...battery, ...home, imported_kwh: undefined }],
  ] as const)
    it(`everything but ${what}`, async () => {
      const meters = { production_kw: 2.5, consumption_kw: 1, ...left };
      assert.deepEqual(await metersOfOne({ ...hybrid, ...spoilt }), JSON.parse(JSON.stringify(meters)));
    });

  for (const result of [null, [], [row('ANOTHER', hybrid)]])
    it(`nothing: offline with the result ${JSON.stringify(result)?.slice(0, 30)}`, async () => {
      const exchanges = [{ method: 'POST', path: livePath, answer: envelope(result) }];
      const { report } = await playAdapter(foxess, { settings: { apiKey, deviceSns: 'ONE' }, now, exchanges });
      assert.equal(report.kind, 'offline');
    });
});

describe('FoxESS takes another solar system on the second clamp', () => {
  for (const [ct2Pv, meterPower2, production] of [
    ['off', -1.2, 2.5],
    ['negative-is-generation', -1.2, 3.7],
    ['negative-is-generation', 0.02, 2.5],
    ['positive-is-generation', 1.2, 3.7],
    ['Positive-Is-Generation', -1.2, 2.5],
  ] as const)
    it(`as ct2Pv says: ${ct2Pv} with ${meterPower2}`, async () => {
      const meters = await metersOfOne({ ...hybrid, meterPower2 }, { ct2Pv });
      assert.equal((meters as Values)['production_kw'], production);
    });

  it('once, where two inverters repeat the same meter', async () => {
    const meters = await metersOf([row('ONE', hybrid), row('TWO', hybrid)], { ct2Pv: 'negative-is-generation' });
    assert.equal((meters as Values)['production_kw'], 6.2);
  });

  it('also without any grid clamp', async () => {
    const settings = { ct2Pv: 'negative-is-generation', gridMeter: 'none' };
    assert.equal(((await metersOfOne(hybrid, settings)) as Values)['production_kw'], 3.7);
  });

  it('and says so if there is none', async () => {
    const settings = { ct2Pv: 'negative-is-generation' };
    assert.equal(await metersOfOne(without(hybrid, 'meterPower2'), settings), 'bad-response');
  });
});

describe('FoxESS reads the grid of two hybrids', () => {
  const other: Values = { ...hybrid, pvPower: 1, feedinPower: 0.6, SoC: 60, gridConsumption: 7, feedin: 8 };
  const rows = [row('ONE', hybrid), row('TWO', other)];
  const sums = { production_kw: 3.5, battery_discharge_kw: -2, battery_soc: 0.5 };
  const first = { net_import_kw: -0.5, consumption_kw: 1, imported_kwh: 120.5, exported_kwh: 340.25 };

  it('once, from the first, where both report the same to 0.1 kW', async () => {
    assert.deepEqual(await metersOf(rows), { ...sums, ...first });
  });

  it('not at all where they disagree, and asks for the setting', async () => {
    const { report } = await readRows([row('ONE', hybrid), row('TWO', { ...other, feedinPower: 0.602 })]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /ONE.*TWO.*FOXESS_GRID_METER/);
  });

  it('from the one that the owner names', async () => {
    assert.deepEqual(await metersOf(rows, { gridMeter: 'TWO' }), {
      ...sums,
      ...{ net_import_kw: -0.6, consumption_kw: 0.9, imported_kwh: 7, exported_kwh: 8 },
    });
  });

  it('as a sum, where the owner names both', async () => {
    assert.deepEqual(await metersOf(rows, { gridMeter: 'ONE,TWO' }), {
      ...sums,
      ...{ net_import_kw: -1.1, consumption_kw: 0.4, imported_kwh: 127.5, exported_kwh: 348.25 },
    });
  });

  it('without a counter that one of two named meters does not give', async () => {
    const meters = await metersOf([row('ONE', hybrid), row('TWO', without(other, 'feedin'))], { gridMeter: 'ONE,TWO' });
    assert.equal('exported_kwh' in (meters as Values), false);
    assert.equal((meters as Values)['imported_kwh'], 127.5);
  });

  it('not as half a sum, where one of two named meters gives no power', async () => {
    const silent = without(other, 'feedinPower', 'meterPower');
    assert.equal(await metersOf([row('ONE', hybrid), row('TWO', silent)], { gridMeter: 'ONE,TWO' }), 'offline');
  });

  it('not at all, where the owner says none', async () => {
    assert.deepEqual(await metersOf(rows, { gridMeter: 'None' }), sums);
  });

  it('and reports a serial that is not there', async () => {
    const { report } = await readRows(rows, { gridMeter: 'THREE' });
    assert.equal(report.kind, 'settings');
    assert.match(report.error ?? '', /THREE/);
  });

  it('and its second clamp once, where the owner takes the production alone', async () => {
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey, deviceSns: 'ONE,TWO', ct2Pv: 'negative-is-generation' },
      now,
      exchanges: [live(...rows)],
      texts: { FOXESS_TAKE: 'production' },
    });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4.7 });
  });

  it('but knows no battery power of the home where one is missing', async () => {
    const meters = await metersOf([row('ONE', hybrid), row('TWO', without(other, 'batChargePower'))]);
    const { net_import_kw, imported_kwh, exported_kwh } = first;
    assert.deepEqual(meters, { production_kw: 3.5, battery_soc: 0.5, net_import_kw, imported_kwh, exported_kwh });
  });
});

describe('FoxESS at dusk, with a hybrid and a string inverter whose last row is old,', () => {
  const fresh = row('HYBRID', hybrid);
  const old = '2026-03-15 09:10:00 GMT+0000';
  const dusk: Values = { ...clampless, pvPower: 0.05, generationPower: 0.04, runningState: '161' };
  const play = (rows: unknown[], settings: Record<string, string> = {}, secondHasBattery = false) =>
    playAdapter(foxess, {
      settings: { apiKey, ...settings },
      now,
      exchanges: [listed(device('HYBRID', true), device('STRING', secondHasBattery)), live(...rows)],
    });
  const home = {
    ...{ production_kw: 2.5, net_import_kw: -0.5, consumption_kw: 1, battery_discharge_kw: -1, battery_soc: 0.4 },
    ...{ imported_kwh: 120.5, exported_kwh: 340.25 },
  };

  for (const [what, values] of [
    ['waiting', dusk],
    ['waiting, with the last power of an afternoon', { ...dusk, pvPower: 1.5 }],
    ['on grid with next to no power', { ...dusk, runningState: 163, pvPower: 0.19 }],
    ['in no known state with next to no power', { ...without(dusk, 'runningState') }],
  ] as const)
    it(`counts it as 0 and forgets its time: ${what}`, async () => {
      const { pushes, report } = await play([row('STRING', values, old), fresh]);
      assert.deepEqual(pushes[0]?.siteMeters, home, report.error);
      assert.equal(pushes[0]?.tsms, Date.parse('2026-03-15T09:28:00Z'));
    });

  const evening: Values = { ...hybrid, pvPower: 0.1, feedinPower: 0, gridConsumptionPower: 1.9 };
  it('counts it as 0 without a row, when the hybrid has next to nothing', async () => {
    const { pushes } = await play([row('HYBRID', evening)]);
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 0.1);
    assert.equal(pushes[0]?.siteMeters?.['consumption_kw'], 1);
  });

  it('knows no production without a row, while the hybrid has sun', async () => {
    const { pushes, report } = await play([fresh]);
    const { production_kw: _, consumption_kw: __, ...known } = home;
    assert.deepEqual(pushes[0]?.siteMeters, known);
    assert.match(JSON.stringify(report.warnings), /solar production of STRING/);
  });

  it('does not believe that it sleeps all day: a last row of before dawn beside a hybrid in full sun', async () => {
    const { pushes } = await play([row('STRING', dusk, '2026-03-15 05:00:00 GMT+0000'), fresh]);
    assert.equal('production_kw' in (pushes[0]?.siteMeters ?? {}), false);
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -0.5);
  });

  it('takes it for asleep no longer than an hour in full sun', async () => {
    const at = (moment: string) => live(row('STRING', dusk, old), row('HYBRID', hybrid, moment));
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey },
      now,
      exchanges: [
        listed(device('HYBRID', true), device('STRING', false)),
        ...[at('2026-03-15 09:28:00 GMT+0000'), at('2026-03-15 10:14:00 GMT+0000')],
      ],
      ticks: 2,
      everySeconds: 2_700,
    });
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['production_kw']),
      [2.5, undefined],
    );
  });

  for (const [what, before_kw, production_kw] of [
    ['at noon', 1.5, undefined],
    ['at dusk', 0.15, 2.5],
  ] as const)
    it(`loses its row ${what}: ${production_kw === undefined ? 'unknown' : 'asleep'}`, async () => {
      const { pushes } = await playAdapter(foxess, {
        settings: { apiKey },
        now,
        exchanges: [
          listed(device('HYBRID', true), device('STRING', false)),
          live(fresh, row('STRING', { ...clampless, pvPower: before_kw })),
          live(fresh),
        ],
        ticks: 2,
        everySeconds: 300,
      });
      assert.equal(pushes[0]?.siteMeters?.['production_kw'], 2.5 + before_kw);
      assert.equal(pushes[1]?.siteMeters?.['production_kw'], production_kw);
      assert.equal(pushes[1]?.siteMeters?.['consumption_kw'], production_kw === undefined ? undefined : 1);
    });

  const cases: [string, unknown[], FailureKind, Record<string, string>?, boolean?][] = [
    ['it was awake', [row('STRING', clampless, old), fresh], 'stale'],
    ['it was awake at 0.2 kW', [row('STRING', { ...dusk, runningState: '163', pvPower: 0.2 }, old), fresh], 'stale'],
    ['it has the clamp', [row('STRING', { ...dusk, feedin: 3 }, old), fresh], 'stale', { gridMeter: 'auto' }],
    ['the owner says that it has the clamp', [row('STRING', dusk, old), fresh], 'stale', { gridMeter: 'STRING' }],
    ['the owner says that it has the clamp, and no row', [fresh], 'offline', { gridMeter: 'STRING' }],
    ['the list says that it has a battery', [row('STRING', dusk, old), fresh], 'stale', {}, true],
    ['the list says that it has a battery, and no row', [fresh], 'offline', {}, true],
    ['the hybrid is old', [row('STRING', clampless), row('HYBRID', hybrid, old)], 'stale'],
    ['both are old', [row('STRING', dusk, old), row('HYBRID', hybrid, old)], 'stale'],
    ['both hybrids disagree because one is old', [row('STRING', { ...hybrid, feedinPower: 4 }, old), fresh], 'stale'],
    ['the hybrid has no row', [row('STRING', clampless)], 'offline'],
  ];
  for (const [what, rows, kind, settings, secondHasBattery] of cases)
    it(`is ${kind} if ${what}`, async () => {
      const { report } = await play(rows, settings, secondHasBattery);
      assert.equal(report.kind, kind, report.error);
    });

  it('is stale at night where there are only string inverters', async () => {
    const { report } = await readRows([row('ONE', dusk, old), row('TWO', dusk, old)]);
    assert.equal(report.kind, 'stale');
  });

  it('takes a clamp on a string inverter for none if the owner names the other', async () => {
    const { pushes } = await play([row('STRING', { ...dusk, feedin: 3 }, old), fresh], { gridMeter: 'HYBRID' });
    assert.deepEqual(pushes[0]?.siteMeters, home);
  });
});

describe('FoxESS from poll to poll', () => {
  /** One answer for each poll, of rows that are as old as at `now`. */
  const follow = async (
    settings: Record<string, string>,
    answers: Record<string, Values>[],
    everySeconds = 300,
  ): Promise<Values[]> => {
    const rowsAt = (nth: number) => {
      const time = timeText(Date.parse(now) + nth * everySeconds * 1000 - 60_000);
      return Object.entries(answers[nth] ?? {}).map(([sn, values]) => row(sn, values, time));
    };
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey, deviceSns: 'ONE', ...settings },
      now,
      exchanges: answers.map((_, nth) => live(...rowsAt(nth))),
      ticks: answers.length,
      everySeconds,
    });
    return pushes.map(({ siteMeters, error }) => siteMeters ?? { error });
  };

  it('misses the panels of a hybrid that were there, also beside another solar system on the second clamp', async () => {
    const dumb = without(hybrid, 'pvPower', 'generationPower');
    const [before, after, again] = await follow({ ct2Pv: 'negative-is-generation' }, [
      { ONE: hybrid },
      { ONE: dumb },
      { ONE: hybrid },
    ]);
    assert.equal(before?.['production_kw'], 3.7);
    assert.deepEqual(after, {
      net_import_kw: -0.5,
      imported_kwh: 120.5,
      exported_kwh: 340.25,
      battery_discharge_kw: -1,
      battery_soc: 0.4,
    });
    assert.deepEqual(again, before);
  });

  it('keeps a battery that tells no charge and rests for two days', async () => {
    const resting: Values = { ...without(hybrid, 'SoC'), batChargePower: 0 };
    const days = await follow({}, [{ ONE: without(hybrid, 'SoC') }, ...Array(16).fill({ ONE: resting })], 3 * 3600);
    assert.equal(days[0]?.['battery_discharge_kw'], -1);
    for (const meters of days.slice(1)) assert.equal(meters['battery_discharge_kw'], 0);
  });

  it('forgets a clamp that gave something once, and nothing for a day', async () => {
    const days = await follow(
      {},
      [{ ONE: { ...clampless, feedinPower: 0.3 } }, ...Array(9).fill({ ONE: clampless })],
      6 * 3600,
    );
    assert.equal(days[3]?.['net_import_kw'], 0);
    assert.deepEqual(days.at(-1), { production_kw: 1.5 });
  });

  it('does not take a named hybrid without a row for asleep, and has it back with its row', async () => {
    const dark: Values = { ...hybrid, pvPower: 0 };
    const answers: Record<string, Values>[] = [{ ONE: dark, TWO: dark }, { ONE: dark }, { ONE: dark, TWO: dark }];
    const [before, without_, again] = await follow({ deviceSns: 'ONE,TWO' }, answers);
    assert.equal(before?.['battery_discharge_kw'], -2);
    assert.deepEqual(without_, { net_import_kw: -0.5, imported_kwh: 120.5, exported_kwh: 340.25 });
    assert.deepEqual(again, before);
  });

  it('reads on when the clocks are set back', async () => {
    const times = ['2026-10-25 02:58:00 CEST+0200', '2026-10-25 02:03:00 CET+0100'];
    const { pushes } = await playAdapter(foxess, {
      settings: { apiKey, deviceSns: 'ONE' },
      now: '2026-10-25T01:00:00Z',
      exchanges: times.map((time) => live(row('ONE', hybrid, time))),
      ticks: 2,
      everySeconds: 300,
    });
    assert.deepEqual(
      pushes.map(({ tsms = 0 }) => new Date(tsms).toISOString()),
      ['2026-10-25T00:58:00.000Z', '2026-10-25T01:03:00.000Z'],
    );
  });
});

it('FoxESS may be asked every two minutes by an owner who wants that, and not more often', async () => {
  const outcomeOf = async (seconds: string) =>
    (await readRows([row('ONE', hybrid)], { pollSeconds: seconds })).report.kind ?? 'pushed';
  assert.equal(await outcomeOf('120'), 'pushed');
  assert.equal(await outcomeOf('119'), 'settings');
});

describe('FoxESS finds to choose from', () => {
  const found = (...devices: unknown[]) =>
    discover(foxess, { settings: { apiKey }, now, exchanges: [listed(...devices)] });
  const [one, two, three] = [
    device('ONE', true, { stationName: 'Home' }),
    device('TWO', false, { stationName: 'Home' }),
    device('THREE', false, { stationName: 'Barn' }),
  ];

  it('the only plant, and no clamp to choose where it has one inverter', async () => {
    assert.deepEqual(await found(one), { deviceSns: [{ value: 'ONE', title: 'Home' }], gridMeter: [] });
  });

  it('whole plants by name, and for the clamp each inverter where a plant has several', async () => {
    assert.deepEqual(await found(one, two, three), {
      deviceSns: [
        { value: 'ONE,TWO', title: 'Home' },
        { value: 'THREE', title: 'Barn' },
      ],
      gridMeter: [
        { value: 'auto', title: 'as the figures show it' },
        { value: 'ONE', title: 'Home' },
        { value: 'TWO', title: 'Home' },
        { value: 'THREE', title: 'Barn' },
        { value: 'none', title: 'no meter or clamp at the grid' },
      ],
    });
  });

  it('no inverter, and says whose key to use', async () => {
    await assert.rejects(found(), { kind: 'auth', message: /account that owns the plant/ });
  });
});
