/** Homes of several inverters, and what happens from poll to poll. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { soliscloud } from '../../functions/push-solar-data/adapters/soliscloud.ts';
import { detail, hybrid, key, measuredAt, now, stringInverter, type Values } from '../conversations/soliscloud.ts';
import { type Played, playAdapter } from '../support/home.ts';

type Units = Record<string, Values>;
/** What each inverter tells at each poll in turn; the last one repeats. */
type Polls = readonly Units[];

const everySeconds = 300;
const fresh = (values: Values, nth: number): Values => ({
  ...values,
  dataTimestamp:
    values['dataTimestamp'] === hybrid['dataTimestamp']
      ? measuredAt + nth * everySeconds * 1000
      : values['dataTimestamp'],
});
const play = (polls: Polls, settings: Record<string, string> = {}) =>
  playAdapter(soliscloud, {
    settings: { ...key, inverterSns: Object.keys(polls[0] ?? {}).join(), ...settings },
    now,
    exchanges: polls.flatMap((units, nth) =>
      Object.entries(units).map(([sn, values]) => detail(sn, fresh(values, nth))),
    ),
    ticks: polls.length,
    everySeconds,
  });
const lastOf = ({ pushes, report }: Played) => (report.outcome === 'pushed' ? pushes.at(-1)?.siteMeters : report.kind);
/** What was told after the last poll. */
const told = async (polls: Polls, settings?: Record<string, string>) => lastOf(await play(polls, settings));

const isNow = { dataTimestamp: hybrid['dataTimestamp'] };
const string: Values = { ...stringInverter, ...isNow };
const old = { dataTimestamp: Date.parse(now) - 1_300_000 };
const offline = { state: 2, ...old };
const ofHybrid = {
  ...{ production_kw: 5.25, net_import_kw: -1.13, consumption_kw: 0.72, battery_discharge_kw: -3.4 },
  ...{ battery_soc: 0.57, imported_kwh: 618.4, exported_kwh: 2417 },
};
const ofBoth = { ...ofHybrid, production_kw: 7.05, consumption_kw: 2.52 };
const noCounters = { gridPurchasedTotalEnergy: 0, gridSellTotalEnergy: 0 };

describe('SolisCloud adds up the inverters', () => {
  it('one after the other with a pause, and tells the oldest time', async () => {
    const played = await play([{ STRING: stringInverter, HYBRID: hybrid, THIRD: { ...string, pac: 0.5 } }]);
    assert.deepEqual(lastOf(played), { ...ofBoth, production_kw: 7.55, consumption_kw: 3.02 });
    assert.equal(played.pushes[0]?.tsms, measuredAt - 60_000);
    assert.deepEqual(played.slept, [600, 600]);
    assert.deepEqual(
      played.vendor.received.map(({ body }) => body),
      [{ sn: 'STRING' }, { sn: 'HYBRID' }, { sn: 'THIRD' }],
    );
  });

  it('and asks each of them once, however often it is named', async () => {
    const { vendor } = await play([{ STRING: string, HYBRID: hybrid }], { inverterSns: 'HYBRID, STRING,HYBRID' });
    assert.equal(vendor.received.length, 2);
  });

  const two = (values: Values, more: Values = {}): Polls => [
    { HYBRID: hybrid, TWO: { ...hybrid, ...noCounters, psum: 0, ...values }, ...more },
  ];
  for (const [what, polls, figures] of [
    [
      'batteries',
      two({ batteryCapacitySoc: 43 }),
      { production_kw: 10.5, battery_discharge_kw: -6.8, consumption_kw: 2.57, battery_soc: 0.5 },
    ],
    ['no charge where one battery tells none', two({ batteryCapacitySoc: null }), { battery_soc: undefined }],
    ['no charge where one cannot be read', two({ batteryCapacitySoc: 'full' }), { battery_soc: undefined }],
    [
      'no production where one tells none',
      two({ pac: null }),
      { production_kw: undefined, consumption_kw: undefined, net_import_kw: -1.13 },
    ],
    [
      'no battery power where one tells none',
      two({ batteryPower: null }),
      { battery_discharge_kw: undefined, consumption_kw: undefined },
    ],
  ] as [string, Polls, Record<string, number | undefined>][])
    it(what, async () => {
      const figures_ = (await told(polls)) as Record<string, number>;
      for (const [field, figure] of Object.entries(figures)) assert.equal(figures_[field], figure, field);
    });

  it('unless one of them holds nothing but zeros', async () => {
    const empty = { ...string, pac: 0, eTotal: 0 };
    assert.equal(await told([{ EMPTY: empty, HYBRID: hybrid }]), 'bad-response');
  });
});

describe('SolisCloud leaves out what is off without sun', () => {
  const rows: [what: string, units: Units, figures: object | string][] = [
    ['a string inverter that is offline', { STRING: { ...string, ...offline }, HYBRID: hybrid }, ofHybrid],
    ['one with old figures', { STRING: { ...string, ...old }, HYBRID: hybrid }, ofHybrid],
    ['one whose figures cannot be read', { STRING: { ...string, ...offline, pac: 'off' }, HYBRID: hybrid }, ofHybrid],
    [
      'not the one with the meter',
      { METER: { ...string, ...offline, inverterMeterModel: 3 }, STRING: string },
      'offline',
    ],
    ['nor where its figures are old', { METER: { ...string, ...old, inverterMeterModel: 3 }, STRING: string }, 'stale'],
    ['not one with a battery', { HYBRID: hybrid, TWO: { ...hybrid, ...noCounters, ...offline } }, 'offline'],
    ['nor where its figures are old', { HYBRID: hybrid, TWO: { ...hybrid, ...noCounters, ...old } }, 'stale'],
    ['not all of them', { STRING: { ...string, ...offline }, TWO: { ...string, ...offline } }, 'offline'],
    ['nor all of them with old figures', { STRING: { ...string, ...old }, TWO: { ...string, ...old } }, 'stale'],
    ['nor the one and the other', { STRING: { ...string, ...old }, TWO: { ...string, ...offline } }, 'offline'],
    ['an old record of zeros', { STRING: { ...string, ...old, pac: 0, eTotal: 0 }, HYBRID: hybrid }, ofHybrid],
  ];
  for (const [what, units, figures] of rows) it(what, async () => assert.deepEqual(await told([units]), figures));

  it('and does not tell its time', async () => {
    const { pushes } = await play([{ STRING: { ...string, ...offline }, HYBRID: hybrid }]);
    assert.equal(pushes[0]?.tsms, measuredAt);
  });
});

describe('SolisCloud takes the grid from one inverter', () => {
  const repeated = { ...hybrid, psum: 1100 };
  const rows: [
    what: string,
    units: Units,
    settings: Record<string, string>,
    net_import_kw: number | string | undefined,
  ][] = [
    ['which the owner names', { ONE: hybrid, TWO: { ...hybrid, psum: -250 } }, { meterInverterSn: 'TWO' }, 0.25],
    ['which has counted most', { ONE: { ...hybrid, ...noCounters, psum: 0 }, TWO: hybrid }, {}, -1.13],
    [
      'in the same unit',
      { ONE: { ...hybrid, psum: 7, gridSellTotalEnergy: 999_000, gridSellTotalEnergyStr: 'Wh' }, TWO: hybrid },
      {},
      -1.13,
    ],
    ['whatever the others lack', { ONE: { ...hybrid, psum: 0, gridSellTotalEnergy: null }, TWO: hybrid }, {}, -1.13],
    ['the first where all repeat it', { ONE: repeated, TWO: hybrid }, {}, -1.1],
    [
      'the first where none counts and all agree',
      { ONE: { ...hybrid, ...noCounters }, TWO: { ...hybrid, ...noCounters } },
      {},
      -1.13,
    ],
    [
      'or none where none counts and they do not agree',
      { ONE: { ...hybrid, ...noCounters, psum: 0 }, TWO: { ...hybrid, ...noCounters } },
      {},
      'bad-response',
    ],
    ['that is none of those with a meter', { ONE: hybrid, TWO: string }, { meterInverterSn: 'TWO' }, 'settings'],
    [
      'but for the owner, who says that all have one',
      { ONE: hybrid, TWO: { ...string, psum: 0.2 } },
      { meterInverterSn: 'TWO', gridMeter: 'yes' },
      -0.2,
    ],
    [
      'or from none, if the owner says so',
      { ONE: hybrid, TWO: hybrid },
      { meterInverterSn: 'TWO', gridMeter: 'no' },
      undefined,
    ],
  ];
  for (const [what, units, settings, expected] of rows)
    it(what, async () => {
      const figures = await told([units], settings);
      assert.equal(typeof figures === 'object' ? figures['net_import_kw'] : figures, expected);
    });

  it('and still has it when another one is ahead', async () => {
    const ahead = { ...hybrid, gridPurchasedTotalEnergy: 618.5 };
    const figures = await told([
      { ONE: ahead, TWO: hybrid },
      { ONE: hybrid, TWO: { ...ahead, psum: 1140 } },
    ]);
    assert.equal(typeof figures === 'object' && figures['net_import_kw'], -1.14);
  });
});

describe('SolisCloud from poll to poll', () => {
  const dark = { ...hybrid, pac: 0.02, psum: -50, batteryPower: -0.75, storageBatteryCurrent: -14.8 };
  const ofDark = {
    ...ofHybrid,
    production_kw: 0.02,
    net_import_kw: 0.05,
    battery_discharge_kw: 0.75,
    consumption_kw: 0.82,
  };
  const dusk: Units = { STRING: { ...string, pac: 0.05 }, HYBRID: dark };
  const asleep: Units = { STRING: { ...string, pac: 0.03, ...offline }, HYBRID: dark };

  it('lets a string inverter fall asleep and wake up again', async () => {
    const noon: Units = { STRING: string, HYBRID: hybrid };
    assert.deepEqual(await told([noon, dusk, asleep]), ofDark);
    assert.deepEqual(await told([noon, dusk, asleep, asleep, noon]), ofBoth);
  });

  it('does not take one for asleep that goes at noon', async () => {
    const played = await play([
      { STRING: string, HYBRID: hybrid },
      { STRING: { ...string, ...offline }, HYBRID: hybrid },
    ]);
    const { production_kw: _production, consumption_kw: _consumption, ...rest } = ofHybrid;
    assert.deepEqual(lastOf(played), rest);
    assert.match(played.report.warnings?.join() ?? '', /solar production of STRING/);
  });

  it('does not take one for asleep that is online and tells no power', async () => {
    const figures = await told([dusk, { STRING: { ...string, pac: null }, HYBRID: dark }]);
    assert.equal(typeof figures === 'object' && 'production_kw' in figures, false);
  });

  it('remembers a battery that has shown itself and rests', async () => {
    const typeless = { ...hybrid, type: null, stationTypeNew: 3 };
    const figures = await told([{ ONE: typeless }, { ONE: { ...typeless, batteryPower: 0, batteryCapacitySoc: 0 } }]);
    assert.deepEqual(figures, { ...ofHybrid, consumption_kw: 4.12, battery_discharge_kw: 0, battery_soc: 0 });
  });

  it('reports what is offline, and reads again when it is back', async () => {
    assert.equal(await told([{ ONE: hybrid }, { ONE: { ...hybrid, ...offline } }]), 'offline');
    assert.deepEqual(await told([{ ONE: hybrid }, { ONE: { ...hybrid, ...offline } }, { ONE: hybrid }]), ofHybrid);
  });

  it('reports figures that stay for longer than 20 minutes as stale', async () => {
    const still = { ...hybrid, dataTimestamp: measuredAt + 1 };
    const polls = Array.from({ length: 5 }, () => ({ ONE: still }));
    assert.deepEqual(await told(polls.slice(1)), ofHybrid);
    assert.equal(await told(polls), 'stale');
  });
});
