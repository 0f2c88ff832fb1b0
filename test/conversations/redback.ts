/** Redback's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-02-03T02:00:40Z';
export const settings = { clientId: 'client-of-a-test', clientSecret: 'redback-secret-1', siteId: 'S4711' };
export const { siteId: _, ...withoutSite } = settings;

export const entraPath = '/fb46c16c-9144-45e0-87b7-f578abed629f/oauth2/v2.0/token';
export const legacyPath = '/Api/v2/Auth/token';
export const nodesPath = '/Api/v2/EnergyData/With/Nodes';
export const livePath = '/Api/v2.21/EnergyData/S4711/Dynamic';

export const tokenOf = (nth = 1, changed: object = {}): Answer => ({
  json: { token_type: 'Bearer', expires_in: 3599, access_token: `redback-token-${nth}`, ...changed },
});
export const logIn = (answer = tokenOf()): Exchange => ({
  method: 'POST',
  path: entraPath,
  form: {
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
    grant_type: 'client_credentials',
    scope: 'api://f0ea23e1-8533-44ab-8592-509cff0774da/.default',
  },
  answer,
});

export const phase = (imported: unknown, exported: unknown, Id = 'A') => ({
  Id,
  ActiveImportedPowerInstantaneouskW: imported,
  ActiveExportedPowerInstantaneouskW: exported,
});
export const noon = {
  TimestampUtc: '2026-02-03T02:00:05Z',
  SiteId: 'S4711',
  Status: 'OK',
  Phases: [phase(0, 1.5)],
  PvPowerInstantaneouskW: 4.25,
  BatteryPowerNegativeIsChargingkW: -2,
  BatterySoCInstantaneous0to1: 0.625,
  ImportAllTimeEnergykWh: 812.5,
  ExportAllTimeEnergykWh: 4321.125,
  PvAllTimeEnergykWh: 9000.5,
  LoadAllTimeEnergykWh: 5000.25,
};
export const noonMeters = {
  production_kw: 4.25,
  net_import_kw: -1.5,
  consumption_kw: 0.75,
  battery_discharge_kw: -2,
  battery_soc: 0.625,
  imported_kwh: 812.5,
  exported_kwh: 4321.125,
};

export const get = (path: string, answer: Answer, nth = 1): Exchange => ({
  path,
  headers: { authorization: `Bearer redback-token-${nth}` },
  answer,
});
export const live = (changed: object = {}, nth = 1) => get(livePath, { json: { Data: { ...noon, ...changed } } }, nth);
/** A reading that stays fresh while the clock runs. */
export const alwaysFresh = { texts: { REDBACK_STALE_AFTER_SECONDS: '100000' } };
export const callsTo = ({ received }: { received: { path: string }[] }, wanted: string) =>
  received.filter(({ path }) => path === wanted).length;

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [logIn(), live()],
  push: { tsms: Date.parse(noon.TimestampUtc), siteMeters: noonMeters },
  carriers: {
    production: ['PvPowerInstantaneouskW'],
    grid: ['Phases'],
    battery: ['BatteryPowerNegativeIsChargingkW'],
  },
  dark: { PvPowerInstantaneouskW: 0, Phases: [phase(0.3, 0)], BatteryPowerNegativeIsChargingkW: 0.5 },
};
