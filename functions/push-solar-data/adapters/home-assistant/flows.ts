/** The powers of a home by Home Assistant's entities: which of them are known, and what follows from which. */
import { inWords } from '../../core/freshness.ts';
import { terms } from '../../core/reading.ts';
import { Failure, type ReadContext, type Term, total } from '../adapter.ts';
import { ofOneMoment } from '../one-way-meters.ts';
import { difference, sumOfKnown } from '../quantities.ts';
import { type Entities, type List, type Power, powerOf } from './entities.ts';

/** By term; absent where the owner has listed nothing. */
type Flows = { [Each in Term]?: readonly Power[] | undefined };
/** kW by term. */
type Known = { [Each in Term]?: number | undefined };
type IsFresh = (power: Power) => boolean;

/**
 * @param entities all that the lists name, by id.
 * @param agesAreOf `writing`: the age is that of the last write. `change`: an unchanged value looks old although it is written.
 * @returns kW by term, and what is configured but not known.
 * @throws Failure `offline` or `stale` if the grid flow is not known, `bad-response` for a number without a unit.
 */
export function knownPowers(
  lists: { [Each in Term]?: List },
  entities: Entities,
  agesAreOf: 'writing' | 'change',
  { now, staleAfterSeconds, takes }: Pick<ReadContext<unknown>, 'now' | 'staleAfterSeconds' | 'takes'>,
): Known & { lacking: Term[] } {
  const flows: Flows = {};
  for (const term of terms) flows[term] = lists[term]?.map((entry) => powerOf(entry, entities, now));
  for (const term of ['grid', 'battery'] as const) flows[term] = flows[term] && ofOneDirection(flows[term]);
  const powersOf = (...some: Term[]) => some.flatMap((term) => flows[term] ?? []);
  const isFresh: IsFresh = ({ value, ageSeconds }) => value !== undefined && ageSeconds <= staleAfterSeconds;
  const fail = (...some: Term[]) =>
    missingFailure(
      powersOf(...some).filter((power) => !isFresh(power)),
      staleAfterSeconds,
    );
  const all = powersOf(...terms);
  const isDark = flows.production?.length === all.length && all.every(({ value }) => value === 0);
  if (!all.some(isFresh) && !isDark) throw fail(...terms);

  const known = derivedFrom(certain(flows, isFresh), flows);
  if (agesAreOf === 'change') Object.assign(known, derivedFrom(withStanding(known, flows, isFresh), flows));
  const isMissed = (term: Term) => flows[term] !== undefined && known[term] === undefined;
  const gridFrom: Term[] = flows.production && flows.consumption ? ['production', 'consumption', 'battery'] : [];
  const isGridLost = flows.grid ? isMissed('grid') : gridFrom.some(isMissed);
  if (isGridLost && takes('grid')) throw fail('grid', ...gridFrom);
  if (terms.every((term) => known[term] === undefined)) throw fail(...terms);
  return { ...known, lacking: neededOf(flows).filter((term) => term !== 'grid' && isMissed(term)) };
}

/** The consumption follows from production and grid. */
const neededOf = (flows: Flows): Term[] =>
  terms.filter((term) => term !== 'consumption' || !(flows.production && flows.grid));

/** A pair of one-way entities: one that held its value when the flow turned is at 0 now. */
function ofOneDirection(flow: readonly Power[]): readonly Power[] {
  const [one, other] = flow.map((power) => ({ ...power, kw: (power.value ?? Number.NaN) * power.sign }));
  if (!one || !other || flow.length > 2 || one.sign === other.sign || !(one.kw >= 0 && other.kw >= 0)) return flow;
  const [first, second] = ofOneMoment(one, other);
  return [
    { ...one, value: first * one.sign },
    { ...other, value: second * other.sign },
  ];
}

/**
 * An entity may rest at 0 while others show that Home Assistant is alive; a meter does not rest at 0 for hours, so one
 * of its own must be written.
 */
function certain(flows: Flows, isFresh: IsFresh): Known {
  const known: Known = {};
  for (const term of terms) {
    const flow = flows[term] ?? [];
    const mayRest = term !== 'grid' || flow.some(isFresh);
    const counts = (power: Power) => isFresh(power) || (mayRest && power.value === 0);
    if (flow.every(counts)) known[term] = total(flow.map(({ value }) => value));
  }
  return known;
}

/** With production or grid, where it is configured and follows from all others. */
function derivedFrom(known: Known, flows: Flows): Known {
  const rest = difference(known.consumption, flows.battery ? known.battery : 0);
  const production = known.production ?? (flows.production && difference(rest, known.grid));
  return { ...known, production, grid: known.grid ?? (flows.grid && difference(rest, production)) };
}

/** Of several entities that stand still for so long none is live. */
const stillSeconds = 1800;
/** A home that uses less shows that a figure is wrong, kW. */
const leastConsumption_kw = -0.05;

/**
 * Where ages are those of the last change: a value that stands still is taken, as an inverter at its limit shows it,
 * unless a home that uses less than nothing would follow.
 */
function withStanding(known: Known, flows: Flows, isFresh: IsFresh): Known {
  const standing = Object.values(flows).flatMap(
    (flow) => flow?.filter((power) => !isFresh(power) && power.value) ?? [],
  );
  if (standing.filter(({ ageSeconds }) => ageSeconds > stillSeconds).length > 1) return known;
  const completed: Known = { ...known };
  for (const term of neededOf(flows)) completed[term] ??= total((flows[term] ?? []).map(({ value }) => value));
  const { production, grid, battery } = completed;
  const consumption = sumOfKnown(production, grid, battery) ?? 0;
  return flows.production && flows.grid && consumption < leastConsumption_kw ? known : completed;
}

/** A device that is gone explains more than one that is late. */
function missingFailure(missing: readonly Power[], limitSeconds: number): Failure {
  const gone = missing.filter(({ value }) => value === undefined);
  const states = gone.map(({ id, state, reportedAt }) =>
    reportedAt === null ? `${id} is not known to it` : `${id} is ${state || 'empty'}`,
  );
  const remedy = 'Look at the device or its integration';
  if (gone.length > 0) return new Failure('offline', `Home Assistant has no figure: ${states.join(', ')}. ${remedy}`);
  const ages = missing.map(({ id, ageSeconds }) => `${id} was last reported ${inWords(ageSeconds)} ago`);
  const limit = `(limit ${inWords(limitSeconds)}): its integration may hang`;
  return new Failure('stale', `Home Assistant runs, but ${ages.join(', ')} ${limit}`);
}
