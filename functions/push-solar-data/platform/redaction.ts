/** Keeps secrets out of everything that leaves the bridge: by value, in whatever form a text carries one, and by name. */
import { plainText } from '../core/plain-text.ts';
import { formsOf, shortestSecret } from './secret-forms.ts';
import { createIndex, type SecretIndex, type Span } from './secret-index.ts';
import { isSecretName } from './structure.ts';

export type Redactor = {
  /** Hides this value from now on. Values of fewer than 4 characters are left: they would mutilate every text. */
  redactValue(value: string): void;
  /** Hides every text in `tree` that stands (at any depth) under a name of a credential. */
  redactKeys(tree: unknown): void;
  /**
   * The text as it may be told: on one line, without any hidden value or the beginning (8 characters and more) of one,
   * and without what it gives the name of a credential itself.
   */
  text(text: string): string;
  /** The same tree with every text in it fit to be told, but for the words that the bridge itself has {@link decided}. */
  report<Tree>(tree: Tree): Tree;
};

/** What stands here decides what happens next, and is the bridge's own word or the owner's label, even if a secret is the same. */
const decided = new Set(['outcome', 'kind', 'result', 'delivery', 'site', 'label', 'vendor', 'meter', 'derived']);

/** @param secrets values known from the start. */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const hidden = new Set<string>();
  /** Made when there is a text to clean, with the forms of what is hidden since: most ticks tell none. */
  let index: SecretIndex | undefined;
  let added: string[] = [];
  const redactValue = (value: string) => {
    if (value.length < shortestSecret || hidden.has(value)) return;
    hidden.add(value);
    added.push(value);
  };
  const redactKeys = (tree: unknown, named = false): void => {
    if (typeof tree === 'string' && named) for (const secret of [tree, ...credentialsIn(tree)]) redactValue(secret);
    if (tree === null || typeof tree !== 'object') return;
    for (const [name, value] of Object.entries(tree)) redactKeys(value, named || isSecretName(name));
  };
  const text = (dirty: string): string => {
    index ??= createIndex();
    for (const value of added) index.add(formsOf(value));
    added = [];
    return inOneLine(without(dirty, [...index.spansIn(dirty), ...unknownCredentials(dirty)]));
  };
  const report = (tree: unknown, isDecided = false): unknown => {
    if (typeof tree === 'string') return isDecided ? inOneLine(tree) : text(tree);
    if (Array.isArray(tree)) return tree.map((each) => report(each, isDecided));
    if (tree === null || typeof tree !== 'object') return tree;
    return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, report(value, decided.has(name))]));
  };
  for (const secret of secrets) redactValue(secret);
  return { redactValue, redactKeys, text, report: <Tree>(tree: Tree) => report(tree) as Tree };
}

const inOneLine = (text: string): string => plainText(text, Number.POSITIVE_INFINITY);

/** `Basic YWJj` → `YWJj`, `lang=en; id=abcdefgh` → `abcdefgh`: who repeats a header may repeat a part of it. */
const credentialsIn = (value: string): string[] =>
  value.split(/[\s;,]+|(?<=\w)=(?=[^=])/).filter((word) => word.length >= 8);

const name = '(?:auth|token|cookie|session|jwt|secret|passw|pwd|api[-_]?key|signature)[\\w-]{0,20}';
/**
 * What a text itself calls a credential, which nobody may know yet: `"access_token":"…`, the same inside a text of JSON
 * (`\"token\":\"…\"`), `access_token=…`, `<token>…`, `Bearer …`, and what begins like a JSON Web Token. Each part is
 * bounded or runs through what it matches once, so that a long text takes no more than its length.
 */
const credentials = new RegExp(
  [
    `${name}\\\\+"\\s*:\\s*\\\\+"((?:[^"\\\\]|\\\\+[^"\\\\])+)`,
    `${name}"\\s*:\\s*(?:"((?:\\\\.|[^"\\\\])+)|\\[\\s*"((?:\\\\.|[^"\\\\])+)|(\\d{4,}))`,
    `${name}=["']?([^&\\s"'<>;,]{4,})`,
    `${name}>([^<]{4,})`,
    'bearer\\s+([\\w.~+/=-]{8,})',
    '(eyJ[\\w-]{8,}(?:\\.[\\w-]*){0,2})',
  ].join('|'),
  'dgis',
);

function unknownCredentials(text: string): Span[] {
  return [...text.matchAll(credentials)]
    .flatMap(({ indices }) => (indices ?? []).slice(1))
    .filter((span) => span !== undefined);
}

/** Spans that overlap are one. */
function without(text: string, spans: Span[]): string {
  let clean = '';
  let read = 0;
  for (const [from, to] of spans.sort(([one], [other]) => one - other)) {
    if (from >= read) clean += `${text.slice(read, from)}[hidden]`;
    read = Math.max(read, to);
  }
  return clean + text.slice(read);
}
