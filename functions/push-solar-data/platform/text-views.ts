/**
 * A text as it stands and as others may have written it down: without percent signs, entities, escapes and whatever else
 * wraps a character. Secrets are looked for in each view, so no list of encodings, nested as they may be, has to be kept.
 */

/** `at[i]` is where the character `i` begins in the original text, its last entry the original's length; absent: at `i`. */
export type View = { text: string; at?: Uint32Array };

/** So many layers of escapes are taken off; each layer of the same kind counts once. */
const mostLayers = 5;

/** Small letters and single kinds of blanks everywhere: who quotes may change both. A form writes a blank as `+`. */
export function viewsOf(original: string, { foreign }: { foreign: boolean }): View[] {
  let view: View = { text: evened(original) };
  const views = [view];
  for (let layer = 0; layer < mostLayers && isEscaped.test(view.text); layer++) {
    const next = unescaped(view);
    if (next.text === view.text) break;
    views.push(next);
    view = next;
  }
  if (foreign && isForeign.test(view.text)) views.push(withoutForeign(view));
  return views;
}

/** What remains of a text when all its wrappings are taken off, first as far as that is certain. */
export const coresOf = (text: string): string[] => viewsOf(text, { foreign: true }).map((view) => view.text);

function evened(text: string): string {
  const small = text.toLowerCase();
  // A few letters have a small form of two characters; then only those of ASCII are changed.
  const same = small.length === text.length ? small : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return same.replace(/[^\S ]|\+/g, ' ');
}

const isEscaped = /[%&\\]|([\s'"])\1/;

/**
 * `%26`, `%2526` and `%u0026`; `&amp;`, `&amp;amp;`, `&#38;` and `&#x26;`; `\u0026`, `\\u0026`, `\u{26}`, `\x26` and a
 * backslash before any other character; quotes that are doubled, and several blanks.
 */
const escapes =
  /%(?:25)*(?:u([0-9a-f]{4})|([0-9a-f]{2}))|&(?:amp;)*(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,30}));|\\+(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2})|([^\\]))?|([\s'"])\10+/g;

function unescaped(view: View): View {
  const { text } = view;
  const at = new Uint32Array(text.length + 1);
  let plain = '';
  let read = 0;
  const copy = (until: number) => {
    for (let index = read; index < until; index++) at[plain.length + index - read] = index;
    plain += text.slice(read, until);
  };
  for (const found of text.matchAll(escapes)) {
    copy(found.index);
    const character = characterOf(found);
    for (let unit = 0; unit < character.length; unit++) at[plain.length + unit] = found.index;
    plain += character;
    read = found.index + found[0].length;
  }
  copy(text.length);
  at[plain.length] = text.length;
  return traced(plain, at, view);
}

function characterOf(found: RegExpMatchArray): string {
  const [, percentU, percent, decimal, entityHex, name, u, braced, x, escaped, repeated] = found;
  if (name !== undefined) return named[name] ?? unknown;
  const hex = percentU ?? percent ?? entityHex ?? u ?? braced ?? x;
  if (hex !== undefined) return evenedCode(Number.parseInt(hex, 16));
  if (decimal !== undefined) return evenedCode(Number(decimal));
  return escaped ?? repeated ?? '';
}

/** Stands for a character that is not known. */
const unknown = '\ufffd';

function evenedCode(code: number): string {
  if (code > 0x10_ff_ff) return unknown;
  const character = String.fromCodePoint(code);
  return code > 0x20 && code < 0x41 && code !== 0x2b ? character : evened(character);
}

/** The named entities of ASCII; any other is a character beyond it. */
const named: Record<string, string> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', tab: ' ', newline: ' ' },
  ...{ excl: '!', num: '#', dollar: '$', percnt: '%', lpar: '(', rpar: ')', ast: '*', plus: ' ', comma: ',' },
  ...{ period: '.', sol: '/', colon: ':', semi: ';', equals: '=', quest: '?', commat: '@', bsol: '\\', hat: '^' },
  ...{ lsqb: '[', lbrack: '[', rsqb: ']', rbrack: ']', lowbar: '_', grave: '`', lcub: '{', lbrace: '{' },
  ...{ rcub: '}', rbrace: '}', verbar: '|', vert: '|' },
};

/**
 * Characters beyond ASCII, also as a letter with its mark apart, and the `?` that some put in their place. A text that is
 * read in another encoding than it was written in changes exactly these: `Wärme`, `WÃ¤rme`, `W�rme`, `W?rme`.
 */
const isForeign = /[^\0-\x7f]|\?/;
const foreignRun = /(?:[a-z]?[\u0300-\u036f]+|[^\0-\x7f]|\?)+/g;

/** Each run of such characters as one `?`. */
function withoutForeign(view: View): View {
  const { text } = view;
  const at = new Uint32Array(text.length + 1);
  let plain = '';
  let read = 0;
  for (const { 0: run, index } of text.matchAll(foreignRun)) {
    for (let position = read; position <= index; position++) at[plain.length + position - read] = position;
    plain += `${text.slice(read, index)}?`;
    read = index + run.length;
  }
  for (let position = read; position <= text.length; position++) at[plain.length + position - read] = position;
  return traced(plain + text.slice(read), at, view);
}

/** Positions in the view before as positions in the original. */
function traced(text: string, at: Uint32Array, { at: before }: View): View {
  const known = at.subarray(0, text.length + 1);
  return { text, at: before ? known.map((position) => before[position] ?? position) : known };
}
