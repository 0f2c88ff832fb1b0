/**
 * A plant on the platform of SOLARMAN: which station, which inverter, and how their figures become a reading.
 * Powers are in W: PV ≥ 0, grid + import, battery + discharging. Signs: a recorded purchase of 909 W came as
 * `wirePower` +909, a feed-in of 3760 W as −3760; Deye's battery at −603 W was being charged.
 */
import * as z from 'zod/mini';
import { Failure, type Reading } from '../adapter.ts';
import { figure, fraction, identifier, kilowatts, sum } from '../quantities.ts';
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
      `${cloud.title} shows several plants in this account: ${listed}. Choose one with the stationId setting`,
    );
  }
  state.stationId = Number(only);
  return state.stationId;
}

/** Names by id, page after page. */
async function allStations({ paths }: Cloud, ask: Ask): Promise<Map<string, string>> {
  const stations = new Map<string, string>();
  for (let page = 1; ; page++) {
    const before = stations.size;
    const { stationList, total = 0 } = await ask(paths.stations, { page, size: 20 }, Stations);
    for (const { id, name } of stationList ?? []) stations.set(id, name ?? 'no name');
    if (stations.size >= total || stations.size === before) return stations;
  }
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
  const holds = inverters?.stationId === stationId && now - inverters.readAt < inverterDays * 86_400_000;
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
      const ms = seconds.success ? (seconds.data ?? Number.NaN) * 1000 : Date.parse(zoned(String(value).trim()));
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

export function stationReading({ title }: Cloud, station: z.output<typeof StationFigures>): Reading {
  if (station.lastUpdateTime === undefined)
    throw new Failure('bad-response', `${title} does not say how old the figures of the plant are`);
  const powers = {
    pv: station.generationPower,
    grid: station.wirePower,
    battery: station.batteryPower,
    soc: station.batterySOC ?? station.batterySoc,
    load: station.consumptionPower ?? station.usePower,
  };
  return { ...plantReading(title, powers), tsms: station.lastUpdateTime };
}

export const InverterFigures = z.object({
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
    total: (keys: RegExp): number | undefined => sum(...items.filter(({ key }) => keys.test(key ?? '')).map(read)),
  };
}

export function inverterReading({ title }: Cloud, inverter: InverterFigures, powers: Powers): Reading {
  const { deviceState, collectionTime } = inverter;
  if (deviceState === 3)
    throw new Failure('stale', `${title}: the inverter is offline, its figures are those of its last contact`);
  if (powers.pv === undefined)
    throw new Failure('bad-response', `${title} gives no solar power of this inverter: set useDeviceData to false`);
  // The time is absent in some answers; then at least the state must tell that the inverter is there.
  if (collectionTime === undefined && deviceState === undefined)
    throw new Failure('bad-response', `${title} does not say how old the figures of the inverter are`);
  return { ...plantReading(title, powers), tsms: collectionTime };
}

/** W, %, kWh; see the top of this file for the signs. */
export type Powers = {
  pv: number | undefined;
  grid: number | undefined;
  battery: number | undefined;
  soc: number | undefined;
  /** The vendor's figure of the home's consumption: it leaves out the conversion losses, and only shows what cannot be. */
  load: number | undefined;
  /** At the generator port: no surplus of the sun, so it counts as import. */
  generator?: number | undefined;
  imported?: number | undefined;
  exported?: number | undefined;
};

/** Plants without a meter or battery send nothing there, or zeros: a home that draws exactly 0 W does not exist. */
function plantReading(title: string, { imported, exported, ...powers }: Powers): Reading {
  const { pv, grid, battery, soc, load, generator = 0 } = powers;
  const hasMeter = grid !== undefined && ![grid, load, battery].every(isNothing);
  const hasBattery = battery !== undefined && !(isNothing(battery) && isNothing(soc));
  const netImport = hasMeter ? grid + Math.max(generator, 0) : undefined;
  if (pv !== undefined && netImport !== undefined && contradicts(pv + netImport + (battery ?? 0), load))
    throw new Failure(
      'bad-response',
      `${title} gives figures that contradict each other: more leaves the home than its sun, battery and grid supply`,
    );
  return {
    production_kw: kilowatts(pv),
    ...(hasMeter ? { net_import_kw: kilowatts(netImport), imported_kwh: imported, exported_kwh: exported } : {}),
    ...(hasBattery ? { battery_discharge_kw: kilowatts(battery), battery_soc: fraction(soc) } : {}),
  };
}

const isNothing = (value: number | undefined): boolean => value === undefined || value === 0;

/**
 * A negative balance may come from an inverter that the cloud does not see, but not where the vendor's own load denies it,
 * by more than 500 W (and by more than 30 % of the load, which a negative balance always misses); W.
 */
const contradicts = (balance: number, load: number | undefined): boolean =>
  balance < -50 && load !== undefined && Math.abs(balance - load) > 500;
