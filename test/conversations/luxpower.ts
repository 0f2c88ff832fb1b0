/** The side of LuxPower's and EG4's portal in a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-20T18:02:00Z';
export const account = { account: 'home.owner', password: 'Sunny-Day-of-a-test' };
export const logInPath = '/WManage/api/login';
export const inverterPath = '/WManage/api/inverter/getInverterRuntime';
export const boxPath = '/WManage/api/midbox/getMidboxRuntime';

export type Values = Record<string, unknown>;

/** In UTC, as the portal writes it. */
export const timeText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
export const measuredAt = Date.parse(now) - 80_000;

export const inverter = (serialNum: string, more: Values = {}) => ({
  ...{ serialNum, phase: 1, lost: false, deviceType: 6, deviceTypeText: '12KPV', withbatteryData: true },
  ...more,
});
export const gridBoss = (serialNum: string) => inverter(serialNum, { deviceType: 9, deviceTypeText: 'Grid Boss' });
export const plant = (plantId: number, name: string, ...inverters: unknown[]) => ({
  ...{ plantId, name, timezoneHourOffset: -7, timezoneMinuteOffset: 0 },
  ...{ inverters, parallelGroups: [] },
});

export const session = (nth: number): string => `0C00FFEE0000000000000000000000A${nth}`;
export const loggedIn = (plants: unknown, nth = 1): Answer => ({
  headers: { 'Set-Cookie': `JSESSIONID=${session(nth)}; Path=/WManage; HttpOnly` },
  json: { success: true, userId: 4711, role: 'VIEWER', plants },
});
export const logIn = (answer: Answer): Exchange => ({
  ...{ method: 'POST', path: logInPath, form: { ...account, language: 'ENGLISH' } },
  answer,
});
/** A home with these devices. */
export const logInTo = (...devices: unknown[]): Exchange => logIn(loggedIn([plant(4711, 'Home', ...devices)]));
export const asked = (path: string, serialNum: string, answer: Answer, nth = 1): Exchange => ({
  ...{ method: 'POST', path, headers: { cookie: `JSESSIONID=${session(nth)}` }, form: { serialNum } },
  answer,
});
export const runtime = (sn: string, values: Values): Exchange =>
  asked(inverterPath, sn, { json: { ...live, serialNum: sn, ...values } });

const live = { success: true, lost: false, hasRuntimeData: true, statusText: 'normal' };

/** Charges and exports; a coupled inverter on the port of the generator. The plant's clock is of another zone. */
export const hybrid: Values = {
  ...{ serverTime: timeText(measuredAt), deviceTime: '2026-05-20 11:00:40' },
  ...{ ppv1: 2000, ppv2: 1400, ppv: 3400, _12KAcCoupleInverterData: true, acCouplePower: 1250 },
  ...{ pToUser: 0, pToGrid: 1130, pCharge: 2600, pDisCharge: 0, batPower: 2600 },
  ...{ soc: 62, vBat: 531, batCapacity: '280', batShared: false, tBat: 24 },
  ...{ pinv: 2040, prec: 0, peps: 310, genPower: 0, _12KUsingGenerator: false, consumptionPower: 910 },
};
/** Without a battery; nothing is coupled to it, whatever the register says. */
export const withoutBattery: Values = {
  ...{ serverTime: timeText(measuredAt - 60_000), deviceTime: '2026-05-20 10:59:40' },
  ...{ ppv: 900, _12KAcCoupleInverterData: false, acCouplePower: 1066, pToUser: 0, pToGrid: 240 },
  ...{ pCharge: 0, pDisCharge: 0, batPower: 0, soc: 0, vBat: 0, batCapacity: '840', batShared: false },
  ...{ genPower: 1074, consumptionPower: 0 },
};

/** Imports; a coupled inverter on port 2, a load on port 1. */
export const box: Values = {
  ...{ serverTime: timeText(measuredAt), deviceTime: '2026-05-20 11:00:40' },
  ...{ gridL1ActivePower: 410, gridL2ActivePower: 350, hybridPower: -480, upsL1ActivePower: 900 },
  ...{ smartPort1Status: 1, smartLoad1L1ActivePower: 300, smartLoad1L2ActivePower: 310 },
  ...{ smartPort2Status: 2, smartLoad2L1ActivePower: -820, smartLoad2L2ActivePower: -810 },
  ...{ smartPort3Status: 0, smartLoad3L1ActivePower: 0, smartLoad3L2ActivePower: 0 },
  ...{ smartPort4Status: 0, smartLoad4L1ActivePower: -2, smartLoad4L2ActivePower: 0 },
  ...{ eToUserTotalL1: 41235, eToUserTotalL2: 120, eToGridTotalL1: 20417, eToGridTotalL2: 0 },
};
export const group: Values = {
  ...{ serialNum: 'INVERTER01', lost: false, hasRuntimeData: true, statusText: 'normal' },
  ...{ ppv: 1700, batPower: 2100, soc: 58, vBat: 530, batCapacity: '560', gridPower: -700 },
  deviceArray: [
    { lost: false, ppv: 1100, batPower: 1300, soc: 60, acCouplePower: 0 },
    { lost: false, ppv: 600, batPower: 800, soc: 56, acCouplePower: 1066 },
  ],
};
export const boxRuntime = (midboxData: unknown, deviceData: unknown, more: Values = {}): Exchange =>
  asked(boxPath, 'GRIDBOSS01', {
    json: { ...live, serialNum: 'GRIDBOSS01', deviceDataType: 'PARALLEL', midboxData, deviceData, ...more },
  });
export const logInToGridBoss = logInTo(inverter('INVERTER01'), inverter('INVERTER02'), gridBoss('GRIDBOSS01'));

/** A talk that ends in a reading: of one inverter. */
export const conversation: AdapterConversation = {
  settings: account,
  now,
  exchanges: [logInTo(inverter('INVERTER01')), runtime('INVERTER01', hybrid)],
  push: {
    tsms: measuredAt,
    siteMeters: {
      production_kw: 4.65,
      net_import_kw: -1.13,
      consumption_kw: 0.92,
      battery_discharge_kw: -2.6,
      battery_soc: 0.62,
    },
  },
  refused: { json: { success: false, message: 'wrong, as the portal says it' } },
  kinds: { webPage: ['auth'] },
  carriers: {
    production: ['ppv', 'acCouplePower'],
    grid: ['pToUser', 'pToGrid'],
    battery: ['pCharge', 'pDisCharge', 'batPower'],
  },
  dark: { ppv: 0, acCouplePower: 0, pToUser: 200, pToGrid: 0, pCharge: 0, pDisCharge: 450, batPower: -450 },
};

/** Of a GridBOSS, which answers for all. */
export const gridBossConversation: AdapterConversation = {
  settings: { ...account, server: 'eu' },
  now,
  exchanges: [logInToGridBoss, boxRuntime(box, group)],
  push: {
    tsms: measuredAt,
    siteMeters: {
      production_kw: 3.33,
      net_import_kw: 0.76,
      consumption_kw: 1.99,
      battery_discharge_kw: -2.1,
      battery_soc: 0.58,
      imported_kwh: 4135.5,
      exported_kwh: 2041.7,
    },
  },
  refused: { json: { success: false, message: 'wrong, as the portal says it' } },
  kinds: { webPage: ['auth'] },
  carriers: {
    production: ['ppv', 'smartLoad2L1ActivePower', 'smartLoad2L2ActivePower'],
    grid: ['gridL1ActivePower', 'gridL2ActivePower'],
    battery: ['batPower'],
  },
  dark: { ppv: 0, smartLoad2L1ActivePower: 2, smartLoad2L2ActivePower: 1, batPower: -900, gridL1ActivePower: 20 },
};
