/** The past of the simulated home, as its ticks would have told it: for a page that shows something from the first minute on. */
import { setImmediate as pause } from 'node:timers/promises';
import { type SimulatedHome, simulatedHome, simulatedMinute } from '../../adapters/simulator.ts';
import { type PowerField, type Reading, withoutUndefined } from '../../core/reading.ts';
import { metersOf, type TickReport } from '../../core/report.ts';
import type { Told } from '../../persistence/tick-history.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** How far back, and how finely. */
const days = 7;
const steps = { lastDayMs: minuteMs, beforeMs: 10 * minuteMs };

/** As the simulator is without any settings. */
const usualHome: SimulatedHome = { seed: 1, peakKw: 6.5, batteryKwh: 10 };
const derived: PowerField[] = ['consumption_kw'];

/** A day at a time, oldest first, before others have their turn. */
export async function* simulatedPast(now: number, site: string, home = usualHome): AsyncGenerator<Told[]> {
  let at = now - days * dayMs;
  let energy = (simulatedHome(at, home).battery_soc ?? 0) * home.batteryKwh;
  for (let day = days; day > 0; day--) {
    const stepMs = day === 1 ? steps.lastDayMs : steps.beforeMs;
    const told: Told[] = [];
    for (const end = now - (day - 1) * dayMs; at < end; at += minuteMs) {
      const minute = simulatedMinute(at, home, energy);
      energy = minute.energy;
      if ((end - at) % stepMs === 0) told.push({ at, report: reportOf(minute.reading, site, stepMs / 1000) });
    }
    yield told;
    await pause();
  }
}

function reportOf({ tsms: _now, ...reading }: Reading, site: string, in_s: number): TickReport {
  return {
    outcome: 'pushed',
    site,
    figures: metersOf(withoutUndefined(reading)),
    derived,
    age_s: 0,
    sources: [
      { label: 'simulator', vendor: 'simulator', result: 'read', next: { in_s, why: 'it is asked each minute' } },
    ],
    destinations: [],
    ms: 0,
  };
}
