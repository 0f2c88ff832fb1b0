/** What FoxESS inverters report, and what each inverter of a home contributes. */
import * as z from 'zod/mini';
import { inWords } from '../../core/freshness.ts';
import { powerOf, total, watts, withoutUndefined } from '../../core/reading.ts';
import { type DeviceReading, Failure, type Reading, type Term } from '../adapter.ts';
import { difference, figure, fraction, identifier, mean, sumOfKnown } from '../quantities.ts';

/** `hasBattery` as the device list says it; unknown without a list. */
export type Inverter = { sn: string; hasBattery?: boolean | null | undefined };

export type Home = {
  /** Serials of the inverters whose grid clamp counts, or `auto`: found out by what they report. */
  gridMeter: 'auto' | readonly string[];
  ct2Pv: 'off' | 'negative-is-generation' | 'positive-is-generation';
  now: number;
  staleAfterSeconds: number;
  takes(term: Term): boolean;
  /** What has shown itself before, kept from poll to poll: at rest it looks as if there were none. */
  fitted: Fitted;
};

/** Serials. */
export const Fitted = z.object({ meters: z.array(z.string()), batteries: z.array(z.string()) });
type Fitted = z.output<typeof Fitted>;

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
  invBatPower_3: figure,
  SoC: figure,
  SoC_1: figure,
  SoC_2: figure,
  SoC_3: figure,
  gridConsumption: figure,
  feedin: figure,
  runningState: z.nullish(z.catch(identifier, 'unreadable')),
});
export const variableNames = Object.keys(Variables.shape);
/** Their names differ in case between models (`Soc_2`). */
const spelling = new Map(variableNames.map((name) => [name.toLowerCase(), name]));
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

/** %, kW: all battery inputs of an inverter, of which one without power makes it unknown. */
function batteryOf(datas: Row['datas']): { soc: number | undefined; battery_kw: number | undefined } {
  const inputs = (['invBatPower_1', 'invBatPower_2', 'invBatPower_3'] as const).filter((name) => name in datas);
  return {
    soc: datas.SoC ?? mean(datas.SoC_1, datas.SoC_2, datas.SoC_3),
    battery_kw:
      difference(datas.batDischargePower, datas.batChargePower) ??
      datas.invBatPower ?? // + discharging
      total(inputs.map((name) => datas[name])),
  };
}

/** What one inverter reports, in Charge HQ's units and signs. */
function unitOf({ sn, hasBattery: listed }: Inverter, { time, datas }: Row, fitted: Fitted) {
  const { gridConsumptionPower, feedinPower, meterPower, gridConsumption, feedin } = datas;
  const { soc, battery_kw } = batteryOf(datas);
  // An inverter without battery gives a power of 0 for it; not every one with a battery gives its charge.
  const isProven = listed === true || fitted.batteries.includes(sn) || (battery_kw ?? 0) !== 0;
  const showsBattery = listed !== false && (soc !== undefined || (battery_kw !== undefined && isProven));
  const isHybrid = listed === true || (listed !== false && (showsBattery || fitted.batteries.includes(sn)));
  // A string inverter without clamp reports 0, or nothing, for everything of the grid.
  const showsMeter = [gridConsumptionPower, feedinPower, meterPower, gridConsumption, feedin].some(Boolean);
  return {
    sn,
    time,
    isHybrid,
    showsBattery,
    hasMeter: isHybrid || showsMeter || fitted.meters.includes(sn),
    pv_kw: atLeast0(datas.pvPower ?? (isHybrid ? undefined : datas.generationPower)), // a string may give −0.002
    net_import_kw: difference(gridConsumptionPower, feedinPower) ?? meterPower, // meterPower: + import
    battery_discharge_kw: battery_kw,
    battery_soc: fraction(soc),
    ...(gridConsumption || feedin ? { imported_kwh: gridConsumption, exported_kwh: feedin } : {}), // else not counted
    ct2_kw: datas.meterPower2,
    runningState: datas.runningState,
  };
}
type Unit = ReturnType<typeof unitOf>;

/**
 * What each inverter contributes. `loadsPower` is not used: it is measured on the AC side, production and battery on
 * the DC side, and the inverter's loss lies between them.
 *
 * @throws Failure `offline` without the rows that are needed, `stale` if an inverter that counts has an old one,
 *   `bad-response` if the grid meter is not certain, `settings` if the owner names an unknown inverter.
 */
export function readingsOf(inverters: readonly Inverter[], rows: readonly Row[], home: Home): DeviceReading[] {
  const units = reporting(inverters, rows, home);
  const awake = awakeOf(units, home);
  const meters = gridMeters(awake, home);
  remember(awake, home.fitted);
  const clamps = secondClamps(awake, meters, home);
  const readings = awake.map((unit) => readingOf(unit, meters.includes(unit), clamps.get(unit)));
  const absent = inverters.filter(({ sn }) => units.every((unit) => unit.sn !== sn));
  return [
    ...readings,
    ...units.filter((unit) => !awake.includes(unit)).map((unit) => asleepReading(unit, readings, home)),
    ...absent.map(({ sn }) => ({ device: sn, sleeps: true, lacking: ['production' as const] })),
  ];
}

function readingOf(unit: Unit, isMeter: boolean, clamp_kw: number | undefined): DeviceReading {
  const { sn, time, isHybrid, showsBattery, net_import_kw, battery_discharge_kw, battery_soc } = unit;
  // A battery inverter without panels has no pvPower.
  const pv_kw = unit.pv_kw ?? (showsBattery && clamp_kw !== undefined ? 0 : undefined);
  const given: { [Field in keyof Reading]: Reading[Field] | undefined } = {
    production_kw: pv_kw === undefined ? undefined : pv_kw + (clamp_kw ?? 0),
    ...(isMeter ? { net_import_kw, imported_kwh: unit.imported_kwh, exported_kwh: unit.exported_kwh } : {}),
    ...(showsBattery ? { battery_discharge_kw, battery_soc } : {}),
    tsms: time,
  };
  const expected: (Term | false)[] = [!showsBattery && 'production', isMeter && 'grid', showsBattery && 'battery'];
  return {
    device: sn,
    sleeps: !isHybrid && !isMeter && clamp_kw === undefined,
    lacking: expected.filter((term) => term !== false).filter((term) => given[powerOf[term]] === undefined),
    ...(showsBattery ? { unfitted: ['production'] } : {}),
    ...withoutUndefined(given),
  };
}

/** One that has been dark for an hour does not sleep while the others give much: its data logger is away. */
function asleepReading(unit: Unit, others: readonly DeviceReading[], { now }: Home): DeviceReading {
  const others_kw = sumOfKnown(...others.map(({ production_kw }) => production_kw)) ?? 0;
  if (now - unit.time > 3_600_000 && others_kw > broadDaylight_kw)
    return { device: unit.sn, sleeps: false, lacking: ['production'] };
  return { device: unit.sn, sleeps: true, production_kw: 0 };
}
const broadDaylight_kw = 2;

/** The inverters with a row. One without may be asleep, unless the home cannot be known without it. */
function reporting(inverters: readonly Inverter[], rows: readonly Row[], { gridMeter, fitted }: Home): Unit[] {
  const stranger = gridMeter !== 'auto' && gridMeter.find((serial) => inverters.every(({ sn }) => sn !== serial));
  if (stranger)
    throw new Failure('settings', `The setting gridMeter names ${stranger}, which is none of the inverters`);
  const units = inverters.flatMap((inverter) => {
    const row = rows.find(({ deviceSN }) => deviceSN === inverter.sn);
    if (row) return [unitOf(inverter, row, fitted)];
    if (inverter.hasBattery || isNamed(inverter, gridMeter))
      throw new Failure('offline', `FoxESS Cloud has no figures of inverter ${inverter.sn}: check its data logger`);
    return [];
  });
  if (units.length > 0) return units;
  throw new Failure('offline', 'FoxESS Cloud has no figures of any inverter: check the data logger');
}

/** Those that count: inverters without battery and meter lose power at dusk, and their last row stays. */
function awakeOf(units: readonly Unit[], { gridMeter, now, staleAfterSeconds }: Home): Unit[] {
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
const looksAsleep = ({ runningState, pv_kw }: Unit): boolean =>
  (runningState != null && runningState !== '163') || (pv_kw !== undefined && pv_kw < 0.2);

const isNamed = ({ sn }: Inverter, gridMeter: Home['gridMeter']): boolean =>
  gridMeter !== 'auto' && gridMeter.includes(sn);

const countsAsMeter = (unit: Unit, gridMeter: Home['gridMeter']): boolean =>
  gridMeter === 'auto' ? unit.hasMeter : isNamed(unit, gridMeter);

/**
 * The inverters whose grid clamp counts; none if the home has no clamp. Found out, it is one: others repeat its figures.
 */
function gridMeters(units: readonly Unit[], { gridMeter, takes }: Home): Unit[] {
  if (!takes('grid')) return [];
  const meters = units.filter((unit) => countsAsMeter(unit, gridMeter));
  if (gridMeter !== 'auto') return meters;
  const giving = meters.filter(({ net_import_kw }) => net_import_kw !== undefined);
  const imports_kw = giving.flatMap(({ net_import_kw }) => net_import_kw ?? []);
  if (watts(Math.max(...imports_kw) - Math.min(...imports_kw)) > 100)
    throw new Failure(
      'bad-response',
      `Several inverters report different grid powers (${giving.map(({ sn, net_import_kw }) => `${sn}: ${net_import_kw} kW`).join(', ')}): set gridMeter to the serial of the one with the grid clamp`,
    );
  return (giving.length > 0 ? giving : meters).slice(0, 1);
}

function remember(units: readonly Unit[], fitted: Fitted): void {
  for (const { sn, hasMeter, showsBattery } of units) {
    if (hasMeter && !fitted.meters.includes(sn)) fitted.meters.push(sn);
    if (showsBattery && !fitted.batteries.includes(sn)) fitted.batteries.push(sn);
  }
}

/** Production of another solar system on the second clamp, which belongs to the same meter as the grid clamp. */
function secondClamps(units: readonly Unit[], meters: readonly Unit[], { ct2Pv, takes }: Home): Map<Unit, number> {
  if (ct2Pv === 'off' || !takes('production')) return new Map();
  const sign = ct2Pv === 'negative-is-generation' ? -1 : 1;
  const clamped = (meters.length > 0 ? meters : units).flatMap((unit) =>
    unit.ct2_kw === undefined ? [] : [[unit, Math.max(0, sign * unit.ct2_kw)] as const],
  );
  if (clamped.length > 0) return new Map(clamped);
  throw new Failure(
    'bad-response',
    'FoxESS Cloud gives no power of the second clamp; if there is none, set ct2Pv to off',
  );
}

const atLeast0 = (kw: number | undefined): number | undefined => (kw === undefined ? undefined : Math.max(0, kw));
