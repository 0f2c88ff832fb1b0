/** Faults of texts: far too long, in crumbs, or made to steer whoever shows them. */
import type { ServerResponse } from 'node:http';
import type { Answer } from '../support/conversation.ts';
import type { Fault } from './fault.ts';
import { isNumberText, isTime, rewritten } from './figures.ts';
import { weighNow } from './observation.ts';

const anyKind = ['bad-response', 'offline', 'stale', 'unavailable', 'auth', 'settings', 'rate-limited'] as const;
const longLength = 100_000;
/** All together below the largest body that is read. */
const lengthOfAll = 1_500_000;

/** A refusal under the names by which clouds speak of one. */
export const refusal = (sentence: string) => ({
  ...{ errno: 41808, code: 'E7', failCode: 20400, success: false, status: 'error', result: null, data: null },
  ...{ msg: sentence, message: sentence, error: sentence, error_description: sentence, errorMessage: sentence },
});

export const repeated = (unit: string, length = longLength): string => unit.repeat(Math.ceil(length / unit.length));

/** By the name of what is repeated; each has driven some expression or search to despair. */
export const units: Record<string, string> = {
  digits: '1',
  quotes: '"',
  letters: 'x',
  'a=': 'a=',
  tokens: 'token',
  'backslashes and quotes': '\\"',
  entities: '&amp;',
  'percent signs': '%25',
  blanks: ' ',
};

type Kind = (value: unknown, name: string, now: number) => boolean;
const isFigure: Kind = (value) => typeof value === 'number' || isNumberText(value);
const isText: Kind = (value, _name, now) => typeof value === 'string' && !isNumberText(value) && !isTime(value, now);
const isToken: Kind = (value, name) => typeof value === 'string' && /token|session|jwt/i.test(name);

/** Each value of a kind as a text of others, as long as there is room for all of them. */
function instead(kind: Kind, text: (value: unknown, room: number) => string): Fault['answer'] {
  return (usual, _received, now) => {
    let count = 0;
    rewritten(usual, (value, name) => {
      if (kind(value, name, now)) count += 1;
      return value;
    });
    const room = Math.min(longLength, lengthOfAll / Math.max(1, count));
    return rewritten(usual, (value, name) => (kind(value, name, now) ? text(value, room) : value));
  };
}

const fault = (name: string, answer: Fault['answer'], more: Partial<Fault> = {}): Fault => ({
  ...{ name, answer, kinds: anyKind, alone: true, ...more },
});
const long =
  (unit: string, end = '') =>
  (_value: unknown, room: number) =>
    repeated(unit, room) + end;

const longTexts: Fault[] = [
  ...['digits', 'quotes', 'letters', 'a=', 'blanks'].map((what) =>
    fault(`100 KB of ${what} as figures`, instead(isFigure, long(units[what] ?? '', 'x')), { ofFigures: true }),
  ),
  ...['digits', 'quotes', 'tokens'].map((what) =>
    fault(`100 KB of ${what} as texts`, instead(isText, long(units[what] ?? '', 'x')), { mayBeRead: true }),
  ),
  ...['letters', 'a='].map((what) => fault(`100 KB of ${what} as a token`, instead(isToken, long(units[what] ?? '')))),
  ...['letters', 'quotes'].map((what) =>
    fault(`100 KB of ${what} as a name`, (usual) => withName(usual, repeated(units[what] ?? '')), { mayBeRead: true }),
  ),
  ...Object.entries(units).flatMap(([what, unit]) => [
    fault(`100 KB of ${what} as a sentence`, () => ({ json: refusal(`"${repeated(unit)}`) }), {
      fromDestination: 'told',
    }),
    fault(`100 KB of ${what} as a page`, () => ({ status: 401, text: `"${repeated(unit)}` }), {
      fromDestination: 'auth',
    }),
  ]),
];

/** Sets a title, clears a screen, forges a line, turns the direction of writing; one sequence inside another. */
export const steering =
  '\u001b]0;title\u0007\u001b[2J\u001b\u001b[31m[H\r12:03:00  pushed\n12:04:00  pushed \b\u009d\u202e\u2066\u2028\u061c';

const steeringTexts: Fault[] = [
  fault(
    'steering characters in texts',
    instead(isText, (value) => `${value}${steering}`),
    { mayBeRead: true },
  ),
  fault(
    'steering characters as figures',
    instead(isFigure, (value) => `${value}${steering}`),
    {
      ofFigures: true,
      mayBeRead: true,
    },
  ),
  fault('steering characters as a name', (usual) => withName(usual, steering), { mayBeRead: true }),
  fault('steering characters in each name', (usual) => namedSo(usual), { mayBeRead: true }),
  fault('steering characters in a sentence', () => ({ json: refusal(steering) }), { fromDestination: 'told' }),
  fault('steering characters in a refusal', () => ({ status: 401, json: refusal(steering) }), {
    fromDestination: 'auth',
  }),
];

/** Every fault of a text. */
export const textFaults: readonly Fault[] = [
  ...longTexts,
  ...steeringTexts,
  fault('100 KB in pieces of one byte', inCrumbs, {
    kinds: [],
    mayBeRead: true,
    weigh: 'held',
    mostMegabytes: 5,
    fromDestination: 'told',
  }),
];

/** One member more, beside the others. */
function withName({ json, ...answer }: Answer, name: string): Answer | undefined {
  if (json === null || typeof json !== 'object' || answer.text !== undefined) return undefined;
  return { ...answer, json: Array.isArray(json) ? [...json, { [name]: 1 }] : { [name]: 1, ...json } };
}

function namedSo(usual: Answer): Answer | undefined {
  return rewritten(usual, (value) =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).map(([name, each]) => [`${name}${steering}`, each])),
  );
}

const crumbsAtOnce = 1_000;

/** The usual answer after as many blanks as it takes, byte by byte. */
export function inCrumbs({ json, text, act, headers = {}, status = 200 }: Answer): Answer | undefined {
  if (act || (json === undefined && text === undefined)) return undefined;
  const body = (text ?? JSON.stringify(json)).padStart(longLength);
  return {
    act(request, response) {
      const filled = Object.entries(headers).map(([name, value]) => [
        name,
        value.replaceAll('{server}', `http://${request.headers.host}`),
      ]);
      const type = { 'content-type': 'application/json', connection: 'close' };
      response.writeHead(status, { ...type, ...Object.fromEntries(filled) }).flushHeaders();
      crumble(response, Buffer.from(body.replaceAll('{server}', `http://${request.headers.host}`)));
    },
  };
}

function crumble({ socket }: ServerResponse, body: Buffer): void {
  let sent = 0;
  const go = () => {
    if (!socket || socket.destroyed) return;
    const pieces = [...body.subarray(sent, sent + crumbsAtOnce)].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`);
    sent += crumbsAtOnce;
    const isLast = sent >= body.length;
    socket.write(Buffer.from(pieces.join(''), 'latin1'));
    if (!isLast) return void setImmediate(go);
    setTimeout(() => {
      weighNow();
      socket.end('0\r\n\r\n');
    }, 10);
  };
  go();
}
