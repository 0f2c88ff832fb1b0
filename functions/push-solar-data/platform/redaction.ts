/** Keeps secrets out of everything that leaves the bridge: by value, in each form in which a text may carry one. */

const shortestSecret = 4;
/** Names under which credentials travel: headers sent, entries of an adapter's state. A client id is the same for everybody. */
const secretName = /auth(?!-client-id)|token|cookie|session|jwt|secret|password|key|signature/i;

/** `"access_token":"…`, also where the text breaks off: what an answer quotes may be a token that nobody knows yet. */
const namedInJson = /("[^"]*(?:auth|token|cookie|session|jwt|secret|password)[^"]*"\s*:\s*")(?:\\.|[^"\\])*/gis;

/** `Basic YWJj` → `YWJj`, `lang=en; id=abcdefgh` → `abcdefgh`: who repeats a header may repeat a part of it. */
const credentialsIn = (value: string): string[] =>
  value.split(/[\s;,]+|(?<=\w)=(?=[^=])/).filter((word) => word.length >= tellingBeginning);

/** So many characters of a secret say enough of it. */
const tellingBeginning = 8;

/** A quotation that breaks off inside a secret holds its beginning. @param forms that all begin with `head`. */
function withoutBeginnings(text: string, head: string, forms: readonly string[]): string {
  const [first = '', ...others] = text.split(head);
  return others.reduce((clean, rest) => {
    const shared = Math.max(...forms.map((form) => sharedLength(form.slice(head.length), rest)));
    return `${clean}[hidden]${rest.slice(shared)}`;
  }, first);
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function inOrder(forms: ReadonlySet<string>): { all: string[]; byHead: Map<string, string[]> } {
  const all = [...forms].sort((a, b) => b.length - a.length);
  const long = all.filter((form) => form.length > tellingBeginning);
  return { all, byHead: Map.groupBy(long, (form) => form.slice(0, tellingBeginning)) };
}

export type Redactor = {
  /** Hides this value from now on. Values of fewer than 4 characters are left: they would mutilate every text. */
  hide(value: string): void;
  /** Hides every text in `tree` that stands (at any depth) under a name of a credential. */
  redactKeys(tree: unknown): void;
  /** The text without any hidden value or the beginning (8 characters and more) of one, and without what it gives the name of a credential itself. */
  text(text: string): string;
  /** The same tree with every text in it cleaned. */
  tree<Tree>(tree: Tree): Tree;
};

/** @param secrets values known from the start. */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const forms = new Set<string>();
  /** The forms, longest first, and the long ones by their beginning; made anew when one is added. */
  let ordered: { all: string[]; byHead: Map<string, string[]> } | undefined;
  const hide = (value: string) => {
    if (value.length < shortestSecret || forms.has(value)) return;
    const base64 = Buffer.from(value).toString('base64');
    const urlForm = new URLSearchParams({ v: value }).toString().slice(2);
    const inJson = JSON.stringify(value).slice(1, -1);
    for (const form of [value, inJson, inJson.replaceAll('/', '\\/'), encodeURIComponent(value), urlForm])
      forms.add(form);
    for (const form of [base64, base64.replace(/=+$/, ''), Buffer.from(value).toString('base64url')]) forms.add(form);
    ordered = undefined;
  };
  const redactKeys = (tree: unknown, named = false): void => {
    if (typeof tree === 'string' && named) for (const secret of [tree, ...credentialsIn(tree)]) hide(secret);
    if (tree === null || typeof tree !== 'object') return;
    for (const [name, value] of Object.entries(tree)) redactKeys(value, named || secretName.test(name));
  };
  const text = (dirty: string): string => {
    ordered ??= inOrder(forms);
    const whole = ordered.all.reduce((clean, form) => clean.replaceAll(form, '[hidden]'), dirty);
    const named = whole.replaceAll(namedInJson, '$1[hidden]');
    return [...ordered.byHead].reduce((clean, [head, alike]) => withoutBeginnings(clean, head, alike), named);
  };
  const tree = (dirty: unknown): unknown => {
    if (typeof dirty === 'string') return text(dirty);
    if (Array.isArray(dirty)) return dirty.map(tree);
    if (dirty === null || typeof dirty !== 'object') return dirty;
    return Object.fromEntries(Object.entries(dirty).map(([name, value]) => [name, tree(value)]));
  };
  for (const secret of secrets) hide(secret);
  return { hide, redactKeys, text, tree: <Tree>(dirty: Tree) => tree(dirty) as Tree };
}
