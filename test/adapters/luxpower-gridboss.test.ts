/** What the portal's figures of a GridBOSS mean, and what happens from poll to poll. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { luxpower } from '../../functions/push-solar-data/adapters/luxpower.ts';
import {
  account,
  box,
  boxRuntime,
  group,
  hybrid,
  logInToGridBoss,
  measuredAt,
  now,
  timeText,
} from '../conversations/luxpower.ts';
import { type Played, playAdapter } from '../support/home.ts';
import { assertFigures, type Figures, noBattery, nothing, playBox, playInverters } from './luxpower-polls.ts';

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
      'no counter of which a leg is below 0',
      { box: { eToUserTotalL2: -9999 } },
      { imported_kwh: undefined, exported_kwh: 2041.7 },
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
    ['offline: none of a group', { group: { deviceArray: [] } }, 'offline'],
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
