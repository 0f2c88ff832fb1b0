/** What FoxESS inverters report, and how the inverters of one home add up to its reading. */
import * as z from 'zod/mini';
import { inWords } from '../../core/freshness.ts';
import { watts } from '../../core/reading.ts';
import { Failure, type Reading } from '../adapter.ts';
import { difference, figure, fraction, mean, sum } from '../quantities.ts';

/** `hasBattery` as the device list says it; unknown without a list. */
export type Inverter = { sn: string; hasBattery?: boolean | null | undefined };

export type Home = {
  /** Serials of the inverters whose grid clamp counts, or `auto`: found out by what they report. */
  gridMeter: 'auto' | readonly string[];
  ct2Pv: 'off' | 'negative-is-generation' | 'positive-is-generation';
  now: number;
  staleAfterSeconds: number;
};

/** kW, %, lifetime kWh. A variable that is not fitted is missing. */
const Variables = z.object({
  pvPower: figure,
  generationPower: figure,
  feedinPower: figure,
  gridConsumptionPower: figure,
  meterPower: figure,
  meterPower2: figure,
  batChargePower: figure,
  batDischargePower: figure,
  invBatPower: figure,
  invBatPower_1: figure,
  invBatPower_2: figure,
  SoC: figure,
  SoC_1: figure,
  SoC_2: figure,
  gridConsumption: figure,
  feedin: figure,
  runningState: z.optional(z.unknown()),
});
/** Their names differ in case between models (`Soc_2`). */
const spelling = new Map(Object.keys(Variables.shape).map((name) => [name.toLowerCase(), name]));
type Entries = { variable: string; value?: unknown }[] | null | undefined;
const byName = (entries: Entries): Record<string, unknown> =>
  Object.fromEntries(
    (entries ?? []).map(({ variable, value }) => [spelling.get(variable.toLowerCase()) ?? variable, value]),
  );

/** `2025-09-14 18:43:09 BST+0100` in ms: local clock, the zone's name of whatever length, its offset. */
const moment = z.pipe(
  z.string(),
  z.transform((text, context): number => {
    const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d).*?([+-]\d\d)(\d\d)$/.exec(text.trim());
    const ms = parts ? Date.parse(`${parts[1]}T${parts[2]}${parts[3]}:${parts[4]}`) : Number.NaN;
    if (!Number.isNaN(ms)) return ms;
    context.issues.push({ code: 'custom', message: `not a time: ${text.slice(0, 40)}`, input: text });
    return z.NEVER;
  }),
);

export const Row = z.object({
  deviceSN: z.string(),
  time: moment,
  datas: z.pipe(
    z.nullish(z.array(z.object({ variable: z.string(), value: z.optional(z.unknown()) }))),
    z.pipe(z.transform(byName), Variables),
  ),
});
type Row = z.output<typeof Row>;

/** What one inverter contributes, in Charge HQ's units and signs. */
function unitOf({ sn, hasBattery: listed }: Inverter, { time, datas }: Row) {
  const { gridConsumptionPower, feedinPower, meterPower, gridConsumption, feedin } = datas;
  const soc = datas.SoC ?? mean(datas.SoC_1, datas.SoC_2);
  const hasBattery = listed !== false && soc !== undefined;
  const gridPowers = [gridConsumptionPower, feedinPower, meterPower];
  const pv = datas.pvPower ?? (hasBattery ? 0 : datas.generationPower); // a battery inverter without panels has no pvPower
  return {
    sn,
    time,
    hasBattery,
    isHybrid: hasBattery || listed === true,
    /** A string inverter without clamp reports 0, or nothing, for everything of the grid. */
    hasMeter:
      (hasBattery && gridPowers.some((value) => value !== undefined)) ||
      [...gridPowers, gridConsumption, feedin].some((value) => value !== undefined && value !== 0),
    production_kw: atLeast0(pv), // a string may give −0.002
    net_import_kw: difference(gridConsumptionPower, feedinPower) ?? meterPower, // meterPower: + import
    battery_discharge_kw:
      difference(datas.batDischargePower, datas.batChargePower) ??
      datas.invBatPower ?? // + discharging
      sum(datas.invBatPower_1, datas.invBatPower_2),
    battery_soc: fraction(soc),
    imported_kwh: gridConsumption,
    exported_kwh: feedin,
    ct2_kw: datas.meterPower2,
    runningState: datas.runningState,
  };
}
type Unit = ReturnType<typeof unitOf>;

/**
 * The home's reading. `loadsPower` is not used: it is measured on the AC side, production and battery on the DC side,
 * and the inverter's loss lies between them.
 *
 * @throws Failure `offline` without the rows that are needed, `stale` if an inverter that counts has an old one,
 *   `bad-response` if the grid meter is not certain, `settings` if the owner names an unknown inverter.
 */
export function readingOf(inverters: readonly Inverter[], rows: readonly Row[], home: Home): Reading {
  const units = awake(reporting(inverters, rows, home), home);
  const meters = gridMeters(units, home);
  const batteries = units.filter(({ hasBattery }) => hasBattery);
  return {
    production_kw: total([...units.map(({ production_kw }) => production_kw), ...ct2Production(units, meters, home)]),
    net_import_kw: total(meters.map(({ net_import_kw }) => net_import_kw)),
    battery_discharge_kw: total(batteries.map(({ battery_discharge_kw }) => battery_discharge_kw)),
    battery_soc: mean(...batteries.map(({ battery_soc }) => battery_soc)),
    imported_kwh: total(meters.map(({ imported_kwh }) => imported_kwh)),
    exported_kwh: total(meters.map(({ exported_kwh }) => exported_kwh)),
    tsms: Math.min(...units.map(({ time }) => time)),
  };
}

/** The inverters with a row. One without is asleep, unless the home cannot be known without it. */
function reporting(inverters: readonly Inverter[], rows: readonly Row[], { gridMeter }: Home): Unit[] {
  const stranger = gridMeter !== 'auto' && gridMeter.find((serial) => inverters.every(({ sn }) => sn !== serial));
  if (stranger)
    throw new Failure('settings', `The setting gridMeter names ${stranger}, which is none of the inverters`);
  const units = inverters.flatMap((inverter) => {
    const row = rows.find(({ deviceSN }) => deviceSN === inverter.sn);
    if (row) return [unitOf(inverter, row)];
    if (inverter.hasBattery || isNamed(inverter, gridMeter))
      throw new Failure('offline', `FoxESS Cloud has no figures of inverter ${inverter.sn}: check its data logger`);
    return [];
  });
  if (units.length > 0) return units;
  throw new Failure('offline', 'FoxESS Cloud has no figures of any inverter: check the data logger');
}

/** Those that count: inverters without battery and meter lose power at dusk, and their last row stays. */
function awake(units: readonly Unit[], { gridMeter, now, staleAfterSeconds }: Home): Unit[] {
  const age = ({ time }: Unit) => (now - time) / 1000;
  const isOld = (unit: Unit) => age(unit) > staleAfterSeconds;
  const sleeps = (unit: Unit) => isOld(unit) && !unit.isHybrid && !countsAsMeter(unit, gridMeter) && looksAsleep(unit);
  const counting = units.every(isOld) ? [...units] : units.filter((unit) => !sleeps(unit));
  const old = counting.find(isOld);
  if (!old) return counting;
  const sentence = `FoxESS Cloud has the last figures of inverter ${old.sn} from ${inWords(age(old))} ago`;
  const remedy = old.isHybrid ? 'check its data logger' : 'at night this is normal, by day check its data logger';
  throw new Failure('stale', `${sentence}: ${remedy}`);
}

/** Running state 163: on grid. */
const looksAsleep = ({ runningState, production_kw }: Unit): boolean =>
  (runningState !== undefined && runningState !== null && String(runningState) !== '163') ||
  (production_kw !== undefined && production_kw < 0.2);

const isNamed = ({ sn }: Inverter, gridMeter: Home['gridMeter']): boolean =>
  gridMeter !== 'auto' && gridMeter.includes(sn);

const countsAsMeter = (unit: Unit, gridMeter: Home['gridMeter']): boolean =>
  gridMeter === 'auto' ? unit.hasMeter : isNamed(unit, gridMeter);

/** The inverters whose grid clamp counts; none if the home has no clamp. Found out, it is one: others repeat its figures. */
function gridMeters(units: readonly Unit[], { gridMeter }: Home): Unit[] {
  const meters = units.filter((unit) => countsAsMeter(unit, gridMeter));
  const giving = meters.filter(({ net_import_kw }) => net_import_kw !== undefined);
  if (giving.length < (gridMeter === 'auto' ? Math.min(1, meters.length) : meters.length))
    throw new Failure(
      'bad-response',
      'FoxESS Cloud gives no grid power, although there is a grid clamp; if there is none, set gridMeter to none',
    );
  if (gridMeter !== 'auto') return giving;
  const imports_kw = giving.flatMap(({ net_import_kw }) => net_import_kw ?? []);
  if (watts(Math.max(...imports_kw) - Math.min(...imports_kw)) > 100)
    throw new Failure(
      'bad-response',
      `Several inverters report different grid powers (${giving.map(({ sn, net_import_kw }) => `${sn}: ${net_import_kw} kW`).join(', ')}): set gridMeter to the serial of the one with the grid clamp`,
    );
  return giving.slice(0, 1);
}

/** Another solar system on the second clamp, which belongs to the same meter as the grid clamp. */
function ct2Production(units: readonly Unit[], meters: readonly Unit[], { ct2Pv }: Home): number[] {
  if (ct2Pv === 'off') return [];
  const sign = ct2Pv === 'negative-is-generation' ? -1 : 1;
  const clamps_kw = (meters.length > 0 ? meters : units).flatMap(({ ct2_kw }) => ct2_kw ?? []);
  if (clamps_kw.length === 0)
    throw new Failure(
      'bad-response',
      'FoxESS Cloud gives no power of the second clamp; if there is none, set ct2Pv to off',
    );
  return clamps_kw.map((kw) => Math.max(0, sign * kw));
}

const atLeast0 = (kw: number | undefined): number | undefined => (kw === undefined ? undefined : Math.max(0, kw));

/** Sum of a figure that is known of all; one that is missing makes it unknown. */
const total = (values: (number | undefined)[]): number | undefined =>
  values.includes(undefined) ? undefined : sum(...values);
