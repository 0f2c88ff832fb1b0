/** Finds secrets in what leaves the bridge, in every form in which a text may carry one. */
import type { ReceivedRequest } from './conversation.ts';
import { disguises } from './disguises.ts';

const secretHeader = /auth|token|cookie|session|key|jwt|signature/i;
const secretEntry = /auth|token|cookie|session_?id|jwt|secret|password/i;
const shortest = 4;
/** What stands under such a name without being secret; the last are the public client of an app. */
const harmless = /^(bearer|[\d.]+|application\/\S+|c2lnZW46c2lnZW4=|sigen)$/i;

const known = new Map<string, readonly string[]>();

/** A secret in each of its {@link disguises}, and in base64 also as it stands in the middle of a longer text. */
export function formsOf(secret: string): readonly string[] {
  const forms = known.get(secret) ?? [
    ...new Set([...Object.values(disguises).map((disguise) => disguise(secret)), ...base64Forms(secret)]),
  ];
  known.set(secret, forms);
  return forms;
}

/** What is certain of a text's base64 wherever it begins in a longer one; too little of it proves nothing. */
function base64Forms(secret: string): string[] {
  const forms = [0, 1, 2].map((before) => {
    const encoded = Buffer.from('x'.repeat(before) + secret)
      .toString('base64')
      .replace(/=+$/, '');
    const certain = Math.floor(((before + Buffer.byteLength(secret)) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), certain);
  });
  return forms.filter((form) => form.length >= 8);
}

/** The secrets among `secrets` of which `told` holds any form, or most of one from its beginning. */
export const leaks = (told: string, secrets: Iterable<string>): string[] =>
  [...new Set(secrets)].filter((secret) => formsOf(secret).some((form) => told.includes(mostOf(form))));

const mostOf = (form: string): string => (form.length < 12 ? form : form.slice(0, Math.ceil(form.length * 0.7)));

/** What a request carried that opens doors: headers of such a name, of cookies the values, of JSON what says what it is. */
export function secretsOfRequest({ headers }: ReceivedRequest): string[] {
  const found = Object.entries(headers).flatMap(([name, value]) => (secretHeader.test(name) ? [String(value)] : []));
  return found.flatMap((value) => {
    const tree = jsonIn(value);
    if (tree) return secretsOfAnswer(tree);
    const parts = value.split(/[;,]\s*/);
    return parts
      .flatMap((part) => [part.replace(/^[A-Za-z]+ /, ''), ...part.split(/(?<==)/).slice(1)])
      .filter(isSecret);
  });
}

function jsonIn(value: string): unknown {
  try {
    return value.startsWith('{') ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Texts in an answer under a name that says what they are. */
export function secretsOfAnswer(tree: unknown, named = false): string[] {
  if (typeof tree === 'string') return named && isSecret(tree) ? [tree] : [];
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([name, value]) => secretsOfAnswer(value, named || secretEntry.test(name)));
}

const isSecret = (text: string): boolean => text.length >= shortest && !harmless.test(text);
