/** Sigenergy: the official OpenAPI or the mySigen app's own, with one flow of energy in kW and the same signs. */
import * as z from 'zod/mini';
import type { SettingValues } from '../settings/setting.ts';
import { choice, defineAdapter, Failure, type ReadContext, type Reading, secret, setting, text } from './adapter.ts';
import { figure, fraction, negate, sum } from './quantities.ts';
import { fitting } from './sigenergy/answer.ts';
import { readApp } from './sigenergy/app.ts';
import { readOpenApi } from './sigenergy/openapi.ts';

const AppSession = z.object({
  token: z.string(),
  refreshToken: z.optional(z.string()),
  expiresAt: z.optional(z.number()),
});
export type AppSession = z.output<typeof AppSession>;

const State = z.object({
  session: z.optional(AppSession),
  systemId: z.optional(z.string()),
  stationId: z.optional(z.string()),
  /** In which form the OpenAPI accepted the password. */
  loginForm: z.optional(z.enum(['clear', 'aes'])),
  /** Of this installation, towards the app's API: 32 hex digits. */
  deviceId: z.optional(z.string()),
});

const settings = {
  mode: setting(
    z._default(choice('openapi-account', 'openapi-key', 'app'), 'openapi-account'),
    'openapi-account (official, with the password of the mySigen account), openapi-key (official, with a key) or app (as the mySigen app, unofficial)',
  ),
  region: setting(
    z._default(choice('eu', 'apac', 'aus', 'us', 'cn', 'jp'), 'eu'),
    'Where the mySigen account was made: eu, apac, aus (Australia and New Zealand), us, cn or jp',
  ),
  username: setting(z.optional(text), 'E-mail address of the owner of the mySigen account (not in mode openapi-key)'),
  password: secret(z.optional(text), 'Its password (not in mode openapi-key)'),
  appKey: setting(z.optional(text), 'Mode openapi-key: developer.sigencloud.com → your application → AppKey'),
  appSecret: secret(z.optional(text), 'Mode openapi-key: developer.sigencloud.com → your application → AppSecret'),
  systemId: setting(
    z.optional(text),
    'Modes openapi-account and openapi-key: id of the system, needed with several; an error message lists them',
  ),
  stationId: setting(z.optional(text), 'Mode app: number of the station, if not the home station of the account'),
};

export type SigenergyContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;

export const sigenergy = defineAdapter({
  vendor: 'sigenergy',
  title: 'Sigenergy (mySigen)',
  homepage: 'https://www.sigenergy.com',
  standing: 'works with limits',
  refresh: 'one reading in 5 minutes',
  needs: 'e-mail address and password of the mySigen owner account, or a developer key',
  baseUrl: ({ mode, region }) => `https://${mode === 'app' ? 'api' : 'openapi'}-${region}.sigencloud.com`,
  pollSeconds: 300,
  pollFloorSeconds: ({ mode }) => (mode === 'app' ? 120 : 300),
  retries: false, // calls and log-ins are counted
  settings,
  requires: ({ mode }) => (mode === 'openapi-key' ? ['appKey', 'appSecret'] : ['username', 'password']),
  identity: ['mode', 'region', 'username', 'password', 'appKey', 'appSecret'],
  state: State,
  async read(context): Promise<Reading> {
    if (context.settings.mode !== 'app') {
      const flow = fitting(Flow, await readOpenApi(context));
      return map(flow, flow.gridPower);
    }
    const flow = fitting(Flow, await readApp(context));
    return map(flow, flow.buySellPower);
  },
});

/** kW, %. Not used: daily totals (they leave out grid charging) and `stationStatus` (0 occurs with good figures). */
const Flow = z.object({
  pvPower: figure,
  thirdPvPower: figure,
  gridPower: figure,
  buySellPower: figure,
  batteryPower: figure,
  batterySoc: figure,
  loadPower: figure,
  acPower: figure,
  evPower: figure,
  heatPumpPower: figure,
  generatorPower: figure,
});
type Flow = z.output<typeof Flow>;

/**
 * Signs: grid + is selling (in spite of the name `buySellPower`), battery + is charging; 2,454 of 2,457 recorded flows
 * balance so. There is no time of measurement. Consumption is derived: `loadPower` leaves the car out.
 */
function map(flow: Flow, sold: number | undefined): Reading {
  const { pvPower, thirdPvPower, batteryPower, batterySoc, loadPower, generatorPower } = flow;
  if ([pvPower, sold, batteryPower, loadPower].every((power) => power === undefined))
    throw new Failure('offline', 'Sigenergy has no figures of the station: it is not connected, check its network');
  const [bought, discharged] = [negate(sold), negate(batteryPower)];
  const generator = generatorPower !== undefined && generatorPower > 0 ? generatorPower : undefined;

  const taken = loadPower === undefined ? undefined : sum(loadPower, flow.acPower, flow.evPower, flow.heatPumpPower);
  /** By how many kW these sources and the generator miss what all consumers take; absent terms are 0. */
  const miss = (...sources: (number | undefined)[]) =>
    taken === undefined ? 0 : Math.abs((sum(generator, ...sources) ?? 0) - taken);

  // The PV of other inverters counts where the balance says that pvPower leaves it out.
  const all = pvPower === undefined || sold === undefined ? pvPower : sum(pvPower, thirdPvPower);
  const production = miss(all, bought, discharged) < miss(pvPower, bought, discharged) ? all : pvPower;

  const missReversed = Math.min(miss(production, sold, discharged), miss(production, sold, batteryPower));
  if (miss(production, bought, discharged) > 0.5 && missReversed <= 0.1)
    throw new Failure('bad-response', 'Sigenergy sent figures that fit only with the sign of the grid reversed');

  return {
    production_kw: production,
    net_import_kw: bought === undefined ? undefined : sum(bought, generator), // a generator is no surplus
    battery_discharge_kw: discharged,
    battery_soc: batteryPower === undefined ? undefined : fraction(batterySoc),
  };
}
