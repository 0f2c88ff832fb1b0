/** SolarEdge's Monitoring API (V1): unsigned powers, whose direction only the arrows between them tell. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, type MeaningOf, timeZone, withLacking } from '../adapter.ts';
import { isThereToday, isYoung } from '../age.ts';
import { instantOf } from '../local-time.ts';
import { figure } from '../quantities.ts';
import { percent, watts } from '../units.ts';
import { powerUnit } from './series.ts';
import type { SolarEdgeContext } from './settings.ts';

const dayMs = 86_400_000;

/** A site without a meter has an empty flow; then its overview is read. */
export async function readV1(context: SolarEdgeContext): Promise<AdapterReading> {
  const { http, settings, state, now } = context;
  const { apiKey, siteId } = settings;
  const site = http.extend({ query: { api_key: apiKey }, kinds: kindsFor(context), notJson: 'unavailable' });
  const path = `/site/${encodeURIComponent(siteId)}`;
  if (!isYoung(state.meterlessAt, now, dayMs)) {
    const answer = await site.send('GET', `${path}/currentPowerFlow`);
    const flow = answer.tryJson(NoFlow) ? undefined : answer.json(WithFlow).siteCurrentPowerFlow;
    state.flow ??= {};
    const hasMeter = isThereToday(state.flow, siteId, flow !== undefined, now) || settings.hasGridMeter;
    if (flow) return readingOf(flow, context);
    if (hasMeter) throw answer.failure('offline', 'shows no power flow although the site has a meter: check the meter');
    state.meterlessAt = now;
  }
  const { overview } = await site.get(`${path}/overview`, { schema: WithOverview });
  const zone = settings.timeZone ?? state.timeZone ?? (await site.get(`${path}/details`, { schema: WithZone }));
  state.timeZone = zone;
  const tsms = instantOf(overview.lastUpdateTime, zone, now);
  if (tsms === undefined)
    throw new Failure('bad-response', 'SolarEdge gives a time of its last update that cannot be read');
  return { production_kw: overview.currentPower.power, tsms };
}

const size = figure.check(z.refine((value) => value === undefined || value >= 0, 'is negative'));
const Flow = z.object({
  unit: powerUnit,
  connections: z.array(z.object({ from: z.string(), to: z.string() })),
  PV: z.nullish(z.object({ currentPower: figure })),
  LOAD: z.nullish(z.object({ currentPower: figure })),
  GRID: z.nullish(z.object({ currentPower: size })),
  STORAGE: z.nullish(z.object({ currentPower: size, chargeLevel: percent })),
});
const WithFlow = z.object({ siteCurrentPowerFlow: Flow });
const NoFlow = z.object({ siteCurrentPowerFlow: z.strictObject({}) });

/** W, always. The time is local. */
const WithOverview = z.object({
  overview: z.object({ lastUpdateTime: z.string(), currentPower: z.object({ power: watts }) }),
});
const WithZone = z.pipe(
  z.object({ details: z.object({ location: z.object({ timeZone }) }) }),
  z.transform(({ details }) => details.location.timeZone),
);

/** Without an arrow a power is 0; the figures close to 0.01 kW, so one beyond this flows where nobody knows. */
const idle_kw = 0.05;

/** The ends of arrows are written in any case: export is drawn as `LOAD` → `Grid`. */
function readingOf(flow: z.output<typeof Flow>, { takes }: SolarEdgeContext): AdapterReading {
  const { unit: factor, connections, PV, LOAD, GRID, STORAGE } = flow;
  const kilowatts = (power: number | undefined) => (power === undefined ? undefined : power * factor + 0);
  /** kW, + where an arrow comes from it, − where one goes to it. */
  const signed = (name: string, power: number | undefined) => {
    const is = (end: string) => end.toUpperCase() === name;
    const [isFrom, isTo] = [connections.some(({ from }) => is(from)), connections.some(({ to }) => is(to))];
    const size = kilowatts(power);
    if (size === undefined) return undefined;
    if (isFrom === isTo) return size <= idle_kw ? 0 : undefined;
    return isTo ? -size + 0 : size;
  };
  const net_import_kw = signed('GRID', GRID?.currentPower);
  if (net_import_kw === undefined && takes('grid'))
    throw new Failure('bad-response', 'SolarEdge shows no power of the grid, or no direction of it');
  const reading = {
    production_kw: kilowatts(PV?.currentPower), // before the battery
    net_import_kw,
    consumption_kw: kilowatts(LOAD?.currentPower),
    battery_discharge_kw: signed('STORAGE', STORAGE?.currentPower),
    battery_soc: STORAGE?.chargeLevel,
  };
  return withLacking(reading, { battery: STORAGE != null });
}

function kindsFor({ settings: { siteId }, settingName }: SolarEdgeContext): Record<number, MeaningOf> {
  const [apiKey, site, generation] = ['apiKey', 'siteId', 'apiGeneration'].map(settingName);
  return {
    401: ['auth', `refuses the API key: check ${apiKey}`],
    403: ['auth', `does not show the site ${siteId} to this API key: check ${site} and ${apiKey}`],
    404: ['bad-response', `knows no site ${siteId}: check ${site}`],
    410: [
      'unavailable',
      `has switched off its V1: set ${generation} to v2, or link SolarEdge in Charge HQ itself`,
      { retryAfterSeconds: 3600 },
    ],
    // 300 calls a day; it was seen to answer again after 16 minutes.
    429: ['rate-limited', 'has answered all calls of this API key for now', { retryAfterSeconds: 960 }],
  };
}
