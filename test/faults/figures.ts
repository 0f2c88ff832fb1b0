/** Faults of what an answer says: figures, devices and times that are not as they should be. */
import type { Answer } from '../support/conversation.ts';
import type { Fault } from './fault.ts';

const anyKind = ['bad-response', 'offline', 'stale', 'unavailable', 'auth', 'settings'] as const;
const hourMs = 3_600_000;

/** Every value of a tree (leaves, then what holds them) replaced; undefined drops it. */
function rewrite(tree: unknown, change: (value: unknown, name: string) => unknown, name = ''): unknown {
  if (Array.isArray(tree)) {
    const items = tree.map((item) => rewrite(item, change, name)).filter((item) => item !== undefined);
    return change(items, name);
  }
  if (tree === null || typeof tree !== 'object') return change(tree, name);
  const entries = Object.entries(tree).map(([key, value]) => [key, rewrite(value, change, key)] as const);
  return change(Object.fromEntries(entries.filter(([, value]) => value !== undefined)), name);
}

export const isNumberText = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));

/** `20260501120000`. */
const withoutMarks = /^(20\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;

/** A time near `now`, as a text or as seconds or milliseconds since the epoch. */
export function isTime(value: unknown, now: number): boolean {
  if (typeof value === 'string' && (/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/.test(value) || withoutMarks.test(value)))
    return true;
  const number = Number(value);
  return [number, number * 1000].some((ms) => Math.abs(ms - now) < 72 * hourMs);
}

/** Answer of the live call with its JSON rewritten; undefined if nothing in it changes. */
export function rewritten(
  { json, ...answer }: Answer,
  change: (value: unknown, name: string) => unknown,
): Answer | undefined {
  if (json === undefined || answer.text !== undefined) return undefined;
  const changed = rewrite(json, change);
  return JSON.stringify(changed) === JSON.stringify(json) ? undefined : { ...answer, json: changed };
}

type Change = (value: unknown, name: string) => unknown;
const onFigures =
  (change: (value: number | string) => unknown): Change =>
  (value) =>
    typeof value === 'number' || isNumberText(value) ? change(value as number | string) : value;

const fault = (name: string, change: (now: number) => Change, more: Partial<Fault> = {}): Fault => ({
  name,
  answer: (usual, _heard, now) => rewritten(usual, change(now)),
  ofFigures: true,
  kinds: anyKind,
  ...more,
});
const allFigures = (name: string, change: (value: number | string) => unknown, more: Partial<Fault> = {}) =>
  fault(name, () => onFigures(change), more);
const allTimes = (name: string, change: (value: string | number) => unknown, more: Partial<Fault> = {}) =>
  fault(name, (now) => (value) => (isTime(value, now) ? change(value as string | number) : value), more);

/** The same text or number, `ms` later. */
export function later(value: string | number, ms: number): string | number {
  if (typeof value === 'number') return value > 1e11 ? value + ms : value + ms / 1000;
  if (withoutMarks.test(value))
    return String(later(value.replace(withoutMarks, '$1-$2-$3 $4:$5:$6'), ms)).replace(/\D/g, '');
  if (isNumberText(value)) return String(later(Number(value), ms));
  const [whole = '', date = '', divider = '', time = '', seconds = ''] =
    /^(\d{4}-\d\d-\d\d)([ T])(\d\d:\d\d)(:\d\d)?/.exec(value) ?? [];
  const moved = new Date(Date.parse(`${date}T${time}${seconds || ':00'}Z`) + ms).toISOString();
  return moved.slice(0, 10) + divider + moved.slice(11, 11 + time.length + seconds.length) + value.slice(whole.length);
}

/** Every number of the JSON text written in another way. */
function respelt({ json, ...answer }: Answer, spell: (number: string) => string): Answer | undefined {
  if (json === undefined || answer.text !== undefined) return undefined;
  const spelt = JSON.stringify(json).replace(/(?<=[:[,])-?\d+(\.\d+)?(?=[,\]}])/g, spell);
  if (spelt === JSON.stringify(json)) return undefined;
  return { ...answer, text: spelt, headers: { ...answer.headers, 'content-type': 'application/json' } };
}

/** Every fault of the figures in the live answer. */
export const figureFaults: readonly Fault[] = [
  allFigures('numbers as texts', String, { mayBeRead: true }),
  allFigures('a comma for the point', (value) => `${String(value).replace(/\.\d+$/, '')},5`),
  allFigures('"NaN"', () => 'NaN'),
  allFigures('"Infinity"', () => 'Infinity'),
  {
    name: 'bare NaN',
    answer: (usual) => respelt(usual, () => 'NaN'),
    ofFigures: true,
    kinds: anyKind,
  },
  {
    name: 'numbers of 400 digits',
    answer: (usual) => respelt(usual, (number) => `${number.split('.')[0]}${'9'.repeat(400)}`),
    ofFigures: true,
    kinds: anyKind,
  },
  {
    name: 'exponents',
    answer: (usual) => respelt(usual, (number) => Number(number).toExponential()),
    ofFigures: true,
    kinds: anyKind,
    mayBeRead: true,
  },
  allFigures('nulls', () => null),
  allFigures('missing', () => undefined),
  allFigures('booleans', () => true),
  allFigures('objects', (value) => ({ value })),
  allFigures('lists', (value) => [value]),
  fault('every entry twice', () => (value) => (Array.isArray(value) ? value.flatMap((item) => [item, item]) : value), {
    mayBeRead: true,
  }),
  fault('lists empty', () => (value) => (Array.isArray(value) ? [] : value)),
  allTimes('no times', () => undefined, { mayBeRead: true }),
  // Of one of several entities that Home Assistant shows without the time of their last write, the value alone counts.
  allTimes('times of yesterday', (value) => later(value, -26 * hourMs), { mayBeRead: true }),
  allTimes('times of tomorrow', (value) => later(value, 26 * hourMs)),
  allTimes('times of a zone ten hours east', (value) => later(value, 10 * hourMs)),
  allTimes('times of a zone ten hours west', (value) => later(value, -10 * hourMs), { mayBeRead: true }),
  allTimes(
    'seconds for milliseconds',
    (value) => (typeof value !== 'number' ? value : value > 1e11 ? Math.round(value / 1000) : value * 1000),
    { mayBeRead: true },
  ),
];
