/** Home Assistant's entities as numbers: their units, their age, and lists of them. */
import { inWords } from '../../core/freshness.ts';
import { total } from '../../core/reading.ts';
import { Failure } from '../adapter.ts';
import { numberIn } from '../quantities.ts';

/** An entity as Home Assistant shows it at this moment. */
export type Entity = {
  /** Always a text: a number, `unknown`, `unavailable`, … */
  state: string;
  unit: string | null | undefined;
  /** When it was last written, ISO 8601 with offset; null if there is no such entity. */
  reportedAt: string | null | undefined;
};
export type Entities = ReadonlyMap<string, Entity>;

export const idOf = (entry: string): string => entry.replace(/^-/, '');

/** Factors to kW, kWh and 0…1. Capitals count: mW is not MW. */
export type Units = ReadonlyMap<string, number>;
const power: Units = new Map(Object.entries({ mW: 1e-6, W: 1e-3, kW: 1, MW: 1e3, GW: 1e6, TW: 1e9 }));
export const energy: Units = new Map(Object.entries({ mWh: 1e-6, Wh: 1e-3, kWh: 1, MWh: 1e3, GWh: 1e6 }));
export const charge: Units = new Map([['%', 0.01]]);

/** A power as an entry contributes it, in kW with its sign; no value where the state is not a number. */
export type Power = {
  id: string;
  isInverted: boolean;
  state: string;
  exists: boolean;
  value: number | undefined;
  ageSeconds: number;
};

export function powerOf(entry: string, entities: Entities, now: number): Power {
  const id = idOf(entry);
  const { state, reportedAt } = entityOf(id, entities);
  const value = numberOf(entry, entities, power);
  const ageSeconds = value === undefined ? Number.NaN : (now - timeOf(id, reportedAt, now)) / 1000;
  return { id, isInverted: id !== entry, state, exists: reportedAt !== null, value, ageSeconds };
}

/** Sum of all; undefined if one has no value, because the rest is not the sum, and without a list. */
export const sumOf = (list: readonly string[] | undefined, entities: Entities, units: Units): number | undefined =>
  list && total(list.map((entry) => numberOf(entry, entities, units)));

/** In kW, kWh or 0…1 by the entity's own unit, which the owner can change at any time. */
function numberOf(entry: string, entities: Entities, units: Units): number | undefined {
  const id = idOf(entry);
  const { state, unit } = entityOf(id, entities);
  const number = numberIn(state);
  if (number === undefined) return undefined;
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
