import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { homeAssistant } from '../../functions/push-solar-data/adapters/home-assistant.ts';
import {
  ago,
  all,
  battery,
  conversation,
  exchange,
  grid,
  house,
  now,
  pv,
  row,
  type State,
  shown,
  templated,
  token,
  watts,
} from '../conversations/home-assistant.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (settings: Record<string, string>, states: Record<string, State | Answer>, options = {}) =>
  playAdapter(homeAssistant, {
    settings: { token, mode: 'states', ...settings },
    now,
    exchanges: Object.entries(states).map(([id, state]) => exchange(id, 'state' in state ? shown(id, state) : state)),
    ...options,
  });
const meters = async (...from: Parameters<typeof play>) => (await play(...from)).pushes[0]?.siteMeters;
const kind = async (...from: Parameters<typeof play>) => (await play(...from)).report.kind;

testAdapter(homeAssistant, conversation);

describe('Home Assistant: lists of entities', () => {
  it('adds them up, inverts those with a minus, and reads the unit of each', async () => {
    const settings = { production: 'sensor.east, sensor.west', netImport: 'sensor.in,-sensor.out' };
    const states = {
      'sensor.east': watts('1500.5'),
      'sensor.west': { state: '0.4', unit: 'kW' },
      'sensor.in': { state: '0', unit: 'kW' },
      'sensor.out': watts('1300'),
    };
    assert.deepEqual(await meters(settings, states), {
      production_kw: 1.901, // 1900.5 W in whole watts
      net_import_kw: -1.3,
      consumption_kw: 0.601,
    });
  });

  it('asks for an entity once, however often it is listed', async () => {
    const { vendor } = await play({ netImport: grid, consumption: grid }, { [grid]: watts('100') });
    assert.equal(vendor.received.length, 1);
  });

  it('maps battery, state of charge and lifetime counters', async () => {
    const settings = {
      ...{ production: pv, netImport: grid, batteryDischarge: `-${battery}`, batterySoc: 'sensor.soc' },
      ...{ importedEnergy: 'sensor.day,sensor.night', exportedEnergy: 'sensor.fed' },
    };
    const states = {
      [pv]: watts('0'),
      [grid]: watts('50'),
      [battery]: watts('-700'),
      'sensor.soc': { state: '64.5', unit: '%', age: 7_000 },
      'sensor.day': { state: '1000', unit: 'kWh', age: 7_000 },
      'sensor.night': { state: '500000', unit: 'Wh', age: 7_000 },
      'sensor.fed': { state: '2.5', unit: 'MWh', age: 7_000 },
    };
    assert.deepEqual(await meters(settings, states), {
      ...{ production_kw: 0, net_import_kw: 0.05, battery_discharge_kw: 0.7, consumption_kw: 0.75 },
      ...{ battery_soc: 0.645, imported_kwh: 1500, exported_kwh: 2500 },
    });
  });

  it('leaves out what rests on a counter or state of charge without a number', async () => {
    const settings = { production: pv, importedEnergy: 'sensor.day,sensor.night', exportedEnergy: 'sensor.fed' };
    const states = {
      [pv]: watts('10'),
      'sensor.day': { state: '1000', unit: 'kWh' },
      'sensor.night': { state: 'unknown' },
      'sensor.fed': { state: 'unavailable', unit: 'kWh' },
    };
    assert.deepEqual(await meters(settings, states), { production_kw: 0.01 });
  });

  it('asks for no more than ten at once, the first alone', async () => {
    const ids = Array.from({ length: 14 }, (_, nth) => `sensor.panel_${nth}`);
    let open = 0;
    let most = 0;
    const before: number[] = [];
    const exchanges = ids.map((id) =>
      exchange(id, {
        act: (_, response) => {
          open += 1;
          most = Math.max(most, open);
          before.push(open);
          setTimeout(() => {
            open -= 1;
            response.setHeader('content-type', 'application/json').end(JSON.stringify(shown(id, watts('100')).json));
          }, 30);
        },
      }),
    );
    const { pushes } = await playAdapter(homeAssistant, {
      settings: { token, mode: 'states', production: ids.join(',') },
      now,
      exchanges,
    });
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 1.4);
    assert.equal(most, 10);
    assert.deepEqual(before.slice(0, 2), [1, 1]);
  });
});

describe('Home Assistant: units', () => {
  const powers: [string, string, number][] = [
    ['2500000', 'mW', 2.5],
    ['2500', 'W', 2.5],
    ['2.5', 'kW', 2.5],
    ['0.0025', 'MW', 2.5],
    ['0.0000025', 'GW', 2.5],
    ['2.5e-9', 'TW', 2.5],
  ];
  for (const [state, unit, kw] of powers)
    it(`reads ${state} ${unit} as ${kw} kW`, async () => {
      assert.equal((await meters({ production: pv }, { [pv]: { state, unit } }))?.['production_kw'], kw);
    });

  const energies: [string, string, number][] = [
    ['1500000000', 'mWh', 1500],
    ['1500000', 'Wh', 1500],
    ['1500', 'kWh', 1500],
    ['1.5', 'MWh', 1500],
    ['0.0015', 'GWh', 1500],
  ];
  for (const [state, unit, kwh] of energies)
    it(`reads ${state} ${unit} as ${kwh} kWh`, async () => {
      const states = { [pv]: watts('1'), 'sensor.e': { state, unit } };
      assert.equal((await meters({ production: pv, importedEnergy: 'sensor.e' }, states))?.['imported_kwh'], kwh);
    });

  for (const [what, unit] of Object.entries({ none: null, empty: '', unknown: 'BTU/h', 'of energy': 'kWh', kw: 'kw' }))
    it(`refuses a power whose unit is ${what}, naming it`, async () => {
      const { report } = await play({ production: pv }, { [pv]: { state: '3', unit } });
      assert.equal(report.kind, 'bad-response');
      assert.match(report.error ?? '', /sensor\.roof/);
    });

  it('refuses a counter in a unit of power, and a state of charge that is not in percent', async () => {
    const states = { [pv]: watts('1'), 'sensor.x': { state: '3', unit: 'kW' } };
    assert.equal(await kind({ production: pv, exportedEnergy: 'sensor.x' }, states), 'bad-response');
    assert.equal(await kind({ production: pv, batterySoc: 'sensor.x' }, states), 'bad-response');
  });

  it('does not look at the unit of an entity without a number', async () => {
    const states = { [pv]: { state: 'unknown' }, [grid]: watts('300'), [house]: watts('300') };
    assert.equal((await meters(all, states))?.['production_kw'], 0);
  });
});

describe('Home Assistant: numbers', () => {
  const numbers: [string, number][] = [
    [' 1200 ', 1.2],
    ['+1200', 1.2],
    ['-1200.0', -1.2],
    ['1.2e3', 1.2],
    ['.5', 0.001], // half a watt, in whole watts
  ];
  for (const [state, kw] of numbers)
    it(`reads "${state}"`, async () => {
      assert.equal((await meters({ production: pv }, { [pv]: watts(state) }))?.['production_kw'], kw);
    });

  for (const state of ['unknown', 'unavailable', 'none', '', 'nan', 'inf', '1e999', '1,200', '0x10', '12 W', 'on'])
    it(`sees no number in "${state}", and never a 0`, async () => {
      assert.equal(await kind({ production: pv }, { [pv]: watts(state) }), 'offline');
    });
});

describe('Home Assistant: what must be known', () => {
  const gone: State = { state: 'unavailable', unit: 'W' };
  const old = (state: string) => watts(state, 5_000);
  const reading = { production_kw: 1, net_import_kw: 0.5, consumption_kw: 1.5 };
  const live = { [pv]: watts('1000'), [grid]: watts('500'), [house]: watts('1500') };

  for (const [what, id] of Object.entries({ production: pv, 'net import': grid, consumption: house })) {
    it(`derives ${what} that has no number from the other two`, async () => {
      assert.deepEqual(await meters(all, { ...live, [id]: gone }), reading);
    });
    it(`derives ${what} that is old and not 0 from the other two`, async () => {
      assert.deepEqual(await meters(all, { ...live, [id]: old('777') }), reading);
    });
  }

  it('computes consumption from the balance although it is measured', async () => {
    assert.equal((await meters(all, { ...live, [house]: watts('1423') }))?.['consumption_kw'], 1.5);
  });

  it('counts the battery where it derives', async () => {
    const settings = { ...all, batteryDischarge: battery };
    const states = { ...live, [pv]: gone, [battery]: watts('-400') };
    assert.equal((await meters(settings, states))?.['production_kw'], 1.4);
  });

  it('passes on a derived production below zero', async () => {
    assert.equal((await meters(all, { ...live, [pv]: gone, [house]: watts('496') }))?.['production_kw'], -0.004);
  });

  it('derives net import and production where only two are configured', async () => {
    const withoutGrid = await meters({ production: pv, consumption: house }, live);
    assert.equal(withoutGrid?.['net_import_kw'], 0.5);
    const withoutPv = await meters({ netImport: grid, consumption: house }, live);
    assert.equal(withoutPv?.['production_kw'], 1);
  });

  it('does not take one of two inverters for the whole', async () => {
    const settings = { ...all, production: `${pv},sensor.garage` };
    assert.deepEqual(await meters(settings, { ...live, 'sensor.garage': gone }), reading);
    assert.equal(await kind({ production: `${pv},sensor.garage` }, { ...live, 'sensor.garage': gone }), 'offline');
    assert.equal(
      await kind({ production: `${pv},sensor.garage` }, { [pv]: old('1'), 'sensor.garage': old('5') }),
      'stale',
    );
  });

  const two = { production: pv, netImport: grid };
  const withBattery = { ...all, batteryDischarge: battery };
  const cases: [string, Record<string, string>, Record<string, State>, string | undefined][] = [
    ['one of two is gone', two, { ...live, [grid]: gone }, 'offline'],
    ['one of two is old and not 0, which may be its limit', two, { ...live, [pv]: old('1190') }, undefined],
    ['one of two is old, and cannot be', two, { ...live, [grid]: old('-1060') }, 'stale'],
    ['one of two is old and exactly 0', two, { ...live, [pv]: old('0') }, undefined],
    ['two of three are gone', all, { ...live, [pv]: gone, [grid]: gone }, 'offline'],
    ['two of three are old', all, { ...live, [pv]: old('5'), [house]: old('5') }, undefined],
    ['the grid and another are old', all, { ...live, [grid]: old('5'), [house]: old('5') }, 'stale'],
    ['one of three is gone and one old', all, { ...live, [grid]: gone, [house]: old('5') }, 'offline'],
    ['all are old', two, { [pv]: old('1000'), [grid]: old('500') }, 'stale'],
    ['all are old, even at 0', two, { [pv]: old('0'), [grid]: old('0') }, 'stale'],
    ['one is gone and the rest old', two, { [pv]: gone, [grid]: old('500') }, 'offline'],
    ['all are gone', two, { [pv]: gone, [grid]: gone }, 'offline'],
    ['the battery is gone', withBattery, { ...live, [battery]: gone }, undefined],
    [
      'the battery is old and not 0, which may be its limit',
      withBattery,
      { ...live, [battery]: old('300') },
      undefined,
    ],
    ['the battery is old and exactly 0', withBattery, { ...live, [battery]: old('0') }, undefined],
    ['the grid is derived without its battery', withBattery, { ...live, [grid]: gone, [battery]: gone }, 'offline'],
    ['PV is the only entity, old and 0', { production: pv }, { [pv]: old('0') }, undefined],
    ['PV is the only entity, old and not 0', { production: pv }, { [pv]: old('3') }, 'stale'],
    ['the meter is the only entity, old and 0', { netImport: grid }, { [grid]: old('0') }, 'stale'],
    ['the grid is regulated to 0', two, { ...live, [grid]: old('0') }, undefined],
    [
      'the grid is old and 0, and a battery charges with more than the sun gives',
      { ...two, batteryDischarge: battery },
      { ...live, [grid]: old('0'), [battery]: watts('-3000') },
      'stale',
    ],
  ];
  for (const [what, settings, states, wanted] of cases)
    it(`${wanted ?? 'pushes'} when ${what}`, async () => {
      assert.equal(await kind(settings, states), wanted);
    });

  it('says which entities are missing and why', async () => {
    assert.match((await play(two, { ...live, [grid]: gone })).report.error ?? '', /sensor\.meter is unavailable/);
    const stale = (await play(two, { ...live, [grid]: watts('-9000', 7_200) })).report.error ?? '';
    assert.match(stale, /sensor\.meter was last reported 2\.0 h ago \(limit 15 min\)/);
  });
});

describe('Home Assistant: what is told without the rest', () => {
  const gone: State = { state: 'unavailable', unit: 'W' };
  const settings = { production: pv, netImport: grid, batteryDischarge: battery, batterySoc: 'sensor.soc' };
  const live = {
    ...{ [pv]: watts('4020'), [grid]: watts('-1105'), [battery]: watts('-500') },
    'sensor.soc': { state: '58', unit: '%' },
  };

  it('grid and battery beside an inverter that is unavailable, by its name', async () => {
    const { pushes, report } = await play(settings, { ...live, [pv]: gone });
    assert.deepEqual(pushes[0]?.siteMeters, { net_import_kw: -1.105, battery_discharge_kw: -0.5, battery_soc: 0.58 });
    assert.match(JSON.stringify(report.warnings), /solar production/);
  });

  it('sun and grid beside a battery that is unknown, never a consumption without it', async () => {
    const known = { production_kw: 4.02, net_import_kw: -1.105, battery_soc: 0.58 };
    assert.deepEqual(await meters(settings, { ...live, [battery]: gone }), known);
    const withHouse = { ...settings, consumption: house };
    assert.deepEqual(await meters(withHouse, { ...live, [battery]: gone, [house]: watts('2000') }), known);
  });

  it('the grid, where the owner takes it alone', async () => {
    const options = { texts: { HOME_ASSISTANT_TAKE: 'battery' } };
    assert.deepEqual(await meters(settings, { ...live, [grid]: gone }, options), {
      ...{ battery_discharge_kw: -0.5, battery_soc: 0.58 },
    });
  });
});

describe('Home Assistant: a pair of one-way sensors', () => {
  const settings = { production: pv, netImport: 'sensor.in,-sensor.out' };
  const net = async (imported: State, exported: State) =>
    (await meters(settings, { [pv]: watts('310'), 'sensor.in': imported, 'sensor.out': exported }))?.['net_import_kw'];

  it('is of one direction, where the other sensor holds its last value', async () => {
    assert.equal(await net(watts('512', 20), watts('2480', 241)), 0.512);
    assert.equal(await net(watts('512', 2_000), watts('2480', 20)), -2.48);
  });

  it('is subtracted, where both were written at about the same time', async () => {
    assert.equal(await net(watts('120', 20), watts('40', 100)), 0.08);
  });
});

describe('Home Assistant: two entities that are no pair of one-way sensors', () => {
  for (const [term, field] of [
    ['production', 'production_kw'],
    ['consumption', 'consumption_kw'],
  ] as const)
    it(`flow at the same time where they are of the ${term}`, async () => {
      const lists = { [term]: 'sensor.total,-sensor.part' };
      const states = { 'sensor.total': watts('3000', 20), 'sensor.part': watts('500', 241) };
      assert.equal((await meters(lists, states))?.[field], 2.5);
    });
});

describe('Home Assistant: age', () => {
  const times = (times: Record<string, string>): State => ({ state: '500', unit: 'W', times });
  const cases: [string, State, string | undefined, Record<string, string>?][] = [
    ['just within the limit', watts('500', 890), undefined],
    ['just beyond the limit', watts('500', 910), 'stale'],
    ['within a longer limit', watts('500', 3_000), undefined, { staleAfterSeconds: '3600' }],
    ['from a clock ahead of ours', watts('500', -400), undefined],
    ['from a clock more than an hour ahead', watts('500', -3_700), 'bad-response'],
    ['by last_updated before 2024.4', times({ last_changed: ago(9_000), last_updated: ago(30) }), undefined],
    ['by last_updated, old', times({ last_changed: ago(9_000), last_updated: ago(2_000) }), 'stale'],
    [
      'by last_reported, whatever last_updated says',
      times({ last_updated: ago(9_000), last_reported: ago(5) }),
      undefined,
    ],
    ['with another offset', times({ last_reported: '2026-04-07T03:14:40.000001-07:00' }), undefined],
    ['with another offset, old', times({ last_reported: '2026-04-07T10:14:40.000001+02:00' }), 'stale'],
    ['without an offset', times({ last_reported: '2026-04-07T10:14:40' }), 'bad-response'],
    ['without a time', times({}), 'bad-response'],
  ];
  for (const [what, state, wanted, more] of cases)
    it(`${wanted ?? 'fresh'}: ${what}`, async () => {
      assert.equal(await kind({ production: pv, ...more }, { [pv]: state }), wanted);
    });

  it('never sends a time of measurement', async () => {
    const { pushes } = await play({ production: pv }, { [pv]: watts('500') });
    assert.equal(pushes[0]?.tsms, undefined);
  });
});

describe('Home Assistant: mode template', () => {
  const settings = { production: pv, netImport: `-${grid}`, batterySoc: 'sensor.soc' };
  const playRows = (rows: unknown, changed: Partial<Answer> = {}) =>
    playAdapter(homeAssistant, {
      settings: { token, ...settings },
      now,
      exchanges: [templated({ text: JSON.stringify(rows), ...changed })],
    });
  const rows = [row(grid, '1200'), row('sensor.soc', '70', '%'), row(pv, '1.5', 'kW')];

  it('asks once, and takes the rows by their entity', async () => {
    const { pushes, vendor } = await playRows(rows);
    assert.deepEqual(pushes[0]?.siteMeters?.['production_kw'], 1.5);
    assert.deepEqual(pushes[0]?.siteMeters?.['net_import_kw'], -1.2);
    assert.deepEqual(pushes[0]?.siteMeters?.['battery_soc'], 0.7);
    assert.equal(vendor.received.length, 1);
  });

  it('sends a template with the plain id of each entity', async () => {
    const { vendor } = await playRows(rows);
    const [call] = vendor.received;
    assert(call);
    const { template } = call.body as { template: string };
    for (const id of [pv, grid, 'sensor.soc'])
      for (const call of [
        `{"e":"${id}"`,
        `states('${id}')`,
        `state_attr('${id}','unit_of_measurement')`,
        `states['${id}']`,
      ])
        assert.ok(template.includes(call), call);
    assert.match(template, /^\[.*\]$/);
    assert.equal(template.includes(`-${grid}`), false);
  });

  it('does not believe a meter that rests at 0 for hours', async () => {
    const { report } = await playRows([row(pv, '3021'), row(grid, '0', 'W', ago(72_000)), row('sensor.soc', '7', '%')]);
    assert.equal(report.kind, 'stale');
  });

  it('believes one of its phases that rests at 0, and a roof at night', async () => {
    const phases = { production: pv, netImport: `${grid},sensor.second` };
    const rested = [row(pv, '0', 'W', ago(72_000)), row(grid, '310'), row('sensor.second', '0', 'W', ago(72_000))];
    const { pushes } = await playAdapter(homeAssistant, {
      ...{ settings: { token, ...phases }, now, exchanges: [templated({ text: JSON.stringify(rested) })] },
    });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 0, net_import_kw: 0.31, consumption_kw: 0.31 });
  });

  it('takes no value that was not written lately, however plausible', async () => {
    const { pushes } = await playRows([row(pv, '3021', 'W', ago(1_000)), row(grid, '10'), row('sensor.soc', '7', '%')]);
    assert.deepEqual(pushes[0]?.siteMeters, { net_import_kw: -0.01, battery_soc: 0.07 });
  });

  const refusedTemplate = templated({ status: 401, text: '401: Unauthorized' });
  it("reads by states with a token that is not an administrator's, and does not try again", async () => {
    const { vendor, pushes } = await playAdapter(homeAssistant, {
      settings: { token, production: pv },
      now,
      exchanges: [refusedTemplate, exchange(pv, shown(pv, watts('900')))],
      ticks: 3,
    });
    assert.equal(pushes[2]?.siteMeters?.['production_kw'], 0.9);
    assert.deepEqual(
      vendor.received.map(({ method }) => method),
      ['POST', 'GET', 'GET', 'GET'],
    );
  });

  it('does not try again either where an entity is not known', async () => {
    const unknown: Answer = { status: 404, json: { message: 'Entity not found.' } };
    const { vendor, report } = await playAdapter(homeAssistant, {
      settings: { token, production: pv },
      now,
      exchanges: [refusedTemplate, exchange(pv, unknown)],
      ticks: 2,
    });
    assert.equal(report.kind, 'bad-response');
    assert.deepEqual(
      vendor.received.map(({ method }) => method),
      ['POST', 'GET', 'GET'],
    );
  });

  it('asks twice with a dead token, and no more', async () => {
    const refused = (id: string) => exchange(id, { status: 401, text: '401: Unauthorized' });
    const { vendor, report } = await playAdapter(homeAssistant, {
      ...{ settings: { token, ...settings }, now, exchanges: [refusedTemplate, refused(pv), refused(grid)] },
    });
    assert.equal(report.kind, 'auth');
    assert.equal(vendor.received.length, 2);
  });

  it('says that an entity is not known, and leaves out an unknown state of charge', async () => {
    const { report } = await playRows([row(pv, '1'), row(grid, 'unknown', null, null), row('sensor.soc', '7', '%')]);
    assert.equal(report.kind, 'offline');
    assert.match(report.error ?? '', /sensor\.meter is not known/);
    const { pushes } = await playRows([row(pv, '1'), row(grid, '1'), row('sensor.soc', 'unknown', null, null)]);
    assert.equal(pushes[0]?.siteMeters && 'battery_soc' in pushes[0].siteMeters, false);
  });

  for (const [what, answer, wanted, sentence] of [
    ['a row that is missing', { text: JSON.stringify(rows.slice(1)) }, 'bad-response', /left sensor\.meter out/],
    [
      'a template that cannot be filled in',
      { status: 400, json: { message: 'Error rendering template: x' } },
      'bad-response',
      /HOME_ASSISTANT_MODE to states/,
    ],
    ['a proxy that is not trusted', { status: 400, text: '400: Bad Request' }, 'bad-response', /trusted_proxies/],
    ['a text that is not JSON', { text: "[{'e': 1}]" }, 'bad-response', /not JSON/],
  ] as [string, Answer, string, RegExp][])
    it(`reports ${what} as ${wanted}`, async () => {
      const { report } = await playRows([], { text: undefined, ...answer } as Partial<Answer>);
      assert.equal(report.kind, wanted);
      assert.match(report.error ?? '', sentence);
    });
});

describe('Home Assistant refuses', () => {
  const rows: [string, Answer, string, RegExp][] = [
    ['a dead token', { status: 401, text: '401: Unauthorized' }, 'auth', /token/],
    ['a banned address', { status: 403, text: '' }, 'auth', /ip_bans\.yaml/],
    ['a banned address in words', { status: 403, text: '403: Forbidden' }, 'auth', /ip_bans\.yaml/],
    ['us at the tunnel', { status: 403, text: '<html>Forbidden' }, 'auth', /HOME_ASSISTANT_EXTRA_HEADERS/],
    [
      'an entity it does not know',
      { status: 404, json: { message: 'Entity not found.' } },
      'bad-response',
      /sensor\.roof/,
    ],
    ['at a wrong address', { status: 404, text: '404 page not found' }, 'bad-response', /HOME_ASSISTANT_BASE_URL/],
    ['behind a proxy', { status: 400, text: '400: Bad Request' }, 'bad-response', /trusted_proxies/],
    ['with a redirect to a log-in', { status: 302, headers: { location: '/login' } }, 'bad-response', /not followed/],
    ['while it restarts', { status: 503, text: '' }, 'unavailable', /503/],
    ['while the tunnel is down', { status: 522, text: '<html>' }, 'unavailable', /522/],
  ];
  for (const [what, answer, wanted, sentence] of rows)
    it(`${what}: ${wanted}`, async () => {
      const { report } = await play({ production: pv }, { [pv]: answer });
      assert.equal(report.kind, wanted);
      assert.match(report.error ?? '', sentence);
    });

  const refused: Answer = { status: 401, text: '401: Unauthorized' };

  it('a dead token once, not once per entity', async () => {
    const { vendor } = await play(all, { [pv]: refused, [grid]: refused, [house]: refused });
    assert.equal(vendor.received.length, 1);
  });

  it('one entity that the user may not read: named, and nothing pushed', async () => {
    const { report } = await play(all, { [pv]: watts('1'), [grid]: refused, [house]: watts('1') });
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /sensor\.meter/);
  });

  it('several entities: the first of them is told', async () => {
    const late: Answer = {
      act: (_, response) => setTimeout(() => response.writeHead(404).end('{"message":"Entity not found."}'), 40),
    };
    const { report } = await play(all, { [pv]: watts('1'), [grid]: late, [house]: refused });
    assert.match(report.error ?? '', /sensor\.meter/);
  });
});

describe('Home Assistant: settings', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ['nothing to read', {}, /HOME_ASSISTANT_PRODUCTION or HOME_ASSISTANT_NET_IMPORT or HOME_ASSISTANT_CONSUMPTION/],
    ['an id with a path in it', { production: 'sensor.pv/../../config' }, /HOME_ASSISTANT_PRODUCTION must be ids/],
    ['an id in capitals', { production: 'sensor.PV' }, /HOME_ASSISTANT_PRODUCTION must be ids/],
    ['an id without domain', { production: `${pv},power` }, /HOME_ASSISTANT_PRODUCTION must be ids/],
    ['an inverted state of charge', { production: pv, batterySoc: '-sensor.soc' }, /BATTERY_SOC must be the id of one/],
    ['two states of charge', { production: pv, batterySoc: 'sensor.a,sensor.b' }, /BATTERY_SOC must be the id of one/],
    ['an unknown mode', { production: pv, mode: 'fast' }, /HOME_ASSISTANT_MODE must be template or states/],
    ['plain http to another machine', { production: pv, baseUrl: 'http://ha.example.net:8123' }, /https/],
  ];
  for (const [what, settings, sentence] of cases)
    it(`asks nobody with ${what}`, async () => {
      const { report, vendor } = await play(settings, { [pv]: watts('1') });
      assert.equal(report.kind, 'settings');
      assert.match(report.error ?? '', sentence);
      assert.equal(vendor.received.length, 0);
    });

  it('sends the headers of a tunnel with every call, but its own authorization', async () => {
    const extraHeaders = '{"CF-Access-Client-Id":"id-of-tunnel","Authorization":"Basic b3RoZXI="}';
    const { vendor } = await play(
      { production: pv, netImport: grid, extraHeaders },
      { [pv]: watts('1'), [grid]: watts('1') },
    );
    assert.equal(vendor.received.length, 2);
    for (const { headers } of vendor.received) {
      assert.equal(headers['cf-access-client-id'], 'id-of-tunnel');
      assert.equal(headers.authorization, `Bearer ${token}`);
    }
  });
});

describe('Home Assistant: from poll to poll', () => {
  /** What is told of each poll, whose rows are these; ages are those at the first poll. */
  const told = async (settings: Record<string, string>, polls: ReturnType<typeof row>[][], options = {}) => {
    let nth = 0;
    const { method, path, headers } = templated({});
    const answer = (): Answer => ({ text: JSON.stringify(polls[nth++]) });
    const exchanges = [{ ...{ method, path, headers }, answer }] as Exchange[];
    const { pushes } = await playAdapter(homeAssistant, {
      ...{ settings: { token, ...settings }, now, exchanges, ticks: polls.length, ...options },
    });
    return pushes;
  };
  const two = { production: pv, netImport: grid };

  it('an entity goes and comes back, and is never 0 in between', async () => {
    const whole = [row(pv, '3000'), row(grid, '-1000')];
    const pushes = await told(two, [whole, [row(pv, 'unavailable'), row(grid, '-1000')], whole]);
    const all = { production_kw: 3, net_import_kw: -1, consumption_kw: 2 };
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters),
      [all, { net_import_kw: -1 }, all],
    );
  });

  it('the meter goes and comes back: nothing is told of the rest in between', async () => {
    const whole = [row(pv, '3000'), row(grid, '-1000')];
    const pushes = await told(two, [whole, [row(pv, '3000'), row(grid, 'unknown')], whole]);
    assert.deepEqual(
      pushes.map(({ siteMeters, error }) => [siteMeters?.['net_import_kw'], error !== undefined]),
      [
        [-1, false],
        [undefined, true],
        [-1, false],
      ],
    );
  });

  it('a value that is not written any more is told until it is too old', async () => {
    const rest = [row(pv, '3000', 'W', ago(0)), row(grid, '-1000', 'W', ago(0))];
    const pushes = await told(two, [rest, rest, rest], { everySeconds: 500 });
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['net_import_kw']),
      [-1, -1, undefined],
    );
    assert.match(pushes[2]?.error ?? '', /may hang/);
  });

  it('a roof falls asleep and rests at 0 over midnight', async () => {
    const night = (imported: string, at: string) => [row(pv, '0', 'W', ago(0)), row(grid, imported, 'W', at)];
    const hours = (count: number) => ago(-3600 * count);
    const polls = [night('400', hours(0)), night('420', hours(7)), night('390', hours(14))];
    const pushes = await told(two, polls, { everySeconds: 7 * 3600 });
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters),
      [0.4, 0.42, 0.39].map((kw) => ({ production_kw: 0, net_import_kw: kw, consumption_kw: kw })),
    );
  });

  it('a unit that the owner changes is read as it is now', async () => {
    const pushes = await told({ netImport: grid }, [[row(grid, '1500')], [row(grid, '1.5', 'kW')]]);
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['net_import_kw']),
      [1.5, 1.5],
    );
  });
});
