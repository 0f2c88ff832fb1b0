/** What PVOutput is told of a slot: the means of its readings, in watts and in the system's local time. Pure. */
import * as z from 'zod/mini';
import { clockText } from '../../adapters/local-time.ts';
import type { Reading } from '../../core/reading.ts';

const Mean = z.object({ sum: z.number(), count: z.number() });
/** `begins`: ms since the epoch. Powers in kW; `soc` is the last one, 0…1. */
const Slot = z.object({
  begins: z.number(),
  generation: z.optional(Mean),
  consumption: z.optional(Mean),
  charge: z.optional(Mean),
  soc: z.optional(z.number()),
});
export type Slot = z.output<typeof Slot>;

/** The slot that runs, those that are over and not sent yet, the oldest first, and until when all are over, ms since the epoch. */
export const Slots = z.object({
  open: z.optional(Slot),
  waiting: z.optional(z.array(Slot)),
  overUntil: z.optional(z.number()),
});
export type Slots = z.output<typeof Slots>;

/** While PVOutput cannot take them: one is sent in a tick, and more than these are not filled in afterwards. */
const mostWaiting = 3;

export type Gathering = {
  consumption: 'home' | 'net-of-battery' | 'off';
  intervalMs: number;
  timeZone: string;
  /** ms since the epoch. */
  now: number;
};

/**
 * Adds a reading to its slot, by its time of measurement. A tick without one closes by the clock, so that a delayed
 * vendor's slot waits for its last reading. What is measured in a slot that is over comes too late.
 *
 * @param slots changed in place.
 * @returns the slot that is to be sent, if there is one.
 */
export function gather(
  slots: Partial<Slots>,
  reading: Reading | undefined,
  { consumption, intervalMs, timeZone, now }: Gathering,
): Slot | undefined {
  forgetAhead(slots, now + intervalMs);
  const begins = slotAt(reading?.tsms ?? now, intervalMs, timeZone);
  if (slots.open && begins > slots.open.begins) {
    slots.waiting = [...(slots.waiting ?? []), slots.open].slice(-mostWaiting);
    slots.overUntil = slots.open.begins + intervalMs;
    delete slots.open;
  }
  const earliest = slots.open?.begins ?? slots.overUntil ?? begins;
  if (reading && begins >= earliest) slots.open = withReading(slots.open ?? { begins }, reading, consumption);
  return slots.waiting?.[0];
}

/** Ends the wait of the oldest slot: it was sent, or is not to be. */
export function dropOldest(slots: Partial<Slots>): void {
  slots.waiting = slots.waiting?.slice(1);
}

/** Nothing of a clock that was ahead: PVOutput takes nothing of the future, and what is of now would seem too late. */
function forgetAhead(slots: Partial<Slots>, latest: number): void {
  if (slots.open && slots.open.begins > latest) delete slots.open;
  if (slots.overUntil !== undefined && slots.overUntil > latest) delete slots.overUntil;
  slots.waiting = slots.waiting?.filter(({ begins }) => begins <= latest);
}

/** When the slot of a moment begins. On the local clock: the slots of ten minutes differ where it is a quarter of an hour off. */
function slotAt(at: number, intervalMs: number, timeZone: string): number {
  const minute = Math.floor(at / minuteMs) * minuteMs;
  const minutesPast = Number(clockText(minute, timeZone).slice(14, 16)) % (intervalMs / minuteMs);
  return minute - minutesPast * minuteMs;
}

const minuteMs = 60_000;

function withReading(slot: Slot, reading: Reading, wanted: Gathering['consumption']): Slot {
  const { production_kw, net_import_kw, consumption_kw, battery_discharge_kw, battery_soc } = reading;
  const net = production_kw === undefined || net_import_kw === undefined ? undefined : production_kw + net_import_kw;
  const consumption = { home: consumption_kw, 'net-of-battery': net, off: undefined }[wanted];
  const charge = battery_discharge_kw === undefined ? undefined : -battery_discharge_kw;
  return {
    begins: slot.begins,
    ...withValue('generation', slot, production_kw),
    ...withValue('consumption', slot, consumption),
    ...withValue('charge', slot, charge),
    ...(battery_soc === undefined ? {} : { soc: battery_soc }),
  };
}

function withValue<Name extends 'generation' | 'consumption' | 'charge'>(
  name: Name,
  slot: Slot,
  value: number | undefined,
) {
  const before = slot[name];
  if (value === undefined) return before ? { [name]: before } : {};
  return { [name]: { sum: (before?.sum ?? 0) + value, count: (before?.count ?? 0) + 1 } };
}

/**
 * The form of a status; undefined if nothing is left to tell. An absent figure is absent, since an empty one would be
 * read as 0; so is a negative generation or consumption, which PVOutput refuses.
 */
export function formOf(slot: Slot, timeZone: string, withBattery: boolean): Record<string, string> | undefined {
  const powers = { ...watts('v2', slot.generation, 0), ...watts('v4', slot.consumption, 0) };
  if (Object.keys(powers).length === 0) return undefined;
  const battery = withBattery ? watts('b1', slot.charge) : {};
  const soc = 'b1' in battery ? slot.soc : undefined; // which is not taken alone
  return {
    ...localTime(slot.begins, timeZone),
    ...powers,
    ...battery,
    ...(soc === undefined ? {} : { b2: String(Math.round(soc * 1000) / 10) }),
  };
}

function watts(
  name: string,
  mean: z.output<typeof Mean> | undefined,
  least = Number.NEGATIVE_INFINITY,
): Record<string, string> {
  if (!mean) return {};
  const value = Math.round((mean.sum / mean.count) * 1000);
  return value < least ? {} : { [name]: String(value) };
}

/** `d` is yyyymmdd, `t` hh:mm. */
function localTime(at: number, timeZone: string): { d: string; t: string } {
  const [date = '', time = ''] = clockText(at, timeZone).split(' ');
  return { d: date.replaceAll('-', ''), t: time.slice(0, 5) };
}
