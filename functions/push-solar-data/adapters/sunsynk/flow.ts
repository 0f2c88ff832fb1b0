/** The flow of a plant in Sunsynk Connect: powers without reliable sign, and arrows that tell their directions. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, type Term, total } from '../adapter.ts';
import { meanCharge } from '../quantities.ts';
import { percent, watts } from '../units.ts';
import { canDoWithout } from './platform.ts';

/** True: power flows that way. Absent means false, except for `minTo`. */
const arrow = z.nullish(z.boolean());

/** Sums over all inverters of the plant. The sign of a power means nothing, its arrows do; `minPower` alone is signed. */
export const Flow = z.object({
  pvPower: watts,
  pv: z.nullish(z.array(z.object({ power: watts, toInv: arrow }))),
  minPower: watts,
  minTo: arrow,
  existsMin: arrow,
  microOn: arrow,
  gridOrMeterPower: watts,
  gridTo: arrow,
  toGrid: arrow,
  genPower: watts,
  genTo: arrow,
  battPower: watts,
  battPower2: watts,
  batTo: arrow,
  toBat: arrow,
  soc: percent,
  /** Of the second bank. */
  soc2: percent,
  bmsCommFaultFlag: z.optional(z.unknown()),
});
export type Flow = z.output<typeof Flow>;
type Arrow = z.output<typeof arrow>;

/** kW, signed, from the inverters one by one: + import, + discharging; undefined if one does not tell. */
type Signed = () => Promise<number | undefined>;
type Inverters = { gridPower: Signed; batteryPower: Signed };

/** One that has shown itself is there also at 0 W and 0 %. */
type BatteryState = { hasBattery?: boolean | undefined };

/**
 * The powers of the plant. Consumption is derived: the load figures leave out what no clamp sees.
 *
 * @param inverters asked where the flow gives no grid power, or its arrows do not tell a direction.
 * @throws Failure `bad-response` if nothing is known, or the grid or a direction is not.
 */
export async function powersOf(
  flow: Flow,
  inverters: Inverters,
  { state, takes }: { state: BatteryState; takes(term: Term): boolean },
): Promise<AdapterReading> {
  if ([flow.pvPower, flow.gridOrMeterPower, flow.battPower].every((power) => power === undefined))
    throw new Failure('bad-response', 'Sunsynk Connect shows neither solar, grid nor battery power of this plant');
  const production_kw = solarPower(flow);
  const net_import_kw = takes('grid') ? withGenerator(await gridPower(flow, inverters.gridPower), flow) : undefined;
  const lacking: Term[] = production_kw === undefined && flow.pvPower !== undefined ? ['production'] : [];
  if (net_import_kw === undefined) lacking.push('grid');
  const sunAndGrid = { production_kw, net_import_kw, lacking };
  state.hasBattery ||= showsBattery(flow);
  if (!state.hasBattery || !takes('battery')) return sunAndGrid;
  const { batTo, toBat } = flow;
  const battery_discharge_kw = await directed('battery', batteryPower(flow), batTo, toBat, inverters.batteryPower);
  if (battery_discharge_kw === undefined && flow.battPower !== undefined) lacking.push('battery');
  return { ...sunAndGrid, battery_discharge_kw, battery_soc: charge(flow) };
}

async function gridPower({ gridOrMeterPower, gridTo, toGrid }: Flow, signed: Signed): Promise<number | undefined> {
  return gridOrMeterPower === undefined
    ? told('Sunsynk Connect gives no grid power of this plant', signed)
    : directed('grid', gridOrMeterPower, gridTo, toGrid, signed);
}

/** Without exactly one arrow, up to this power counts as none, kW. */
const idle = 0.02;

/** kW, + where the arrow `from` tells so, − with `to`; signed figures of the inverters where the arrows do not tell. */
async function directed(
  what: string,
  power: number | undefined,
  from: Arrow,
  to: Arrow,
  signed: Signed,
): Promise<number | undefined> {
  if (power === undefined || power === 0) return power;
  const magnitude = Math.abs(power);
  if (from && !to) return magnitude;
  if (to && !from) return -magnitude;
  if (magnitude <= idle) return 0;
  return told(`Sunsynk Connect does not tell in which direction the power of the ${what} flows`, signed);
}

/** @throws Failure `bad-response` with the sentence, where the inverters do not tell either. */
async function told(sentence: string, signed: Signed): Promise<number> {
  try {
    const power = await signed();
    if (power !== undefined) return power;
  } catch (error) {
    if (!canDoWithout(error) || error.kind === 'unavailable') throw error;
    throw new Failure('bad-response', `${sentence} (${error.message})`, { cause: error });
  }
  throw new Failure('bad-response', sentence);
}

/** DC power of the strings, whose total is 0 on some firmware, and of micro-inverters on the generator port, signed. */
function solarPower({ pvPower, pv, minPower, minTo, existsMin, microOn }: Flow): number | undefined {
  const feeding = (pv ?? []).filter(({ toInv }) => toInv);
  const strings = pvPower || feeding.length === 0 ? pvPower : total(feeding.map(({ power }) => power));
  return (minTo ?? (existsMin || microOn)) ? total([strings, minPower]) : strings; // a little below 0 at night
}

/** A running generator counts as import: nobody's car shall charge "from the sun" on diesel. */
const withGenerator = (grid: number | undefined, { genTo, genPower }: Flow): number | undefined =>
  genTo ? total([grid, genPower && Math.abs(genPower)]) : grid;

/** kW, unsigned, of both banks; unknown if one is. */
const batteryPower = (flow: Flow): number | undefined =>
  total(banks(flow, flow.battPower, flow.battPower2).map((power) => power && Math.abs(power)));

/** 0…1, the mean of both banks; unknown if one is, and none that can be if one cannot. */
function charge(flow: Flow): number | undefined {
  const each = banks(flow, flow.soc, flow.soc2);
  return each.includes(undefined) ? undefined : meanCharge(...each);
}

const banks = <Figure>({ battPower2, soc2 }: Flow, first: Figure, second: Figure): Figure[] =>
  battPower2 || (soc2 ?? 0) > 0 ? [first, second] : [first];

/** Without one, the cloud gives no power, or 0 with 0 %. */
const showsBattery = (flow: Flow): boolean =>
  flow.battPower !== undefined && Boolean(batteryPower(flow) || flow.soc || flow.batTo || flow.toBat);
