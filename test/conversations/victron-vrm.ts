/** Victron VRM's side of a conversation. */
import type { Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:00:30Z';
export const lastRecord = Date.parse('2026-05-01T12:00:00Z') / 1000;
export const settings = { accessToken: 'vrm-token-of-a-test', idSite: '4711' };

export const acLoads = [{ code: 'a1' }];
export const home = {
  solar_yield: 4200,
  from_to_grid: -1500.4,
  bv: 52,
  bc: 10,
  bs: 61.5,
};

export function installation(values: Record<string, unknown>, loads: { code: string }[] = acLoads, at = lastRecord) {
  const entries = Object.entries(values).map(([code, rawValue]) => ({ code, rawValue }));
  return {
    idSite: 4711,
    last_timestamp: at,
    extended: [...entries, { code: 'consumption', rawValue: 2000, dataAttributes: loads }],
  };
}

export function installations(...records: unknown[]): Exchange[] {
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

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: installations(installation(home)),
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
  kinds: { webPage: ['unavailable'] },
  secondsAfterTooMany: 60,
  withoutFigures: (answer, instead) => {
    const { records } = answer as { records: { extended: { code: string }[] }[] };
    return {
      records: records.map((site) => ({
        ...site,
        extended: site.extended.map(({ code }) => ({ code, rawValue: instead })),
      })),
    };
  },
  carriers: { production: ['solar_yield'], grid: ['from_to_grid'], battery: ['bc'] },
  dark: { solar_yield: 0, from_to_grid: 300, bc: -10 },
};
