/** Finds many secrets in a text at once, in time that grows with the text alone. */
import { shortestSecret } from './secret-forms.ts';
import { type View, viewsOf } from './text-views.ts';

/** So many characters of a secret say enough of it: a quotation that breaks off inside a secret holds its beginning. */
const tellingBeginning = 8;
/** What two forms share beyond this is compared only where nothing is hidden yet. */
const comparedAgain = 16;

/** From a position in a text to one behind it. */
export type Span = readonly [from: number, to: number];

export type SecretIndex = {
  /** @param forms each at least 4 characters long. */
  add(forms: readonly string[]): void;
  /** Where in the text a form stands, or the beginning of one. They may overlap. */
  spansIn(text: string): Span[];
};

export function createIndex(): SecretIndex {
  /** The forms by their first four characters. */
  const byHead = new Map<string, string[]>();
  /** Marks the pairs of characters with which forms begin: most places in a text begin none. */
  const beginnings = new Uint8Array(1 << 14);
  let foreign = false;
  return {
    add(forms) {
      for (const form of forms) {
        const head = form.slice(0, shortestSecret);
        const alike = byHead.get(head);
        if (alike) alike.push(form);
        else byHead.set(head, [form]);
        beginnings[pairAt(form, 0)] = 1;
        foreign ||= form.includes('?');
      }
    },
    spansIn(text) {
      if (byHead.size === 0) return [];
      return viewsOf(text, { foreign }).flatMap((view) => spansInView(view, byHead, beginnings));
    },
  };
}

const pairAt = (text: string, at: number): number =>
  ((text.charCodeAt(at) & 127) << 7) | (text.charCodeAt(at + 1) & 127);

function spansInView({ text, at }: View, byHead: ReadonlyMap<string, string[]>, beginnings: Uint8Array): Span[] {
  const spans: Span[] = [];
  let hiddenUntil = 0;
  for (let from = 0; from + shortestSecret <= text.length; from++) {
    if (!beginnings[pairAt(text, from)]) continue;
    const alike = byHead.get(text.slice(from, from + shortestSecret)) ?? [];
    const to = alike.reduce((end, form) => Math.max(end, endOf(form, text, from, hiddenUntil)), from);
    if (to === from || to <= hiddenUntil) continue;
    spans.push(at ? [at[from] ?? from, at[to] ?? to] : [from, to]);
    hiddenUntil = to;
  }
  return spans;
}

/** Where the form, or a telling beginning of it, ends that begins at `from`; `from` if there is none. */
function endOf(form: string, text: string, from: number, hiddenUntil: number): number {
  const shared = sharedLength(form, text, from, 0, comparedAgain);
  if (shared < comparedAgain) return shared === form.length || shared >= tellingBeginning ? from + shared : from;
  const known = Math.max(shared, hiddenUntil - from);
  return from + sharedLength(form, text, from, known, form.length);
}

function sharedLength(form: string, text: string, from: number, begin: number, end: number): number {
  const last = Math.min(form.length, end);
  let length = begin;
  while (length < last && form.charCodeAt(length) === text.charCodeAt(from + length)) length++;
  return length;
}
