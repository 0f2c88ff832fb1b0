/** The powers of a home by Home Assistant's entities: which of them are known, and what follows from which. */
import { inWords } from '../../core/freshness.ts';
import { total } from '../../core/reading.ts';
import { type AdapterReading, Failure, type Term } from '../adapter.ts';
import { ofOneMoment } from '../one-way-meters.ts';
import { difference, sumOfKnown } from '../quantities.ts';
import { charge, type Entities, energy, type Power, powerOf, sumOf } from './entities.ts';

type List = readonly string[] | undefined;
/** The owner's lists of entity ids; a leading `-` inverts one. */
export type Lists = {
  production?: List;
  netImport?: List;
  consumption?: List;
  batteryDischarge?: List;
  batterySoc?: List;
  importedEnergy?: List;
  exportedEnergy?: List;
};

export type Circumstances = {
  /** ms since the epoch */
  now: number;
  staleAfterSeconds: number;
  /** `writing`: the age is that of the last write. `change`: an unchanged value looks old although it is written. */
  agesAreOf: 'writing' | 'change';
  takes(term: Term): boolean;
};

/** By term; absent where the owner has listed nothing. */
type Flows = { [Each in Term]?: readonly Power[] };
/** kW by term. */
type Known = { [Each in Term]?: number | undefined };

/**
 * @param entities all that the lists name, by id.
 * @throws Failure `offline` or `stale` if the grid flow is not known, `bad-response` for a number without a unit.
 */
export function readingOf(lists: Lists, entities: Entities, circumstances: Circumstances): AdapterReading {
  const { staleAfterSeconds, agesAreOf, takes } = circumstances;
  const flows = flowsOf(lists, entities, circumstances);
  const all = Object.values(flows).flat();
  const isFresh = ({ value, ageSeconds }: Power) => value !== undefined && ageSeconds <= staleAfterSeconds;
  const fail = (powers: readonly Power[]) =>
    missingFailure(
      powers.filter((power) => !isFresh(power)),
      circumstances,
    );
  const isDark = flows.production?.length === all.length && all.every(({ value }) => value === 0);
  if (!all.some(isFresh) && !isDark) throw fail(all);

  const known = knownOf(flows, isFresh, circumstances);
  deriveFrom(known, flows);
  if (agesAreOf === 'change') takeStanding(known, flows, isFresh);
  deriveFrom(known, flows);
  const isMissed = (term: Term) => flows[term] !== undefined && known[term] === undefined;
  const isGridDerivable = flows.production !== undefined && flows.consumption !== undefined;
  const isGridLost = flows.grid ? isMissed('grid') : isGridDerivable && gridFromOthers.some(isMissed);
  if (isGridLost && takes('grid'))
    throw fail([
      ...(flows.grid ?? []),
      ...(isGridDerivable ? gridFromOthers.flatMap((term) => flows[term] ?? []) : []),
    ]);
  if (Object.values(known).every((kw) => kw === undefined)) throw fail(all);

  const needed: Term[] = flows.production && flows.grid ? ['production', 'battery'] : [...gridFromOthers];
  return {
    production_kw: known.production,
    net_import_kw: known.grid, // + import
    consumption_kw: known.consumption,
    battery_discharge_kw: known.battery, // + discharging
    battery_soc: sumOf(lists.batterySoc, entities, charge),
    imported_kwh: sumOf(lists.importedEnergy, entities, energy),
    exported_kwh: sumOf(lists.exportedEnergy, entities, energy),
    lacking: needed.filter(isMissed), // what is configured is there
  };
}

function flowsOf(lists: Lists, entities: Entities, { now }: Circumstances): Flows {
  const flows: Flows = {};
  for (const [term, list] of Object.entries(listOf(lists)))
    if (list) flows[term as Term] = heldValuesAsZero(list.map((entry) => powerOf(entry, entities, now)));
  return flows;
}

const listOf = ({ production, netImport: grid, consumption, batteryDischarge: battery }: Lists) => ({
  production,
  grid,
  consumption,
  battery,
});
const gridFromOthers: Term[] = ['production', 'consumption', 'battery'];

/** A pair of one-way entities: one that held its value when the flow turned is at 0 now. */
function heldValuesAsZero(flow: readonly Power[]): readonly Power[] {
  const [one, other] = flow;
  if (!one || !other || flow.length !== 2 || one.isInverted === other.isInverted) return flow;
  const raw = flow.map(({ value, isInverted, ageSeconds }) => ({
    kw: (isInverted ? -1 : 1) * (value ?? -1),
    ageSeconds,
  }));
  const [first, second] = raw;
  if (!first || !second || first.kw < 0 || second.kw < 0) return flow;
  const values = ofOneMoment(first, second);
  return flow.map((power, index) => (values[index] === 0 && power.value !== 0 ? { ...power, value: 0 } : power));
}

/**
 * What is certain. An entity may rest at 0 while others show that Home Assistant is alive; a meter does not rest at 0
 * for hours, so one of its own must be written.
 */
function knownOf(flows: Flows, isFresh: (power: Power) => boolean, { agesAreOf }: Circumstances): Known {
  const known: Known = {};
  for (const [term, flow = []] of Object.entries(flows)) {
    const mayRest = term !== 'grid' || agesAreOf === 'change' || flow.some(isFresh);
    const counts = (power: Power) => isFresh(power) || (mayRest && power.value === 0);
    if (flow.every(counts)) known[term as Term] = total(flow.map(({ value }) => value));
  }
  return known;
}

/** Fills in production or grid, where it is configured and follows from all others. */
function deriveFrom(known: Known, flows: Flows): void {
  const battery = flows.battery ? known.battery : 0;
  const others = (term: 'production' | 'grid') =>
    difference(difference(known.consumption, battery), known[term === 'grid' ? 'production' : 'grid']);
  if (flows.production) known.production ??= others('production');
  if (flows.grid) known.grid ??= others('grid');
}

/** Of several entities that stand still for so long none is live. */
const stillSeconds = 1800;
/** A home that uses less shows that a figure is wrong, kW. */
const leastConsumption_kw = -0.05;

/**
 * Where ages are those of the last change: a value that stands still is taken, as an inverter at its limit shows it,
 * unless a home that uses less than nothing would follow.
 */
function takeStanding(known: Known, flows: Flows, isFresh: (power: Power) => boolean): void {
  const standing = Object.values(flows)
    .flat()
    .filter((power) => !isFresh(power) && power.value !== undefined && power.value !== 0);
  if (standing.filter(({ ageSeconds }) => ageSeconds > stillSeconds).length > 1) return;
  const completed: Known = { ...known };
  const needed: Term[] = flows.grid && flows.production ? ['production', 'grid', 'battery'] : [...allTerms];
  for (const term of needed) completed[term] ??= total((flows[term] ?? []).map(({ value }) => value));
  const { production, grid, battery } = completed;
  const consumption = sumOfKnown(production, grid, battery) ?? 0;
  if (flows.production && flows.grid && consumption < leastConsumption_kw) return;
  Object.assign(known, completed);
}
const allTerms: readonly Term[] = ['production', 'grid', 'battery', 'consumption'];

/** A device that is gone explains more than one that is late. */
function missingFailure(missing: readonly Power[], { staleAfterSeconds }: Circumstances): Failure {
  const gone = missing.filter(({ value }) => value === undefined);
  if (gone.length > 0) {
    const each = gone.map(({ id, state, exists }) => `${id} is ${exists ? state || 'empty' : 'not known to it'}`);
    return new Failure(
      'offline',
      `Home Assistant has no figure: ${each.join(', ')}. Look at the device or its integration`,
    );
  }
  const each = missing.map(({ id, ageSeconds }) => `${id} was last reported ${inWords(ageSeconds)} ago`);
  return new Failure(
    'stale',
    `Home Assistant runs, but ${each.join(', ')} (limit ${inWords(staleAfterSeconds)}): its integration may hang`,
  );
}
