/**
 * A plant on the platform of SOLARMAN: which station, which inverter, and how their figures become a reading.
 * Signs: a recorded purchase of 909 W came as `wirePower` +909, a feed-in of 3760 W as −3760; Deye's battery at −603 W was
 * being charged.
 */
import * as z from 'zod/mini';
import { watts as inWatts } from '../../core/reading.ts';
import { type AdapterReading, Failure, type Reading, type Term, total } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { type Choice, chosen } from '../only.ts';
import { allPages } from '../pages.ts';
import { figure, identifier } from '../quantities.ts';
import { percent, watts } from '../units.ts';
import type { AccountContext, Inverters } from './account.ts';
import { type Figures, figuresIn, Inverter, moment } from './inverter.ts';
import type { Cloud } from './platform.ts';

const Stations = z.object({
  stationList: z.nullish(z.array(z.object({ id: identifier, name: z.nullish(z.string()) }))),
  total: figure,
});

export async function stations({ title, paths }: Cloud, { http }: AccountContext): Promise<Choice[]> {
  const page = async (nth: number) => {
    const json = { page: nth + 1, size: 20 };
    const { stationList, total } = await http.post(paths.stations, { json, schema: Stations });
    return { entries: stationList ?? [], total };
  };
  const found = await allPages(title, page, ({ id }) => id);
  return found.map(({ id, name }) => ({ value: id, title: name }));
}

/** What the keys of an inverter say; undefined where nobody knows their signs. */
type PowersOf = (figures: Figures, inverters: Inverters) => Powers | undefined;

/** The station's figures; or those of its only inverter, where the owner wants these and their signs are known. */
export async function readPlant(cloud: Cloud, context: AccountContext, powersOf: PowersOf): Promise<AdapterReading> {
  const { title, paths, advice } = cloud;
  const options = { title, noun: 'plant', none: ['auth', advice] as const };
  const stationId = Number(await chosen(context, 'stationId', () => stations(cloud, context), options));
  const ofInverter = context.settings.useDeviceData && (await readInverter(cloud, context, stationId, powersOf));
  if (ofInverter) return ofInverter;
  const station = await context.http.post(paths.station, { json: { stationId }, schema: Station });
  return plantReading(title, context, {
    production_kw: station.generationPower,
    net_import_kw: station.wirePower,
    battery_discharge_kw: station.batteryPower,
    battery_soc: station.batterySOC ?? station.batterySoc,
    consumption_kw: station.consumptionPower ?? station.usePower,
    tsms: station.lastUpdateTime,
  });
}

/** The sum over all inverters. The other powers of a station (purchasePower, chargePower, …) are not reliable. */
const Station = z.object({
  generationPower: watts,
  wirePower: watts,
  batteryPower: watts,
  /** Deye's name, SOLARMAN's name. */
  batterySOC: percent,
  batterySoc: percent,
  /** The load, likewise. */
  consumptionPower: watts,
  usePower: watts,
  lastUpdateTime: moment,
});

const Devices = z.object({
  deviceListItems: z.nullish(z.array(z.object({ deviceSn: z.nullish(identifier), deviceType: z.nullish(z.string()) }))),
});

async function invertersOf(cloud: Cloud, context: AccountContext, stationId: number): Promise<Inverters> {
  const { http, state, now, settingName } = context;
  const kept = state.inverters;
  if (kept?.stationId === stationId && isYoung(kept.readAt, now, cloud.inverterDays * 86_400_000)) return kept;
  const json = cloud.bodies.devices(stationId);
  const { deviceListItems } = await http.post(cloud.paths.devices, { json, schema: Devices });
  const inverters = deviceListItems?.filter(({ deviceType }) => /^(MICRO_)?INVERTER$/.test(deviceType ?? '')) ?? [];
  const serials = inverters.flatMap(({ deviceSn }) => deviceSn || []);
  if (serials.length === 0)
    throw new Failure('bad-response', `${cloud.title} lists no inverter in this plant: ${turnOff(settingName)}`);
  state.inverters = { stationId, serials, readAt: now };
  return state.inverters;
}

const turnOff = (settingName: AccountContext['settingName']) => `set ${settingName('useDeviceData')} to false`;

/** Deye Cloud answers with a list. */
const InverterAnswer = z.extend(Inverter, { deviceDataList: z.nullish(z.array(Inverter)) });

/** undefined where only the figures of the plant are of use. */
async function readInverter(
  cloud: Cloud,
  context: AccountContext,
  stationId: number,
  powersOf: PowersOf,
): Promise<AdapterReading | undefined> {
  const { http, note, takes, settingName } = context;
  const { title, paths, bodies } = cloud;
  const inverters = await invertersOf(cloud, context, stationId);
  const [serial = '', ...others] = inverters.serials;
  if (others.length > 0) {
    // Nobody knows how these share the grid's figure.
    note(`the plant has ${others.length + 1} inverters, so its own figures are read ({useDeviceData} has no effect)`);
    return undefined;
  }
  if (inverters.family !== 'unknown') {
    const answer = await http.post(paths.inverter, { json: bodies.inverter(serial), schema: InverterAnswer });
    const inverter = answer.deviceDataList?.find(({ deviceSn }) => deviceSn === serial) ?? answer;
    const { deviceSn, deviceState, collectionTime: tsms } = inverter;
    if ((deviceSn ?? serial) !== serial)
      throw new Failure('bad-response', `${title} answered with figures of inverter ${deviceSn} instead of ${serial}`);
    if (deviceState === 3)
      throw new Failure('stale', `${title}: the inverter is offline, its figures are those of its last contact`);
    const powers = powersOf(figuresIn(inverter), inverters);
    if (powers && powers.production_kw === undefined && takes('production'))
      throw new Failure('bad-response', `${title} gives no solar power of this inverter: ${turnOff(settingName)}`);
    // The time is absent in some answers; then at least the state must tell that the inverter is there.
    if (powers) return plantReading(title, context, { ...powers, tsms }, deviceState !== undefined);
    inverters.family = 'unknown';
  }
  note("the signs of this inverter's own figures are not known, so those of the plant are read");
  return undefined;
}

/** As a cloud gives them. Its consumption leaves out the conversion losses, and only shows what cannot be. */
export type Powers = Reading & {
  /** What comes in at the generator port: no surplus of the sun, so it counts as import. undefined: not known. */
  generators?: readonly (number | undefined)[];
};

/**
 * Plants without a meter or battery send nothing there, or zeros: a home that draws exactly 0 W does not exist.
 *
 * @param isThere whether figures without a time are known to be of now.
 */
function plantReading(title: string, { state }: AccountContext, powers: Powers, isThere = false): AdapterReading {
  const { production_kw, net_import_kw: grid, consumption_kw: load, battery_discharge_kw, battery_soc } = powers;
  const { tsms, imported_kwh, exported_kwh, generators = [] } = powers;
  if (tsms === undefined && !isThere)
    throw new Failure('bad-response', `${title} does not say how old its figures are`);
  if (battery_discharge_kw || battery_soc) state.hasBattery = true;
  const hasMeter = grid !== undefined && [grid, load, battery_discharge_kw].some(Boolean);
  const net_import_kw = hasMeter ? total([grid, ...generators]) : undefined;
  const balance = total([production_kw, net_import_kw, state.hasBattery ? battery_discharge_kw : 0]);
  if (contradicts(balance, load))
    throw new Failure(
      'bad-response',
      `${title} gives figures that contradict each other: more leaves the home than its sun, battery and grid supply`,
    );
  const lacking: Term[] = production_kw === undefined ? ['production'] : [];
  if (hasMeter && net_import_kw === undefined) lacking.push('grid');
  if (battery_soc && battery_discharge_kw === undefined) lacking.push('battery');
  return {
    ...{ production_kw, tsms, lacking },
    ...(hasMeter && { net_import_kw, imported_kwh, exported_kwh }),
    ...(state.hasBattery && { battery_discharge_kw, battery_soc }),
  };
}

/**
 * A balance below zero comes from an inverter that the cloud does not see, but not where the vendor's own load denies it,
 * by more than 500 W (and by more than 30 % of the load, which a negative balance always misses); kW.
 */
const contradicts = (balance: number | undefined, load: number | undefined): boolean =>
  balance !== undefined && load !== undefined && inWatts(balance) < -50 && inWatts(Math.abs(balance - load)) > 500;
