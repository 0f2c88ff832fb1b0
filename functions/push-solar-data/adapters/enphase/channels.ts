/** Meter channels and batteries as Enphase's API v4 lists them: which of them report, and what they add up to. */
import * as z from 'zod/mini';
import { total } from '../../core/reading.ts';
import { figure, identifier } from '../quantities.ts';

/** W; s since the epoch. Both are null after seven days of silence; until then the last figure stays. */
export const Device = z.object({
  id: z.nullish(identifier),
  name: z.nullish(z.string()),
  channel: z.nullish(identifier),
  power: figure,
  last_report_at: figure,
  operational_mode: z.nullish(z.string()),
});
export type Device = z.output<typeof Device>;

/** Channels add up, so none may stand there twice. */
const isEachOnce = (meters: readonly Device[]): boolean =>
  new Set(meters.map(keyOf)).size === meters.length || meters.some(({ id, channel }) => id == null || channel == null);
export const Meters = z.array(Device).check(z.refine(isEachOnce, 'a channel is listed twice'));

/** When each channel and battery last reported, ms: one that is null and has never reported is an unused phase. */
export const Reporting = z.record(z.string(), z.number());
export type Reporting = z.output<typeof Reporting>;

export type Listing = {
  meters: readonly Device[];
  batteries: readonly Device[];
  reporting: Reporting;
  /** ms */
  now: number;
  note(remark: string): void;
};

/** W, or why there is none: the home has no such equipment, or it has and does not give it now. */
export type Sum = { watts: number; at: number } | 'none' | 'silent';

const keyOf = ({ id, name, channel }: Device): string => `${id} ${name} ${channel}`;
/** What lies further behind the newest meter is of another time, s. */
const behindSeconds = 1800;
const forgottenAfterMs = 24 * 3_600_000;
const notedAgainAfterMs = 3_600_000;

const newestOf = ({ meters }: Listing): number => Math.max(...meters.map(({ last_report_at: at }) => at ?? 0));

const isCurrent = ({ power, last_report_at: at }: Device, newest: number): boolean =>
  power !== undefined && at !== undefined && newest - at <= behindSeconds;

/**
 * One side of the meters, over phases and gateways: unknown if one that has reported does not report now, for the
 * others alone are no meter.
 */
export function side(name: 'production' | 'consumption', listing: Listing): Sum {
  const channels = listing.meters.filter((meter) => meter.name === name);
  const newest = newestOf(listing);
  const used = channels.filter((each) => each.last_report_at !== undefined || keyOf(each) in listing.reporting);
  const silent = used.filter((each) => !isCurrent(each, newest));
  for (const { name: which, channel } of silent) listing.note(`${which} channel ${channel} is silent or far behind`);
  const isOneGone = hasLost(channels, listing, (key) => key.includes(` ${name} `));
  if (channels.length === 0 && !isOneGone) return 'none';
  if (silent.length > 0 || used.length === 0 || isOneGone) return 'silent';
  return {
    watts: total(used.map(({ power }) => power)) ?? 0,
    at: Math.min(...used.map(({ last_report_at: at }) => at ?? 0)),
  };
}

/** W, + discharging, of all batteries. One that is silent is at rest if it was when it was last heard. */
export function discharge(listing: Listing): Sum {
  const { batteries, note } = listing;
  const newest = newestOf(listing);
  const isOneGone = hasLost(batteries, listing, (key) => key.startsWith('battery '));
  if (batteries.length === 0 && !isOneGone) return 'none';
  const current = batteries.filter((battery) => isCurrent(battery, newest));
  const directed = batteries.map((battery) => {
    if (current.includes(battery)) return dischargeOf(battery);
    return ['Idle', ''].includes(battery.operational_mode ?? '') ? 0 : undefined;
  });
  batteries.forEach(({ name, operational_mode, power }, index) => {
    if (directed[index] === undefined)
      note(`${name} is "${operational_mode}" with ${power} W, which is not understood, or silent`);
  });
  const watts = total(directed);
  return watts === undefined || current.length === 0 || isOneGone ? 'silent' : { watts, at: newest };
}

/** The sources disagree about the sign of a battery's power, so the mode gives the direction and the power only the size. */
function dischargeOf({ operational_mode: mode, power = 0 }: Device): number | undefined {
  const size = Math.abs(power);
  if (mode === 'Discharging') return size;
  if (mode === 'Charging') return -size;
  return mode === 'Idle' && size <= 100 ? 0 : undefined;
}

const nameIn = (listing: Listing, device: Device): string =>
  listing.batteries.includes(device) ? `battery ${device.id} ${device.name}` : keyOf(device);

/** Whether one that reported in the last day is not even listed. */
function hasLost(listed: readonly Device[], listing: Listing, isOfKind: (key: string) => boolean): boolean {
  const keys = new Set(listed.map((device) => nameIn(listing, device)));
  return Object.keys(listing.reporting).some((key) => isOfKind(key) && !keys.has(key));
}

/** Notes who reports; forgets who has not even been listed for a day. */
export function remember(listing: Listing): void {
  const { meters, batteries, reporting, now } = listing;
  const newest = newestOf(listing);
  const devices = [...meters, ...batteries];
  for (const device of devices.filter((each) => isCurrent(each, newest))) {
    const key = nameIn(listing, device);
    if (Math.abs(now - (reporting[key] ?? 0)) > notedAgainAfterMs) reporting[key] = now;
  }
  const listed = new Set(devices.map((device) => nameIn(listing, device)));
  for (const [key, at] of Object.entries(reporting))
    if (!listed.has(key) && now - at > forgottenAfterMs) delete reporting[key];
}
