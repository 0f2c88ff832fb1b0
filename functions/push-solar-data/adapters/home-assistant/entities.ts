/** Home Assistant's entities as numbers: their units, their age, and lists of them. */
import { inWords } from '../../core/freshness.ts';
import { Failure, total } from '../adapter.ts';
import { numberIn } from '../quantities.ts';

/** An entity as Home Assistant shows it at this moment. */
export type Entity = {
  /** Always a text: a number, `unknown`, `unavailable`, … */
  state: string;
  unit?: string | null | undefined;
  /** When it was last written, ISO 8601 with offset; null if there is no such entity. */
  reportedAt?: string | null | undefined;
};
export type Entities = ReadonlyMap<string, Entity>;
/** Ids of entities; a leading `-` inverts one. */
export type List = readonly string[] | undefined;

export const idOf = (entry: string): string => entry.replace(/^-/, '');

/** Factors to kW, kWh and 0…1. Capitals count: mW is not MW. */
type Units = ReadonlyMap<string, number>;
export const power: Units = new Map(Object.entries({ mW: 1e-6, W: 1e-3, kW: 1, MW: 1e3, GW: 1e6, TW: 1e9 }));
export const energy: Units = new Map(Object.entries({ mWh: 1e-6, Wh: 1e-3, kWh: 1, MWh: 1e3, GWh: 1e6 }));
export const charge: Units = new Map([['%', 0.01]]);

/** A power as an entry contributes it, in kW with its sign; no value where the state is not a number. */
export type Power = Entity & { id: string; sign: 1 | -1; value: number | undefined; ageSeconds: number };

export function powerOf(entry: string, entities: Entities, now: number): Power {
  const id = idOf(entry);
  const entity = entityOf(id, entities);
  const value = numberOf(entry, entities, power);
  const ageSeconds = value === undefined ? Number.NaN : (now - timeOf(id, entity, now)) / 1000;
  return { ...entity, id, sign: id === entry ? 1 : -1, value, ageSeconds };
}

/** Sum of all; undefined if one has no value, because the rest is not the sum, and without a list. */
export const sumOf = (list: string | List, entities: Entities, units: Units): number | undefined =>
  total([list ?? []].flat().map((entry) => numberOf(entry, entities, units)));

/** By the entity's own unit, which the owner can change at any time. */
function numberOf(entry: string, entities: Entities, units: Units): number | undefined {
  const id = idOf(entry);
  const { state, unit } = entityOf(id, entities);
  const number = numberIn(state);
  if (number === undefined) return undefined;
  const factor = units.get(unit ?? '');
  if (factor !== undefined) return (id === entry ? number : -number) * factor;
  const had = `${id} has ${unit ? `the unit ${unit}` : 'no unit'} in Home Assistant`;
  throw new Failure('bad-response', `${had}: give it one of ${[...units.keys()].join(', ')} there`);
}

function entityOf(id: string, entities: Entities): Entity {
  const entity = entities.get(id);
  if (entity) return entity;
  throw new Failure('bad-response', `Home Assistant left ${id} out of its answer`);
}

/** How far the clock of a home may run ahead, ms; beyond, nothing tells how old its figures are. */
const maxAheadMs = 3_600_000;

function timeOf(id: string, { reportedAt }: Entity, now: number): number {
  const time = reportedAt && /(Z|[+-]\d\d:?\d\d)$/.test(reportedAt) ? Date.parse(reportedAt) : Number.NaN;
  if (time - now <= maxAheadMs) return time;
  if (Number.isNaN(time))
    throw new Failure('bad-response', `Home Assistant does not tell when ${id} was last reported`);
  const ahead = `${inWords((time - now) / 1000)} in the future`;
  throw new Failure('bad-response', `Home Assistant writes ${id} ${ahead}: set the clock of its machine`);
}
