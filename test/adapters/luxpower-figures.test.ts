/** What the portal's figures mean, and what happens from poll to poll. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { luxpower } from '../../functions/push-solar-data/adapters/luxpower.ts';
import {
  account,
  box,
  boxRuntime,
  group,
  hybrid,
  inverter,
  logInTo,
  logInToGridBoss,
  measuredAt,
  now,
  runtime,
  timeText,
  type Values,
  withoutBattery,
} from '../conversations/luxpower.ts';
import type { Exchange } from '../support/conversation.ts';
import { type Played, playAdapter } from '../support/home.ts';

type Settings = Record<string, string>;
type Figures = Record<string, number | undefined> | string;

const everySeconds = 60;
const at = (nth: number) => ({ serverTime: timeText(measuredAt + nth * everySeconds * 1000) });
const play = (exchanges: Exchange[], settings: Settings, ticks: number) =>
  playAdapter(luxpower, { settings: { ...account, ...settings }, now, exchanges, ticks, everySeconds });
const told = ({ pushes, report }: Played) => (report.outcome === 'pushed' ? pushes.at(-1)?.siteMeters : report.kind);

/** What each inverter tells at each poll in turn. */
const playInverters = (polls: readonly Record<string, Values>[], settings: Settings = {}) => {
  const names = Object.keys(polls[0] ?? {});
  const answers = polls.flatMap((units, nth) =>
    Object.entries(units).map(([sn, values]) => runtime(sn, { ...values, ...at(nth), ...own(values) })),
  );
  return play([logInTo(...names.map((sn) => inverter(sn))), ...answers], settings, polls.length);
};
/** A time that is not the usual one stays. */
const own = ({ serverTime }: Values) => (serverTime === hybrid['serverTime'] ? {} : { serverTime });
const one = (values: Values, settings?: Settings) =>
  playInverters([{ INVERTER01: { ...hybrid, ...values } }], settings);

const playBox = (polls: readonly { box?: Values; group?: Values | null; more?: Values }[], settings: Settings = {}) => {
  const answers = polls.map(({ more, ...poll }, nth) =>
    boxRuntime({ ...box, ...at(nth), ...poll.box }, poll.group === null ? null : { ...group, ...poll.group }, more),
  );
  return play([logInToGridBoss, ...answers], settings, polls.length);
};

function assertFigures(played: Played, figures: Figures): void {
  const all = told(played);
  if (typeof figures === 'string' || typeof all === 'string') assert.equal(all, figures, played.report.error);
  else assert.deepEqual(Object.fromEntries(Object.keys(figures).map((field) => [field, all?.[field]])), figures);
}

const noBattery = { battery_discharge_kw: undefined, battery_soc: undefined };
const nothing = { pCharge: null, pDisCharge: null, batPower: null };

describe('LuxPower tells of an inverter', () => {
  const rows: [what: string, values: Values, figures: Figures][] = [
    ['an import', { pToUser: 6784, pToGrid: 0 }, { net_import_kw: 6.784 }],
    ['an export', { pToUser: 0, pToGrid: 3910 }, { net_import_kw: -3.91 }],
    ['a battery that charges', { pCharge: 5295, batPower: 5295 }, { battery_discharge_kw: -5.295 }],
    ['one that discharges', { pCharge: 0, pDisCharge: 800, batPower: -800 }, { battery_discharge_kw: 0.8 }],
    [
      'it by its sum, for want of a part',
      { pCharge: 500, pDisCharge: null, batPower: 500 },
      { battery_discharge_kw: -0.5 },
    ],
    ['what is coupled', { _12KAcCoupleInverterData: true, acCouplePower: 2730 }, { production_kw: 6.13 }],
    ['but not what is none', { _12KAcCoupleInverterData: false, acCouplePower: 2730 }, { production_kw: 3.4 }],
    ['nor without a word on it', { _12KAcCoupleInverterData: null, acCouplePower: 2730 }, { production_kw: 3.4 }],
    [
      'no sun where the coupled power is gone',
      { acCouplePower: null },
      { production_kw: undefined, consumption_kw: undefined, net_import_kw: -1.13 },
    ],
    ['a consumption below 0', { ppv: 0, acCouplePower: 0, pCharge: 0, batPower: 0 }, { consumption_kw: -1.13 }],
    ['no battery', withoutBattery, { ...noBattery, consumption_kw: 0.66 }],
    ['none with nulls', { ...withoutBattery, ...nothing, soc: null, vBat: null }, noBattery],
    ['one that rests', { pCharge: 0, batPower: 0 }, { battery_discharge_kw: 0, battery_soc: 0.62 }],
    ['one that rests empty', { pCharge: 0, batPower: 0, soc: 0 }, { battery_discharge_kw: 0, battery_soc: undefined }],
    ['one at work without a charge', { soc: 0 }, { battery_discharge_kw: -2.6, battery_soc: undefined }],
    ['no charge that cannot be read', { soc: 'full' }, { battery_discharge_kw: -2.6, battery_soc: undefined }],
    [
      'a battery whose power is gone',
      nothing,
      { battery_discharge_kw: undefined, consumption_kw: undefined, battery_soc: 0.62 },
    ],
    ['offline: that it is lost, whatever else', { lost: true }, 'offline'],
    ['offline: that there is nothing', { hasRuntimeData: false }, 'offline'],
    ['offline: its status', { statusText: 'offline' }, 'offline'],
    ['offline: no solar power', { ppv: null }, 'offline'],
    ['offline: no import', { pToUser: null }, 'offline'],
    ['offline: no export', { pToGrid: undefined }, 'offline'],
    ['bad-response: a power that is none', { ppv: 'much' }, 'bad-response'],
    ['bad-response: no time', { serverTime: null }, 'bad-response'],
    ['bad-response: a time that is none', { serverTime: 'yesterday' }, 'bad-response'],
    ['stale: an old time', { serverTime: timeText(Date.parse(now) - 901_000) }, 'stale'],
    ['a time that is just young enough', { serverTime: timeText(Date.parse(now) - 899_000) }, { production_kw: 4.65 }],
  ];
  for (const [what, values, figures] of rows) it(what, async () => assertFigures(await one(values), figures));

  it('no grid where no clamp is fitted', async () => {
    const { pushes } = await one({ pToUser: 0, pToGrid: 0, acCouplePower: 0 }, { gridMeter: 'none' });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 3.4, battery_discharge_kw: -2.6, battery_soc: 0.62 });
  });

  it('nothing of what is not taken', async () => {
    const { pushes } = await playAdapter(luxpower, {
      ...{ settings: account, now, texts: { LUXPOWER_TAKE: 'production' } },
      exchanges: [logInTo(inverter('INVERTER01')), runtime('INVERTER01', { ...hybrid, pToUser: null })],
    });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4.65 });
  });

  it('a time of UTC, in whatever zone the plant is', async () => {
    const { pushes } = await one({ deviceTime: '2026-05-21 04:00:40' });
    assert.equal(pushes[0]?.tsms, measuredAt);
  });

  for (const [what, ahead, tsms] of [
    ['a time a little ahead', 299_000, Date.parse(now) + 299_000],
    ['no time that lies in the future, and calls it not stale', 301_000, undefined],
    ['none of a server with clocks of its own', 7_200_000, undefined],
  ] as const)
    it(what, async () => {
      const { pushes, report } = await one({ serverTime: timeText(Date.parse(now) + ahead) });
      assert.equal(report.outcome, 'pushed', report.error);
      assert.equal(pushes[0]?.tsms, tsms);
    });
});

describe('LuxPower adds up inverters', () => {
  const two = (values: Values, first: Values = {}) =>
    playInverters([{ INVERTER01: { ...hybrid, ...first }, INVERTER02: { ...hybrid, ...values } }]);
  const rows: [what: string, second: Values, figures: Figures, first?: Values][] = [
    [
      'of which each sees its part',
      { pToUser: 400, pToGrid: 0, _12KAcCoupleInverterData: false },
      { production_kw: 8.05, net_import_kw: -0.73, battery_discharge_kw: -5.2 },
    ],
    ['weighing their charge by Ah', { soc: 90, batCapacity: '840', vBat: 480 }, { battery_soc: 0.83 }],
    ['or not, where one capacity is missing', { soc: 90, batCapacity: null }, { battery_soc: 0.76 }],
    ['or where it cannot be read', { soc: 90, batCapacity: 'large' }, { battery_soc: 0.76 }],
    ['or where they share a bank', { soc: 64, batCapacity: '840', batShared: true }, { battery_soc: 0.63 }],
    ['without a charge where one tells none', { soc: 0 }, { battery_soc: undefined, battery_discharge_kw: -5.2 }],
    ['but on one bank one is enough', { soc: 0, batShared: true }, { battery_soc: 0.62 }, { batShared: true }],
    ['the charge of the only battery', withoutBattery, { battery_soc: 0.62, battery_discharge_kw: -2.6 }],
    ['or none, if one is lost', { lost: true }, 'offline'],
    ['or none, if one has no figures', { pToUser: null }, 'offline'],
    ['or none, if one is old', { serverTime: timeText(Date.parse(now) - 901_000) }, 'stale'],
  ];
  for (const [what, second, figures, first] of rows)
    it(what, async () => assertFigures(await two(second, first), figures));

  it('and tells the oldest time', async () => {
    const { pushes } = await two({ serverTime: timeText(measuredAt - 200_000) });
    assert.equal(pushes[0]?.tsms, measuredAt - 200_000);
  });
});

describe('LuxPower tells of a GridBOSS', () => {
  const port = (nth: number, status: unknown, first: unknown, second: unknown) => ({
    [`smartPort${nth}Status`]: status,
    [`smartLoad${nth}L1ActivePower`]: first,
    [`smartLoad${nth}L2ActivePower`]: second,
  });
  const noSun = { production_kw: undefined, consumption_kw: undefined, net_import_kw: 0.76 };
  const rows: [what: string, poll: Parameters<typeof playBox>[0][number], figures: Figures][] = [
    ['an export', { box: { gridL1ActivePower: -872, gridL2ActivePower: -1169 } }, { net_import_kw: -2.041 }],
    ['legs of both signs', { box: { gridL1ActivePower: -500, gridL2ActivePower: 800 } }, { net_import_kw: 0.3 }],
    ['a grid of one leg', { box: { gridL2ActivePower: null } }, { net_import_kw: 0.41, imported_kwh: 4135.5 }],
    [
      'a home of one leg',
      {
        box: {
          ...{ gridL2ActivePower: null, smartLoad2L2ActivePower: null },
          ...{ eToUserTotalL2: null, eToGridTotalL2: undefined },
        },
      },
      { production_kw: 2.52, imported_kwh: 4123.5, exported_kwh: 2041.7 },
    ],
    [
      'no counter that is half there',
      { box: { eToUserTotalL1: null } },
      { imported_kwh: undefined, exported_kwh: 2041.7 },
    ],
    [
      'no counter that cannot be read',
      { box: { eToGridTotalL1: 'x' } },
      { imported_kwh: 4135.5, exported_kwh: undefined },
    ],
    [
      'what is coupled to each port',
      { box: { ...port(1, 2, -100, -50), ...port(4, 2, -7, -3) } },
      { production_kw: 3.49 },
    ],
    ['no load as sun', { box: port(2, 1, -820, -810) }, { production_kw: 1.7 }],
    ['nothing of an unused port', { box: port(2, 0, -820, -810) }, { production_kw: 1.7 }],
    ['nothing that a coupled inverter takes at night', { box: port(2, 2, 3, 4) }, { production_kw: 1.7 }],
    ['legs of a port together', { box: port(2, 2, -30, 10) }, { production_kw: 1.72 }],
    ['no sun where a leg of a coupled port is gone', { box: port(2, 2, -820, null) }, noSun],
    ['no sun where nobody says what gives power', { box: port(2, null, -820, -810) }, noSun],
    ['no sun where it is of a new kind', { box: port(2, 3, -820, null) }, noSun],
    ['ports that are not there', { box: port(3, null, null, null) }, { production_kw: 3.33 }],
    ['a battery that discharges', { group: { batPower: -11157 } }, { battery_discharge_kw: 11.157 }],
    ['no battery', { group: { batPower: 0, soc: 0 } }, noBattery],
    ['none with nulls', { group: { batPower: null, soc: null } }, noBattery],
    ['a battery without a charge', { group: { soc: null } }, { battery_discharge_kw: -2.1, battery_soc: undefined }],
    [
      'a battery whose power is gone',
      { group: { batPower: null } },
      { battery_discharge_kw: undefined, battery_soc: 0.58 },
    ],
    ['offline: that it is lost', { more: { lost: true } }, 'offline'],
    [
      'offline: that it has nothing',
      { more: { hasRuntimeData: false, midboxData: null, deviceData: null } },
      'offline',
    ],
    ['offline: its status', { more: { statusText: 'offline' } }, 'offline'],
    ['offline: that the inverters are lost', { group: { lost: true } }, 'offline'],
    ['offline: that one of them is', { group: { deviceArray: [{ lost: false }, { lost: true }] } }, 'offline'],
    ['offline: no inverters', { group: null }, 'offline'],
    ['offline: no solar power', { group: { ppv: null } }, 'offline'],
    ['offline: no grid', { box: { gridL1ActivePower: null } }, 'offline'],
    ['bad-response: no time', { box: { serverTime: '' } }, 'bad-response'],
    ['bad-response: figures of another', { more: { serialNum: 'GRIDBOSS02' } }, 'bad-response'],
    ['stale: an old time', { box: { serverTime: timeText(Date.parse(now) - 901_000) } }, 'stale'],
  ];
  for (const [what, poll, figures] of rows) it(what, async () => assertFigures(await playBox([poll]), figures));

  it('no grid where there is none', async () => {
    const { pushes } = await playBox([{}], { gridMeter: 'none' });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 3.33, battery_discharge_kw: -2.1, battery_soc: 0.58 });
  });
});

describe('LuxPower from poll to poll', () => {
  const off = { ...nothing, soc: null, vBat: null };
  const rows: [what: string, played: () => Promise<Played>, figures: Figures][] = [
    [
      'misses a battery of which nothing is left',
      () => playInverters([{ INVERTER01: hybrid }, { INVERTER01: { ...hybrid, ...off } }]),
      { ...noBattery, consumption_kw: undefined, production_kw: 4.65 },
    ],
    [
      'and takes it back',
      () => playInverters([hybrid, { ...hybrid, ...off }, hybrid].map((values) => ({ INVERTER01: values }))),
      { battery_discharge_kw: -2.6, battery_soc: 0.62, consumption_kw: 0.92 },
    ],
    [
      'fails while an inverter is lost',
      () => playInverters([{ INVERTER01: hybrid }, { INVERTER01: { ...hybrid, lost: true } }]),
      'offline',
    ],
    [
      'and reads it when it is back',
      () => playInverters([hybrid, { ...hybrid, lost: true }, hybrid].map((values) => ({ INVERTER01: values }))),
      { production_kw: 4.65 },
    ],
    ['misses a leg of the grid', () => playBox([{}, { box: { gridL2ActivePower: null } }]), 'offline'],
    [
      'misses what was coupled to a port that says nothing',
      () =>
        playBox([
          {},
          { box: { smartPort2Status: null, smartLoad2L1ActivePower: null, smartLoad2L2ActivePower: null } },
        ]),
      { production_kw: undefined, consumption_kw: undefined },
    ],
    ['knows it without its word', () => playBox([{}, { box: { smartPort2Status: null } }]), { production_kw: 3.33 }],
    ['but not when it is a load now', () => playBox([{}, { box: { smartPort2Status: 1 } }]), { production_kw: 1.7 }],
    [
      'misses an inverter that has left the sum',
      () => playBox([{}, { group: { deviceArray: [{ lost: false }] } }]),
      'offline',
    ],
    ['or all of them', () => playBox([{}, { group: { deviceArray: null } }]), 'offline'],
    [
      'and reads them when they are back',
      () => playBox([{}, { group: { deviceArray: null } }, {}]),
      { production_kw: 3.33 },
    ],
  ];
  for (const [what, played, figures] of rows) it(what, async () => assertFigures(await played(), figures));

  it('does not take figures for fresh that stand still while the clock is of another zone', async () => {
    const ahead = { ...hybrid, serverTime: timeText(Date.parse(now) + 7_200_000) };
    const { report } = await playInverters(Array.from({ length: 35 }, () => ({ INVERTER01: ahead })));
    assert.equal(report.kind, 'stale');
  });

  it('goes on without the first inverter of a GridBOSS a day after it has left', async () => {
    const alone = { deviceArray: [{ lost: false }] };
    const later = boxRuntime({ ...box, serverTime: timeText(measuredAt + 25 * 3_600_000) }, { ...group, ...alone });
    const { report } = await playAdapter(luxpower, {
      ...{ settings: account, now, exchanges: [logInToGridBoss, boxRuntime(box, group), later] },
      ...{ ticks: 2, everySeconds: 25 * 3600 },
    });
    assert.equal(report.outcome, 'pushed', report.error);
  });
});
