/** What FoxESS inverters report, and what each inverter of a home contributes. */
import * as z from 'zod/mini';
import { inWords } from '../../core/freshness.ts';
import { watts } from '../../core/reading.ts';
import { type DeviceReading, Failure, type ReadContext, type Term, total } from '../adapter.ts';
import { isThereToday } from '../age.ts';
import { difference, identifier, meanCharge, sumOfKnown } from '../quantities.ts';
import { kilowattHours, kilowatts, percent, utc } from '../units.ts';

/** `hasBattery` as the device list says it; unknown without a list. */
export type Inverter = { sn: string; hasBattery?: boolean | null | undefined };

/** Which clamps count: of the grid, by serials, or found out by what the inverters report; the second one, by its sign. */
type Home = ReadContext<
  { gridMeter: 'auto' | readonly string[]; ct2Pv: keyof typeof ct2Signs },
  { seen: Record<string, number> }
>;
const ct2Signs = { off: undefined, 'negative-is-generation': -1, 'positive-is-generation': 1 } as const;

/** Counters over the lifetime. A variable that is not fitted is missing. */
const Variables = z.object({
  pvPower: kilowatts,
  generationPower: kilowatts,
  feedinPower: kilowatts,
  gridConsumptionPower: kilowatts,
  meterPower: kilowatts, // + import
  meterPower2: kilowatts,
  batChargePower: kilowatts,
  batDischargePower: kilowatts,
  invBatPower: kilowatts, // + discharging
  invBatPower_1: kilowatts,
  invBatPower_2: kilowatts,
  invBatPower_3: kilowatts,
  SoC: percent,
  SoC_1: percent,
  SoC_2: percent,
  SoC_3: percent,
  gridConsumption: kilowattHours,
  feedin: kilowattHours,
  runningState: z.nullish(z.catch(identifier, 'unreadable')),
});
export const variableNames = Object.keys(Variables.shape);
/** Their names differ in case between models (`Soc_2`). */
const spelling = new Map(variableNames.map((name) => [name.toLowerCase(), name]));

const Entries = z.nullish(z.array(z.object({ variable: z.string(), value: z.optional(z.unknown()) })));
const byName = (entries: z.output<typeof Entries>): Record<string, unknown> =>
  Object.fromEntries((entries ?? []).map(({ variable, value }) => [spelling.get(variable.toLowerCase()), value]));

/** `2025-09-14 18:43:09 BST+0100`: local clock, the zone's name of whatever length, its offset. */
const moment = z.pipe(
  z.string().check(z.trim(), z.regex(/[+-]\d{4}$/)),
  z.pipe(
    z.transform((text: string): unknown => text.replace(/^(\S+ \S+) .*([+-]\d{4})$/, '$1$2')),
    z.pipe(utc, z.number()),
  ),
);

export const Row = z.object({
  deviceSN: z.string(),
  time: moment,
  datas: z.pipe(Entries, z.pipe(z.transform(byName), Variables)),
});
type Row = z.output<typeof Row>;

/** + discharging, of all battery inputs of an inverter, of which one without power makes it unknown. */
function batteryPower({ batDischargePower, batChargePower, invBatPower, ...datas }: Row['datas']): number | undefined {
  const inputs = (['invBatPower_1', 'invBatPower_2', 'invBatPower_3'] as const).filter((name) => name in datas);
  return difference(batDischargePower, batChargePower) ?? invBatPower ?? total(inputs.map((name) => datas[name]));
}

/** What one inverter reports, with Charge HQ's signs. */
function unitOf({ sn, hasBattery: listed }: Inverter, { time, datas }: Row, { settings, state, now }: Home) {
  state.seen ??= {};
  const { seen } = state;
  const isFitted = (what: string, isShown: boolean) => isThereToday(seen, `${what} ${sn}`, isShown, now);

  const soc = datas.SoC ?? meanCharge(datas.SoC_1, datas.SoC_2, datas.SoC_3);
  const battery_kw = batteryPower(datas);
  // Without battery its power is 0, and not every battery tells its charge: one that has shown itself may rest for days.
  const rests = battery_kw === 0 && isFitted('battery', false);
  const hasBattery = listed ?? isFitted('battery', soc !== undefined || Boolean(battery_kw) || rests);

  const { gridConsumptionPower, feedinPower, meterPower, gridConsumption, feedin } = datas;
  // A string inverter without clamp reports 0, or nothing, for everything of the grid.
  const showsMeter = [gridConsumptionPower, feedinPower, meterPower, gridConsumption, feedin].some(Boolean);
  const hasPanels = isFitted('panels', datas.pvPower !== undefined);
  const output_kw = hasBattery ? 0 : datas.generationPower;
  const sign = ct2Signs[settings.ct2Pv];
  return {
    ...{ sn, time, hasBattery, hasMeter: isFitted('meter', showsMeter) || hasBattery },
    isOnGrid: (datas.runningState ?? '163') === '163',
    pv_kw: atLeast0(datas.pvPower ?? (hasBattery && hasPanels ? undefined : output_kw)), // a string may give −0.002
    ct2_kw: atLeast0(sign && datas.meterPower2 && sign * datas.meterPower2),
    net_import_kw: difference(gridConsumptionPower, feedinPower) ?? meterPower,
    ...(gridConsumption || feedin ? { imported_kwh: gridConsumption, exported_kwh: feedin } : {}), // else not counted
    ...(hasBattery ? { battery_discharge_kw: battery_kw, battery_soc: soc } : {}),
  };
}
type Unit = ReturnType<typeof unitOf>;

const atLeast0 = (kw: number | undefined): number | undefined => kw && Math.max(0, kw);

/**
 * What each inverter contributes. `loadsPower` is not used: it is measured on the AC side, production and battery on
 * the DC side, and the inverter's loss lies between them.
 */
export function readingsOf(inverters: readonly Inverter[], rows: readonly Row[], home: Home): DeviceReading[] {
  const units = reporting(inverters, rows, home);
  const awake = awakeOf(units, home);
  const meters = gridMeters(awake, home);
  const clamps = secondClamps(meters.length > 0 ? meters : awake, home);
  const readings = awake.map((unit) => readingOf(unit, meters.includes(unit), clamps.includes(unit)));
  const others_kw = sumOfKnown(...readings.map(({ production_kw }) => production_kw)) ?? 0; // at least so much
  const asleep = units.filter((unit) => !awake.includes(unit));
  const absent = inverters.filter(({ sn }) => units.every((unit) => unit.sn !== sn));
  return [
    ...readings,
    ...asleep.map((unit) => asleepReading(unit, others_kw, home)),
    ...absent.map(({ sn }): DeviceReading => ({ device: sn, lacking: ['production'] })),
  ];
}

/** One that has been dark for an hour does not sleep while the others give 2 kW: its data logger is away. */
const asleepReading = ({ sn, time }: Unit, others_kw: number, { now }: Home): DeviceReading =>
  now - time > 3_600_000 && others_kw > 2
    ? { device: sn, sleeps: false, lacking: ['production'] }
    : { device: sn, production_kw: 0 };

function readingOf(unit: Unit, isMeter: boolean, isClamped: boolean): DeviceReading {
  const { net_import_kw, imported_kwh, exported_kwh, battery_discharge_kw, battery_soc } = unit;
  const production_kw = isClamped ? total([unit.pv_kw, unit.ct2_kw]) : unit.pv_kw;
  const lacking: Term[] = [];
  if (production_kw === undefined) lacking.push('production');
  if (isMeter && net_import_kw === undefined) lacking.push('grid');
  if (battery_soc !== undefined && battery_discharge_kw === undefined) lacking.push('battery');
  return {
    ...{ device: unit.sn, lacking, production_kw, battery_discharge_kw, battery_soc, tsms: unit.time },
    ...(isMeter ? { net_import_kw, imported_kwh, exported_kwh } : {}),
  };
}

/** The inverters with a row. @throws Failure `offline` for one without, if the home cannot be known without it. */
function reporting(inverters: readonly Inverter[], rows: readonly Row[], home: Home): Unit[] {
  const stranger = namedMeters(home).find((serial) => inverters.every(({ sn }) => sn !== serial));
  if (stranger)
    throw new Failure('settings', `${home.settingName('gridMeter')} names ${stranger}, which is none of the inverters`);
  const rowOf = ({ sn }: Inverter) => rows.find(({ deviceSN }) => deviceSN === sn);
  const isNeeded = (each: Inverter) => each.hasBattery || namedMeters(home).includes(each.sn) || !inverters.some(rowOf);
  const silent = inverters.find((each) => !rowOf(each) && isNeeded(each));
  if (silent)
    throw new Failure('offline', `FoxESS Cloud has no figures of inverter ${silent.sn}: check its data logger`);
  return inverters.flatMap((each) => {
    const row = rowOf(each);
    return row ? [unitOf(each, row, home)] : [];
  });
}

/**
 * Those that count: inverters without battery and meter lose power at dusk, and their last row stays.
 *
 * @throws Failure `stale` if one that counts has an old one.
 */
function awakeOf(units: readonly Unit[], home: Home): readonly Unit[] {
  const age = ({ time }: Unit) => (home.now - time) / 1000;
  const isOld = (unit: Unit) => age(unit) > home.staleAfterSeconds;
  const looksAsleep = ({ isOnGrid, pv_kw = 1 }: Unit) => !isOnGrid || pv_kw < 0.2;
  const sleeps = (unit: Unit) => isOld(unit) && !unit.hasBattery && !countsAsMeter(unit, home) && looksAsleep(unit);
  const awake = units.every(isOld) ? units : units.filter((unit) => !sleeps(unit));
  const old = awake.find(isOld);
  if (!old) return awake;
  const remedy = old.hasBattery ? 'check its data logger' : 'at night this is normal, by day check its data logger';
  const sentence = `FoxESS Cloud has the last figures of inverter ${old.sn} from ${inWords(age(old))} ago: ${remedy}`;
  throw new Failure('stale', sentence);
}

const namedMeters = ({ settings: { gridMeter } }: Home): readonly string[] => (gridMeter === 'auto' ? [] : gridMeter);

const countsAsMeter = ({ sn, hasMeter }: Unit, home: Home): boolean =>
  home.settings.gridMeter === 'auto' ? hasMeter : namedMeters(home).includes(sn);

/**
 * The inverters whose grid clamp counts; none if the home has no clamp. Found out, it is one: others repeat its figures.
 */
function gridMeters(units: readonly Unit[], home: Home): readonly Unit[] {
  const meters = units.filter((unit) => countsAsMeter(unit, home));
  if (home.settings.gridMeter !== 'auto') return meters;
  const giving = meters.filter(({ net_import_kw }) => net_import_kw !== undefined);
  const imports_kw = giving.flatMap(({ net_import_kw }) => net_import_kw ?? []);
  if (home.takes('grid') && watts(Math.max(...imports_kw) - Math.min(...imports_kw)) > 100) {
    const each = giving.map(({ sn, net_import_kw }) => `${sn}: ${net_import_kw} kW`).join(', ');
    const remedy = `set ${home.settingName('gridMeter')} to the serial of the one with the grid clamp`;
    throw new Failure('bad-response', `Several inverters report different grid powers (${each}): ${remedy}`);
  }
  return (giving.length > 0 ? giving : meters).slice(0, 1);
}

/** Those whose second clamp sees another solar system; it belongs to the same meter as the grid clamp. */
function secondClamps(units: readonly Unit[], { settings: { ct2Pv }, takes, settingName }: Home): readonly Unit[] {
  const clamps = units.filter(({ ct2_kw }) => ct2_kw !== undefined);
  if (clamps.length > 0 || ct2Pv === 'off' || !takes('production')) return clamps;
  const remedy = `if there is none, set ${settingName('ct2Pv')} to off`;
  throw new Failure('bad-response', `FoxESS Cloud gives no power of the second clamp; ${remedy}`);
}
