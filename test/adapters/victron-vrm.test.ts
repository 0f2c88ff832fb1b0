import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import {
  acLoads,
  conversation,
  home,
  installation,
  installations,
  lastRecord,
  now,
  settings,
} from '../conversations/victron-vrm.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (records: unknown[], options = {}) =>
  playAdapter(victronVrm, { settings, now, exchanges: installations(...records), ...options });

testAdapter(victronVrm, conversation);

it('asks for the user id once and keeps it', async () => {
  const { vendor } = await play([installation(home)], { ticks: 3 });
  assert.deepEqual(
    vendor.received.map(({ path }) => path),
    ['/v2/users/me', ...Array(3).fill('/v2/users/815/installations')],
  );
});

it('takes the installation by its number out of several, wherever it stands', async () => {
  const { pushes } = await play([{ ...installation({ solar_yield: 1 }), idSite: 1 }, installation(home)]);
  assert.equal(pushes[0]?.siteMeters?.['production_kw'], 4.2);
});

it('is not disturbed by another installation that has never reported', async () => {
  const { pushes } = await play([
    { idSite: 1 },
    { idSite: 2, last_timestamp: null, extended: null },
    installation(home),
  ]);
  assert.equal(pushes[0]?.siteMeters?.['production_kw'], 4.2);
});

it('reads numbers that come as texts, the ids too', async () => {
  const { solar_yield, from_to_grid } = home;
  const texts = installation({ solar_yield: `${solar_yield}`, from_to_grid: `${from_to_grid}` });
  const site = { ...texts, idSite: '4711', last_timestamp: `${texts.last_timestamp}` };
  const [me, live] = installations(site);
  assert.ok(me && live);
  const exchanges = [{ ...me, answer: { json: { user: { id: '815' } } } }, live];
  const { pushes } = await playAdapter(victronVrm, { settings, now, exchanges });
  assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 });
});

it('does not understand a figure that is no number', async () => {
  const { report } = await play([installation({ ...home, bv: 'unknown' })]);
  assert.equal(report.kind, 'bad-response');
  assert.match(report.error ?? '', /bv is not a number/);
});

for (const [what, charge] of [
  ['no number', 'full'],
  ['beyond 100 %', 101],
] as const)
  it(`leaves out a state of charge alone that is ${what}`, async () => {
    const { pushes, report } = await play([installation({ ...home, bs: charge })]);
    assert.equal(pushes[0]?.siteMeters?.['battery_discharge_kw'], -0.52);
    assert.equal('battery_soc' in (pushes[0]?.siteMeters ?? {}), false);
    assert.match(report.sources[0]?.notes?.join() ?? '', /battery_soc/);
  });

it('finds the installations to choose from', async () => {
  const [me, live] = installations({ idSite: 1, name: 'Barn' }, { idSite: 4711, name: 7 });
  assert.ok(me && live);
  const exchanges = [me, { ...live, query: {} }];
  assert.deepEqual(await discover(victronVrm, { settings: { accessToken: 'vrm-token-of-a-test' }, now, exchanges }), {
    idSite: [
      { value: '1', title: 'Barn' },
      { value: '4711', title: undefined },
    ],
  });
});

it('is not disturbed by an entry that it does not use, whatever it holds', async () => {
  const site = installation(home);
  const { report } = await play([{ ...site, extended: [null, 'a', { code: 7 }, { code: 'x' }, ...site.extended] }]);
  assert.equal(report.outcome, 'pushed');
});

it('asks again a minute after a 429 that names no time', async () => {
  const [me, live] = installations(installation(home));
  assert.ok(me && live);
  const exchanges = [me, { ...live, answer: { status: 429, json: {} } }, live];
  const { report } = await playAdapter(victronVrm, { settings, now, exchanges, ticks: 2, everySeconds: 60 });
  assert.equal(report.outcome, 'pushed');
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

it('counts no sun as none in a home that never had any, tick after tick', async () => {
  const { pushes } = await play([installation({ from_to_grid: 100 })], { ticks: 3 });
  assert.deepEqual(pushes[2]?.siteMeters, { production_kw: 0, net_import_kw: 0.1, consumption_kw: 0.1 });
});

describe('an installation that gives less than before', () => {
  const twice = async (second: Record<string, unknown>) => {
    const [me, live] = installations(installation(home));
    assert.ok(me && live);
    const later = { ...live, answer: { json: { records: [installation({ ...home, ...second })] } } };
    return playAdapter(victronVrm, { settings, now, exchanges: [me, live, later], ticks: 2 });
  };

  it('has no known production and consumption while solar_yield is missing', async () => {
    const { pushes, report } = await twice({ solar_yield: null });
    assert.deepEqual(pushes[1]?.siteMeters, { net_import_kw: -1.5, battery_discharge_kw: -0.52, battery_soc: 0.615 });
    assert.match(JSON.stringify(report.warnings), /solar production/);
  });

  it('is not off grid because from_to_grid is missing', async () => {
    const { report } = await twice({ from_to_grid: null });
    assert.equal(report.kind, 'offline');
  });

  it('has a battery whose power is not known while its current is missing', async () => {
    const { pushes } = await twice({ bc: null });
    assert.deepEqual(pushes[1]?.siteMeters, { production_kw: 4.2, net_import_kw: -1.5, battery_soc: 0.615 });
  });

  it('is off grid after a day', async () => {
    const [me, live] = installations(installation(home));
    assert.ok(me && live);
    const days = [0, 1, 2].map((day) => {
      const site = installation(
        { ...home, ...(day > 0 ? { from_to_grid: null } : {}) },
        acLoads,
        lastRecord + day * 86_000,
      );
      return { ...live, answer: { json: { records: [site] } } };
    });
    const { pushes } = await playAdapter(victronVrm, {
      ...{ settings, now, exchanges: [me, ...days], ticks: 3, everySeconds: 86_000 },
    });
    assert.equal(pushes[1]?.siteMeters, undefined);
    assert.equal(pushes[2]?.siteMeters?.['net_import_kw'], 0);
  });
});

it('is stale by the time of a figure that is used, however new the installation is', async () => {
  const site = installation(home);
  const aged = (code: string, rawValue: number) => ({
    ...site,
    extended: site.extended.map((each) =>
      each.code === code ? { ...each, rawValue, timestamp: lastRecord - 2400 } : each,
    ),
  });
  assert.equal((await play([aged('from_to_grid', -1810)])).report.kind, 'stale');
  assert.equal((await play([aged('solar_yield', 0)])).report.outcome, 'pushed', 'a dark roof reports no more');
  const notTaken = { texts: { VICTRON_VRM_TAKE: 'production,battery' } };
  assert.equal((await play([aged('from_to_grid', -1810)], notTaken)).report.outcome, 'pushed');
});

it('asks for nothing of the house where only the battery is taken', async () => {
  const { pushes } = await play([installation({ bv: 50, bc: -4, bs: 80 }, [])], {
    texts: { VICTRON_VRM_TAKE: 'battery' },
  });
  assert.deepEqual(pushes[0]?.siteMeters, { battery_discharge_kw: 0.2, battery_soc: 0.8 });
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
