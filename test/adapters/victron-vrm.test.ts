import assert from 'node:assert/strict';
import { it } from 'node:test';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import type { Exchange } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const now = '2026-05-01T12:00:30Z';
const lastRecord = Date.parse('2026-05-01T12:00:00Z') / 1000;
const settings = { accessToken: 'vrm-token-of-a-test', idSite: '4711' };

const acLoads = [{ code: 'a1' }];
const home = {
  solar_yield: 4200,
  from_to_grid: -1500.4,
  bv: 52,
  bc: 10,
  bs: 61.5,
};

function installation(values: Record<string, unknown>, loads: { code: string }[] = acLoads, at = lastRecord) {
  const entries = Object.entries(values).map(([code, rawValue]) => ({ code, rawValue }));
  return {
    idSite: 4711,
    last_timestamp: at,
    extended: [...entries, { code: 'consumption', rawValue: 2000, dataAttributes: loads }],
  };
}

function conversation(...records: unknown[]): Exchange[] {
  const headers = { 'x-authorization': 'Token vrm-token-of-a-test' };
  return [
    { path: '/v2/users/me', headers, answer: { json: { success: true, user: { id: 815 } } } },
    {
      path: '/v2/users/815/installations',
      query: { extended: '1', idSite: '4711' },
      headers,
      answer: { json: { success: true, records } },
    },
  ];
}

const play = (records: unknown[], options = {}) =>
  playAdapter(victronVrm, { settings, now, exchanges: conversation(...records), ...options });

testAdapter(victronVrm, {
  settings,
  now,
  exchanges: conversation(installation(home)),
  push: {
    tsms: lastRecord * 1000,
    siteMeters: {
      production_kw: 4.2,
      net_import_kw: -1.5,
      consumption_kw: 2.18,
      battery_discharge_kw: -0.52,
      battery_soc: 0.615,
    },
  },
  withoutFigures: (answer, instead) => {
    const { records } = answer as { records: { extended: { code: string }[] }[] };
    return {
      records: records.map((site) => ({
        ...site,
        extended: site.extended.map(({ code }) => ({ code, rawValue: instead })),
      })),
    };
  },
});

it('asks for the user id once and keeps it', async () => {
  const { vendor } = await play([installation(home)], { ticks: 3 });
  assert.deepEqual(
    vendor.heard.map(({ path }) => path),
    ['/v2/users/me', ...Array(3).fill('/v2/users/815/installations')],
  );
});

it('takes the installation by its number out of several, wherever it stands', async () => {
  const { pushes } = await play([{ ...installation({ solar_yield: 1 }), idSite: 1 }, installation(home)]);
  assert.equal(pushes[0]?.siteMeters?.['production_kw'], 4.2);
});

it('says that the installation is not in the account', async () => {
  const { report } = await play([]);
  assert.equal(report.kind, 'bad-response');
  assert.match(report.error ?? '', /4711/);
});

it('leaves the battery out of a home without one', async () => {
  const { pushes } = await play([installation({ solar_yield: 3000, from_to_grid: 200 })]);
  assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 3, net_import_kw: 0.2, consumption_kw: 3.2 });
});

it('counts a generator as import', async () => {
  const { pushes } = await play([installation({ solar_yield: null, from_to_grid: 100, generator: 900 })]);
  assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 0, net_import_kw: 1, consumption_kw: 1 });
});

it('knows no grid flow off grid, while the inverter reports AC loads', async () => {
  const { pushes } = await play([installation({ solar_yield: 500, from_to_grid: null, bv: 50, bc: -4, bs: '80' })]);
  assert.deepEqual(pushes[0]?.siteMeters, {
    production_kw: 0.5,
    net_import_kw: 0,
    consumption_kw: 0.7,
    battery_discharge_kw: 0.2,
    battery_soc: 0.8,
  });
});

it('knows nothing of a house where neither grid nor AC loads are reported', async () => {
  const { report } = await play([installation({ solar_yield: 500, bv: 50, bc: -4 }, [])]);
  assert.equal(report.kind, 'bad-response');
});

it('calls a record stale after three log intervals, and never before five minutes', async () => {
  const minutesOld = (minutes: number) => installation(home, acLoads, Date.parse(now) / 1000 - minutes * 60);
  const outcomeOf = async (minutes: number, logIntervalMinutes?: string) => {
    const all = logIntervalMinutes ? { ...settings, logIntervalMinutes } : settings;
    const { report } = await play([minutesOld(minutes)], { settings: all });
    return report.kind ?? report.outcome;
  };
  assert.equal(await outcomeOf(4.9), 'pushed');
  assert.equal(await outcomeOf(5.1), 'stale');
  assert.equal(await outcomeOf(44, '15'), 'pushed');
  assert.equal(await outcomeOf(46, '15'), 'stale');
});
