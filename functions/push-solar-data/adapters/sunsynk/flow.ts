/** The flow of a plant in Sunsynk Connect: powers without reliable sign, and arrows that tell their directions. */
import * as z from 'zod/mini';
import { total } from '../../core/reading.ts';
import { type AdapterReading, Failure, type Term } from '../adapter.ts';
import { figure, fraction, kilowatts } from '../quantities.ts';
import { canDoWithout } from './answer.ts';

/** True: power flows that way. Absent means false, except for `minTo`. */
const arrow = z.nullish(z.boolean());

/** Sums over all inverters of the plant, in W and %. The sign of a power means nothing, its arrows do. */
export const Flow = z.object({
  pvPower: figure,
  pv: z.nullish(z.array(z.object({ power: figure, toInv: arrow }))),
  minPower: figure,
  minTo: arrow,
  existsMin: arrow,
  microOn: arrow,
  gridOrMeterPower: figure,
  gridTo: arrow,
  toGrid: arrow,
  genPower: figure,
  genTo: arrow,
  battPower: figure,
  battPower2: figure,
  batTo: arrow,
  toBat: arrow,
  soc: figure,
  /** Of the second bank. */
  soc2: figure,
  bmsCommFaultFlag: z.optional(z.unknown()),
});
export type Flow = z.output<typeof Flow>;
type Arrow = z.output<typeof arrow>;

/**
 * The powers of the plant. Consumption is derived: the load figures leave out what no clamp sees.
 *
 * @param inverters asked where the flow gives no grid power, or its arrows do not tell a direction.
 * @throws Failure `bad-response` if nothing is known, or the grid or a direction is not.
 */
export async function powersOf(
  flow: Flow,
  inverters: SignedWatts,
  { state, takes }: { state: BatteryState; takes(term: Term): boolean },
): Promise<AdapterReading> {
  const { gridOrMeterPower } = flow;
  if ([flow.pvPower, gridOrMeterPower, flow.battPower].every((watts) => watts === undefined))
    throw new Failure('bad-response', 'Sunsynk Connect shows neither solar, grid nor battery power of this plant');
  const grid = takes('grid') ? await gridWatts(flow, inverters) : undefined;
  const production_kw = kilowatts(solarWatts(flow));
  const lacking: Term[] = production_kw === undefined && flow.pvPower !== undefined ? ['production'] : [];
  const net_import_kw = kilowatts(withGenerator(grid, flow));
  if (net_import_kw === undefined) lacking.push('grid');
  const sunAndGrid = { production_kw, net_import_kw };
  state.hasBattery ||= showsBattery(flow);
  if (!state.hasBattery || !takes('battery')) return { ...sunAndGrid, lacking };
  const battery = await directed('battery', batteryWatts(flow), flow.batTo, flow.toBat, inverters.batteryWatts);
  if (battery === undefined && flow.battPower !== undefined) lacking.push('battery');
  return { ...sunAndGrid, battery_discharge_kw: kilowatts(battery), battery_soc: fraction(charge(flow)), lacking };
}

/** One that has shown itself is there also at 0 W and 0 %. */
type BatteryState = { hasBattery?: boolean | undefined };

async function gridWatts(flow: Flow, { gridWatts: signedWatts }: SignedWatts): Promise<number | undefined> {
  const { gridOrMeterPower: watts, gridTo, toGrid } = flow;
  if (watts !== undefined) return directed('grid', watts, gridTo, toGrid, signedWatts);
  return signed('Sunsynk Connect gives no grid power of this plant', signedWatts);
}

/** Signed powers, from the inverters one by one: + import, + discharging; undefined if one does not tell. */
type SignedWatts = { gridWatts(): Promise<number | undefined>; batteryWatts(): Promise<number | undefined> };

/** Without exactly one arrow, up to this power counts as none, W. */
const idleWatts = 20;

/** W, + where the arrow `from` tells so, − with `to`; signed figures of the inverters where the arrows do not tell. */
async function directed(
  what: string,
  watts: number | undefined,
  from: Arrow,
  to: Arrow,
  signedWatts: () => Promise<number | undefined>,
): Promise<number | undefined> {
  if (watts === undefined || watts === 0) return watts;
  const magnitude = Math.abs(watts);
  if (from && !to) return magnitude;
  if (to && !from) return -magnitude;
  if (magnitude <= idleWatts) return 0;
  return signed(`Sunsynk Connect does not tell in which direction the power of the ${what} flows`, signedWatts);
}

/** @throws Failure `bad-response` with the sentence, where the inverters do not tell either. */
async function signed(sentence: string, signedWatts: () => Promise<number | undefined>): Promise<number> {
  try {
    const watts = await signedWatts();
    if (watts !== undefined) return watts;
  } catch (error) {
    if (!canDoWithout(error) || error.kind === 'unavailable') throw error;
    throw new Failure('bad-response', `${sentence} (${error.message})`, { cause: error });
  }
  throw new Failure('bad-response', sentence);
}

/** DC power of the strings, whose total is 0 on some firmware, and of micro-inverters on the generator port, signed. */
function solarWatts({ pvPower, pv, minPower, minTo, existsMin, microOn }: Flow): number | undefined {
  const feeding = (pv ?? []).filter(({ toInv }) => toInv);
  const strings = pvPower || feeding.length === 0 ? pvPower : total(feeding.map(({ power }) => power));
  const hasMicroInverter = minTo ?? (existsMin || microOn);
  if (!hasMicroInverter) return strings;
  return strings === undefined || minPower === undefined ? undefined : strings + minPower; // a little below 0 at night
}

/** A running generator counts as import: nobody's car shall charge "from the sun" on diesel. */
function withGenerator(grid: number | undefined, { genTo, genPower }: Flow): number | undefined {
  if (!genTo) return grid;
  return grid === undefined || genPower === undefined ? undefined : grid + Math.abs(genPower);
}

/** W, unsigned, of both banks; unknown if one is. */
const batteryWatts = (flow: Flow): number | undefined =>
  total(
    (hasSecondBank(flow) ? [flow.battPower, flow.battPower2] : [flow.battPower]).map(
      (watts) => watts && Math.abs(watts),
    ),
  );

const hasSecondBank = ({ battPower2, soc2 }: Flow): boolean => Boolean(battPower2 || (soc2 ?? 0) > 0);

/** %, of both banks; unknown if one is. */
function charge(flow: Flow): number | undefined {
  const banks = hasSecondBank(flow) ? [flow.soc, flow.soc2] : [flow.soc];
  const sum = total(banks);
  return sum === undefined ? undefined : sum / banks.length;
}

/** Without one, the cloud gives no power, or 0 with 0 %. */
const showsBattery = (flow: Flow): boolean =>
  flow.battPower !== undefined && Boolean(batteryWatts(flow) || flow.soc || flow.batTo || flow.toBat);
