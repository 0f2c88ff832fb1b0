/** Where a text ceases to be JSON: the parser tells no place for many mistakes, and its words quote the text, which may hold a secret. */

/** What is wrong, to follow the setting's name; undefined for JSON, and for a text that was hardly meant to be any. */
export function syntaxProblem(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text) || failureOf(text) === undefined) return undefined;
  const at = firstWrong(text);
  const before = text.slice(0, at).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return `is not JSON from ${place} on: ${adviceFor(text, at)}`;
}

/** The parser's words; undefined for JSON. */
function failureOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

/** Whether more text behind it could make it JSON. */
function mayGoOn(beginning: string): boolean {
  const failure = failureOf(beginning);
  if (failure === undefined || /end of JSON input|^Unterminated string/.test(failure)) return true;
  const [, position] = /at position (\d+)/.exec(failure) ?? [];
  return position !== undefined && Number(position) >= beginning.length;
}

/** Offset of the first character that no JSON has there; the length of a text that merely ends too early. */
function firstWrong(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Tells the character only where it is a mark that structures. */
function adviceFor(text: string, at: number): string {
  const found = text.codePointAt(at);
  if (found === undefined) return 'it ends too early, so a bracket or a quote is not closed';
  const mark = String.fromCodePoint(found);
  if (/['‘’“”„`]/.test(mark)) return `texts stand in straight double quotes ("), not in ${mark}`;
  if (/[}\]]/.test(mark) && text.slice(0, at).trimEnd().endsWith(',')) return `no comma may stand before ${mark}`;
  if (/[}\]:,{[]/.test(mark)) return `a ${mark} cannot stand there`;
  if (mark === '"') return 'a comma is missing before this text';
  return 'names and texts stand in double quotes, a colon behind a name, a comma between two members';
}
