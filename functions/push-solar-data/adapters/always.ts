/** What an adapter's answer must hold, so that no mapping has to ask for it. */
import { Failure } from '../core/failure.ts';
import { powerOf, type Reading, type Term, termFields, terms } from '../core/reading.ts';
import type { AdapterAnswer, AdapterReading, DeviceReading } from '../core/shape.ts';

export type AlwaysField = keyof Reading;

/** What an answer without a field is. */
type Otherwise = 'bad-response' | 'offline';

/** Fields without which an answer is `bad-response`, or by field what it is without it. */
export type Always = readonly AlwaysField[] | { readonly [Field in AlwaysField]?: Otherwise };

/** What of a source decides which fields its answers must hold. */
export type Demanding = {
  adapter: { title: string; always?: Always | ((settings: Record<string, unknown>) => Always) };
  settings: Record<string, unknown>;
  take?: readonly Term[] | undefined;
};

/**
 * The failure that an answer is where it lacks what it must hold; `offline`, if one of the fields says so. A field is not
 * demanded of a source that is not to give its term, nor where the adapter tells the term `lacking` or `unfitted`. Of
 * several devices one must give it.
 */
export function incompleteness(
  { adapter: { title, always = [] }, settings, take }: Demanding,
  answer: AdapterAnswer,
): Failure | undefined {
  const readings: readonly AdapterReading[] = isOfDevices(answer) ? answer : [answer];
  const isExcused = (term: Term) =>
    (take !== undefined && !take.includes(term)) ||
    readings.some(({ lacking, unfitted }) => lacking?.includes(term) || unfitted?.some((each) => each === term));
  const isAbsent = ({ field }: Demand) => readings.every((reading) => reading[field] === undefined);
  const demands = demandsOf(typeof always === 'function' ? always(settings) : always);
  const absent = demands.filter((demand) => isAbsent(demand) && !(demand.term && isExcused(demand.term)));
  if (absent.length === 0) return undefined;
  const isOffline = absent.some(({ otherwise }) => otherwise === 'offline');
  const names = absent.map(nounOf).join(' and ');
  return isOffline
    ? new Failure('offline', `${title} has no live figure of ${names}: check the device and its connection`)
    : new Failure('bad-response', `${title} gives no figure of ${names}`);
}

const isOfDevices = (answer: AdapterAnswer): answer is readonly DeviceReading[] => Array.isArray(answer);

type Demand = { field: AlwaysField; otherwise: Otherwise; term: Term | undefined };

function demandsOf(always: Always): Demand[] {
  const byField: { readonly [Field in AlwaysField]?: Otherwise } = isList(always)
    ? Object.fromEntries(always.map((field) => [field, 'bad-response']))
    : always;
  return Object.entries(byField).map(([name, otherwise]) => {
    const field = name as AlwaysField;
    return { field, otherwise, term: terms.find((term) => termFields[term].some((each) => each === field)) };
  });
}

const isList = (always: Always): always is readonly AlwaysField[] => Array.isArray(always);

const nounOf = ({ field, term }: Demand): string =>
  term && powerOf[term] === field ? powerNouns[term] : (otherNouns[field] ?? field);

const powerNouns: Record<Term, string> = {
  production: 'the solar power',
  grid: 'the grid power',
  battery: 'the battery power',
  consumption: 'the consumption',
};
const otherNouns: { [Field in AlwaysField]?: string } = {
  tsms: 'the time of measurement',
  battery_soc: "the battery's state of charge",
};
