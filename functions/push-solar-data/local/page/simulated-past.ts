/** The past of the simulated home, as its ticks would have told it: for a page that shows something from the first minute on. */
import { setImmediate as pause } from 'node:timers/promises';
import { type SimulatedHome, simulatedHome } from '../../adapters/simulator.ts';
import { type PowerField, withoutUndefined } from '../../core/reading.ts';
import { metersOf, type TickReport } from '../../core/report.ts';
import type { Told } from '../../persistence/tick-history.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** How far back, and how finely: each moment is computed from the day before it. */
const days = 7;
const steps = { lastDayMs: minuteMs, beforeMs: 10 * minuteMs };
/** Computed at a time, before others have their turn. */
const atOnce = 60;

/** As the simulator is without any settings. */
const usualHome: SimulatedHome = { seed: 1, peakKw: 6.5, batteryKwh: 10 };
const derived: PowerField[] = ['consumption_kw'];

/** Newest first, in small parts. */
export async function* simulatedPast(now: number, site: string, home = usualHome): AsyncGenerator<Told[]> {
  let part: Told[] = [];
  for (let at = now - minuteMs; at > now - days * dayMs; at -= at > now - dayMs ? steps.lastDayMs : steps.beforeMs) {
    const stepMs = at > now - dayMs ? steps.lastDayMs : steps.beforeMs;
    part.push({ at, report: reportAt(at, site, home, stepMs / 1000) });
    if (part.length < atOnce) continue;
    yield part;
    part = [];
    await pause();
  }
  yield part;
}

function reportAt(at: number, site: string, home: SimulatedHome, in_s: number): TickReport {
  const { tsms = at, ...reading } = simulatedHome(at, home);
  return {
    outcome: 'pushed',
    site,
    figures: metersOf(withoutUndefined(reading)),
    derived,
    age_s: Math.round((at - tsms) / 1000),
    sources: [
      { label: 'simulator', vendor: 'simulator', result: 'read', next: { in_s, why: 'it is asked each minute' } },
    ],
    destinations: [],
    ms: 0,
  };
}
