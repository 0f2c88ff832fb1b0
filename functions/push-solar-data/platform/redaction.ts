/** Keeps secrets out of everything that leaves the bridge: by value, in each form in which a text may carry one. */

const shortestSecret = 4;
/** Names under which credentials travel: headers sent, entries of an adapter's state. */
const secretName = /auth|token|cookie|session|jwt|secret|password|key|signature/i;

/** `"access_token":"…`, also where the text breaks off: what an answer quotes may be a token that nobody knows yet. */
const namedInJson = /("[^"]*(?:auth|token|cookie|session|jwt|secret|password)[^"]*"\s*:\s*")[^"]*/gi;

export type Redactor = {
  /** Hides this value from now on. Values of fewer than 4 characters are left: they would mutilate every text. */
  hide(value: string): void;
  /** Hides every text in `tree` that stands (at any depth) under a name of a credential. */
  hideNamed(tree: unknown): void;
  /** The text without any hidden value, and without what it gives the name of a credential itself. */
  text(text: string): string;
  /** The same tree with every text in it cleaned. */
  tree<Tree>(tree: Tree): Tree;
};

/** @param secrets values known from the start. */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const forms = new Set<string>();
  let sorted: string[] | undefined;
  const hide = (value: string) => {
    if (value.length < shortestSecret || forms.has(value)) return;
    const base64 = Buffer.from(value).toString('base64');
    const urlForm = new URLSearchParams({ v: value }).toString().slice(2);
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), urlForm]) forms.add(form);
    for (const form of [base64, base64.replace(/=+$/, ''), Buffer.from(value).toString('base64url')]) forms.add(form);
    sorted = undefined;
  };
  const hideNamed = (tree: unknown, named = false): void => {
    if (typeof tree === 'string' && named) hide(tree);
    if (tree === null || typeof tree !== 'object') return;
    for (const [name, value] of Object.entries(tree)) hideNamed(value, named || secretName.test(name));
  };
  const text = (dirty: string): string => {
    sorted ??= [...forms].sort((a, b) => b.length - a.length);
    const named = dirty.replaceAll(namedInJson, '$1[hidden]');
    return sorted.reduce((clean, form) => clean.replaceAll(form, '[hidden]'), named);
  };
  const tree = (dirty: unknown): unknown => {
    if (typeof dirty === 'string') return text(dirty);
    if (Array.isArray(dirty)) return dirty.map(tree);
    if (dirty === null || typeof dirty !== 'object') return dirty;
    return Object.fromEntries(Object.entries(dirty).map(([name, value]) => [name, tree(value)]));
  };
  for (const secret of secrets) hide(secret);
  return { hide, hideNamed, text, tree: <Tree>(dirty: Tree) => tree(dirty) as Tree };
}
