/** The flow of a GoodWe station: powers in kW, and arrows between the parts of the home. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, type Term, total } from '../adapter.ts';
import { isThereToday } from '../age.ts';
import { difference, words } from '../quantities.ts';
import { kilowatts, negativeKilowatts, percent } from '../units.ts';
import type { SemsContext } from './settings.ts';

/** From each source to what it feeds, by the names of the powers. */
const Arrows = z.catch(z.nullish(z.record(z.string(), z.nullish(z.array(z.string())))), undefined);

/** All recordings balance to 1 W: `pAc` = `pSystem` + `pBat`, `pConsum` = `pAc` − `pGrid` (+ exporting). */
export const Flow = z.object({
  id: words,
  /** PV. Absent on some plants when nothing is produced, a little below 0 on others. */
  pSystem: kilowatts,
  pAc: kilowatts,
  /** + discharging. */
  pBat: kilowatts,
  /** The cloud's + is exporting. */
  pGrid: negativeKilowatts,
  /** A magnitude, whatever its sign. */
  pConsum: kilowatts,
  /** PV of another maker's inverter. */
  pThird: kilowatts,
  soc: percent,
  flows: Arrows,
  /** On the clocks of the station. */
  refreshTime: words,
});
type Flow = z.output<typeof Flow>;

/** Up to this powers balance, kW. */
const balanced_kw = 0.05;
/** Below a watt, kW. */
const nothing_kw = 0.0005;

/**
 * Consumption is derived where production and grid are known: the cloud computes its own from them.
 *
 * @throws Failure `offline` if there is no power at all; `bad-response` for an arrow against a sign, or another maker's
 *   inverter, with which the powers do not balance.
 */
export function powersOf(flow: Flow, context: SemsContext): AdapterReading {
  const { pSystem, pAc, pGrid, pBat, soc, flows } = flow;
  if ([pSystem, pAc, pGrid, pBat].every((power) => power === undefined))
    throw new Failure('offline', 'GoodWe SEMS+ has no live figures of this station: is its data logger connected?');
  const grid = directed(pGrid, flows, 'pGrid');
  const discharge = directed(pBat, flows, 'pBat');
  const showsBattery = pBat !== undefined || (soc ?? 0) > 0 || isNamed(flows, 'pBat');
  const hasBattery = isThere('battery', showsBattery, context);
  const consumption = flow.pConsum && Math.abs(flow.pConsum);
  const others = { grid, battery: hasBattery ? discharge : 0, consumption };
  const production = productionOf(flow, others, context);
  refuseUnbalanced(flow, { ...others, production }, context);

  const lacking: Term[] = [];
  if (hasBattery && pBat === undefined) lacking.push('battery');
  if (production === undefined && (pSystem ?? pAc) !== undefined) lacking.push('production');
  return {
    production_kw: production && Math.max(0, production), // some inverters show −12 W at night
    net_import_kw: grid,
    consumption_kw: neededOf({ ...others, production }),
    battery_discharge_kw: discharge,
    battery_soc: pBat === undefined ? undefined : soc,
    lacking,
  };
}

/** kW, with Charge HQ's signs. */
type Powers = Record<'production' | 'grid' | 'battery' | 'consumption', number | undefined>;

/** Undefined where a power is missing. */
function balances({ production, grid, battery, consumption }: Powers, within_kw: number): boolean | undefined {
  const miss = difference(total([production, grid, battery]), consumption);
  return miss === undefined ? undefined : Math.abs(miss) <= within_kw;
}

/** With that of another maker's inverter, unless it is gone and the rest balances without it. */
function productionOf(
  { pSystem, pAc, pThird }: Flow,
  others: Omit<Powers, 'production'>,
  context: SemsContext,
): number | undefined {
  const own = pSystem ?? difference(pAc, others.battery);
  if (!isThere('third', Boolean(pThird), context)) return own;
  if (pThird !== undefined) return total([own, pThird]);
  return balances({ ...others, production: own }, balanced_kw) ? own : undefined;
}

function refuseUnbalanced(flow: Flow, powers: Powers, { takes }: SemsContext): void {
  const { pSystem, pGrid, pBat, pThird, flows } = flow;
  const isBalanced = balances(powers, balanced_kw);
  const needsBattery = takes('battery') || (takes('production') && pSystem === undefined);
  const isReversed =
    (takes('grid') && powers.grid !== pGrid) || (needsBattery && directed(pBat, flows, 'pBat') !== pBat);
  if (isReversed && !isBalanced) throw unbalanced('arrows that contradict the signs');
  if (takes('production') && pThird && isBalanced === false) throw unbalanced("the power of another maker's inverter");
}

const unbalanced = (what: string): Failure =>
  new Failure('bad-response', `GoodWe SEMS+ sent ${what}, and powers that do not balance: they cannot be trusted`);

/** The cloud's consumption, where another term follows from it. One that just equals the inverter's output knows no meter. */
function neededOf(powers: Powers): number | undefined {
  const { production, grid, consumption } = powers;
  if (production !== undefined && grid !== undefined) return undefined;
  return grid === undefined && balances({ ...powers, grid: 0 }, nothing_kw) ? undefined : consumption;
}

const isThere = (what: string, isNow: boolean, { state, now }: SemsContext): boolean => {
  state.seen ??= {};
  return isThereToday(state.seen, what, isNow, now);
};

/** The magnitude, + where the arrows come from it, − where they lead to it; as it is where they do not tell. */
function directed(kw: number | undefined, flows: Flow['flows'], name: string): number | undefined {
  const gives = givesOut(flows, name);
  if (kw === undefined || gives === takesIn(flows, name)) return kw;
  return (gives ? 1 : -1) * Math.abs(kw) + 0;
}

const givesOut = (flows: Flow['flows'], name: string): boolean => (flows?.[name]?.length ?? 0) > 0;
const takesIn = (flows: Flow['flows'], name: string): boolean =>
  Object.values(flows ?? {}).some((targets) => targets?.includes(name));
const isNamed = (flows: Flow['flows'], name: string): boolean => givesOut(flows, name) || takesIn(flows, name);
