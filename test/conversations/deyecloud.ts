/** Deye Cloud's side of a conversation. */
import { deyecloud } from '../../functions/push-solar-data/adapters/deyecloud.ts';
import { type Dialect, home, homeMeters, measured, now, settings, speak } from '../adapters/solarman-conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const good = { success: true, code: '1000000', msg: 'success', requestId: 'a1' };
export const dialect: Dialect = {
  adapter: deyecloud,
  paths: {
    token: '/v1.0/account/token',
    stations: '/v1.0/station/list',
    station: '/v1.0/station/latest',
    devices: '/v1.0/station/device',
    inverter: '/v1.0/device/latest',
  },
  good,
  logIn: (token, expiresIn) => ({
    ...good,
    accessToken: token,
    tokenType: 'bearer',
    refreshToken: 'unused-one',
    expiresIn,
  }),
  names: { soc: 'batterySOC', load: 'consumptionPower' },
  keys: {
    pv: 'TotalSolarPower',
    grid: 'TotalGridPower',
    battery: 'BatteryPower',
    soc: 'SOC',
    load: 'TotalConsumptionPower',
    imported: 'TotalEnergyBuy',
    exported: 'TotalEnergySell',
  },
  pvInstead: { strings: ['DCPowerPV1', 'DCPowerPV12'], ac: 'TotalActiveACOutputPower' },
  inverterAnswer: (figures) => ({ ...good, deviceDataList: [figures] }),
  inverterDays: 1,
  anotherRegion: 'us1',
  business: 'COMPANY_ID',
};
export const say = speak(dialect);

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [say.token(), say.station(home)],
  push: { tsms: measured * 1000, siteMeters: homeMeters },
  kinds: { notJson: ['unavailable'] },
  carriers: { production: ['generationPower'], grid: ['wirePower'], battery: ['batteryPower'] },
  dark: { generationPower: 0, wirePower: 200, batteryPower: 900 },
};
