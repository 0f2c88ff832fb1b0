/** The forms of one secret that no {@link viewsOf view} of a text turns back: hashes, hex, base64, other alphabets and cases. */
import { hash } from 'node:crypto';
import { coresOf } from './text-views.ts';

/** Anything shorter stands in every text. */
export const shortestSecret = 4;
/** Of a longer secret this beginning is looked for: no text that is told holds more. */
const longestSecret = 4_096;

/** Secrets are the same at each tick: their forms are kept, and of too many those given up that were not asked for longest. */
const known = new Map<string, readonly string[]>();
const mostKnown = 100;

/** What to look for in the views of a text, each at least 4 characters long. */
export function formsOf(secret: string): readonly string[] {
  const forms = known.get(secret) ?? [...new Set(partsOf(secret.slice(0, longestSecret)).flatMap(formsOfPart))];
  known.delete(secret);
  known.set(secret, forms);
  const [longestUnused] = known.keys();
  if (known.size > mostKnown && longestUnused !== undefined) known.delete(longestUnused);
  return forms;
}

/** Of an address the part after the host, and the texts in it: scheme and host are what any address may have. */
function partsOf(secret: string): string[] {
  const [, rest] = /^https?:\/\/[^/?#]*(.*)$/is.exec(secret) ?? [];
  if (rest === undefined || !URL.canParse(secret)) return [secret];
  const { username, password } = new URL(secret);
  const values = rest.split(/[/?&#]/).map((piece) => piece.slice(piece.indexOf('=') + 1));
  return [rest, username, password, ...values.filter((value) => value.length >= shortestPiece)];
}

/** Shorter pieces of an address are words such as `api`. */
const shortestPiece = 8;

function formsOfPart(part: string): string[] {
  if (part.length < shortestSecret) return [];
  const texts = new Set([part, part.normalize('NFC'), part.normalize('NFD'), part.toUpperCase(), part.toLowerCase()]);
  for (const text of [...texts]) for (const misread of misreadings(text)) texts.add(misread);
  for (const literal of literals(part)) texts.add(literal);
  const written = [...texts].flatMap(telling);
  const encoded = bytesOf(part).flatMap((bytes) => [...inHex(bytes), ...inBase64(bytes), ...hashes(bytes)]);
  return [...written, ...encoded.map((form) => form.toLowerCase().replaceAll('+', ' '))];
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);
const isLatin1 = (text: string): boolean => /^[\0-\xff]*$/.test(text);

const windows = new TextDecoder('windows-1252');

/** UTF-8 read as Latin-1 or as Windows does, and Latin-1 read as UTF-8. */
function misreadings(text: string): string[] {
  if (isAscii(text)) return [];
  const inUtf8 = Buffer.from(text);
  const inLatin1 = isLatin1(text) ? [Buffer.from(text, 'latin1').toString()] : [];
  return [inUtf8.toString('latin1'), windows.decode(inUtf8), ...inLatin1];
}

/** As they stand, so that the whole of them is hidden: views tell to the character only what can be told from the middle of a text. */
function literals(text: string): string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const inUrl = new URLSearchParams({ v: text }).toString().slice(2);
  return [inJson, JSON.stringify(inJson).slice(1, -1), inUrl, encodeURIComponent(text.toWellFormed())];
}

/** As it stands, and unwrapped where enough is left that is not in every text. */
function telling(text: string): string[] {
  const [asItStands = '', ...cores] = coresOf(text);
  const isTelling = (core: string) => !isAscii(core) || core.replaceAll('?', '').length >= shortestSecret;
  return [asItStands, ...cores.filter(isTelling)].filter((form) => form.length >= shortestSecret);
}

/** As a client may have sent it: in UTF-8, composed or not, or in Latin-1. */
function bytesOf(text: string): Buffer[] {
  const inUtf8 = [...new Set([text, text.normalize('NFC'), text.normalize('NFD')])].map((each) => Buffer.from(each));
  return isAscii(text) || !isLatin1(text) ? inUtf8 : [...inUtf8, Buffer.from(text, 'latin1')];
}

function inHex(bytes: Buffer): string[] {
  const hex = bytes.toString('hex');
  return [hex, hex.replace(/..(?=.)/g, '$& '), hex.replace(/..(?=.)/g, '$&:')];
}

/** Also as it stands in the middle of a longer text, such as `user:password`: what is certain of it at each alignment. */
function inBase64(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const middles = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [whole, whole.replace(/=+$/, ''), ...middles.filter((form) => form.length >= shortestSecret)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

const hashes = (bytes: Buffer): string[] =>
  ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => {
    const digest = hash(algorithm, bytes, 'buffer');
    return [digest.toString('hex'), ...inBase64(digest).slice(0, 4)];
  });
