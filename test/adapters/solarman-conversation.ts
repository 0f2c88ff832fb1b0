/** Conversations with SOLARMAN and Deye Cloud, which say the same in their own words. */
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import {
  type Answer,
  type Exchange,
  type MockServer,
  playChargeHq,
  playConversation,
} from '../support/conversation.ts';
import { openHome, type Played, playAdapter, settingTexts } from '../support/home.ts';

export const now = '2026-05-10T03:00:40Z';
export const nowSeconds = Date.parse(now) / 1000;
/** When the figures were measured. */
export const measured = nowSeconds - 160;

export const account = {
  appId: '77001',
  appSecret: 'secret-of-an-app',
  email: 'ada@example.org',
  password: 'Sunny-Day-2026',
};
/** sha256sum of the password. */
export const hashed = '453d8f78eaaaa82ae2f9b938b11308307b0ad6ee8daef8981160c66c83c4d954';
export const plant = 51_001;
export const serial = '2309876501';

/** How one cloud words what both say. */
export type Dialect = {
  adapter: Adapter;
  paths: Record<'token' | 'stations' | 'station' | 'devices' | 'inverter', string>;
  good: object;
  logIn(token: string, expiresIn: string): object;
  names: { soc: string; load: string };
  keys: Record<'pv' | 'grid' | 'battery' | 'soc' | 'load' | 'imported' | 'exported', string>;
  /** Keys of single strings, and of the AC side, where the total is missing. */
  pvInstead: { strings: [string, string]; ac: string };
  inverterAnswer(figures: object): object;
  inverterDays: number;
  anotherRegion: string;
  /** Name of the setting for business accounts. */
  business: string;
};

export type Figures = Partial<Record<'pv' | 'grid' | 'battery' | 'soc' | 'load', unknown>>;
export type Datum = { key: string; value?: unknown; unit?: string | null };

/** A talk with a cloud: the exchanges of one call each, to be put together. */
export function speak({ paths, good, logIn, names, keys, inverterAnswer }: Dialect) {
  const call = (path: string, answer: Answer, json: object = {}, token = 'token-one'): Exchange => ({
    method: 'POST',
    path,
    json,
    headers: path === paths.token ? {} : { authorization: `bearer ${token}` },
    answer,
  });
  const stationAnswer = (
    { pv = null, grid = null, battery = null, soc = null, load = null }: Figures,
    at: unknown = measured,
  ) => ({
    ...good,
    generationPower: pv,
    wirePower: grid,
    batteryPower: battery,
    [names.soc]: soc,
    [names.load]: load,
    // Of no use, and wrong at times.
    purchasePower: 0,
    gridPower: 4,
    chargePower: -5,
    dischargePower: 6,
    lastUpdateTime: at,
  });
  return {
    token: (token = 'token-one', expiresIn = '5183999') => call(paths.token, { json: logIn(token, expiresIn) }),
    refusedToken: (json: object) => call(paths.token, { json: { success: false, ...json } }),
    stations: (page: number, total: number, stations: object[]) =>
      call(paths.stations, { json: { ...good, total, stationList: stations } }, { page, size: 20 }),
    station: (figures: Figures, at: unknown = measured, token?: string, id = plant) =>
      call(paths.station, { json: stationAnswer(figures, at) }, { stationId: id }, token),
    stationSays: (answer: Answer, token?: string) => call(paths.station, answer, { stationId: plant }, token),
    devices: (...devices: [string, string][]) =>
      call(paths.devices, {
        json: {
          ...good,
          total: devices.length,
          deviceListItems: devices.map(([deviceSn, deviceType]) => ({ deviceSn, deviceType, connectStatus: 1 })),
        },
      }),
    inverter: (dataList: Datum[] | null, times: object = { deviceState: 1, collectionTime: measured }) =>
      call(paths.inverter, { json: inverterAnswer({ deviceSn: serial, deviceType: 'INVERTER', ...times, dataList }) }),
    /** Figures as a data list, as texts. */
    data: (figures: Partial<Record<keyof typeof keys, string>>): Datum[] =>
      Object.entries(figures).map(([name, value]) => ({ key: keys[name as keyof typeof keys], value, unit: 'W' })),
  };
}

export const home = { pv: 4300, grid: -1900, battery: -1250, soc: 58, load: 1060 };
export const homeMeters = {
  production_kw: 4.3,
  net_import_kw: -1.9,
  consumption_kw: 1.15,
  battery_discharge_kw: -1.25,
  battery_soc: 0.58,
};

export const callsTo = (path: string, { vendor }: Played): number =>
  vendor.received.filter((received) => received.path === path).length;

/** Of a call, by its place in the talk. */
export const bodyOf = ({ vendor }: Played, nth: number) =>
  vendor.received[nth]?.body as Record<string, unknown> | undefined;

/** Kind of the failure, or how else the tick ended. */
export const endOf = ({ report }: Played): string => report.kind ?? report.outcome;

/** Of an owner who has set the plant. */
export const settings = { ...account, stationId: String(plant) };
export const later = (seconds: number) => measured + seconds;

export const playing =
  (adapter: Adapter) =>
  (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
    playAdapter(adapter, { settings, now, exchanges, ...options });

/** A tick for each set of changed settings, a minute apart; each knows only what the ones before have stored. */
export async function playChanges(
  adapter: Adapter,
  settings: Record<string, string>,
  exchanges: Exchange[],
  changes: Record<string, string>[],
): Promise<{ vendor: MockServer; reports: TickReport[] }> {
  const [vendor, chargeHq] = [await playConversation(exchanges), await playChargeHq()];
  const own = settingTexts(adapter.vendor, { ...settings, baseUrl: vendor.url });
  const texts = { VENDOR: adapter.vendor, CHARGE_HQ_URL: chargeHq.url, ...own };
  const site = openHome({ adapters: [adapter], texts, now });
  try {
    const reports: TickReport[] = [];
    for (const changed of changes) {
      reports.push(await site.tick(changed));
      site.coldStart();
      site.clock.advance(60);
    }
    return { vendor, reports };
  } finally {
    await site.close();
    await vendor.close();
    await chargeHq.close();
  }
}
