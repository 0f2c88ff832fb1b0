/** A GridBOSS: the meter of the grid, ports with coupled inverters, and the sum of the inverters behind it in one answer. */
import * as z from 'zod/mini';
import { type DeviceReading, Failure, type Http, total, withLacking } from '../adapter.ts';
import { goneToday, isThereToday } from '../age.ts';
import { refuseOther } from '../only.ts';
import { figure, identifier, words } from '../quantities.ts';
import { kilowattHours, negativeWatts, percent, utc, watts } from '../units.ts';
import { isSomething, measuredAt, presence, refuseBlank, refuseLost } from './presence.ts';
import { type LuxPowerContext, title } from './settings.ts';

/** Powers are what flows out of a port: − is an inverter's. Status 0: unused, 1: load, 2: coupled inverter. */
const Box = z.object({
  serverTime: utc,
  gridL1ActivePower: watts, // + import
  gridL2ActivePower: watts,
  ...{ smartPort1Status: figure, smartLoad1L1ActivePower: watts, smartLoad1L2ActivePower: watts },
  ...{ smartPort2Status: figure, smartLoad2L1ActivePower: watts, smartLoad2L2ActivePower: watts },
  ...{ smartPort3Status: figure, smartLoad3L1ActivePower: watts, smartLoad3L2ActivePower: watts },
  ...{ smartPort4Status: figure, smartLoad4L1ActivePower: watts, smartLoad4L2ActivePower: watts },
  /** Lifetime, in tenths of a kWh. */
  ...{ eToUserTotalL1: kilowattHours, eToUserTotalL2: kilowattHours },
  ...{ eToGridTotalL1: kilowattHours, eToGridTotalL2: kilowattHours },
});
type Box = z.output<typeof Box>;

/** All inverters together. Their `gridPower` has the other sign than the box's, and is not used. */
const Group = z.object({
  ...presence,
  ppv: watts,
  batPower: negativeWatts, // + charging
  soc: percent,
  deviceArray: z.nullish(z.array(z.object(presence))),
});

const Runtime = z.object({
  success: z.literal(true),
  serialNum: z.nullish(identifier),
  ...presence,
  deviceDataType: words,
  midboxData: z.nullish(Box),
  deviceData: z.nullish(Group),
});

/** @param inverters how many of them the plant has, if all stand behind it. */
export async function readGridBoss(
  sn: string,
  inverters: number,
  http: Http,
  context: LuxPowerContext,
): Promise<DeviceReading[]> {
  const runtime = await http.post('/WManage/api/midbox/getMidboxRuntime', { form: { serialNum: sn }, schema: Runtime });
  refuseOther(runtime.serialNum, sn, { title, noun: 'GridBOSS' });
  const { midboxData: box, deviceData: group } = runtime;
  const members = group?.deviceArray ?? [];
  refuseLost(sn, runtime, group, ...members);
  const legs = legsOf(box ?? {}, context);
  const net_import_kw = legs.sum(box?.gridL1ActivePower, box?.gridL2ActivePower);
  refuseBlank(sn, { production_kw: group?.ppv, net_import_kw }, context);
  refuseFewer(sn, members.length, runtime.deviceDataType === 'PARALLEL' ? inverters : 0, context);
  const coupled_kw = ports.map((port) => coupledPower(port, box ?? {}, legs, context));
  const hasBattery = [group?.batPower, group?.soc].some(isSomething);
  const reading = {
    production_kw: total([group?.ppv, ...coupled_kw]),
    ...(context.settings.gridMeter === 'auto' && {
      net_import_kw,
      imported_kwh: counted(legs, box?.eToUserTotalL1, box?.eToUserTotalL2),
      exported_kwh: counted(legs, box?.eToGridTotalL1, box?.eToGridTotalL2),
    }),
    ...(hasBattery && {
      battery_discharge_kw: group?.batPower,
      battery_soc: isSomething(group?.soc) ? group?.soc : undefined,
    }),
    tsms: measuredAt(sn, box?.serverTime, context),
  };
  return [{ device: sn, sleeps: false, ...withLacking(reading, { production: true, battery: hasBattery }) }];
}

/** How the two legs add up: where the grid has no second one, its absence is 0. */
type Legs = { sum(first: number | undefined, second: number | undefined): number | undefined };

function legsOf({ gridL2ActivePower }: Partial<Box>, { state, now }: LuxPowerContext): Legs {
  state.seen ??= {};
  const isSplit = isThereToday(state.seen, 'second leg', gridL2ActivePower !== undefined, now);
  return { sum: (first, second) => total([first, isSplit ? second : (second ?? 0)]) };
}

/** kWh of tenths. A leg below 0 could hide in the sum: it makes it NaN, which is left out with a remark. */
function counted(legs: Legs, first: number | undefined, second: number | undefined): number | undefined {
  if ([first, second].some((leg) => leg !== undefined && leg < 0)) return Number.NaN;
  const sum = legs.sum(first, second);
  return sum === undefined ? undefined : sum / 10;
}

/**
 * An inverter that has left the sum is not without power. A parallel group shows each of its members, of which there are
 * no more than the plant has inverters.
 */
function refuseFewer(sn: string, count: number, most: number, { state, now, takes }: LuxPowerContext): void {
  state.members ??= {};
  const there = Array.from({ length: Math.min(count, most) }, (_, nth) => String(nth));
  const isGone = goneToday(state.members, there, now).length > 0 || (count === 0 && most > 0);
  if (isGone && (takes('production') || takes('battery')))
    throw new Failure(
      'offline',
      `${title} shows ${count} inverters behind ${sn}, and there are more: check the others`,
    );
}

const ports = [1, 2, 3, 4] as const;

/** kW ≥ 0 of the inverter that is coupled to a port; undefined where there is one and its power is not known. */
function coupledPower(
  port: (typeof ports)[number],
  box: Partial<Box>,
  legs: Legs,
  { state, now }: LuxPowerContext,
): number | undefined {
  state.seen ??= {};
  const status = box[`smartPort${port}Status`];
  const [first, second] = [box[`smartLoad${port}L1ActivePower`], box[`smartLoad${port}L2ActivePower`]];
  const isCoupled = isThereToday(state.seen, `port ${port}`, status === 2, now);
  if (status === 0 || status === 1) return 0;
  if (!isCoupled) return [first, second].some((kw) => kw !== undefined && kw < 0) ? undefined : 0;
  const out_kw = legs.sum(first, second);
  return out_kw === undefined ? undefined : Math.max(0, -out_kw);
}
