/**
 * A plant on the platform of SOLARMAN: which station, which inverter, and how their figures become a reading.
 * Powers are in W: PV ≥ 0, grid + import, battery + discharging. Signs: a recorded purchase of 909 W came as
 * `wirePower` +909, a feed-in of 3760 W as −3760; Deye's battery at −603 W was being charged.
 */
import * as z from 'zod/mini';
import { total } from '../../core/reading.ts';
import { type AdapterReading, Failure, type Term } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { allPages } from '../pages.ts';
import { figure, fraction, identifier, kilowatts } from '../quantities.ts';
import type { AccountContext, Cloud } from './account.ts';
import type { Ask } from './answer.ts';

const Stations = z.object({
  stationList: z.nullish(z.array(z.object({ id: identifier, name: z.nullish(z.string()) }))),
  total: figure,
});

/** The station of the setting, else the account's only one, which is kept. */
export async function theStation(cloud: Cloud, { settings, state }: AccountContext, ask: Ask): Promise<number> {
  const known = settings.stationId ?? state.stationId;
  if (known !== undefined) return known;
  const stations = await allStations(cloud, ask);
  const [only, another] = stations.keys();
  if (only === undefined) throw new Failure('auth', `${cloud.title} shows no plant in this account. ${cloud.advice}`);
  if (another !== undefined) {
    const listed = [...stations].map(([id, name]) => `${id} (${name})`).join(', ');
    throw new Failure(
      'bad-response',
      `${cloud.title} shows several plants in this account: choose one with the stationId setting: ${listed}`,
    );
  }
  state.stationId = Number(only);
  return state.stationId;
}

/** Names by id, page after page. */
async function allStations({ title, paths }: Cloud, ask: Ask): Promise<Map<string, string>> {
  const stations = await allPages(
    title,
    async (nth) => {
      const { stationList, total } = await ask(paths.stations, { page: nth + 1, size: 20 }, Stations);
      return { entries: stationList ?? [], total };
    },
    ({ id }) => id,
  );
  return new Map(stations.map(({ id, name }) => [id, name ?? 'no name']));
}

const Devices = z.object({
  deviceListItems: z.nullish(z.array(z.object({ deviceSn: z.nullish(identifier), deviceType: z.nullish(z.string()) }))),
});

/**
 * Serial number of the plant's only inverter; undefined if it has several: nobody knows how these share the grid's figure.
 *
 * @param listing the body that asks for the devices of this station.
 */
export async function onlyInverter(
  { title, paths, inverterDays }: Cloud,
  { state, now, note }: AccountContext,
  ask: Ask,
  stationId: number,
  listing: object,
): Promise<string | undefined> {
  const { inverters } = state;
  const holds = inverters?.stationId === stationId && isYoung(inverters.readAt, now, inverterDays * 86_400_000);
  const serials = holds ? inverters.serials : await inverterSerials(ask, paths.devices, listing);
  if (serials.length === 0)
    throw new Failure('bad-response', `${title} lists no inverter in this plant: set useDeviceData to false`);
  if (!holds) state.inverters = { stationId, serials, readAt: now };
  if (serials.length === 1) return serials[0];
  note(
    `${title}: the plant has ${serials.length} inverters, so its own figures are read (useDeviceData has no effect)`,
  );
  return undefined;
}

async function inverterSerials(ask: Ask, path: string, listing: object): Promise<string[]> {
  const { deviceListItems } = await ask(path, listing, Devices);
  return (deviceListItems ?? []).flatMap(({ deviceSn, deviceType }) =>
    deviceSn && /^(MICRO_)?INVERTER$/.test(deviceType ?? '') ? [deviceSn] : [],
  );
}

/** Unix seconds, as a number or its text, or an ISO date, which is UTC unless it says otherwise; ms. */
const moment = z.optional(
  z.pipe(
    z.unknown(),
    z.transform((value): number | undefined => {
      const seconds = figure.safeParse(value);
      const date = typeof value === 'string' ? zoned(value.trim()) : '';
      const ms = seconds.success ? (seconds.data ?? Number.NaN) * 1000 : Date.parse(date);
      return Number.isNaN(ms) ? undefined : Math.round(ms);
    }),
  ),
);
const zoned = (date: string): string => (/(Z|[+-]\d\d:?\d\d)$/i.test(date) ? date : `${date}Z`);

/** The sum over all inverters. The other powers that a station gives (purchasePower, chargePower, …) are not reliable. */
export const StationFigures = z.object({
  generationPower: figure,
  wirePower: figure,
  batteryPower: figure,
  /** Deye spells it SOC, SOLARMAN Soc; %. */
  batterySOC: figure,
  batterySoc: figure,
  /** The load: Deye's name, SOLARMAN's name. */
  consumptionPower: figure,
  usePower: figure,
  lastUpdateTime: moment,
});

export function stationReading(
  { title }: Cloud,
  context: AccountContext,
  station: z.output<typeof StationFigures>,
): AdapterReading {
  if (station.lastUpdateTime === undefined)
    throw new Failure('bad-response', `${title} does not say how old the figures of the plant are`);
  const powers = {
    pv: station.generationPower,
    grid: station.wirePower,
    battery: station.batteryPower,
    soc: station.batterySOC ?? station.batterySoc,
    load: station.consumptionPower ?? station.usePower,
  };
  return { ...plantReading(title, context, powers), tsms: station.lastUpdateTime };
}

export const InverterFigures = z.object({
  deviceSn: z.nullish(identifier),
  /** 1 online, 2 alarm, 3 offline. */
  deviceState: figure,
  collectionTime: moment,
  dataList: z.nullish(
    z.array(z.object({ key: z.nullish(z.string()), value: z.optional(z.unknown()), unit: z.nullish(z.string()) })),
  ),
});
type InverterFigures = z.output<typeof InverterFigures>;

/** Looks figures up in a data list, whose values are texts and sometimes words: these are no figures. kW becomes W. */
export function figuresIn({ dataList }: InverterFigures) {
  const items = dataList ?? [];
  const read = ({ value, unit }: (typeof items)[number]) => {
    const { data } = figure.safeParse(value);
    return data !== undefined && unit?.toLowerCase() === 'kw' ? data * 1000 : data;
  };
  return {
    value: (key: string): number | undefined => {
      const item = items.find((candidate) => candidate.key === key);
      return item && read(item);
    },
    /** Unknown if one of them is. */
    total: (keys: RegExp): number | undefined => total(items.filter(({ key }) => keys.test(key ?? '')).map(read)),
    /** Whether one of them is listed, with a figure or without. */
    lists: (keys: RegExp): boolean => items.some(({ key }) => keys.test(key ?? '')),
  };
}

/**
 * Looks at whose figures they are, and whether they are of now.
 *
 * @param serial of the inverter that was asked for.
 */
export function checkInverter({ title }: Cloud, serial: string, inverter: InverterFigures): void {
  const { deviceState, deviceSn } = inverter;
  if (deviceSn != null && deviceSn !== serial)
    throw new Failure('bad-response', `${title} answered with figures of inverter ${deviceSn} instead of ${serial}`);
  if (deviceState === 3)
    throw new Failure('stale', `${title}: the inverter is offline, its figures are those of its last contact`);
}

/** @param inverter one that has been checked. */
export function inverterReading(
  { title }: Cloud,
  context: AccountContext,
  { deviceState, collectionTime }: InverterFigures,
  powers: Powers,
): AdapterReading {
  if (powers.pv === undefined && context.takes('production'))
    throw new Failure('bad-response', `${title} gives no solar power of this inverter: set useDeviceData to false`);
  // The time is absent in some answers; then at least the state must tell that the inverter is there.
  if (collectionTime === undefined && deviceState === undefined)
    throw new Failure('bad-response', `${title} does not say how old the figures of the inverter are`);
  return { ...plantReading(title, context, powers), tsms: collectionTime };
}

/** W, %, kWh; see the top of this file for the signs. */
export type Powers = {
  pv: number | undefined;
  grid: number | undefined;
  battery: number | undefined;
  soc: number | undefined;
  /** The vendor's figure of the home's consumption: it leaves out the conversion losses, and only shows what cannot be. */
  load: number | undefined;
  /** At the generator port: no surplus of the sun, so it counts as import. Default: 0. */
  generator?: number | 'unknown';
  imported?: number | undefined;
  exported?: number | undefined;
};

/**
 * Plants without a meter or battery send nothing there, or zeros: a home that draws exactly 0 W does not exist. A battery
 * that has shown itself is there also at 0 W and 0 %.
 */
function plantReading(title: string, { state }: AccountContext, powers: Powers): AdapterReading {
  const { pv, grid, battery, soc, load, generator = 0, imported, exported } = powers;
  const hasMeter = grid !== undefined && ![grid, load, battery].every(isNothing);
  if (!isNothing(battery) || !isNothing(soc)) state.hasBattery = true;
  const hasBattery = state.hasBattery === true;
  const netImport = hasMeter && generator !== 'unknown' ? grid + Math.max(generator, 0) : undefined;
  const balance = total([pv, netImport, hasBattery ? battery : 0]);
  if (balance !== undefined && contradicts(balance, load))
    throw new Failure(
      'bad-response',
      `${title} gives figures that contradict each other: more leaves the home than its sun, battery and grid supply`,
    );
  const lacking: Term[] = pv === undefined ? ['production'] : [];
  if (hasMeter && netImport === undefined) lacking.push('grid');
  if (!isNothing(soc) && battery === undefined) lacking.push('battery');
  return {
    production_kw: kilowatts(pv),
    ...(hasMeter ? { net_import_kw: kilowatts(netImport), imported_kwh: imported, exported_kwh: exported } : {}),
    ...(hasBattery ? { battery_discharge_kw: kilowatts(battery), battery_soc: fraction(soc) } : {}),
    lacking,
  };
}

const isNothing = (value: number | undefined): boolean => value === undefined || value === 0;

/**
 * A negative balance may come from an inverter that the cloud does not see, but not where the vendor's own load denies it,
 * by more than 500 W (and by more than 30 % of the load, which a negative balance always misses); W.
 */
const contradicts = (balance: number, load: number | undefined): boolean =>
  balance < -50 && load !== undefined && Math.abs(balance - load) > 500;
