/** What stands in front of an owner's own server: a tunnel or proxy with a log-in of its own. */
import * as z from 'zod/mini';
import { isCredentialName, secretProblem } from '../settings/written.ts';
import { json, secret } from './adapter.ts';

/** Whether a header can be sent at all (RFC 9110: a token, and visible characters up to Latin-1). */
export const isHeader = (name: string, value: string): boolean =>
  /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && /^[\t -~\x80-\xff]*$/.test(value);

const Headers = z
  .record(z.string(), z.string())
  .check(z.refine((headers) => Object.entries(headers).every(([name, value]) => isHeader(name, value))))
  .check(
    z.refine(
      (headers) => !Object.entries(headers).some(([name, value]) => isCredentialName(name) && secretProblem(value)),
    ),
  );

/** The setting of that name. */
export const extraHeaders = secret(
  z.optional(json(Headers, 'a JSON object of header names and texts, each credential of at least 4 characters')),
  'Headers for a tunnel or proxy with its own log-in, as a JSON object: {"CF-Access-Client-Id":"…","CF-Access-Client-Secret":"…"}',
);

/** The value of an `Authorization` header, in UTF-8 (RFC 7617). */
export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
