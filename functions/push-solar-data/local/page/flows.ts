/** The flows of a home at a moment, each known, lacking or absent, in the words of the terminal. Pure. */
import { type PowerField, powerOf, type Term } from '../../core/reading.ts';
import { inWords } from '../print.ts';
import type { Charge, Flow, FlowName, HomeState } from './page-state.ts';
import { holdsUntil, type Sample, tells } from './sample.ts';

const termOf = { sun: 'production', home: 'consumption', grid: 'grid', battery: 'battery' } as const satisfies Partial<
  Record<FlowName, Term>
>;
const unknown = {
  sun: 'solar power unknown',
  home: 'consumption unknown',
  grid: 'grid power unknown',
  battery: 'battery power unknown',
} as const;

/** What the home itself uses it draws from the others. */
const feeds = { production_kw: 1, net_import_kw: 1, battery_discharge_kw: 1, consumption_kw: -1 } as const;

/** The sample whose figures are those of `now`: the newest, if they hold. */
const current = (samples: readonly Sample[], now: number): Sample | undefined => {
  const newest = samples.findLast(tells);
  return newest?.figures && now <= holdsUntil(newest) ? newest : undefined;
};

/**
 * @param samples oldest first.
 * @param has the terms that the home is known to have.
 */
export function flowsOf(samples: readonly Sample[], has: ReadonlySet<Term>, now: number): HomeState['flows'] {
  const sample = current(samples, now);
  const flow = (name: keyof typeof termOf): Flow => {
    const field = powerOf[termOf[name]];
    const kw = sample?.figures?.[field];
    if (sample && kw !== undefined) return knownFlow(sample, field, kw);
    // Every home uses power, whoever measures it.
    if (!has.has(termOf[name]) && !(name === 'home' && has.size > 0)) return { is: 'absent' };
    const lastAt = samples.findLast(({ figures }) => figures?.[field] !== undefined)?.at;
    return { is: 'lacking', words: unknown[name], ...(lastAt === undefined ? {} : { lastAt }) };
  };
  // No source tells of a car yet apart from the home.
  return { sun: flow('sun'), home: flow('home'), grid: flow('grid'), battery: flow('battery'), car: { is: 'absent' } };
}

const knownFlow = ({ at, measuredAt, derived }: Sample, field: PowerField, kw: number): Flow => ({
  is: 'known',
  kw,
  words: inWords(field, kw),
  direction: kw === 0 ? 'none' : kw * feeds[field] > 0 ? 'towards' : 'away',
  origin: derived.includes(field) ? 'derived' : 'measured',
  ...(measuredAt === undefined ? {} : { measuredAt }),
  toldAt: at,
});

/** Of the battery. */
export function chargeOf(samples: readonly Sample[], now: number): Charge {
  const { figures } = current(samples, now) ?? {};
  const { battery_soc, battery_energy_kwh: energy_kwh } = figures ?? {};
  if (battery_soc !== undefined)
    return {
      is: 'known',
      percent: Math.round(battery_soc * 1000) / 10,
      ...(energy_kwh === undefined ? {} : { energy_kwh }),
      words: inWords('battery_soc', battery_soc),
    };
  const wasKnown = samples.some(
    ({ at, figures: earlier }) => at > now - 86_400_000 && earlier?.battery_soc !== undefined,
  );
  return wasKnown ? { is: 'lacking', words: 'charge unknown' } : { is: 'absent' };
}
