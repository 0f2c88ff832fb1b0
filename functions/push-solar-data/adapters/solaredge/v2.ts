/** SolarEdge ONE for Developers (V2): means over a quarter of an hour, of the site, its meters and its batteries. */
import * as z from 'zod/mini';
import { type DeviceReading, Failure, type Http, type MeaningOf, total, withLacking } from '../adapter.ts';
import { goneToday, isYoung } from '../age.ts';
import { clockText } from '../local-time.ts';
import { difference, identifier, numberOf } from '../quantities.ts';
import { loggedIn } from './login.ts';
import { ChargeSeries, EnergySeries, newestOfAll, PowerSeries, quarterMs, type Series } from './series.ts';
import type { SolarEdgeContext } from './settings.ts';

const hourMs = 3_600_000;

const Power = z.nullish(PowerSeries);
const Meters = z.object({ meters: z.record(identifier, z.object({ importPower: Power, exportPower: Power })) });
const Battery = z.object({
  chargePower: Power,
  dischargePower: Power,
  stateOfEnergy: ChargeSeries,
  remainingEnergy: EnergySeries,
});
type Battery = z.output<typeof Battery>;
const Storage = z.object({ storage: z.record(identifier, Battery) });
const hasPower = ({ chargePower, dischargePower }: Battery): boolean => Boolean(chargePower ?? dischargePower);

export async function readV2(context: SolarEdgeContext): Promise<DeviceReading[]> {
  const { http, settings, settingName, takes, now } = context;
  const notJson: MeaningOf = ({ isWebPage }) => (isWebPage ? 'unavailable' : undefined);
  const get = await loggedIn(context, http.extend({ kinds: kindsFor(context), notJson }));
  const path = `/v2/sites/${encodeURIComponent(settings.siteId)}`;
  const has = await equipment(context, get, path);
  const query = { resolution: 'QUARTER_HOUR', ...spanOf(context) };
  const power = takes('production')
    ? [await get(`${path}/power`, { query: { ...query, unit: 'W' }, schema: PowerSeries })]
    : [];
  const { meters } = has.meter ? await get(`${path}/meters/telemetry`, { query, schema: Meters }) : { meters: {} };
  const { storage } = has.battery
    ? await get(`${path}/storage/telemetry`, { query, schema: Storage })
    : { storage: {} };

  const [imports, exports] = [seriesOf(meters, 'importPower'), seriesOf(meters, 'exportPower')];
  const flows = [...imports, ...exports, ...seriesOf(storage, 'chargePower'), ...seriesOf(storage, 'dischargePower')];
  const at = newestOfAll([...power, ...flows.map(({ series }) => series)], now);
  if (at === undefined)
    throw new Failure(
      'offline',
      'SolarEdge has no quarter of the last two hours with all figures. At night it has none; by day, check the inverter and the meter' +
        ` (without a meter: ${settingName('hasGridMeter')} false)`,
    );
  const tsms = at + quarterMs;
  const grid = gridOf(imports, exports, at, context);
  const site = { production_kw: total(power.map((series) => series.get(at))), net_import_kw: grid.net_import_kw, tsms };
  const stored = Object.entries(storage);
  const batteries = stored.map(([device, each]) => ({ ...batteryOf(each, at, stored.length === 1), device, tsms }));
  const isBatteryUnseen = has.battery && !Object.values(storage).some(hasPower);
  const whole = withLacking(site, { grid: grid.isThere, battery: isBatteryUnseen });
  return [{ ...whole, device: settings.siteId, sleeps: false }, ...batteries];
}

type Named = { key: string; series: Series };

/** The series of that name that there are, with the device of each. */
const seriesOf = <Name extends string>(
  devices: Readonly<Record<string, { [Each in Name]?: Series | null | undefined }>>,
  name: Name,
): Named[] =>
  Object.entries(devices).flatMap(([serial, { [name]: series }]) =>
    series ? [{ key: `${serial} ${name}`, series }] : [],
  );

/** Over all meters; both directions may flow in one quarter. Unknown without one of them, or of a meter that was there today. */
function gridOf(imports: Named[], exports: Named[], at: number, { settings, state, now }: SolarEdgeContext) {
  const keys = [...imports, ...exports].map(({ key }) => key);
  if (keys.length > 0) state.hasGrid = true;
  state.seen ??= {};
  const isWhole = goneToday(state.seen, keys, now).length === 0;
  const [imported, exported] = [imports, exports].map((flow) => total(flow.map(({ series }) => series.get(at))));
  return {
    net_import_kw: isWhole ? difference(imported, exported) : undefined,
    isThere: settings.hasGridMeter ?? state.hasGrid ?? false,
  };
}

/** `isAlone`: of several batteries one whose charge is missing makes theirs unknown, which a mean of the others would hide. */
function batteryOf(battery: Battery, at: number, isAlone: boolean) {
  const reading = {
    battery_discharge_kw: difference(battery.dischargePower?.get(at), battery.chargePower?.get(at)),
    battery_soc: battery.stateOfEnergy.get(at) ?? (hasPower(battery) && !isAlone ? Number.NaN : undefined),
    battery_energy_kwh: battery.remainingEnergy?.get(at),
  };
  return withLacking(reading, { battery: hasPower(battery) });
}

const Devices = z.array(z.object({ type: z.string() })).check(z.minLength(1));
/** Each look at the list costs one of 2,000 calls a month; a battery that is added must not stay unseen for ever. */
const devicesHoldMs = 7 * 24 * hourMs;

/** What is read besides the solar power: what the owner says, else what the site's list of devices shows. */
async function equipment({ settings, state, takes, now }: SolarEdgeContext, get: Http['get'], path: string) {
  const { hasGridMeter, hasBattery } = settings;
  const isOpen = (takes('grid') && hasGridMeter === undefined) || (takes('battery') && hasBattery === undefined);
  if (isOpen && !isYoung(state.devices?.askedAt, now, devicesHoldMs)) {
    const list = await get(`${path}/devices?types=INVERTER&types=METER&types=BATTERY`, { schema: Devices });
    const isListed = (wanted: string) => list.some(({ type }) => type.toUpperCase() === wanted);
    state.devices = { askedAt: now, meter: isListed('METER'), battery: isListed('BATTERY') };
  }
  return {
    meter: takes('grid') && (hasGridMeter ?? state.devices?.meter ?? false),
    battery: takes('battery') && (hasBattery ?? state.devices?.battery ?? false),
  };
}

/** The last two hours, on the clocks of the site where its zone is known. */
function spanOf({ settings: { timeZone }, now }: SolarEdgeContext) {
  const textOf = (ms: number) =>
    timeZone ? clockText(ms, timeZone).replace(' ', 'T') : `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return { from: textOf(now - 2 * hourMs), to: textOf(now) };
}

function kindsFor({ settings: { apiKey, siteId }, settingName }: SolarEdgeContext): Record<number, MeaningOf> {
  const [key, site] = ['apiKey', 'siteId'].map(settingName);
  return {
    401: [
      'auth',
      apiKey
        ? `refuses the API key: check ${key} (a key of V1 is none of V2)`
        : 'refuses the token that it has just given: give your consent again (npm run connect -- solaredge)',
    ],
    403: ['auth', `does not show the site ${siteId}: check ${site}, and the scopes and the plan of your app`],
    404: ['bad-response', `knows no site ${siteId}: check ${site}`],
    429({ headers, retryAfterSeconds }) {
      const leftThisMinute = numberOf(headers['x-ratelimit-remaining-minute']);
      const isMonthUsedUp =
        retryAfterSeconds === undefined && leftThisMinute !== 'unreadable' && (leftThisMinute ?? 0) > 0;
      return isMonthUsedUp ? ['rate-limited', usedUp, { retryAfterSeconds: 6 * 3600 }] : undefined;
    },
  };
}
const usedUp = 'has answered all calls that your plan allows this month: ask less often, or take a larger plan';
