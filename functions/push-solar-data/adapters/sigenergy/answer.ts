/** What Sigenergy's two APIs have in common: the envelope of an answer, the meaning of its codes, the wrapped password. */
import { createCipheriv } from 'node:crypto';
import * as z from 'zod/mini';
import type { FailureKind } from '../../core/failure.ts';
import { type Answer, kindOfStatus } from '../../platform/http.ts';
import { readJson } from '../../platform/json.ts';
import { nameShown, structureOf } from '../../platform/structure.ts';
import { Failure } from '../adapter.ts';
import { figure } from '../quantities.ts';

const Envelope = z.object({ code: figure, msg: z.optional(z.unknown()), data: z.optional(z.unknown()) });

type Meaning = [kind: FailureKind, sentence: string];

const wrongPassword = [11002, 11003];
const tokenRefused: Meaning = ['auth', 'does not accept our log-in any more: check the region and the credentials'];
const tooOften: Meaning = ['rate-limited', 'asks us to slow down'];
const noPermission: Meaning = ['auth', 'gives this account no permission for the station: log in as its owner'];
const ownTrouble: Meaning = ['unavailable', 'has trouble'];

/** Codes in the body, from the vendor's lists as its clients reproduce them. */
const meanings = new Map<number, Meaning>(
  (
    [
      [wrongPassword, ['auth', 'refused the user name and password, or the key: check them, and the region']],
      [[401], tokenRefused],
      [[1110, 1201, 424, 429], tooOften],
      [[1116], ['auth', 'waits for the owner to confirm the access, in the mySigen app or by the e-mail it sent']],
      [[1111, 1301, 1401, 1402], noPermission],
      [
        [1103, 1112],
        ['auth', 'says that the system belongs to another virtual power plant (VPP)'],
      ],
      [
        [1600, 1601, 1602, 1603, 1604, 1605, 1606, 1607, 1608, 1609],
        ['auth', 'has not approved this account yet'],
      ],
      [
        [1104, 1302],
        ['offline', 'says that the station is not connected'],
      ],
      [
        [1101, 1106, 1108],
        ['bad-response', 'does not know the station: check the systemId or stationId setting'],
      ],
      [
        [1102, 1105, 1304],
        ['unavailable', 'has not finished registering the station, or its firmware is too old'],
      ],
      [[1001, 1109, 1501, 1502], ownTrouble],
    ] satisfies [number[], Meaning][]
  ).flatMap(([codes, meaning]) => codes.map((code): [number, Meaning] => [code, meaning])),
);

/**
 * The content of an answer; JSON inside a text is unwrapped. null or undefined: success, but nothing in it.
 *
 * @param holdSeconds how long this API wants to be left alone when it was asked too often.
 * @throws Failure by the code in the body, else by the HTTP status. Its `status` is 401 where the token was refused.
 */
export function contentOf(answer: Answer, holdSeconds: number): unknown {
  const known = meanings.get(codeOf(answer) ?? 0) ?? meaningOfStatus(answer);
  if (known) {
    const [kind, sentence] = known;
    throw new Failure(kind, `Sigenergy ${sentence}`, {
      status: known === tokenRefused ? 401 : answer.status,
      excerpt: answer.excerpt,
      ...(kind === 'rate-limited' ? { retryAfterSeconds: Math.max(answer.retryAfterSeconds ?? 0, holdSeconds) } : {}),
    });
  }
  const { code, msg, data } = answer.json(Envelope);
  if (code === 0) return unwrapped(data);
  const said = typeof msg === 'string' ? `: ${msg.slice(0, 100)}` : '';
  throw new Failure('bad-response', `Sigenergy answered with the code ${code ?? '(none)'}${said}`, {
    excerpt: answer.excerpt,
  });
}

function meaningOfStatus({ status, beginning }: Answer): Meaning | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 401) return tokenRefused;
  if (status === 403 && isWebPage(beginning)) return ['unavailable', 'has a firewall that blocks us just now'];
  if (status === 403) return noPermission;
  if (status === 424 || status === 429) return tooOften;
  const kind = kindOfStatus(status);
  return kind === 'unavailable' ? ownTrouble : [kind, `answered in an unknown way (HTTP ${status})`];
}

const isWebPage = (text: string): boolean => /^\s*</.test(text) || /request blocked/i.test(text);

/** The code in the body; undefined if there is none. */
export const codeOf = (answer: Answer): number | undefined => Envelope.safeParse(bodyOf(answer)).data?.code;

export const isWrongPassword = (answer: Answer): boolean => wrongPassword.includes(codeOf(answer) ?? 0);

/** The body as JSON; undefined if it is none. */
export function bodyOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A JSON text as what it holds; anything else as it is. */
export function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const content = readJson(value);
  if ('value' in content) return content.value;
  throw new Failure('bad-response', 'Sigenergy answered with a text that nobody can read instead of figures', {
    excerpt: structureOf(value),
  });
}

/** @throws Failure `bad-response` if the content is not of the schema. */
export function fitting<Schema extends z.ZodMiniType>(schema: Schema, content: unknown): z.output<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(nameShown).join('.') || 'the whole content';
  throw new Failure('bad-response', `Sigenergy answered in an unknown form (${where}: ${issue?.message})`, {
    excerpt: structureOf(JSON.stringify(content) ?? ''),
  });
}

/** A password as the app sends it: AES-128-CBC with a key that every app has, in base64. */
export function wrappedPassword(password: string): string {
  const keyAndIv = 'sigensigensigenp';
  const cipher = createCipheriv('aes-128-cbc', keyAndIv, keyAndIv);
  return cipher.update(password, 'utf8', 'base64') + cipher.final('base64');
}
