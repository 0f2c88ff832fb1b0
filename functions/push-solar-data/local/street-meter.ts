/** A home has one grid meter: where several sources report one, the owner says which is at the street. */
import { type Term, termFields, terms } from '../core/reading.ts';
import { variableOf } from '../settings/settings-reader.ts';
import type { DryRun } from './dry-run.ts';
import { removeSource } from './equipment-interview.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { inWords } from './print.ts';

/** Some clouds show no solar power at night, and a roof that is not promised would be missed by nobody. */
const asleep = (label: string): string =>
  `${label} shows no solar power now. Does it have panels, which may only be asleep?`;

/** Restricts the others to what else they measure. @returns false if there is nothing to ask. */
export async function askStreetMeter({ sources }: DryRun, draft: Draft, { ask }: InterviewPorts): Promise<boolean> {
  const metered = sources.filter(({ reading }) => reading?.net_import_kw !== undefined);
  if (metered.length < 2) return false;
  const atStreet = await ask.select(
    'Several sources report a grid meter, and a home has one. Which one is at the street?',
    metered.map(({ label, reading }) => ({
      value: label,
      name: `${label}: ${inWords('net_import_kw', reading?.net_import_kw ?? 0)}`,
    })),
  );
  for (const { label, reading } of metered.filter((source) => source.label !== atStreet)) {
    const isMeasured = (term: Term) => termFields[term].some((field) => reading?.[field] !== undefined);
    const sleeps = !isMeasured('production') && (await ask.confirm(asleep(label), true));
    const rest = terms.filter(
      (term) => term !== 'grid' && term !== 'consumption' && (isMeasured(term) || (term === 'production' && sleeps)),
    );
    if (rest.length === 0) {
      removeSource(label, draft);
      ask.say(`${label} measures nothing else, so it is left out of the home.`);
      continue;
    }
    const name = variableOf(label, 'take');
    draft[name] = rest.join(',');
    ask.say(`${name}=${draft[name]}: the grid meter of ${label} does not count.`);
  }
  return true;
}
