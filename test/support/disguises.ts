/** The forms in which a page, a log or another program may repeat a text that it was sent. */
import { createHash } from 'node:crypto';

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${hex(byte, 2).toUpperCase()}`).join('');
const digest = (algorithm: string) => (text: string) => createHash(algorithm).update(text).digest('hex');
const named: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  ä: '&auml;',
};
const beyondAscii = /[^\x20-\x7e]/gu;
const telling = /[&<>"'=%\\]|[^\x20-\x7e]/gu;

/** By the name of the form. */
export const disguises: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'percent signs': encodeURIComponent,
  'percent signs, small': (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'percent signs, doubled': (text) => encodeURIComponent(encodeURIComponent(text)),
  'percent signs everywhere': percent,
  'a form': (text) => new URLSearchParams({ v: text }).toString().slice(2),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  JSON: inJson,
  'JSON in JSON': (text) => inJson(inJson(text)),
  'named entities': (text) => text.replace(/[&<>"'ä]/g, (letter) => named[letter] ?? letter),
  'decimal entities': (text) => text.replace(telling, (letter) => `&#${letter.codePointAt(0)};`),
  'hex entities': (text) => text.replace(telling, (letter) => `&#x${hex(letter.codePointAt(0) ?? 0, 2)};`),
  'escapes (\\u)': (text) => text.replace(telling, (letter) => `\\u${hex(letter.charCodeAt(0), 4)}`),
  'escapes of Python': (text) => inJson(text).replace(beyondAscii, (letter) => `\\u${hex(letter.charCodeAt(0), 4)}`),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  capitals: (text) => text.toUpperCase(),
  'small letters': (text) => text.toLowerCase(),
  'Latin-1 read as UTF-8': (text) => Buffer.from(text, 'latin1').toString('utf8'),
  'UTF-8 read as Latin-1': (text) => Buffer.from(text).toString('latin1'),
  decomposed: (text) => text.normalize('NFD'),
  md5: digest('md5'),
  'sha-256': digest('sha256'),
};
