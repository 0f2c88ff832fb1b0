/** Whether a pushed figure stands in an answer, or follows from what stands there. Knows nothing of any adapter. */

/** The finite numbers of a tree, as numbers or their texts (also inside a text, as `71%` or JSON within JSON). */
export function numbersIn(tree: unknown): Set<number> {
  const found = new Set<number>();
  const visit = (value: unknown): void => {
    if (typeof value === 'number' && Number.isFinite(value)) found.add(Math.abs(value));
    if (typeof value === 'string')
      for (const text of value.match(/\d+(\.\d+)?(e[+-]?\d+)?/gi) ?? []) found.add(Number(text));
    if (value !== null && typeof value === 'object') Object.values(value).forEach(visit);
  };
  visit(tree);
  return found;
}

/** Factors from vendors' units to ours: kW, W, Wh in a quarter of an hour; kWh, tenths of it and Wh; 0…1 and percent. */
const factors = { _kw: [1, 1e-3, 4e-3, 12e-3], _kwh: [1, 0.1, 1e-3], _soc: [1, 1e-2] } as const;
/** What rounding may change: half of the last digit, twice. */
const tolerance = { _kw: 0.0011, _kwh: 0.0011, _soc: 0.00011 } as const;
type Unit = keyof typeof factors;

/** Whether `figure` is up to three of the numbers, added or subtracted, or a product of two (volts and amperes). */
export function follows(field: string, figure: number, numbers: ReadonlySet<number>): boolean {
  const unit = field.slice(field.lastIndexOf('_')) as Unit;
  const wanted = Math.abs(figure);
  const close = tolerance[unit] ?? 0;
  const all = [...numbers];
  if (unit === '_kw' && isMeanPower(wanted, all, close)) return true;
  return (factors[unit] ?? [1]).some((factor) => {
    const terms = all.map((number) => number * factor).filter((term) => unit !== '_soc' || term <= 1);
    return (
      isSum(wanted, terms, close) ||
      (unit === '_soc' && isMean(wanted, terms, close)) ||
      isProduct(wanted, all, factor, close)
    );
  });
}

/** An energy in Wh over a time in s that stands in the answer too. */
const isMeanPower = (wanted: number, all: readonly number[], close: number): boolean =>
  all.some(
    (seconds) =>
      seconds >= 60 && seconds <= 3_600 && all.some((energy) => Math.abs((energy * 3.6) / seconds - wanted) <= close),
  );

function isSum(wanted: number, terms: readonly number[], close: number): boolean {
  const isTerm = nearest(terms, close);
  if (isTerm(wanted)) return true;
  for (const a of terms) if (isTerm(Math.abs(wanted - a)) || isTerm(wanted + a)) return true;
  for (const a of terms)
    for (const b of terms)
      if (isTerm(Math.abs(wanted - a - b)) || isTerm(Math.abs(wanted - a + b)) || isTerm(wanted + a + b)) return true;
  return false;
}

const isMean = (wanted: number, terms: readonly number[], close: number): boolean =>
  terms.some((a) => terms.some((b) => Math.abs((a + b) / 2 - wanted) <= close));

const isProduct = (wanted: number, all: readonly number[], factor: number, close: number): boolean =>
  all.some((a) => all.some((b) => Math.abs(a * b * factor - wanted) <= close));

/** Whether any of the terms lies so close. */
function nearest(terms: readonly number[], close: number): (wanted: number) => boolean {
  const sorted = [...terms].sort((a, b) => a - b);
  return (wanted) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < wanted - close) low = middle + 1;
      else high = middle;
    }
    return (sorted[low] ?? Number.POSITIVE_INFINITY) <= wanted + close;
  };
}

/** The same JSON in another spelling: names reversed, numbers as exponents, letters escaped. Nothing is lost. */
export const respelt = (json: string): string => otherSpelling(JSON.parse(json));

function otherSpelling(tree: unknown): string {
  if (typeof tree === 'number')
    return Number.isInteger(tree) && Math.abs(tree) > 1e15 ? String(tree) : tree.toExponential();
  if (typeof tree === 'string')
    return JSON.stringify(tree).replace(/[a-z]/g, (letter, at: number, text: string) =>
      text[at - 1] === '\\' || /\\u[0-9a-f]{0,3}$/.test(text.slice(Math.max(0, at - 5), at))
        ? letter
        : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  if (Array.isArray(tree)) return `[ ${tree.map(otherSpelling).join(' ,\n')} ]`;
  if (tree === null || typeof tree !== 'object') return JSON.stringify(tree);
  const entries = Object.entries(tree).toReversed();
  return `{ ${entries.map(([name, value]) => `${otherSpelling(name)}\t:${otherSpelling(value)}`).join(' , ')} }`;
}
