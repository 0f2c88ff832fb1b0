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

export type SimulatedHome = { seed: number; peakKw: number; batteryKwh: number };

/**
 * The truth of the simulated home at a moment, in local solar time of Greenwich; it balances.
 * The battery follows the day before `now`, minute by minute, so that its charge is a function of the time alone.
 */
export function simulatedHome(now: number, home: SimulatedHome): Reading {
  const minute = Math.floor(now / 60_000);
  let energy = home.batteryKwh * 0.4;
  let battery_kw = 0;
  const first = minute - 24 * 60;
  for (let at = home.batteryKwh > 0 ? first : minute; at <= minute; at++) {
    const surplus = sunAt(at * 60_000, home) - loadAt(at * 60_000, home);
    const charge = Math.max(-3.5, Math.min(3.5, surplus));
    const next = Math.min(home.batteryKwh, Math.max(home.batteryKwh * 0.1, energy + charge / 60));
    battery_kw = at === first && home.batteryKwh > 0 ? 0 : (energy - next) * 60;
    energy = next;
  }
  const production_kw = watt(sunAt(minute * 60_000, home));
  const consumption_kw = watt(loadAt(minute * 60_000, home));
  const reading: Reading = { production_kw, consumption_kw, tsms: minute * 60_000 };
  if (home.batteryKwh === 0) return { ...reading, net_import_kw: watt(consumption_kw - production_kw) };
  const battery_discharge_kw = watt(battery_kw);
  return {
    ...reading,
    net_import_kw: watt(consumption_kw - production_kw - battery_discharge_kw),
    battery_discharge_kw,
    battery_soc: Math.round((energy / home.batteryKwh) * 1000) / 1000,
    battery_capacity_kwh: home.batteryKwh,
  };
}

const watt = (kilowatts: number): number => Math.round(kilowatts * 1000) / 1000 + 0;

/** Production in kW: a bell from 6 to 18 h, dimmed by clouds that drift over some minutes. */
function sunAt(ms: number, { seed, peakKw }: SimulatedHome): number {
  const hour = (ms % dayMs) / 3_600_000;
  const height = Math.sin(((hour - 6) / 12) * Math.PI);
  if (height <= 0) return 0;
  const overcast = 0.35 + 0.65 * noise(seed, Math.floor(ms / dayMs));
  const clouds = 0.6 + 0.4 * drift(seed + 1, ms / (12 * 60_000));
  return peakKw * height ** 1.2 * overcast * clouds;
}

/** Consumption in kW: a base load, mornings and evenings, and a kettle now and then. */
function loadAt(ms: number, { seed }: SimulatedHome): number {
  const hour = (ms % dayMs) / 3_600_000;
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
