/** Excesses in JSON, drawn from a seed: texts that are blown up, values nested deep, numbers beyond any, names that steer. */
import { type Draw, type Mutated, type Path, placesIn, valueAt, withValue } from './mutation.ts';

/** `text`: what is sent; `tree`: the same as far as a tree can hold it. */
export type Excess = Mutated & { text: string };

const longestText = 200_000;
const deepest = 100_000;
const mostDigits = 400;
/** What stands in the tree for what JSON cannot be made of. */
const placeholder = '@@raw@@';

const pick = <Item>(items: readonly [Item, ...Item[]], draw: Draw): Item =>
  items[Math.floor(draw() * items.length)] ?? items[0];
/** Any order of magnitude is as likely as any other. */
const upTo = (most: number, draw: Draw): number => Math.max(1, Math.round(most ** draw()));

const letters = [...'0189-.+eE,:;=&%#"\'`\\/|<>{}[]()$^*?!_~ xXaTäßé€'] as [string, ...string[]];
const steering = ['\0', '\b', '\n', '\r', '\t', '\u001b', '\u009b', '\u202e', '\u2066', '\u2028', '\ud800'] as const;
const words = ['token', 'Bearer ', 'password=', '"token":"', 'eyJ', '&amp;', '%25', '\\u0041', '12 '] as const;

/** One to four characters, or a word. */
function unit(draw: Draw): string {
  const kind = draw();
  if (kind < 0.3) return pick(words, draw);
  return Array.from({ length: 1 + Math.floor(draw() * 4) }, () =>
    draw() < 0.15 ? pick(steering, draw) : pick(letters, draw),
  ).join('');
}

function longText(draw: Draw): string {
  const [begin, repeated, end] = [draw() < 0.3 ? '"' : '', unit(draw), draw() < 0.5 ? unit(draw) : ''];
  return begin + repeated.repeat(Math.ceil(upTo(longestText, draw) / repeated.length)) + end;
}

const names = [
  '__proto__',
  'constructor',
  'toString',
  'then',
  'length',
  '\u001b[2J',
  'a\r\nb',
  '\u202eemit',
  '',
] as const;

type Change = (value: unknown, draw: Draw) => { value: unknown; what: string; raw?: string };
const changes: readonly [Change, ...Change[]] = [
  (_value, draw) => ({ value: longText(draw), what: 'a long text' }),
  (value, draw) => ({ value: `${value}${longText(draw)}`, what: 'followed by a long text' }),
  (value, draw) => ({ value: { [longText(draw)]: value }, what: 'under a long name' }),
  (value, draw) => ({ value: { [pick(names, draw)]: value, [unit(draw)]: value }, what: 'under a strange name' }),
  (value, draw) => ({
    ...{ value: Array.from({ length: upTo(20_000, draw) }, () => value), what: 'many times' },
  }),
  (_value, draw) => {
    const depth = upTo(deepest, draw);
    const [open, close] = pick(
      [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const,
      draw,
    );
    return { value: placeholder, what: `${depth} deep`, raw: `${open.repeat(depth)}1${close.repeat(depth)}` };
  },
  (_value, draw) => {
    const digits = pick([...'123456789'] as [string, ...string[]], draw).repeat(upTo(mostDigits, draw));
    const raw = `${draw() < 0.3 ? '-' : ''}${digits}${draw() < 0.3 ? `e${upTo(400, draw)}` : ''}`;
    return { value: Number(raw), what: `the number ${raw.slice(0, 40)}`, raw };
  },
];

/** One excess at one place. */
export function exceed(tree: unknown, draw: Draw): Excess {
  const all = placesIn(tree);
  const path: Path = all[Math.floor(draw() * all.length)] ?? [];
  const { value, what, raw } = pick(changes, draw)(valueAt(tree, path), draw);
  const changed = withValue(tree, path, value);
  if (raw === undefined) return { tree: changed, text: JSON.stringify(changed), what, path };
  const text = JSON.stringify(withValue(tree, path, placeholder)).replace(`"${placeholder}"`, () => raw);
  return { tree: changed, text, what, path };
}
