/**
 * What a home is known to have: the terms and devices that a source has given with its present settings. What it has
 * and does not give now is *lacking*: unknown, which is neither zero nor absent. Pure.
 */
import * as z from 'zod/mini';
import { addUp, withoutPartial } from './combine.ts';
import { powerOf, type Reading, restrict, type Term, terms } from './reading.ts';

/** What an adapter gives of one read, for the whole source. */
export type AdapterReading = Reading & {
  /** Terms that this home has, as the answer or the settings show, and whose power it does not give now. */
  lacking?: readonly Term[];
  /**
   * `production`, where the answer shows nothing of it, as in a home without solar equipment: it is 0, unless this
   * source has given it before.
   */
  unfitted?: readonly 'production'[];
};

/** What an adapter gives of one device of its source: an inverter, a gateway, a meter. */
export type DeviceReading = AdapterReading & {
  /** The cloud's own word for it, such as a serial number. */
  device: string;
  /** Whether it is of a kind that is off without sun. Default: if it has never given anything but production. */
  sleeps?: boolean;
};

/**
 * A reading of a home that has these terms: those whose power it does not give now are lacking.
 *
 * @example
 * return withLacking({ production_kw: pv, battery_discharge_kw: battery }, { production: true, battery: hasBattery });
 */
export const withLacking = (
  reading: { [Field in keyof Reading]: Reading[Field] | undefined },
  has: { readonly [Each in Term]?: boolean },
): AdapterReading => ({
  ...reading,
  lacking: terms.filter((term) => has[term] && reading[powerOf[term]] === undefined),
});

/** All of a source, or each of its devices, which add up. */
export type AdapterAnswer = AdapterReading | readonly DeviceReading[];

const Known = {
  /** By term, when its power was last given, ms since the epoch. */
  terms: z.record(z.string(), z.number()),
  /** When the state of charge was last given, if ever. */
  soc: z.optional(z.number()),
  lastProduction_kw: z.optional(z.number()),
};
export const Shape = z.object({
  ...Known,
  /** By the cloud's own word. */
  devices: z.record(z.string(), z.object(Known)),
});
export type Shape = z.output<typeof Shape>;
type Known = Omit<Shape, 'devices'>;

export const emptyShape = (): Shape => ({ terms: {}, devices: {} });

/** What is known to be there and was not given. `charge`: the state of charge. */
export const Lacking = z.object({ what: z.enum([...terms, 'charge']), device: z.optional(z.string()) });
export type Lacking = z.output<typeof Lacking>;

export type Observation = {
  /** The source's sum, without what `take` excludes and without any term that something is lacking of. */
  reading: Reading;
  lacking: Lacking[];
  shape: Shape;
  /** How the shape has shrunk, a sentence each. */
  notes: string[];
};

/** After so long the shape is what there is now. */
export const forgottenAfterMs = 24 * 3_600_000;
/** A string inverter that gives less, or whose neighbours do, is about to sleep. */
const nearNothing_kw = 0.2;
/** While its neighbours give more, one that fell asleep long ago should be awake. */
const broadDaylight_kw = 2;
const longAgoMs = 3_600_000;

/**
 * Holds an answer against what the source has given before.
 *
 * @param take the terms that the owner lets this source contribute: promised, so lacking even if they were never there.
 * @param now ms since the epoch.
 */
export function observe(
  before: Shape,
  answer: AdapterAnswer,
  { take, now }: { take?: readonly Term[] | undefined; now: number },
): Observation {
  const isTaken = (term: Term) => take === undefined || take.includes(term);
  const { known, forgotten } = withoutForgotten(before, now);
  const whole = isOfDevices(answer) ? {} : answer;
  const measured = isOfDevices(answer)
    ? ofDevices(known, answer, take, now)
    : { reading: restrict(meters(answer), take), lacking: [], devices: known.devices, isAsleep: false };
  const { reading, devices, lacking } = measured;
  const isQuiet = measured.isAsleep || sleepsAsAWhole(known, now) || (isUnfitted(whole, known) && !take);
  const isZero = isQuiet && isTaken('production') && reading.production_kw === undefined;

  const expected = terms.filter((term) => term in known.terms || take?.includes(term) || whole.lacking?.includes(term));
  const present = isZero ? { ...reading, production_kw: 0 } : reading;
  const missing = missingOf(present, { terms: expected, soc: known.soc }, take);
  for (const what of missing) if (lacking.every((each) => each.what !== what)) lacking.push({ what });
  for (const { what } of lacking) removeTerm(reading, what);
  const shape = { ...withSeen(known, reading, now), devices };
  // Only now: a zero that nobody has measured shows nothing of the home.
  if (isZero && lacking.every(({ what }) => what !== 'production')) reading.production_kw = 0;
  return { reading, lacking, shape, notes: forgotten.filter(isGone(shape, forgotten)).map(gone) };
}

/** As a noun in a sentence: `the solar production of 66S3`. */
export const lackingInWords = ({ what, device }: Lacking): string =>
  `${nouns[what]}${device === undefined ? '' : ` of ${device}`}`;

const nouns: Record<Lacking['what'], string> = {
  production: 'the solar production',
  grid: 'the grid power',
  battery: 'the battery power',
  consumption: 'the consumption',
  charge: "the battery's state of charge",
};

const isOfDevices = (answer: AdapterAnswer): answer is readonly DeviceReading[] => Array.isArray(answer);

function meters({ lacking: _lacking, unfitted: _unfitted, ...reading }: AdapterReading): Reading {
  return reading;
}

const isUnfitted = ({ unfitted }: AdapterReading, known: Known): boolean =>
  (unfitted?.includes('production') ?? false) && !('production' in known.terms);

type Missing = Lacking['what'];

/** Which of the expected terms, and whether the expected charge, a reading does not give. */
function missingOf(
  reading: Reading,
  expected: { terms: readonly Term[]; soc: number | undefined },
  take: readonly Term[] | undefined,
): Missing[] {
  const isTaken = (term: Term) => take === undefined || take.includes(term);
  const missing: Missing[] = expected.terms.filter((term) => isTaken(term) && reading[powerOf[term]] === undefined);
  if (expected.soc !== undefined && isTaken('battery') && reading.battery_soc === undefined) missing.push('charge');
  return missing;
}

function removeTerm(reading: Reading, what: Missing): void {
  if (what === 'charge') delete reading.battery_soc;
  else delete reading[powerOf[what]];
}

const onlyGivesProduction = ({ terms: given, soc }: Known): boolean =>
  soc === undefined && Object.keys(given).every((term) => term === 'production');

/** A source of one string inverter, off without sun. */
function sleepsAsAWhole(known: Shape, now: number): boolean {
  if (!onlyGivesProduction(known) || Object.keys(known.devices).length > 0) return false;
  return isNearNothing(known.lastProduction_kw) && (known.terms['production'] ?? now + 1) <= now;
}

const isNearNothing = (kw: number | undefined): boolean => kw !== undefined && kw < nearNothing_kw;

/** The devices' sum, where what is lacking of one is lacking of all. */
function ofDevices(
  known: Shape,
  answer: readonly DeviceReading[],
  take: readonly Term[] | undefined,
  now: number,
): { reading: Reading; lacking: Lacking[]; devices: Shape['devices']; isAsleep: boolean } {
  const devices: Shape['devices'] = {};
  const present = new Map(answer.map((each) => [each.device, each]));
  const readings = new Map<string, Reading>();
  for (const [device, given] of present) {
    const { device: _device, sleeps: _sleeps, ...reading } = given;
    readings.set(device, restrict(meters(reading), take));
  }
  let isAnyAsleep = false;
  const parts = [...new Set([...Object.keys(known.devices), ...present.keys()])].map((device) => {
    const knownDevice: Known = known.devices[device] ?? { terms: {} };
    const reading = readings.get(device) ?? {};
    const given = present.get(device);
    const expected = terms.filter((term) => term in knownDevice.terms || given?.lacking?.includes(term));
    const missing = missingOf(reading, { terms: expected, soc: knownDevice.soc }, take);
    const sleeps =
      missing.includes('production') && isAsleep(knownDevice, given, othersProduction(readings, device), now);
    isAnyAsleep ||= sleeps || (!take && given !== undefined && isUnfitted(given, knownDevice));
    devices[device] = hasAnything(reading) ? withSeen(knownDevice, reading, now) : knownDevice;
    return { device, reading, lacking: new Set(missing.filter((what) => !(sleeps && what === 'production'))) };
  });
  return {
    reading: withoutPartial(addUp([...readings.values()].filter(hasAnything)), parts),
    lacking: parts.flatMap(({ device, lacking }) => [...lacking].map((what) => ({ what, device }))),
    devices,
    isAsleep: isAnyAsleep,
  };
}

const hasAnything = (reading: Reading): boolean => Object.keys(reading).some((field) => field !== 'tsms');

/** kW of all other devices now; undefined if none of them gives any. */
function othersProduction(readings: ReadonlyMap<string, Reading>, device: string): number | undefined {
  const others = [...readings].flatMap(([name, { production_kw }]) => (name === device ? [] : (production_kw ?? [])));
  return others.length === 0 ? undefined : others.reduce((sum, kw) => sum + kw, 0);
}

/** By the time of day, as its own last power and its neighbours' present one show it. */
function isAsleep(known: Known, given: DeviceReading | undefined, others_kw: number | undefined, now: number): boolean {
  if (!(given?.sleeps ?? onlyGivesProduction(known))) return false;
  if (isNearNothing(others_kw)) return true;
  const isLongAgo = now - (known.terms['production'] ?? 0) > longAgoMs;
  return isNearNothing(known.lastProduction_kw) && !(isLongAgo && (others_kw ?? 0) > broadDaylight_kw);
}

function withSeen<K extends Known>(known: K, reading: Reading, now: number): K {
  const given = terms.filter((term) => reading[powerOf[term]] !== undefined);
  return {
    ...known,
    terms: { ...known.terms, ...Object.fromEntries(given.map((term) => [term, now])) },
    ...(reading.battery_soc === undefined ? {} : { soc: now }),
    ...(reading.production_kw === undefined ? {} : { lastProduction_kw: reading.production_kw }),
  };
}

/** Without what was last given too long ago. A time that lies ahead is of a clock that was set back, and counts as now. */
function withoutForgotten(shape: Shape, now: number): { known: Shape; forgotten: Lacking[] } {
  const forgotten: Lacking[] = [];
  const known: Shape = { ...withoutOld(shape, now, (what) => forgotten.push({ what })), devices: {} };
  for (const [device, each] of Object.entries(shape.devices)) {
    const left = withoutOld(each, now, (what) => forgotten.push({ what, device }));
    if (Object.keys(left.terms).length > 0 || left.soc !== undefined) known.devices[device] = left;
  }
  return { known, forgotten };
}

function withoutOld(known: Known, now: number, tell: (what: Missing) => void): Known {
  const isOld = (seenAt: number) => now - seenAt > forgottenAfterMs;
  const left: Known = { terms: {} };
  for (const term of terms) {
    const seenAt = known.terms[term];
    if (seenAt === undefined) continue;
    if (isOld(seenAt)) tell(term);
    else left.terms[term] = Math.min(seenAt, now);
  }
  if (known.soc !== undefined && !isOld(known.soc)) left.soc = Math.min(known.soc, now);
  else if (known.soc !== undefined) tell('charge');
  if (known.lastProduction_kw !== undefined) left.lastProduction_kw = known.lastProduction_kw;
  return left;
}

/** Not what is given now, after a long silence of the cloud; nor of the whole source what is said of its device. */
function isGone(shape: Shape, forgotten: readonly Lacking[]): (each: Lacking) => boolean {
  return ({ what, device }) => {
    const known: Known | undefined = device === undefined ? shape : shape.devices[device];
    if (what === 'charge' ? known?.soc !== undefined : what in (known?.terms ?? {})) return false;
    return device !== undefined || forgotten.every((other) => other.what !== what || other.device === undefined);
  };
}

const gone = (lacking: Lacking): string =>
  `${lackingInWords(lacking)} has not been given for 24 hours: from now on it counts as not there`;
