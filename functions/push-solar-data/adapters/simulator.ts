/** A simulated home: sun by the time of day, passing clouds, loads and a battery, the same again for the same seed. */

import * as z from 'zod/mini';
import { choice, defineAdapter, number, type Reading, setting } from './adapter.ts';

const dayMs = 86_400_000;

export const simulator = defineAdapter({
  vendor: 'simulator',
  title: 'Simulated home',
  homepage: 'https://chargehq.net/kb/push-api',
  standing: 'recommended',
  refresh: 'live',
  needs: 'nothing',
  baseUrl: null,
  pollSeconds: 60,
  settings: {
    seed: setting(z._default(number({ min: 0 }), 1), 'Number that chooses the weather and the habits of the home'),
    peakKw: setting(z._default(number({ min: 0, max: 50 }), 6.5), 'Peak power of the roof, kW'),
    batteryKwh: setting(z._default(number({ min: 0, max: 100 }), 10), 'Capacity of the battery, kWh; 0 for none'),
    gives: setting(
      z._default(choice('all', 'inverter', 'meter', 'battery'), 'all'),
      'What this source measures: all, inverter (production), meter (grid) or battery',
    ),
  },
  async read({ settings, now }): Promise<Reading> {
    const home = simulatedHome(now, settings);
    const { production_kw, net_import_kw, consumption_kw, tsms, ...battery } = home;
    if (settings.gives === 'inverter') return { production_kw, tsms };
    if (settings.gives === 'meter') return { net_import_kw, tsms };
    if (settings.gives === 'battery') return { ...battery, tsms };
    return home;
  },
});

export type SimulatedHome = { seed: number; peakKw: number; batteryKwh: number; place?: Place };

/** Where the home lies. */
export type Place = {
  /** Degrees, + north. */
  latitude: number;
  /** By how much noon is earlier than in Greenwich, ms. */
  aheadMs: number;
};

/** At the equator the sun rises at 6 and sets at 18, all year. */
const usualPlace: Place = { latitude: 0, aheadMs: 0 };

/**
 * The truth of the simulated home at a moment, in local solar time; it balances.
 * The battery follows the day before `now`, minute by minute, so that its charge is a function of the time alone.
 */
export function simulatedHome(now: number, home: SimulatedHome): Reading {
  const minute = Math.floor(now / 60_000);
  let energy = home.batteryKwh * 0.4;
  const first = home.batteryKwh > 0 ? minute - 24 * 60 + 1 : minute;
  for (let at = first; at < minute; at++) energy = chargeAfter(energy, surplusAt(at * 60_000, home), home);
  return simulatedMinute(minute * 60_000, home, energy).reading;
}

/**
 * One minute of it.
 *
 * @param at its begin, ms since the epoch.
 * @param before energy in the battery, kWh.
 * @param other_kw what something else draws, such as a car.
 * @returns `energy` is what is in the battery afterwards, kWh.
 */
export function simulatedMinute(
  at: number,
  home: SimulatedHome,
  before: number,
  other_kw = 0,
): { reading: Reading; energy: number } {
  const energy = chargeAfter(before, surplusAt(at, home) - other_kw, home);
  const production_kw = watt(sunAt(at, home));
  const consumption_kw = watt(loadAt(at, home) + other_kw);
  const reading: Reading = { production_kw, consumption_kw, tsms: at };
  if (home.batteryKwh === 0)
    return { reading: { ...reading, net_import_kw: watt(consumption_kw - production_kw) }, energy };
  const battery_discharge_kw = watt((before - energy) * 60);
  const battery: Reading = {
    net_import_kw: watt(consumption_kw - production_kw - battery_discharge_kw),
    battery_discharge_kw,
    battery_soc: Math.round((energy / home.batteryKwh) * 1000) / 1000,
    battery_capacity_kwh: home.batteryKwh,
  };
  return { reading: { ...reading, ...battery }, energy };
}

/** Energy in the battery after a minute with so much more sun than the home needs, kWh. */
function chargeAfter(energy: number, surplus_kw: number, { batteryKwh }: SimulatedHome): number {
  const charge_kw = Math.max(-3.5, Math.min(3.5, surplus_kw));
  return Math.min(batteryKwh, Math.max(batteryKwh * 0.1, energy + charge_kw / 60));
}

const surplusAt = (at: number, home: SimulatedHome): number => sunAt(at, home) - loadAt(at, home);

const watt = (kilowatts: number): number => Math.round(kilowatts * 1000) / 1000 + 0;

/** No roof is steeper. */
const steepest = 35;

/** Production in kW: by the sun on a roof that is turned to it, dimmed by a low sun and by clouds that drift over some minutes. */
export function sunAt(ms: number, { seed, peakKw, place = usualPlace }: Omit<SimulatedHome, 'batteryKwh'>): number {
  const height = sunHeight(ms, place);
  if (height <= 0) return 0;
  const slope = Math.max(-steepest, Math.min(steepest, place.latitude));
  // A bright sky gives something also while the sun is behind the roof.
  const onRoof = Math.max(0.15 * height, sunHeight(ms, { ...place, latitude: place.latitude - slope }));
  const clouds = 0.6 + 0.4 * drift(seed + 1, ms / (12 * 60_000));
  return peakKw * onRoof * height ** 0.2 * brightness(ms, { seed, place }) * clouds;
}

/** How bright a day is: 0.35 under a closed cover of clouds, up to 1. */
export const brightness = (ms: number, { seed, place = usualPlace }: Pick<SimulatedHome, 'seed' | 'place'>): number =>
  0.35 + 0.65 * noise(seed, Math.floor((ms + place.aheadMs) / dayMs));

/** Sine of the height of the sun above a horizon, negative at night. */
function sunHeight(ms: number, { latitude, aheadMs }: Place): number {
  const turn = (hourOf(ms + aheadMs) / 24 - 0.5) * 2 * Math.PI;
  const tilt = tiltAt(ms);
  const north = (latitude / 180) * Math.PI;
  return Math.sin(north) * Math.sin(tilt) + Math.cos(north) * Math.cos(tilt) * Math.cos(turn);
}

/** Declination of the sun, radians: 23.44° north in June; ten days before the new year it is furthest south. */
function tiltAt(ms: number): number {
  const days = (ms - Date.UTC(new Date(ms).getUTCFullYear(), 0, 1)) / dayMs;
  return -(23.44 / 180) * Math.PI * Math.cos(((days + 10) / 365.25) * 2 * Math.PI);
}

const hourOf = (ms: number): number => (((ms % dayMs) + dayMs) % dayMs) / 3_600_000;

/** Consumption in kW: a base load, mornings and evenings, and a kettle now and then. */
function loadAt(ms: number, { seed, place = usualPlace }: SimulatedHome): number {
  const hour = hourOf(ms + place.aheadMs);
  const bump = (at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2));
  const base = 0.25 + 0.1 * drift(seed + 2, ms / (20 * 60_000));
  const kettle = noise(seed + 3, Math.floor(ms / (4 * 60_000))) > 0.97 ? 2 : 0;
  return base + 0.9 * bump(7.5, 1) + 1.4 * bump(19, 1.8) + kettle;
}

/** 0…1, the same for the same numbers. */
function noise(seed: number, step: number): number {
  let bits = Math.imul(seed + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(step + 0x165667b1, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

/** 0…1, without jumps. */
function drift(seed: number, position: number): number {
  const step = Math.floor(position);
  const part = position - step;
  return noise(seed, step) * (1 - part) + noise(seed, step + 1) * part;
}
