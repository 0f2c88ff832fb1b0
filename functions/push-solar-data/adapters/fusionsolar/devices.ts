/** The devices of a FusionSolar plant: which there are, their live values, and how these become readings. */
import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { inWords } from '../../core/freshness.ts';
import { type DeviceReading, Failure, type ReadContext, total } from '../adapter.ts';
import type { Choice } from '../only.ts';
import { figure, identifier, kilowatts, negate, sumOfKnown, words } from '../quantities.ts';
import { kilowattHours, percent, watts } from '../units.ts';
import { type Ask, unseen } from './northbound.ts';

/** `type`: `devTypeId`. */
export const Device = z.object({ id: z.string(), type: z.number() });
export type Device = z.output<typeof Device>;

/**
 * In the order in which they are asked; others are left alone. 47 is the usual power sensor of a home, 17 a grid meter.
 * 39 is on the DC side of an inverter, whose power contains its own; 41, of businesses (LUNA2000-215), has an AC side of
 * its own, and the opposite sign.
 */
const typesOf = { inverter: [1, 38], meter: [47, 17], battery: [39, 41] };
const usedTypes = Object.values(typesOf).flat();
const isA = (part: keyof typeof typesOf) => (device: Device) => typesOf[part].includes(device.type);

const Devices = z.nullable(z.array(z.object({ id: identifier, devTypeId: figure, devName: words, invType: words })));

/** The devices of a plant that are of any use, in the order of the vendor's list. */
export async function devicesAt(stationCodes: string, ask: Ask, note: (remark: string) => void): Promise<Device[]> {
  const listed = (await ask('getDevList', { stationCodes }, Devices)) ?? [];
  const devices = listed.flatMap(({ id, devTypeId: type = 0 }) => (usedTypes.includes(type) ? [{ id, type }] : []));
  if (!devices.some(isA('inverter')))
    throw new Failure(unseen.none[0], `FusionSolar shows no inverter: ${unseen.none[1]}`, unseen);
  if (listed.some(({ devTypeId }) => devTypeId === 23070) && !devices.some(isA('meter')))
    note('The grid is not read: the sign and unit of the power that an EMMA (SmartAssistant) gives are not known');
  if (listed.some((each) => each.devTypeId === 39 && /LUNA2000-215/i.test(`${each.invType} ${each.devName}`)))
    note('A LUNA2000-215 that is listed as type 39 is read as the battery of a home: nobody has recorded its sign');
  return devices;
}

/** The meters of a plant where it has several, which one looks at by their names: one stands at the street. */
export async function meterChoices(stationCodes: string, ask: Ask): Promise<Choice[]> {
  const listed = (await ask('getDevList', { stationCodes }, Devices)) ?? [];
  const meters = listed
    .filter(({ devTypeId: type = 0 }) => typesOf.meter.includes(type))
    .toSorted((a, b) => (b.devTypeId ?? 0) - (a.devTypeId ?? 0));
  return meters.length > 1 ? meters.map(({ id, devName }) => ({ value: id, title: devName })) : [];
}

/** Of the meters only the one at the grid connection, if the owner takes it: a 17 where there is no 47. */
export function withOneMeter(
  devices: readonly Device[],
  {
    settings,
    settingName,
    takes,
  }: Pick<ReadContext<{ meterDeviceId?: string | undefined }>, 'settings' | 'settingName' | 'takes'>,
): Device[] {
  const chosen = settings.meterDeviceId;
  const meters = devices.filter(isA('meter')).toSorted((a, b) => b.type - a.type);
  const meter = chosen === undefined ? meters[0] : meters.find(({ id }) => id === chosen);
  if (chosen !== undefined && !meter && takes('grid')) {
    const ids = meters.map(({ id }) => id).join(', ') || 'none';
    const advice = `check ${settingName('meterDeviceId')} (meters there: ${ids})`;
    throw new Failure('bad-response', `FusionSolar lists no meter ${chosen} at this plant: ${advice}`);
  }
  return devices.filter((each) => !meters.includes(each) || (each === meter && takes('grid')));
}

/** Of all types of devices; what is not named here is kept to see whether anything changes, or is a {@link hint}. */
export const Values = z.looseObject({
  active_power: figure, // inverter: kW of AC, with what the battery gives and without what it takes; meter: + export
  run_state: figure, // 0: disconnected
  meter_status: figure, // 0: offline
  active_cap: kilowattHours, // exported
  reverse_active_cap: kilowattHours, // imported
  ch_discharge_power: watts, // type 39: + charging; type 41: + discharging
  battery_soc: percent,
});
export type Values = z.output<typeof Values>;
export type Live = Values & Device;

const Kpis = z.nullable(z.array(z.object({ devId: identifier, dataItemMap: z.nullish(Values) })));
const noFigures =
  'shows no figures to this Northbound account: ask the installer to tick real-time data of all devices';

/** Asks for these devices, one call for each type. */
export async function liveOf(devices: readonly Device[], ask: Ask): Promise<Live[]> {
  const live: Live[] = [];
  for (const devTypeId of usedTypes) {
    const asked = devices.filter(({ type }) => type === devTypeId);
    if (asked.length === 0) continue;
    const kpis = await ask('getDevRealKpi', { devIds: asked.map(({ id }) => id).join(','), devTypeId }, Kpis);
    if (!kpis) throw new Failure('bad-response', `FusionSolar ${noFigures}`);
    const valuesOf = ({ id }: Device) => kpis.find(({ devId }) => devId === id)?.dataItemMap ?? {};
    live.push(...asked.map((device) => notSilent({ ...valuesOf(device), ...device })));
  }
  return live;
}

/** @throws Failure `offline` for a device without power: then there is no reading, never a smaller one. */
function notSilent(live: Live): Live {
  const { id, type, active_power, ch_discharge_power, run_state, meter_status } = live;
  const isOff = active_power === undefined || run_state === 0 || meter_status === 0;
  if (isA('battery')(live) ? ch_discharge_power !== undefined : !isOff) return live;
  const [part] = Object.entries(typesOf).find(([, types]) => types.includes(type)) ?? [];
  const advice = `check the dongle, its network and the cable to the ${part}`;
  throw new Failure('offline', `FusionSolar has no live figures of the ${part} ${id}: ${advice}`);
}

/** A figure that only helps to judge another one. */
const hint = (values: Values, name: string): number | undefined => figure.safeParse(values[name]).data;

const acPower = (live: readonly Live[]) => total(live.filter(isA('inverter')).map((each) => each.active_power)) ?? 0;
/** kW into the batteries of type 39. */
const charging = (live: readonly Live[]) =>
  total(live.filter(({ type }) => type === 39).map((each) => each.ch_discharge_power)) ?? 0;

/** kW. The AC power of a hybrid is solar and its battery; what is lost on the way leaves this slightly below 0 at night. */
export const solarPower = (live: readonly Live[]): number => acPower(live) + charging(live);

/** One for each device: solar power is what the inverters give and what the batteries of type 39 take. */
export function readingsOf(live: readonly Live[], powerUnit: 'auto' | 'W' | 'kW'): DeviceReading[] {
  const isHybrid = live.some(({ type }) => type === 39);
  const lost = isHybrid ? Math.min(0, solarPower(live)) / live.filter(isA('inverter')).length : 0;
  const isCharged = live.filter(isA('battery')).every(({ battery_soc }) => battery_soc !== undefined);
  return live.map((values): DeviceReading => {
    const { id: device, type, active_power = 0, ch_discharge_power: power, battery_soc: soc } = values;
    const charge = isCharged ? { battery_soc: soc } : {};
    if (type === 39) return { device, production_kw: power, battery_discharge_kw: negate(power), ...charge };
    if (type === 41) return { device, battery_discharge_kw: power, ...charge };
    if (isA('inverter')(values)) return { device, production_kw: active_power - lost };
    const net_import_kw = negate(isInKilowatts(values, powerUnit) ? active_power : kilowatts(active_power));
    return { device, net_import_kw, imported_kwh: values.reverse_active_cap, exported_kwh: values.active_cap };
  });
}

/**
 * Type 47 is in W; type 17 in kW by the document and in W by recordings. `auto` takes it for kW where that fits the
 * apparent power of its phases: a factor of 1000 too little charges nothing, a factor of 1000 too much starts the car.
 */
function isInKilowatts(values: Live, powerUnit: 'auto' | 'W' | 'kW'): boolean {
  if (values.type !== 17 || powerUnit !== 'auto') return values.type === 17 && powerUnit === 'kW';
  const voltAmperes = ['a', 'b', 'c'].map((phase) => {
    const [volts, amperes] = [hint(values, `${phase}_u`), hint(values, `${phase}_i`)];
    return volts === undefined || amperes === undefined ? undefined : volts * Math.abs(amperes);
  });
  const apparent = sumOfKnown(...voltAmperes); // of one phase, where there is only one
  return apparent !== undefined && Math.abs(values.active_power ?? 0) * 1000 <= 1.2 * apparent + 50;
}

export const Doubts = z.object({
  /** All values of the last round, and since when they have been the same. */
  seen: z.object({ fingerprint: z.string(), since: z.number() }),
  /** How many rounds in a row the battery's sign contradicted the panels. */
  contradictions: z.number(),
});
type Doubting = Pick<ReadContext<unknown, z.output<typeof Doubts>>, 'state' | 'now' | 'staleAfterSeconds'>;

/**
 * Refuses values that all stand still in the sun, as those of a dongle without network do; and a battery of type 39 that
 * does not fit the panels' DC power at all, and with the opposite sign would, in more rounds in a row than moments differ.
 */
export function refuseDoubtful(live: readonly Live[], { state, now, staleAfterSeconds }: Doubting): void {
  const values = live.map((each) => Object.entries(each).toSorted());
  const fingerprint = hash('sha256', JSON.stringify(values), 'base64');
  const since = state.seen?.fingerprint === fingerprint ? Math.min(state.seen.since, now) : now;
  state.seen = { fingerprint, since };
  const seconds = (now - since) / 1000;
  if (seconds >= staleAfterSeconds && solarPower(live) > 0) {
    const sentence = `has repeated the same figures for ${inWords(seconds)}: check the dongle and its network`;
    throw new Failure('stale', `FusionSolar ${sentence}`);
  }
  const [ac, charge] = [acPower(live), charging(live)];
  const dc = total(live.filter(isA('inverter')).map((each) => hint(each, 'mppt_power')));
  if (dc === undefined || Math.abs(charge) <= 0.3) return; // too little to tell
  const contradicts = Math.abs(ac + charge - dc) - Math.abs(ac - charge - dc) > Math.abs(charge);
  state.contradictions = contradicts ? (state.contradictions ?? 0) + 1 : 0;
  if (state.contradictions <= 2) return;
  const sentence = 'gives the battery power of this home with the opposite sign, so no figure can be trusted';
  throw new Failure('bad-response', `FusionSolar ${sentence}: please report it`);
}
