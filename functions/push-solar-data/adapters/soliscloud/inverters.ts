/** What an inverter of Solis tells, and what the inverters of a home come to. */
import * as z from 'zod/mini';
import { inWords } from '../../core/freshness.ts';
import { powerFields } from '../../core/reading.ts';
import { type DeviceReading, Failure, type ReadContext, withLacking } from '../adapter.ts';
import { isThereToday } from '../age.ts';
import { figure, identifier, negate, numberOf } from '../quantities.ts';
import { percent } from '../units.ts';

/** All that a home's settings and its past say about its inverters. */
type Home = ReadContext<
  { gridMeter: 'auto' | 'yes' | 'no'; meterInverterSn?: string | undefined },
  { seen: Record<string, number> }
>;

const unread = z.optional(z.unknown());
/** A figure stands beside its own unit, `<name>Str`. Hardware that is not there gives 0. */
const Fields = z.object({
  sn: z.nullish(identifier),
  /** 1 online, 2 offline, 3 alarm (still live). */
  state: figure,
  /** 1 grid, 2 storage; not always there. */
  type: figure,
  /** Of the plant, not of the inverter. */
  stationTypeNew: figure,
  inverterMeterModel: figure,
  /** ms since the epoch, UTC. The texts beside it mix clocks. */
  dataTimestamp: figure,
  batteryCapacitySoc: percent,
  ...{ pac: unread, pacStr: unread },
  ...{ psum: unread, psumStr: unread },
  ...{ batteryPower: unread, batteryPowerStr: unread },
  ...{ storageBatteryCurrent: unread, bstteryCurrent: unread },
  ...{ gridPurchasedTotalEnergy: unread, gridPurchasedTotalEnergyStr: unread },
  ...{ gridSellTotalEnergy: unread, gridSellTotalEnergyStr: unread },
  ...{ eTotal: unread, eTotalStr: unread },
});
type Fields = z.output<typeof Fields>;

/** Their names differ in case from call to call (`etotal`, `pSum`). */
const spelling = new Map(Object.keys(Fields.shape).map((name) => [name.toLowerCase(), name]));
const byName = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const known = spelling.get(name.toLowerCase());
      return known === undefined || value === null ? [] : [[known, value]];
    }),
  );
export const Detail = z.object({
  data: z.pipe(z.record(z.string(), z.unknown()), z.pipe(z.transform(byName), Fields)),
});

/** To kW and to kWh, which is what a figure without its unit is in. */
const power = new Map(Object.entries({ W: 1 / 1000, kW: 1, MW: 1000 }));
const energy = new Map(Object.entries({ Wh: 1 / 1000, kWh: 1, MWh: 1000, GWh: 1_000_000 }));

/** NaN where it cannot be read: then the core refuses a power, and leaves out a counter, if it is used at all. */
function measured(fields: Fields, name: keyof Fields, units: typeof power): number | undefined {
  const [value, unit] = [numberOf(fields[name]), fields[`${name}Str` as keyof Fields]];
  if (value === undefined) return undefined;
  if (value === 'unreadable') return Number.NaN;
  if (numberOf(unit) === undefined) return value + 0;
  return value * (typeof unit === 'string' ? (units.get(unit.trim()) ?? Number.NaN) : Number.NaN) + 0;
}

/** kW, + charging. The power came unsigned from some, or always negative; the current tells the direction: + charging. */
function batteryPower(fields: Fields): number | undefined {
  const kw = measured(fields, 'batteryPower', power);
  const currents = [fields.storageBatteryCurrent, fields.bstteryCurrent].map(numberOf);
  const current = currents.find((each) => typeof each === 'number' && each !== 0);
  return kw === undefined || typeof current !== 'number' ? kw : Math.sign(current) * Math.abs(kw);
}

/** `stationTypeNew` with storage, off the grid or with coupled inverters. */
const withStorage = new Set([1, 2, 6, 7, 9, 10, 11]);
/** `inverterMeterModel` of a grid type without a meter, and of an AC couple without a clamp. */
const withoutMeter = new Set([1, 1001]);

export function unitOf(sn: string, fields: Fields, { settings, state, now }: Home) {
  const { type, stationTypeNew, inverterMeterModel, batteryCapacitySoc: battery_soc, dataTimestamp: tsms } = fields;
  const battery_charge_kw = batteryPower(fields);
  const isStorage = type === undefined ? withStorage.has(stationTypeNew ?? 0) : type === 2;
  const claimsMeter = inverterMeterModel === undefined ? stationTypeNew !== 0 : !withoutMeter.has(inverterMeterModel);
  state.seen ??= {};
  return {
    sn,
    tsms,
    isOffline: fields.state === 2,
    hasMeter: settings.gridMeter === 'auto' ? claimsMeter : settings.gridMeter === 'yes',
    hasBattery: isThereToday(state.seen, sn, isStorage || Boolean(battery_charge_kw) || Boolean(battery_soc), now),
    /** A hybrid's solar power, a string inverter's output. */
    production_kw: measured(fields, 'pac', power),
    export_kw: measured(fields, 'psum', power), // − import
    battery_charge_kw,
    battery_soc,
    imported_kwh: measured(fields, 'gridPurchasedTotalEnergy', energy),
    exported_kwh: measured(fields, 'gridSellTotalEnergy', energy),
    yield_kwh: measured(fields, 'eTotal', energy),
  };
}
type Unit = ReturnType<typeof unitOf>;

/**
 * What each inverter gives, and the grid meter as a device of its own: where several repeat its figures, now one and
 * now another is ahead. The consumption that SolisCloud tells leaves out the backup output, and is not used.
 */
export function readingsOf(units: readonly Unit[], home: Home): DeviceReading[] {
  const meter = home.takes('grid') ? meterOf(units, home) : undefined;
  const awake = awakeOf(units, meter, home);
  for (const unit of awake) refuseEmpty(unit);
  const batteries = awake.filter(({ hasBattery }) => hasBattery);
  const readings = awake.map((unit) => inverterReading(unit, batteries));
  if (meter) {
    const { tsms, export_kw, imported_kwh, exported_kwh } = meter;
    if (export_kw === undefined)
      throw new Failure('bad-response', `SolisCloud gives no grid power of inverter ${meter.sn}, which has the meter`);
    readings.push({ device: 'grid meter', net_import_kw: negate(export_kw), imported_kwh, exported_kwh, tsms });
  }
  if (readings.every((reading) => powerFields.every((field) => reading[field] === undefined)))
    throw new Failure('bad-response', 'SolisCloud gives no power of this home');
  return readings;
}

function inverterReading(unit: Unit, batteries: readonly Unit[]): DeviceReading {
  const { sn, tsms, production_kw, hasBattery, battery_charge_kw, battery_soc } = unit;
  // The charge of one battery alone is not the home's.
  const charge = battery_soc ?? (batteries.some((each) => each.battery_soc !== undefined) ? Number.NaN : undefined);
  const battery = { battery_discharge_kw: negate(battery_charge_kw), battery_soc: charge };
  return {
    ...{ device: sn, sleeps: false }, // it is online, and asleep are those that are left out
    ...withLacking({ production_kw, tsms, ...(hasBattery && battery) }, { production: true, battery: hasBattery }),
  };
}

/**
 * The inverter whose grid meter counts. Without meter its power is 0 or a copy of the inverter's.
 *
 * @throws Failure where the owner names one that has none, or has to name one.
 */
function meterOf(units: readonly Unit[], { settings, settingName }: Home): Unit | undefined {
  const { gridMeter, meterInverterSn } = settings;
  if (gridMeter === 'no') return undefined;
  const claiming = units.filter(({ hasMeter }) => hasMeter);
  if (meterInverterSn !== undefined) {
    const named = claiming.find(({ sn }) => sn === meterInverterSn);
    if (named) return named;
    const advice = `correct ${settingName('meterInverterSn')}, or set ${settingName('gridMeter')} to yes`;
    throw new Failure('settings', `SolisCloud knows no grid meter of an inverter ${meterInverterSn}: ${advice}`);
  }
  const most_kwh = Math.max(...claiming.map(counted));
  const [first, ...others] = claiming.filter((unit) => counted(unit) === most_kwh);
  if (most_kwh > 0 || others.every(({ export_kw }) => export_kw === first?.export_kw)) return first;
  const advice = `set ${settingName('meterInverterSn')} to the serial number of the one that has it`;
  throw new Failure('bad-response', `SolisCloud does not show which inverter has the grid meter: ${advice}`);
}

/** kWh of both directions; nothing without a counter, or with one that cannot be. */
const counted = ({ imported_kwh = 0, exported_kwh = 0 }: Unit): number =>
  imported_kwh >= 0 && exported_kwh >= 0 ? imported_kwh + exported_kwh : 0;

/**
 * Those that are live. An inverter without meter and battery is off without sun: its last values stay, and it is left
 * out while another one is live.
 *
 * @throws Failure `offline` or `stale` where one is not live without which the home is not known.
 */
function awakeOf(units: readonly Unit[], meter: Unit | undefined, { now, staleAfterSeconds }: Home): readonly Unit[] {
  const ageSeconds = ({ tsms = now }: Unit) => (now - tsms) / 1000;
  const awake = units.filter((unit) => !unit.isOffline && ageSeconds(unit) <= staleAfterSeconds);
  const isNeeded = (unit: Unit) => unit === meter || unit.hasBattery || awake.length === 0;
  const lost = units.filter((unit) => !awake.includes(unit) && isNeeded(unit));
  const [gone] = [...lost.filter(({ isOffline }) => isOffline), ...lost];
  if (!gone) return awake;
  const remedy = gone.hasBattery ? 'check its data logger' : 'at night this is normal, by day check its data logger';
  if (gone.isOffline) throw new Failure('offline', `SolisCloud says that inverter ${gone.sn} is offline: ${remedy}`);
  const age = inWords(ageSeconds(gone));
  throw new Failure('stale', `SolisCloud has the last figures of inverter ${gone.sn} from ${age} ago: ${remedy}`);
}

/** On a dark morning the yield of its lifetime stays. */
function refuseEmpty({ sn, yield_kwh, production_kw, export_kw, battery_charge_kw }: Unit): void {
  if (yield_kwh === 0 && [production_kw, export_kw, battery_charge_kw].every((power) => !power))
    throw new Failure('bad-response', `SolisCloud gives nothing but zeros of inverter ${sn}`);
}
