/** Sigenergy: the official OpenAPI or the mySigen app's own, with one flow of energy in kW and the same signs. */
import * as z from 'zod/mini';
import { total } from '../core/reading.ts';
import { type AdapterReading, defineAdapter, Failure, type Term } from './adapter.ts';
import { figure, fraction, negate, sumOfKnown } from './quantities.ts';
import { fitting } from './sigenergy/answer.ts';
import { readApp } from './sigenergy/app.ts';
import { readOpenApi } from './sigenergy/openapi.ts';
import { AppSession, type SigenergyContext, State, settings } from './sigenergy/settings.ts';

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
  callsAreCounted: true,
  retries: false, // log-ins too
  settings,
  requires: ({ mode }) => (mode === 'openapi-key' ? ['appKey', 'appSecret'] : ['username', 'password']),
  identity: ['mode', 'region', 'username', 'password', 'appKey', 'appSecret'],
  state: State,
  session: AppSession,
  async read(context): Promise<AdapterReading> {
    if (context.settings.mode !== 'app') {
      const flow = fitting(Flow, await readOpenApi(context));
      return map(flow, flow.gridPower, context);
    }
    const flow = fitting(Flow, await readApp(context));
    return map(flow, flow.buySellPower, context);
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
function map(flow: Flow, sold: number | undefined, { state, takes }: SigenergyContext): AdapterReading {
  const { pvPower, batteryPower, batterySoc, loadPower, generatorPower = 0 } = flow;
  if ([pvPower, sold, batteryPower, loadPower].every((power) => power === undefined))
    throw new Failure('offline', 'Sigenergy has no figures of the station: it is not connected, check its network');
  if (sold === undefined && takes('grid'))
    throw new Failure('offline', 'Sigenergy has no grid power of the station: check its meter');
  const [bought, discharged] = [negate(sold), negate(batteryPower)];
  const generator = Math.max(generatorPower, 0);
  const miss = missOf(flow, generator);
  const production = productionOf(flow, (pv) => miss(pv, bought, discharged), state);
  const missReversed = Math.min(miss(production, sold, discharged), miss(production, sold, batteryPower));
  if (miss(production, bought, discharged) > 0.5 && missReversed <= 0.1)
    throw new Failure('bad-response', 'Sigenergy sent figures that fit only with the sign of the grid reversed');

  const hasBattery = batteryPower !== undefined || Boolean(batterySoc);
  const lacking: (Term | false)[] = [
    production === undefined && 'production',
    hasBattery && discharged === undefined && 'battery',
  ];
  return {
    production_kw: production,
    net_import_kw: total([bought, generator]), // a generator is no surplus
    battery_discharge_kw: discharged,
    battery_soc: hasBattery ? fraction(batterySoc) : undefined,
    lacking: lacking.filter((term) => term !== false),
  };
}

/** By how many kW sources and the generator miss what all consumers take; absent terms are 0. */
function missOf({ loadPower, acPower, evPower, heatPumpPower }: Flow, generator: number) {
  const taken = loadPower === undefined ? undefined : sumOfKnown(loadPower, acPower, evPower, heatPumpPower);
  return (...sources: (number | undefined)[]): number =>
    taken === undefined ? 0 : Math.abs((sumOfKnown(generator, ...sources) ?? 0) - taken);
}

/** The PV of other inverters counts, unless the balance says that `pvPower` holds it. */
function productionOf(
  { pvPower, thirdPvPower }: Flow,
  miss: (pv: number | undefined) => number,
  state: SigenergyContext['state'],
): number | undefined {
  const all = thirdPvPower === undefined && !state.hasThirdPv ? pvPower : total([pvPower, thirdPvPower]);
  if (miss(pvPower) < miss(all)) return pvPower;
  if (thirdPvPower) state.hasThirdPv = true;
  return all;
}
