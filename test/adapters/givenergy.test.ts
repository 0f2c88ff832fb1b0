import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { givenergy } from '../../functions/push-solar-data/adapters/givenergy.ts';
import {
  conversation,
  dongle,
  figures,
  list,
  listPath,
  live,
  livePath,
  model,
  now,
  pairConversation,
  settings,
  withMeters,
} from '../conversations/givenergy.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
  playAdapter(givenergy, { now, exchanges, ...options, settings: { ...settings, ...options.settings } });
const pathsOf = ({ vendor }: { vendor: { received: { path: string }[] } }) => vendor.received.map(({ path }) => path);
const { siteMeters } = conversation.push;
const one = { settings: { serials: 'CE1' } };
const two = { settings: { serials: 'CE1,CE2' } };
const at = (time: string, changed = {}) => ({ ...figures, time: `2026-05-01T${time}Z`, ...changed });

testAdapter(givenergy, conversation);
testAdapter(givenergy, pairConversation);

describe('a device maps', () => {
  const { battery_discharge_kw: _power, battery_soc: _charge, ...withoutBattery } = siteMeters;
  const rows: [what: string, changed: object, expected: object][] = [
    [
      'an import and a discharge',
      { grid: { power: -640 }, battery: { power: 900, percent: 60 } },
      { ...siteMeters, net_import_kw: 0.64, battery_discharge_kw: 0.9, battery_soc: 0.6, consumption_kw: 6.54 },
    ],
    ['no battery of 0 W and 0 %', { battery: { power: 0, percent: 0 } }, { ...withoutBattery, consumption_kw: 3.2 }],
    ['no battery of nulls', { battery: { power: null, percent: null } }, { ...withoutBattery, consumption_kw: 3.2 }],
    ['no battery of nothing', { battery: null }, { ...withoutBattery, consumption_kw: 3.2 }],
    [
      'an idle battery',
      { battery: { power: 0, percent: 42 } },
      { ...siteMeters, battery_discharge_kw: 0, consumption_kw: 3.2 },
    ],
    [
      'an empty battery that charges',
      { battery: { power: -100, percent: 0 } },
      { ...siteMeters, battery_discharge_kw: -0.1, battery_soc: 0, consumption_kw: 3.1 },
    ],
    [
      'a battery whose power is missing: no consumption',
      { battery: { power: null, percent: 42 } },
      { production_kw: 5, net_import_kw: -1.8, battery_soc: 0.42 },
    ],
    [
      'solar power below 0 as none',
      { solar: { power: -12 } },
      { ...siteMeters, production_kw: 0, consumption_kw: -3.8 },
    ],
    ['nothing from or to the grid', { grid: { power: 0 } }, { ...siteMeters, net_import_kw: 0, consumption_kw: 3 }],
  ];
  for (const [what, changed, expected] of rows)
    it(what, async () => {
      const { pushes, report } = await play([live('CE1', { ...figures, ...changed })], one);
      assert.deepEqual(pushes[0]?.siteMeters, expected, report.error);
    });

  it('an empty battery that was there before as one', async () => {
    const empty = at('12:03:30', { battery: { power: 0, percent: 0 } });
    const { pushes } = await play([live('CE1'), live('CE1', empty)], { ...one, ticks: 2, everySeconds: 120 });
    const { battery_discharge_kw, battery_soc, consumption_kw } = pushes[1]?.siteMeters ?? {};
    assert.deepEqual([battery_discharge_kw, battery_soc, consumption_kw], [0, 0, 3.2]);
  });

  const kinds: [string, Answer | object, string | undefined][] = [
    ['no solar power', { ...figures, solar: { power: null } }, 'offline'],
    ['no grid power', { ...figures, grid: null }, 'offline'],
    ['a lost connection', { ...figures, status: 'lost' }, 'offline'],
    ['an unknown state with figures', { ...figures, status: 'Unknown' }, undefined],
    ['no state', { ...figures, status: null }, undefined],
    ['no time', { ...figures, time: 'soon' }, 'bad-response'],
    ['a power that is none', { ...figures, grid: { power: 'much' } }, 'bad-response'],
    ['no data', { json: {} }, 'bad-response'],
    ['a web page', { text: '<html>' }, 'bad-response'],
    ['an old time', at('11:47:59'), 'stale'],
    ['a time that is just young enough', at('11:48:00'), undefined],
  ];
  for (const [what, answer, kind] of kinds)
    it(`${what}: ${kind ?? 'a reading'}`, async () => {
      assert.equal((await play([live('CE1', answer)], one)).report.kind, kind);
    });

  it('goes with nulls and comes back', async () => {
    const nulls = at('12:03:30', {
      solar: { power: null },
      grid: { power: null },
      battery: { power: null, percent: null },
    });
    const exchanges = [live('CE1'), live('CE1', nulls), live('CE1', at('12:06:30'))];
    const { pushes } = await play(exchanges, { ...one, ticks: 3, everySeconds: 120 });
    assert.deepEqual(
      pushes.map(({ siteMeters: meters, error }) => meters?.['net_import_kw'] ?? error),
      [-1.8, 'GivEnergy Cloud has no solar power of CE1 just now: is it connected?', -1.8],
    );
  });

  it('what the owner takes, and no more is demanded', async () => {
    const options = { ...one, texts: { GIVENERGY_TAKE: 'battery' } };
    const { pushes } = await play([live('CE1', { ...figures, solar: null, grid: null })], options);
    assert.deepEqual(pushes[0]?.siteMeters, { battery_discharge_kw: -2, battery_soc: 0.42 });
  });
});

describe('several devices', () => {
  const second = { ...figures, solar: { power: 0 }, battery: { power: 500, percent: 62 } };
  const powers = (first: number | null, other: number | null) => [
    live('CE1', { ...figures, grid: { power: first } }),
    live('CE2', { ...second, grid: { power: other } }),
  ];
  const rows: [string, Exchange[], Record<string, string>, number | string | undefined][] = [
    ['with about the same grid power have one clamp', powers(1800, 1900), {}, -1.8],
    ['with different ones do not say whose clamp counts', powers(1800, 1901), {}, 'bad-response'],
    ['may have a clamp each', powers(640, -35), { gridMeter: 'CE1,ce2' }, -0.605],
    ['may have it at the second', powers(null, -35), { gridMeter: 'ce2' }, 0.035],
    ['may have none', powers(null, null), { gridMeter: 'none' }, undefined],
    ['lack the grid if one of them does', powers(1800, null), {}, 'offline'],
    ['lack the grid if its owner does', powers(null, 1800), { gridMeter: 'CE1' }, 'offline'],
  ];
  for (const [what, exchanges, changed, expected] of rows)
    it(what, async () => {
      const { pushes, report } = await play(exchanges, { settings: { ...two.settings, ...changed } });
      assert.equal(report.kind ?? pushes[0]?.siteMeters?.['net_import_kw'], expected, report.error);
      if (report.kind === 'bad-response') assert.match(report.error ?? '', /GIVENERGY_GRID_METER/);
      if (changed['gridMeter'] === 'none') assert.equal(pushes[0]?.siteMeters?.['consumption_kw'], undefined);
    });

  it('add up, with the mean of their charges and the oldest time', async () => {
    const { pushes } = await play([live('CE1'), live('CE2', { ...second, time: '2026-05-01T12:00:00Z' })], two);
    assert.deepEqual(pushes[0], {
      ...pushes[0],
      tsms: Date.parse('2026-05-01T12:00:00Z'),
      siteMeters: { ...siteMeters, battery_discharge_kw: -1.5, battery_soc: 0.52, consumption_kw: 1.7 },
    });
  });

  it('have their charges weighted by what the list says of their capacity', async () => {
    const large = {
      ...withMeters(2001),
      info: { model: 'GIV-HY5.0', battery: { nominal_capacity: 372, nominal_voltage: 51.2 } },
    };
    const exchanges = [
      list([dongle('CE1', withMeters(2001)), dongle('CE2', large)]),
      live('CE1'),
      live('CE2', { ...second, battery: { power: 0, percent: 72 } }),
    ];
    const { pushes } = await play(exchanges);
    assert.equal(pushes[0]?.siteMeters?.['battery_soc'], 0.62);
  });

  it('have one clamp where they list the same meters, and else may have two', async () => {
    const told = async (...meters: number[][]) => {
      const rows = meters.map((serials, nth) => dongle(`CE${nth + 1}`, withMeters(...serials)));
      const { pushes, report } = await play([list(rows), ...powers(1800, 2500)]);
      return report.kind ?? pushes[0]?.siteMeters?.['net_import_kw'];
    };
    assert.equal(await told([2001, 2002], [2002, 2001]), -1.8);
    for (const meters of [
      [[2001], [2002]],
      [[], []],
      [[2001], []],
    ])
      assert.equal(await told(...meters), 'bad-response');
  });

  it('that tell the grid in turn are one home', async () => {
    const rows = ['CE1', 'CE2'].map((serial) => dongle(serial, withMeters(2001)));
    const tomorrow = (time: string) => live('CE1', { ...figures, time });
    const exchanges = [
      ...[list(rows), live('CE1'), live('CE2', second), list(rows.toReversed())],
      ...[tomorrow('2026-05-02T12:02:00Z'), live('CE2', { ...second, time: '2026-05-02T12:02:00Z' })],
    ];
    const { pushes } = await play(exchanges, { ticks: 2, everySeconds: 86_400 });
    assert.equal(pushes[1]?.siteMeters?.['net_import_kw'], -1.8, pushes[1]?.error);
  });

  it('are all or nothing', async () => {
    const exchanges = [live('CE1'), live('CE2', { ...second, status: 'LOST' })];
    assert.equal((await play(exchanges, two)).report.kind, 'offline');
    const old = [live('CE1'), live('CE2', { ...second, time: '2026-05-01T11:40:00Z' })];
    assert.equal((await play(old, two)).report.kind, 'stale');
    const ahead = [live('CE1'), live('CE2', { ...second, time: '2026-05-01T12:08:01Z' })];
    assert.equal((await play(ahead, two)).report.kind, 'bad-response');
  });

  it('that are named twice are read once', async () => {
    assert.deepEqual(pathsOf(await play([live('CE1')], { settings: { serials: 'CE1,ce1' } })), [livePath('CE1')]);
  });

  it('among which the owner of the clamp is not read: settings, and nobody is asked', async () => {
    const { report, vendor } = await play([live('CE1')], { settings: { serials: 'CE1', gridMeter: 'CE9' } });
    assert.equal(report.kind, 'settings');
    assert.match(report.error ?? '', /GIVENERGY_GRID_METER names CE9/);
    assert.equal(vendor.received.length, 0);
  });
});

describe('of an account', () => {
  const allInOne = (serial: string) =>
    dongle(serial, { info: { model: 'All-In-One', battery: { nominal_capacity: 52, nominal_voltage: 307.2 } } });
  const gateway = dongle('GW', { ...model('Gateway', { nominal_capacity: 52, nominal_voltage: 307.2 }) });
  const gatewayAlone = dongle('GW', model('GIV-GW2'));
  const pv = dongle('PV', model('GIV-PV-5.0-G3'));
  const old = { last_updated: '2026-04-26T12:02:59Z' };
  const rows: [what: string, rows: unknown[], read: string[]][] = [
    ['an EMS alone is read', [dongle('CE1'), dongle('EM', model('Plant EMS')), dongle('CE2')], ['EM']],
    ['a gateway with several All-In-Ones is read', [allInOne('A1'), gateway, allInOne('A2')], ['GW']],
    ['the All-In-One of a gateway is read', [gateway, allInOne('A1')], ['A1']],
    ['a gateway alone is read', [gatewayAlone], ['GW']],
    ['hybrids are read, and no inverter for PV alone', [pv, dongle('CE1')], ['CE1']],
    [
      'an inverter for PV alone has no battery, whatever the list says',
      [dongle('PV', { info: { model: 'giv-pv-5.0', battery: {} } }), dongle('CE1')],
      ['CE1'],
    ],
    ['inverters for PV alone are read where there is nothing else', [pv], ['PV']],
    [
      'a battery is known by its modules',
      [pv, dongle('CE1', { info: { model: 'GIV-AC3.0', battery: null } })],
      ['CE1'],
    ],
    [
      'dead dongles and dongles without a device are left out',
      [dongle('CE0', old), { ...dongle('X'), inverter: null }, dongle('CE1')],
      ['CE1'],
    ],
    [
      'a dongle that was replaced hides no device',
      [dongle('CE1'), { ...dongle('CE1', old), serial_number: 'WF-old' }],
      ['CE1'],
    ],
    [
      'a device without a site belongs to the only one',
      [dongle('CE1'), dongle('EM', { site: null, ...model('Plant EMS') })],
      ['EM'],
    ],
  ];
  for (const [what, listed, read] of rows)
    it(what, async () => {
      const played = await play([list(listed), ...read.map((serial) => live(serial))]);
      assert.deepEqual(pathsOf(played), [listPath, ...read.map(livePath)]);
      assert.equal(played.report.outcome, 'pushed', played.report.error);
    });

  const failures: [string, unknown[], string, RegExp][] = [
    [
      'several sites',
      [dongle('CE1'), dongle('CE2', { site: 8 })],
      'auth',
      /GIVENERGY_SERIALS to one of CE1 \(site 7\), CE2 \(site 8\)/,
    ],
    ['no device', [{ ...dongle('X'), inverter: null }], 'auth', /no device/],
    ['nothing that is alive', [dongle('CE0', old)], 'offline', /five days/],
    [
      'a hundred devices',
      Array.from({ length: 100 }, (_, nth) => dongle(`CE${nth}`)),
      'bad-response',
      /GIVENERGY_SERIALS/,
    ],
  ];
  for (const [what, listed, kind, sentence] of failures)
    it(`${what}: ${kind}`, async () => {
      const { report } = await play([list(listed)]);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', sentence);
    });

  it('a site that died is none of several', async () => {
    const played = await play([list([dongle('CE1'), dongle('CE2', { site: 8, ...old })]), live('CE1')]);
    assert.equal(played.report.outcome, 'pushed');
  });

  it('all pages are read', async () => {
    const exchanges = [
      list([dongle('CE1', withMeters(1))], { pages: 2 }),
      list([dongle('CE2', withMeters(1))], { page: 2, pages: 2 }),
    ];
    const played = await play([...exchanges, live('CE1'), live('CE2')]);
    assert.deepEqual(pathsOf(played).sort(), [listPath, listPath, livePath('CE1'), livePath('CE2')]);
  });

  it('the list is kept for a day', async () => {
    const steady = live('CE1', { ...figures, time: '2026-05-02T11:59:00Z' });
    const paths = async (everySeconds: number) =>
      pathsOf(await play([list([dongle('CE1')]), live('CE1'), steady], { ticks: 2, everySeconds }));
    assert.deepEqual(await paths(86_399), [listPath, livePath('CE1'), livePath('CE1')]);
    assert.deepEqual(await paths(86_400), [listPath, livePath('CE1'), listPath, livePath('CE1')]);
  });

  it('the list is asked for anew where a kept device is not known any more', async () => {
    const exchanges = [
      ...[list([dongle('CE1')]), live('CE1'), live('CE1', { status: 404, json: {} })],
      ...[list([dongle('CE2')]), live('CE2')],
    ];
    const played = await play(exchanges, { ticks: 2, everySeconds: 120 });
    assert.deepEqual(pathsOf(played).slice(2), [livePath('CE1'), listPath, livePath('CE2')]);
  });

  it('what can be chosen are the devices of each site, and for the clamp each of a site with several', async () => {
    const exchanges = [list([dongle('CE1'), pv, dongle('CE2', { site: 8 }), dongle('CE3', { site: 8 })])];
    assert.deepEqual(await discover(givenergy, { settings, now, exchanges }), {
      serials: [
        { value: 'CE1', title: 'site 7' },
        { value: 'CE2,CE3', title: 'site 8' },
      ],
      gridMeter: [
        { value: 'auto', title: 'as the figures show it' },
        { value: 'CE2', title: 'GIV-HY5.0, site 8' },
        { value: 'CE3', title: 'GIV-HY5.0, site 8' },
        { value: 'none', title: 'no meter or clamp at the grid' },
      ],
    });
    const alone = await discover(givenergy, { settings, now, exchanges: [list([dongle('CE1')])] });
    assert.deepEqual(alone?.['gridMeter'], []);
  });
});

describe('GivEnergy refuses', () => {
  const rows: [number, string, RegExp][] = [
    [401, 'auth', /token.*Premium.*GIVENERGY_API_KEY/],
    [402, 'auth', /Premium/],
    [403, 'auth', /GIVENERGY_API_KEY.*Premium/],
    [404, 'auth', /CE1: check GIVENERGY_SERIALS/],
    [422, 'bad-response', /422/],
    [429, 'rate-limited', /slow down/],
    [503, 'unavailable', /503/],
  ];
  for (const [status, kind, sentence] of rows)
    it(`with HTTP ${status}: ${kind}`, async () => {
      const { report } = await play([{ path: livePath('CE1'), answer: { status, json: { message: 'no' } } }], one);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', sentence);
    });
});
