/** Meter channels and batteries as Enphase's API v4 lists them: which of them report, and what they add up to. */
import * as z from 'zod/mini';
import { Failure, total } from '../adapter.ts';
import { goneToday } from '../age.ts';
import { figure, identifier, kilowatts } from '../quantities.ts';
import { unixSeconds } from '../units.ts';
import type { EnphaseContext } from './way-in.ts';

/** W. Power and time are null after seven days of silence; until then the last figure stays. */
const Listed = z.object({
  id: z.nullish(identifier),
  name: z.nullish(z.string()),
  channel: z.nullish(identifier),
  power: figure,
  last_report_at: unixSeconds,
  operational_mode: z.nullish(z.string()),
});
type Listed = z.output<typeof Listed>;
type Kind = 'production' | 'consumption' | 'battery';
type Device = Listed & { kind: Kind };

const nameOf = ({ id, name, channel }: Listed): string => `${id} ${name} ${channel}`;
const keyOf = (device: Device): string => `${device.kind} ${nameOf(device)}`;
const timesOf = (devices: readonly Device[]): number[] => devices.flatMap(({ last_report_at: at }) => at ?? []);

/** They add up, so none may stand there twice. */
const isEachOnce = (meters: readonly Listed[]): boolean =>
  new Set(meters.map(nameOf)).size === meters.length || meters.some(({ id, channel }) => id == null || channel == null);
export const Devices = z.object({
  meters: z.nullish(z.array(Listed).check(z.refine(isEachOnce, 'a channel is listed twice'))),
  encharges: z.nullish(z.array(Listed)),
});

/** What lies further behind the newest meter is of another time. */
const behindMs = 1_800_000;

/**
 * kW of each kind over phases, gateways and batteries, undefined if one that has reported does not report now: the others
 * alone are not the whole. `has`: which kinds the home has.
 */
export function powersOf({ meters, encharges }: z.output<typeof Devices>, { state, now, note }: EnphaseContext) {
  state.seen ??= {};
  const { seen } = state;
  const listedAs = (kind: Kind): Device[] => {
    const listed = kind === 'battery' ? encharges : meters?.filter(({ name }) => name === kind);
    return (listed ?? []).map((each) => ({ ...each, kind }));
  };
  const channels = [...listedAs('production'), ...listedAs('consumption')];
  const devices = [...channels, ...listedAs('battery')];
  const giving = channels.filter((each) => each.power !== undefined && each.last_report_at !== undefined);
  if (!giving.some(({ kind }) => kind === 'production'))
    throw new Failure('offline', 'Enphase has no figure of a production meter: check the gateway (Envoy)');
  const newest = Math.max(...timesOf(giving));
  const isCurrent = ({ power, last_report_at: at }: Device) =>
    power !== undefined && at !== undefined && newest - at <= behindMs;
  const hasReported = (each: Device) => (each.power ?? each.last_report_at) !== undefined || keyOf(each) in seen;
  /** Beside others it counts for nothing: a phase that never reported, a battery that was idle when it was last heard. */
  const isAtRest = (each: Device) =>
    each.kind === 'battery' ? ['Idle', ''].includes(each.operational_mode ?? '') : !hasReported(each);
  const gone = goneToday(seen, devices.filter(hasReported).map(keyOf), now);
  const isOneGone = (kind: Kind) => gone.some((key) => key.startsWith(kind));
  const has = (kind: Kind) => isOneGone(kind) || devices.some((each) => each.kind === kind);
  const sum = (kind: Kind) => {
    const counted = devices.filter((each) => each.kind === kind && (isCurrent(each) || !isAtRest(each)));
    const watts = counted.map((each) => (isCurrent(each) ? signed(each) : undefined));
    for (const { name, channel, power, operational_mode } of counted.filter((_, index) => watts[index] === undefined))
      note(`${name} is ${operational_mode ?? 'silent or late'} with ${power ?? 'no'} W on channel ${channel}`);
    return isOneGone(kind) ? undefined : kilowatts(total(watts));
  };
  return {
    production: sum('production'),
    consumption: sum('consumption'),
    battery: sum('battery'),
    has: { production: true, grid: has('consumption'), battery: has('battery') },
    tsms: Math.min(...timesOf(channels.filter(isCurrent))), // a sum is no newer than its oldest part
  };
}

/** Of a battery + discharging: the sources disagree about the sign of its power, so its mode gives the direction. */
function signed({ kind, power = 0, operational_mode: mode }: Device): number | undefined {
  if (kind !== 'battery') return power;
  const size = Math.abs(power);
  if (mode === 'Discharging') return size;
  if (mode === 'Charging') return -size;
  return mode === 'Idle' && size <= 100 ? 0 : undefined;
}
