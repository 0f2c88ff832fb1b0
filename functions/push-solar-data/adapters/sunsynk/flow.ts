/** The flow of a plant in Sunsynk Connect: powers without reliable sign, and arrows that tell their directions. */
import * as z from 'zod/mini';
import { Failure, type Reading } from '../adapter.ts';
import { figure, fraction, kilowatts } from '../quantities.ts';
import { canDoWithout } from './answer.ts';
import { total } from './inverters.ts';

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
  bmsCommFaultFlag: z.optional(z.unknown()),
});
export type Flow = z.output<typeof Flow>;
type Arrow = z.output<typeof arrow>;

/**
 * The powers of the plant. Consumption is derived: the load figures leave out what no clamp sees.
 *
 * @param inverters asked where the arrows do not tell the direction.
 * @throws Failure `bad-response` if nothing is known, or a direction is not.
 */
export async function powersOf(flow: Flow, inverters: SignedWatts): Promise<Reading> {
  if ([flow.pvPower, flow.gridOrMeterPower, flow.battPower].every((watts) => watts === undefined))
    throw new Failure('bad-response', 'Sunsynk Connect shows neither solar, grid nor battery power of this plant');
  const grid = await directed('grid', flow.gridOrMeterPower, flow.gridTo, flow.toGrid, inverters.gridWatts);
  const battery = await directed('battery', batteryWatts(flow), flow.batTo, flow.toBat, inverters.batteryWatts);
  return {
    production_kw: kilowatts(solarWatts(flow)),
    net_import_kw: kilowatts(withGenerator(grid, flow)),
    ...(hasBattery(flow) ? { battery_discharge_kw: kilowatts(battery), battery_soc: fraction(flow.soc) } : {}),
  };
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
  const sentence = `Sunsynk Connect does not tell in which direction the power of the ${what} flows`;
  try {
    const signed = await signedWatts();
    if (signed !== undefined) return signed;
  } catch (error) {
    if (!canDoWithout(error) || error.kind === 'unavailable') throw error;
    throw new Failure('bad-response', `${sentence} (${error.message})`, { cause: error });
  }
  throw new Failure('bad-response', sentence);
}

/** DC power of the strings, whose total is 0 on some firmware, and of micro-inverters on the generator port. */
function solarWatts({ pvPower, pv, minPower, minTo, existsMin, microOn }: Flow): number | undefined {
  const feeding = (pv ?? []).filter(({ toInv }) => toInv);
  const strings = pvPower || feeding.length === 0 ? pvPower : total(feeding.map(({ power }) => power));
  const hasMicroInverter = minTo ?? (existsMin || microOn);
  if (!hasMicroInverter) return strings;
  return strings === undefined || minPower === undefined ? undefined : strings + Math.abs(minPower);
}

/** A running generator counts as import: nobody's car shall charge "from the sun" on diesel. */
function withGenerator(grid: number | undefined, { genTo, genPower }: Flow): number | undefined {
  if (!genTo) return grid;
  return grid === undefined || genPower === undefined ? undefined : grid + Math.abs(genPower);
}

const batteryWatts = ({ battPower, battPower2 }: Flow): number | undefined =>
  battPower === undefined ? undefined : Math.abs(battPower) + Math.abs(battPower2 ?? 0); // a second battery, if any

/** Without one, the cloud gives no power, or 0 with 0 %. */
const hasBattery = (flow: Flow): boolean =>
  batteryWatts(flow) !== undefined && Boolean(batteryWatts(flow) || flow.soc || flow.batTo || flow.toBat);
