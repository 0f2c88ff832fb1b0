/** Cookies of a cloud that logs in as a browser does: by name, kept between reads, and no more than a browser's page would need. */
import * as z from 'zod/mini';
import type { Answer } from './adapter.ts';

export const Cookies = z.record(z.string(), z.string());
export type Cookies = z.output<typeof Cookies>;

/** Of all together, in characters: far below the 8 KB of headers that servers accept, and short enough to be stored. */
const mostCharacters = 3_000;
const mostCookies = 30;

/**
 * The cookies after an answer. One that is set to nothing, or has run out, is gone. Those that are known already come
 * first: where a cloud sets ever new ones, the new ones find no room, and the log-in keeps its own.
 */
export function cookiesAfter(cookies: Cookies, { headers }: Pick<Answer, 'headers'>): Cookies {
  const all = new Map(Object.entries(cookies));
  for (const line of [headers['set-cookie'] ?? []].flat()) {
    const [pair = '', ...attributes] = line.slice(0, 2 * mostCharacters).split(';');
    const equals = pair.indexOf('=');
    const [name, value] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    if (equals < 1 || name === '' || !sendable.test(pair)) continue;
    if (value === '' || attributes.some(isEnd)) all.delete(name);
    else all.set(name, value);
  }
  let left = mostCharacters;
  const kept = [...all].filter(([name, value]) => {
    const size = name.length + value.length + 3;
    if (size > left) return false;
    left -= size;
    return true;
  });
  return Object.fromEntries(kept.slice(0, mostCookies));
}

/** Visible characters and blanks: others cannot stand in a header. */
const sendable = /^[ -~]*$/;

/** `Max-Age=0`: how a cookie is taken back whose value stays. */
const isEnd = (attribute: string): boolean => /^\s*max-age\s*=\s*(0|-)/i.test(attribute);

/** `Cookie: …` for a request. */
export const cookieHeader = (cookies: Cookies): { cookie: string } => ({
  cookie: Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; '),
});
