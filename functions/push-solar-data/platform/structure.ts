/** What an answer is made of, without what stands in it: for the log, where an answer is not understood. */

const maxLength = 300;
/** So many members of a list say enough of the others. */
const shownOfList = 2;
const longestName = 40;

/** Names under which credentials travel: headers sent, entries of an adapter's state, members of an answer. */
export const isSecretName = (name: string): boolean =>
  /auth(?!-client-id)|token|cookie|session|jwt|secret|passw|pwd|key|signature/i.test(name);

/**
 * The structure of an answer in at most 300 characters: names, kinds and lengths; of the values only numbers and
 * booleans, because a text may be a token that nobody knows yet.
 *
 * @example structureOf('{"result":[{"value":12,"token":"eyJh…"}]}') // {"result":[{"value":12,"token":text(412)}]}
 */
export function structureOf(text: string): string {
  if (text.trim() === '') return 'nothing';
  const parsed = parse(text);
  return parsed ? firstOf(shapeOf(parsed.json)) : `${kindOf(text)}, ${grouped(text.length)} characters`;
}

/** `1,234`. Intl would load its tables for it. */
const grouped = (count: number): string =>
  count < 1_000 ? String(count) : `${grouped(Math.floor(count / 1_000))},${String(count % 1_000).padStart(3, '0')}`;

/** A name of an answer, or a place in a list, as it may be shown: what does not look like a name may be a credential. */
export const nameShown = (name: PropertyKey): string =>
  typeof name !== 'string' || looksLikeName(name) ? String(name) : `name(${name.length})`;

/** Words of letters and few digits: `pvPower2`, `X-Total-kW`, but not `xKJhsdGhqPzLw`. */
function looksLikeName(name: string): boolean {
  if (name.length > longestName || !/^[A-Za-z_$@][\w$@ -]*$/.test(name)) return false;
  const digits = name.match(/\d/g)?.length ?? 0;
  const humps = name.match(/[a-z](?=[A-Z])/g)?.length ?? 0;
  return digits <= 4 && humps <= 1 + name.length / 5;
}

function parse(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** No more pieces are made than are shown, however large the answer is. */
function firstOf(pieces: Iterable<string>): string {
  let shown = '';
  for (const piece of pieces) {
    shown += piece;
    if (shown.length > maxLength) return `${shown.slice(0, maxLength - 1)}…`;
  }
  return shown;
}

/** @param isSecret whether it stands at or below the name of a credential, which may be a number. */
function* shapeOf(value: unknown, isSecret = false): Generator<string> {
  if (typeof value === 'string') yield* shapeOfText(value, isSecret);
  else if (typeof value === 'number' && isSecret) yield 'number';
  else if (Array.isArray(value)) yield* shapeOfList(value, isSecret);
  else if (typeof value === 'object' && value !== null) yield* shapeOfObject(value, isSecret);
  else yield String(value);
}

/** Some clouds send JSON as a text inside JSON. */
function* shapeOfText(text: string, isSecret: boolean): Generator<string> {
  const inside = /^\s*[[{]/.test(text) ? parse(text) : undefined;
  if (!inside) return yield `text(${text.length})`;
  yield 'text(';
  yield* shapeOf(inside.json, isSecret);
  yield ')';
}

function* shapeOfList(list: readonly unknown[], isSecret: boolean): Generator<string> {
  yield '[';
  for (const [index, member] of list.slice(0, shownOfList).entries()) {
    if (index > 0) yield ',';
    yield* shapeOf(member, isSecret);
  }
  if (list.length > shownOfList) yield `,+${list.length - shownOfList}`;
  yield ']';
}

function* shapeOfObject(object: object, isSecret: boolean): Generator<string> {
  let separator = '{';
  for (const [name, value] of Object.entries(object)) {
    yield `${separator}${looksLikeName(name) ? `"${name}"` : nameShown(name)}:`;
    yield* shapeOf(value, isSecret || isSecretName(name));
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}

function kindOf(text: string): string {
  const begin = text.slice(0, 1_000).trimStart();
  if (/^<(?:.*?<)?(?:!doctype\s+html|html|head|body|script|div|p|h\d|center)\b/is.test(begin)) return 'web page';
  if (begin.startsWith('<')) return 'XML';
  if (/^[[{]/.test(begin)) return 'JSON that breaks off or is wrong';
  return /^[\w.[\]%-]+=\S*$/.test(begin.trimEnd()) ? 'form' : 'text';
}
