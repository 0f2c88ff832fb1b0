/** What Home Assistant's entities are worth: units, age, and when a list of them has a value. */
import { inWords } from '../../core/freshness.ts';
import { Failure, type Reading } from '../adapter.ts';

/** An entity as Home Assistant shows it at this moment. */
export type Entity = {
  /** Always a text: a number, `unknown`, `unavailable`, … */
  state: string;
  unit: string | null | undefined;
  /** When it was last written, ISO 8601 with offset; null if there is no such entity. */
  reportedAt: string | null | undefined;
};
export type Entities = ReadonlyMap<string, Entity>;

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

export const idOf = (entry: string): string => entry.replace(/^-/, '');

/** Factors to kW, kWh and 0…1. Capitals count: mW is not MW. */
type Units = ReadonlyMap<string, number>;
const power: Units = new Map(Object.entries({ mW: 1e-6, W: 1e-3, kW: 1, MW: 1e3, GW: 1e6, TW: 1e9 }));
const energy: Units = new Map(Object.entries({ mWh: 1e-6, Wh: 1e-3, kWh: 1, MWh: 1e3, GWh: 1e6 }));
const charge: Units = new Map([['%', 0.01]]);

/**
 * @param entities all that the lists name, by id.
 * @param now ms since the epoch.
 * @throws Failure `offline` or `stale` if too little is known for the balance, `bad-response` for a number without a unit.
 */
export function readingOf(lists: Lists, entities: Entities, now: number, staleAfterSeconds: number): Reading {
  const termsOf = (list: List) => list?.map((entry) => powerTerm(entry, entities, now));
  const production = termsOf(lists.production);
  const netImport = termsOf(lists.netImport);
  const consumption = termsOf(lists.consumption);
  const battery = termsOf(lists.batteryDischarge);

  const all = [production, netImport, consumption, battery].flatMap((terms) => terms ?? []);
  const isFresh = ({ value, ageSeconds }: Term) => value !== undefined && ageSeconds <= staleAfterSeconds;
  // A PV entity rests at 0 all night. Others must show that Home Assistant is alive, unless there are none.
  const mayRest = all.some(isFresh) || all.length === production?.length;
  const counts = (term: Term) => isFresh(term) || (mayRest && term.value === 0);
  const known = (terms: Term[] | undefined) => (terms?.every(counts) ? total(terms) : undefined);

  const balance = [production, netImport, consumption].filter((terms) => terms !== undefined);
  const unknown = balance.filter((terms) => known(terms) === undefined);
  const isDerivable = balance.length === 3 && unknown.length === 1;
  const needed = [...(isDerivable ? [] : unknown), battery ?? []].flat();
  const missing = needed.filter((term) => !counts(term));
  if (missing.length > 0) throw missingFailure(missing, staleAfterSeconds);

  const sum = (list: List, units: Units) => total(list?.map((entry) => ({ value: numberOf(entry, entities, units) })));
  return {
    production_kw: known(production),
    net_import_kw: known(netImport), // + import
    consumption_kw: known(consumption),
    battery_discharge_kw: known(battery), // + discharging
    battery_soc: sum(lists.batterySoc, charge),
    imported_kwh: sum(lists.importedEnergy, energy),
    exported_kwh: sum(lists.exportedEnergy, energy),
  };
}

/** A power as an entry contributes it, in kW with its sign; no value where the state is not a number. */
type Term = { id: string; state: string; exists: boolean; value: number | undefined; ageSeconds: number };

function powerTerm(entry: string, entities: Entities, now: number): Term {
  const id = idOf(entry);
  const { state, reportedAt } = entityOf(id, entities);
  const value = numberOf(entry, entities, power);
  const ageSeconds = value === undefined ? Number.NaN : (now - timeOf(id, reportedAt, now)) / 1000;
  return { id, state, exists: reportedAt !== null, value, ageSeconds };
}

/** Sum of all; undefined if one has no value, because the rest is not the sum. */
function total(terms: readonly { value: number | undefined }[] | undefined): number | undefined {
  return terms?.reduce<number | undefined>(
    (sum, { value }) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

/** In kW, kWh or 0…1 by the entity's own unit, which the owner can change at any time. */
function numberOf(entry: string, entities: Entities, units: Units): number | undefined {
  const id = idOf(entry);
  const { state, unit } = entityOf(id, entities);
  const number = Number(state);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(state.trim()) || !Number.isFinite(number)) return undefined;
  const factor = units.get(unit ?? '');
  if (factor !== undefined) return (entry.startsWith('-') ? -number : number) * factor;
  throw new Failure(
    'bad-response',
    `${id} has ${unit ? `the unit ${unit}` : 'no unit'} in Home Assistant: give it one of ${[...units.keys()].join(', ')} there`,
  );
}

function entityOf(id: string, entities: Entities): Entity {
  const entity = entities.get(id);
  if (!entity) throw new Failure('bad-response', `Home Assistant left ${id} out of its answer`);
  return entity;
}

/** How far the clock of a home may run ahead, ms; beyond, nothing tells how old its figures are. */
const maxAheadMs = 3_600_000;

function timeOf(id: string, reportedAt: string | null | undefined, now: number): number {
  const time = /(Z|[+-]\d\d:?\d\d)$/.test(reportedAt ?? '') ? Date.parse(reportedAt ?? '') : Number.NaN;
  if (Number.isNaN(time))
    throw new Failure('bad-response', `Home Assistant does not tell when ${id} was last reported`);
  if (time - now > maxAheadMs)
    throw new Failure(
      'bad-response',
      `Home Assistant, ${id}: the time of measurement lies ${inWords((time - now) / 1000)} in the future: set the clock of its machine`,
    );
  return time;
}

/** A device that is gone explains more than one that is late. */
function missingFailure(missing: readonly Term[], staleAfterSeconds: number): Failure {
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
