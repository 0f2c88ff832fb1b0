/** Home Assistant's entities as choices for the set-up: by what they seem to be, the likeliest first, with what they show now. */
import * as z from 'zod/mini';
import { total } from '../adapter.ts';
import type { Choice } from '../only.ts';
import { numberIn, words } from '../quantities.ts';
import { charge, power } from './entities.ts';
import { alikeBy, directionOf, isPart, type Role, roleOf, skeletonOf, socIn, wordsIn } from './roles.ts';

const Listed = z.object({
  entity_id: z.string(),
  state: z.string(),
  attributes: z.object({
    unit_of_measurement: z.catch(z.nullish(z.string()), undefined),
    device_class: z.catch(z.nullish(z.string()), undefined),
    friendly_name: words,
  }),
});
/** What `GET /api/states` answers. One entity of a strange shape hides no other. */
export const EveryState = z.array(z.catch(z.nullable(Listed), null));

type Candidate = {
  /** Of several that are added up, separated by commas. */
  id: string;
  name: string;
  /** As Home Assistant shows it: `1234.5 W`. */
  shown: string;
  /** In the unit that it has there. */
  value: number | undefined;
  unit: string;
  words: readonly string[];
};

/** What the bridge and Charge HQ tell Home Assistant themselves: read back, it would confirm itself. */
const ownEntity = /solar_cloud_bridge|charge_?hq/;

/** Settings by name in the adapter, to what each could be. */
export type EntityChoices = {
  production: Choice[];
  netImport: Choice[];
  consumption: Choice[];
  batteryDischarge: Choice[];
  batterySoc: Choice[];
};

/**
 * A home without any sign of a battery is offered none; its consumption is offered only where solar or grid power shows
 * no entity of its own, for it follows from both. Where nothing is named like solar or grid power, all powers are shown.
 */
export function entityChoices(states: z.output<typeof EveryState>): EntityChoices {
  const listed = states.flatMap((state) => (state && !ownEntity.test(state.entity_id) ? [state] : []));
  const powers = listed.flatMap((state) => candidateOf(state, power));
  const of = (role: Role) => inOrder(powers.filter((each) => roleOf(each.words) === role));
  const [production, grid, battery] = [of('production'), of('grid'), of('battery')];
  const unnamed = powers.filter((each) => roleOf(each.words) === undefined);
  const isShort = production.length === 0 || grid.length === 0;
  return {
    production: production.length > 0 ? wholeFirst(production) : unlessOne(inOrder(unnamed).map(alone)),
    netImport: bothWays(grid.length > 0 ? grid : inOrder(unnamed), 'grid'),
    consumption: isShort ? of('consumption').map(alone) : [],
    batteryDischarge: bothWays(battery, 'battery'),
    batterySoc: socs(listed, battery),
  };
}

/** A single choice is taken without a question, which a power of unknown kind must not be. */
const unlessOne = (choices: Choice[]): Choice[] => (choices.length > 1 ? choices : []);

function candidateOf(
  { entity_id: id, state, attributes }: z.output<typeof Listed>,
  units: ReadonlyMap<string, number>,
): Candidate[] {
  const { unit_of_measurement: unit, friendly_name } = attributes;
  if (!/^sensor\.[a-z0-9_]+$/.test(id) || !unit || !units.has(unit)) return [];
  const value = numberIn(state);
  const name = friendly_name || id;
  return [
    { id, name, value, unit, shown: shownAs(value, unit), words: wordsIn(`${id.replace('sensor.', '')} ${name}`) },
  ];
}

/**
 * Wholes first; then the sums of those that only a number or a phase tells apart (two inverters, three phases); then
 * these, and other parts. Else as Home Assistant lists them.
 */
function inOrder(candidates: readonly Candidate[]): Candidate[] {
  const groups = Object.values(Object.groupBy(candidates, ({ id, unit }) => `${alikeBy(id)} ${unit}`));
  const alike = groups.flatMap((group = []) => (group.length > 1 ? [group] : []));
  const summands = new Set(alike.flat());
  const isWhole = (each: Candidate) => !summands.has(each) && !isPart(each.words);
  const [wholes, others] = [candidates.filter(isWhole), candidates.filter((each) => !isWhole(each))];
  return [...wholes, ...alike.map(sumOf), ...others];
}

function sumOf(candidates: readonly Candidate[]): Candidate {
  const { unit = '', words = [] } = candidates[0] ?? {};
  const value = total(candidates.map((each) => each.value));
  const id = candidates.map((each) => each.id).join(',');
  const name = candidates.map((each) => each.name).join(' + ');
  return { id, name, value, unit, words, shown: shownAs(value, unit) };
}

/** The only whole one among parts is the likely one. */
const wholeFirst = (ordered: readonly Candidate[]): Choice[] =>
  likelyIf(ordered.filter(({ words }) => !isPart(words)).length === 1, ordered.map(alone));

const shownAs = (value: number | undefined, unit: string): string =>
  value === undefined ? 'no figure now' : `${Number(value.toFixed(3))} ${unit}`;

const alone = ({ id, name, shown }: Candidate): Choice => ({ value: id, title: `${name}: ${shown}` });

/** What a positive and what a negative figure means, by the sign that the bridge wants. */
const meanings = {
  grid: ['from the grid now', 'into the grid now', 'nothing flows now'],
  battery: ['the battery discharges now', 'the battery charges now', 'the battery rests now'],
} as const;

/**
 * Pairs of one-way entities first, whose signs their names tell; then each entity as it counts and turned around, since
 * nothing but the owner's eyes knows which; last what has one direction only. The likely one is the only pair, or the only
 * entity of both directions as it counts, if something flows: then the verdict shows the direction to the owner.
 */
function bothWays(candidates: readonly Candidate[], role: keyof typeof meanings): Choice[] {
  const directed = candidates.map((each) => ({ ...each, direction: directionOf(each.words, role) }));
  const paired = directed.flatMap((plus) => {
    const skeleton = skeletonOf(plus.id, role);
    const minus = directed.find((each) => each.direction === -1 && skeletonOf(each.id, role) === skeleton);
    return plus.direction === 1 && minus && minus.unit === plus.unit ? [{ plus, minus }] : [];
  });
  const pairs = paired.map(({ plus, minus }) => ({
    value: `${plus.id},${inverted(minus.id)}`,
    title: `${plus.name} − ${minus.name}: ${plus.shown} − ${minus.shown}${inWords(difference(plus, minus), role)}`,
  }));
  const inPairs = new Set(paired.flatMap(({ plus, minus }) => [plus.id, minus.id]));
  const signed = directed.filter(({ direction }) => direction === undefined);
  const both = signed.flatMap((each) => turned(each, role, [1, -1]));
  const oneWay = directed
    .filter(({ id, direction }) => direction !== undefined && !inPairs.has(id))
    .flatMap((each) => turned(each, role, [each.direction ?? 1]))
    .map((choice) => ({ ...choice, isLikely: false })); // what flows the other way would be missed
  const isFlowing = signed.some(({ value }) => value !== undefined && value !== 0);
  const isOne = pairs.length > 0 ? pairs.length === 1 : signed.length === 1 && isFlowing;
  return likelyIf(isOne, [...pairs, ...both, ...oneWay]);
}

/** One alone needs no mark. */
const likelyIf = (isLikely: boolean, [first, ...others]: readonly Choice[]): Choice[] =>
  first ? [isLikely && others.length > 0 ? { ...first, isLikely } : first, ...others] : [];

const inverted = (ids: string): string => `-${ids.replaceAll(',', ',-')}`;

const turned = (
  { id, name, shown, value }: Candidate,
  role: keyof typeof meanings,
  signs: readonly (1 | -1)[],
): Choice[] =>
  signs.map((sign) => ({
    value: sign === 1 ? id : inverted(id),
    title: `${name}${sign === 1 ? '' : ', turned around'}: ${shown}${inWords(value === undefined ? undefined : sign * value, role)}`,
  }));

const difference = (plus: Candidate, minus: Candidate): number | undefined =>
  plus.value === undefined || minus.value === undefined ? undefined : plus.value - minus.value;

function inWords(power: number | undefined, role: keyof typeof meanings): string {
  if (power === undefined) return '';
  const [positive, negative, none] = meanings[role];
  return `, ${power > 0 ? positive : power < 0 ? negative : none}`;
}

/** Of the home's battery, and not of a telephone's: only beside a power of a battery; that of the same device, or by its own name. */
function socs(listed: readonly z.output<typeof Listed>[], batteries: readonly Candidate[]): Choice[] {
  if (batteries.length === 0) return [];
  const levels = listed.flatMap((state) => candidateOf(state, charge).filter(({ words }) => socIn(words)));
  const shared = ({ words }: Candidate) => Math.max(...batteries.map((each) => commonBeginning(each.words, words)));
  const nearest = Math.max(0, ...levels.map(shared));
  const near = levels.filter((each) => shared(each) === nearest);
  const named = near.filter(({ words }) => socIn(words) === 'named');
  return (named.length > 0 ? named : near).map(alone);
}

/** How many words two names have in common before they differ: entities of one device begin alike. */
function commonBeginning(one: readonly string[], other: readonly string[]): number {
  const differing = one.findIndex((word, nth) => word !== other[nth]);
  return differing === -1 ? one.length : differing;
}
