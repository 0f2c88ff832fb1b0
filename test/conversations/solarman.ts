/** SOLARMAN's side of a conversation. */
import { solarman } from '../../functions/push-solar-data/adapters/solarman.ts';
import { type Dialect, home, homeMeters, measured, now, settings, speak } from '../adapters/solarman-conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const good = { success: true, code: null, msg: null, requestId: 'a1' };
export const dialect: Dialect = {
  adapter: solarman,
  paths: {
    token: '/account/v1.0/token',
    stations: '/station/v1.0/list',
    station: '/station/v1.0/realTime',
    devices: '/station/v1.0/device',
    inverter: '/device/v1.0/currentData',
  },
  good,
  logIn: (token, expires_in) => ({
    ...good,
    access_token: token,
    token_type: 'bearer',
    refresh_token: 'unused-one',
    expires_in,
  }),
  names: { soc: 'batterySoc', load: 'usePower' },
  keys: {
    pv: 'S_P_T',
    grid: 'PG_Pt1',
    battery: 'B_P1',
    soc: 'B_left_cap1',
    load: 'E_Puse_t1',
    imported: 'E_B_TO',
    exported: 'E_S_TO',
  },
  pvInstead: { strings: ['DP1', 'DP4'], ac: 'APo_t1' },
  inverterAnswer: (figures) => ({ ...good, ...figures }),
  inverterDays: 30,
  anotherRegion: 'china',
  business: 'ORG_ID',
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
