/** What Sigenergy's two APIs have in common: the envelope of an answer, the meaning of its codes, the wrapped password. */
import { createCipheriv } from 'node:crypto';
import * as z from 'zod/mini';
import { unnamedCredentials } from '../../platform/answer.ts';
import { readJson } from '../../platform/json.ts';
import type { Answer, Http, Meaning } from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';
import type { Choice, OnlyOptions } from '../only.ts';
import { figure, words } from '../quantities.ts';
import { refusalOf } from '../refusals.ts';
import type { Flow } from './flow.ts';
import type { SigenergyContext } from './settings.ts';

export type WayIn = {
  /** Its first part, before the region. */
  host: string;
  /** How long this API wants to be left alone when it was asked too often. */
  holdSeconds: number;
  /** Of every call, beside the token. */
  headers?: Record<string, string>;
  renew(context: SigenergyContext, previous: TokenSession | undefined): Promise<TokenSession>;
  /** The setting that says which of the `places` is meant. */
  place: 'systemId' | 'stationId';
  places(http: Http): Promise<Choice[]>;
  none?: OnlyOptions['none'];
  flow(http: Http, place: string): Promise<Flow>;
};

/** Some answers to a log-in come without the envelope. */
const Envelope = z.object({ code: figure, msg: words, access_token: z.optional(z.unknown()) });

const tokenRefused = ['auth', `does not accept our log-in any more: ${unnamedCredentials}, and {region}`] as const;
const noPermission = ['auth', 'gives this account no permission for the station: log in as its owner'] as const;

export const noSuchStation = [1101, 1106, 1108];

/** By codes in the body, from the vendor's lists as its clients reproduce them. */
const meanings: Record<string, Meaning> = {
  '11002 11003': ['auth', `refused the user name and password, or the key: ${unnamedCredentials}, and {region}`],
  '401': [...tokenRefused, { status: 401 }],
  '1116': ['auth', 'waits for the owner to confirm the access, in the mySigen app or by the e-mail it sent'],
  '1111 1301 1401 1402': noPermission,
  '1103 1112': ['auth', 'says that the system belongs to another virtual power plant (VPP)'],
  '1600 1601 1602 1603 1604 1605 1606 1607 1608 1609': ['auth', 'has not approved this account yet'],
  '1104 1302': ['offline', 'says that the station is not connected'],
  [noSuchStation.join(' ')]: ['bad-response', 'does not know the station: check {systemId} or {stationId}'],
  '1102 1105 1304': ['unavailable', 'has not finished registering the station, or its firmware is too old'],
  '1001 1109 1501 1502 13008': ['unavailable', 'has trouble'],
};

/** A client that fails as the code in the body says, else as the HTTP status does. */
export function platform(http: Http, holdSeconds: number): Http {
  const tooOften = ['rate-limited', 'asks us to slow down', { retryAfterSeconds: holdSeconds }] as const;
  const each = Object.entries({ ...meanings, '424 429 1110 1201': tooOften });
  const codes = {
    envelope: Envelope,
    refused: ({ code, msg, access_token }: z.output<typeof Envelope>) =>
      code === 0 || access_token ? undefined : { code, words: msg },
    meanings: Object.fromEntries(each.flatMap(([some, meaning]) => some.split(' ').map((code) => [code, meaning]))),
  };
  return http.extend({
    refusal: (answer) => refusalOf(answer, codes),
    kinds: { 401: tokenRefused, 403: unlessBlocked(noPermission), 424: tooOften, 429: tooOften },
  });
}

/** The meaning of a refusal; the firewall says the same without JSON. */
export const unlessBlocked =
  (refusal: Meaning) =>
  (answer: Answer): Meaning =>
    answer.tryJson(z.unknown()) === undefined ? ['unavailable', 'has a firewall that blocks us just now'] : refusal;

/** What stands there as it is, or as a JSON text. */
export const inText = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.pipe(
    z.transform((value): unknown => {
      const content = typeof value === 'string' ? readJson(value) : { value };
      return 'value' in content ? content.value : value;
    }),
    schema,
  );

/** A password as the app sends it: AES-128-CBC with a key that every app has, in base64. */
export function wrappedPassword(password = ''): string {
  const keyAndIv = 'sigensigensigenp';
  const cipher = createCipheriv('aes-128-cbc', keyAndIv, keyAndIv);
  return cipher.update(password, 'utf8', 'base64') + cipher.final('base64');
}
