/** SolisCloud's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-04-18T10:00:00Z';
export const keySecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
export const key = { keyId: '1301234567890123401', keySecret };
export const listPath = '/v1/api/inverterList';
export const stationsPath = '/v1/api/userStationList';
export const detailPath = '/v1/api/inverterDetail';

export type Values = Record<string, unknown>;

export const envelope = (data: unknown, code: unknown = '0', msg = 'success'): Answer => ({
  json: { success: true, code, msg, data },
});
const page = (records: readonly unknown[]) => ({
  page: { records, total: records.length, size: 100, current: 1, pages: 1 },
});
export const inverter = (sn: string, more: Values = {}) => ({
  ...{ id: `id of ${sn}`, sn, stationId: '1298765432101234502', stationName: 'Home', state: 1 },
  ...more,
});
export const listed = (...inverters: unknown[]): Exchange => ({
  method: 'POST',
  path: listPath,
  json: { pageNo: 1, pageSize: 100 },
  answer: envelope(page(inverters)),
});
export const stationsListed = (...stations: unknown[]): Exchange => ({
  method: 'POST',
  path: stationsPath,
  json: { pageNo: 1, pageSize: 100 },
  answer: envelope(page(stations)),
});
export const detail = (sn: string, values: Values): Exchange => ({
  method: 'POST',
  path: detailPath,
  json: { sn },
  answer: envelope({ sn, stationId: '1298765432101234502', ...values }),
});

/** Four minutes before `now`. */
export const measuredAt = Date.parse(now) - 240_000;

/** Charges and exports. Each figure has a unit of its own; the cloud's load leaves out the backup output. */
export const hybrid: Values = {
  ...{ state: 1, type: 2, stationTypeNew: 1, inverterMeterModel: 5, dataTimestamp: String(measuredAt) },
  ...{ pac: 5.25, pacStr: 'kW', pow1: 2650, pow2: 2600 },
  ...{ psum: 1130, psumStr: 'W', psumCal: 1.13, psumCalStr: 'kW' },
  ...{ batteryPower: 3.4, batteryPowerStr: 'kW', storageBatteryCurrent: 66.2, bstteryCurrent: 66 },
  ...{ batteryCapacitySoc: 57, familyLoadPower: 0.61, familyLoadPowerStr: 'kW' },
  ...{ gridPurchasedTotalEnergy: 618.4, gridPurchasedTotalEnergyStr: 'kWh' },
  ...{ gridSellTotalEnergy: 2417, gridSellTotalEnergyStr: 'kWh' },
  ...{ eToday: 11.2, eTodayStr: 'kWh', eTotal: 6125, eTotalStr: 'kWh' },
};
/** Hardware that is not there gives 0. */
export const stringInverter: Values = {
  ...{ state: 1, type: 1, stationTypeNew: 1, inverterMeterModel: 1, dataTimestamp: String(measuredAt - 60_000) },
  ...{ pac: 1.8, pacStr: 'kW', psum: 0, psumStr: 'kW', psumCal: 1.8, psumCalStr: 'kW' },
  ...{ batteryPower: 0, batteryPowerStr: 'kW', storageBatteryCurrent: 0, bstteryCurrent: 0, batteryCapacitySoc: 0 },
  ...{ gridPurchasedTotalEnergy: 0, gridPurchasedTotalEnergyStr: 'kWh' },
  ...{ gridSellTotalEnergy: 0, gridSellTotalEnergyStr: 'kWh' },
  ...{ eTotal: 3.2, eTotalStr: 'MWh' },
};

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: key,
  now,
  exchanges: [listed(inverter('HYBRID')), detail('HYBRID', hybrid)],
  push: {
    tsms: measuredAt,
    siteMeters: {
      production_kw: 5.25,
      net_import_kw: -1.13,
      consumption_kw: 0.72,
      battery_discharge_kw: -3.4,
      battery_soc: 0.57,
      imported_kwh: 618.4,
      exported_kwh: 2417,
    },
  },
  refused: envelope(null, 'R0000', 'No authority'),
  kinds: { notJson: ['unavailable'], webPage: ['unavailable'] },
  withoutFigures: (answer, instead) => {
    const { data } = answer as { data: Values };
    const blank = Object.entries(data).map(([name, value]) => [name, typeof value === 'number' ? instead : value]);
    return { success: true, code: '0', msg: 'success', data: Object.fromEntries(blank) };
  },
  carriers: { production: ['pac'], grid: ['psum'], battery: ['batteryPower'] },
  dark: { pac: 0, psum: -210, batteryPower: -0.65, storageBatteryCurrent: -12.8, bstteryCurrent: -12.7 },
};
