/** Mutations of JSON that know its structure, drawn from a seed: the same seed gives the same mutation. */

/** A number of at least 0 and below 1. */
export type Draw = () => number;

/** mulberry32: small, quick, and the same everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Path = readonly (string | number)[];
export type Mutated = { tree: unknown; what: string; path: Path };

const pick = <Item>(items: readonly Item[], draw: Draw): Item | undefined => items[Math.floor(draw() * items.length)];

/** Every place in a tree, but for its root. */
export function placesIn(tree: unknown, path: Path = []): Path[] {
  if (tree === null || typeof tree !== 'object') return path.length === 0 ? [] : [path];
  const inside = Array.isArray(tree)
    ? tree.flatMap((item, index) => placesIn(item, [...path, index]))
    : Object.entries(tree).flatMap(([name, value]) => placesIn(value, [...path, name]));
  return path.length === 0 ? inside : [path, ...inside];
}

export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined),
    tree,
  );
}

/** A number, or a text that is one. */
export const isFigure = (value: unknown): value is number | string =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)));

const dropped = Symbol('dropped');

/** The same tree with another value in one place; the rest is shared. */
export function withValue(tree: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (tree === null || typeof tree !== 'object') return tree;
  const inner = withValue((tree as Record<string, unknown>)[key], rest, value);
  if (Array.isArray(tree))
    return tree.flatMap((item, index) => (index !== key ? [item] : inner === dropped ? [] : [inner]));
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, old]) =>
      name !== key ? [[name, old]] : inner === dropped ? [] : [[name, inner]],
    ),
  );
}

export const without = (tree: unknown, path: Path): unknown => withValue(tree, path, dropped);

const strange = [
  null,
  '',
  '--',
  'N/A',
  'NaN',
  true,
  false,
  [],
  {},
  [1],
  { value: 1 },
  'Infinity',
  '1,5',
  ' 7 ',
  '0x10',
  '1e3',
];
const huge = [1e6, -1e6, 1e15, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_SAFE_INTEGER + 2, 1e-300];

/** @returns undefined where the mutation means nothing for the value. */
type Mutator = (value: unknown, draw: Draw) => unknown;
const onNumber =
  (change: (value: number, draw: Draw) => number): Mutator =>
  (value, draw) => {
    if (!isFigure(value)) return undefined;
    const changed = change(Number(value), draw);
    if (!Number.isFinite(changed)) return undefined; // JSON has no such number
    return typeof value === 'number' ? changed : String(changed);
  };

const mutators: Record<string, Mutator> = {
  'times 1000': onNumber((value) => value * 1000),
  'divided by 1000': onNumber((value) => value / 1000),
  negated: onNumber((value) => -value),
  zero: onNumber(() => 0),
  another: onNumber((value, draw) => Math.round(value * (0.2 + draw()) * 1000) / 1000),
  huge: onNumber((value, draw) => pick(huge, draw) ?? value),
  retyped: (value) => {
    if (typeof value === 'number') return String(value);
    return isFigure(value) ? Number(value) : undefined;
  },
  strange: (_value, draw) => pick(strange, draw),
  'a list of it': (value) => [value],
  duplicated: (value) => (Array.isArray(value) ? value.flatMap((item) => [item, item]) : undefined),
  reversed: (value) => (Array.isArray(value) ? value.toReversed() : undefined),
  emptied: (value) => (Array.isArray(value) ? [] : typeof value === 'object' ? {} : undefined),
};

/** One mutation: something dropped, changed, or two places swapped. */
export function mutate(tree: unknown, draw: Draw): Mutated {
  const all = placesIn(tree);
  const path = pick(all, draw);
  if (!path) return { tree, what: 'unchanged', path: [] };
  const value = valueAt(tree, path);
  const kind = draw();
  if (kind < 0.2) return { tree: without(tree, path), what: 'dropped', path };
  if (kind < 0.3) {
    const other = pick(all, draw) ?? path;
    const swapped = withValue(withValue(tree, path, valueAt(tree, other)), other, value);
    return { tree: swapped, what: `swapped with ${other.join('.')}`, path };
  }
  const fitting = Object.entries(mutators).flatMap(([what, change]) => {
    const changed = change(value, draw);
    return changed === undefined ? [] : [{ what, changed }];
  });
  const chosen = pick(fitting, draw);
  return { tree: withValue(tree, path, chosen?.changed), what: chosen?.what ?? 'unchanged', path };
}
