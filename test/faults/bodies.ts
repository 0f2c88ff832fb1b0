/** Faults of a body: empty, broken, too large, or what it was sent. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { maxBodyBytes } from '../../functions/push-solar-data/platform/body.ts';
import type { Answer, ReceivedRequest } from '../support/conversation.ts';
import { secretsOfAnswer, secretsOfRequest } from '../support/leaks.ts';
import type { Fault } from './fault.ts';

export const page = '<!doctype html><html><body><h1>Bad gateway</h1></body></html>';
const manyBytes = 50 * 1024 * 1024;
const bomb = gzipSync(Buffer.alloc(manyBytes, 0x20));
export const textOf = ({ text, json }: Answer): string => text ?? JSON.stringify(json ?? {});

export const refused = ['auth', 'bad-response', 'settings', 'offline', 'rate-limited'] as const;
const unreadable = ['bad-response', 'unavailable', 'auth'] as const;
const body = (name: string, answer: Fault['answer'], more: Partial<Fault> = {}): Fault => ({
  name,
  answer,
  kinds: [...unreadable, 'offline'],
  fromDestination: 'told',
  ...more,
});

/** Every fault of a body. */
export const bodies: readonly Fault[] = [
  body('nothing, HTTP 200', () => ({ text: '', headers: { 'content-type': 'application/json' } })),
  body('nothing, HTTP 204', () => ({ status: 204 })),
  body('a web page, HTTP 200', () => ({ text: page }), { fromDestination: 'gone' }),
  body('truncated JSON', (usual) => ({
    text: textOf(usual).slice(0, -7),
    headers: { 'content-type': 'application/json' },
  })),
  body('JSON: an empty array', () => ({ json: [] })),
  body('JSON: an empty object', () => ({ json: {} })),
  body('JSON: a text', () => ({ json: 'maintenance' })),
  body('JSON: null', () => ({ text: 'null', headers: { 'content-type': 'application/json' } })),
  body('JSON: a number', () => ({ json: 42 })),
  body('nested 100,000 deep', () => ({ text: nested(100_000), headers: { 'content-type': 'application/json' } })),
  body('nested deep beside the figures', besideFigures, { mayBeRead: true }),
  body('2 MB, the rest at its end', (usual) => ofLength(maxBodyBytes, usual), { mayBeRead: true, alone: true }),
  body('2 MB and a byte', (usual) => ofLength(maxBodyBytes + 1, usual), {
    kinds: ['bad-response'],
    fromDestination: 'unavailable',
    alone: true,
  }),
  body('a page of 2 MB', () => ({ text: page.padEnd(maxBodyBytes, '<p a="\'">') }), {
    fromDestination: 'gone',
    alone: true,
  }),
  body('a refusal of 2 MB', () => ({ status: 401, text: '"a='.repeat(maxBodyBytes / 3) }), {
    kinds: ['auth', 'rate-limited', 'unavailable'],
    fromDestination: 'auth',
    alone: true,
  }),
  body('50 MB', () => ({ act: (_request, response) => pour(response) }), {
    kinds: ['bad-response'],
    fromDestination: 'unavailable',
    alone: true,
    weigh: 'most',
  }),
  body(
    'a gzip bomb of 50 MB',
    () => ({ act: (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb) }),
    { kinds: ['bad-response'], fromDestination: 'unavailable', alone: true, weigh: 'most' },
  ),
  body('gzip that is none', (usual) => ({ text: textOf(usual), headers: { 'content-encoding': 'gzip' } }), {
    fromDestination: 'unavailable',
  }),
  body(
    'as text/plain',
    (usual) => (usual.act ? undefined : { ...usual, headers: { ...usual.headers, 'content-type': 'text/plain' } }),
    {
      mayBeRead: true,
    },
  ),
  body('not UTF-8', (usual) => raw(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(textOf(usual))]))),
  body('HTTP 200 that repeats the request', (_usual, received) => ({ json: received })),
  body('HTTP 400 that repeats the request', (_usual, received) => ({ status: 400, text: echo(received) }), {
    kinds: refused,
    fromDestination: 'bad-response',
  }),
  body(
    'HTTP 400 that quotes half a secret',
    (_usual, received) => ({ status: 400, text: halfOf(longestSecretOf(received)) }),
    { kinds: refused, fromDestination: 'bad-response' },
  ),
  body('HTTP 500 that repeats the request', (_usual, received) => ({ status: 500, text: echo(received) }), {
    kinds: ['unavailable', 'bad-response', 'auth'],
    fromDestination: 'unavailable',
  }),
];

/** Headers and body as the request had them, and the usual forms in which a page shows them. */
function echo(received: ReceivedRequest): string {
  const body = typeof received.body === 'string' ? received.body : JSON.stringify(received.body);
  const query = new URLSearchParams(received.query).toString();
  const form = new URLSearchParams(
    Object.entries(received.body ?? {}).map(([name, value]) => [name, String(value)] as [string, string]),
  );
  const headers = Object.entries(received.headers).map(([name, value]) => `${name}: ${value}`);
  return [`?${query}`, body.slice(0, 120), form.toString().slice(0, 120), ...headers.reverse()]
    .join('\n')
    .slice(0, 4_000);
}

function longestSecretOf(received: ReceivedRequest): string {
  const known = [...secretsOfRequest(received), ...secretsOfAnswer(received.body), ...secretsOfAnswer(received.query)];
  return known.filter((text) => text.length < 90).sort((a, b) => b.length - a.length)[0] ?? '';
}

/** A text in which a secret stands where others are cut: whoever keeps 200 or 300 characters keeps most of it. */
export function halfOf(secret: string): string {
  const kept = Math.ceil(secret.length * 0.8);
  return [200, 300].reduce((text, length) => `${text.padEnd(length - kept, '.')}${secret} `, '');
}

/** The usual answer after so many blanks that it is as long. */
function ofLength(bytes: number, { act, json, text, headers }: Answer): Answer | undefined {
  if (act || (json === undefined && text === undefined)) return undefined;
  const usual = textOf({ ...(json === undefined ? {} : { json }), ...(text === undefined ? {} : { text }) });
  if (usual.includes('{server}')) return undefined; // gets longer on its way
  return {
    headers: { 'content-type': 'application/json', ...headers },
    text: usual.padStart(bytes - Buffer.byteLength(usual) + usual.length),
  };
}

function raw(bytes: Buffer): Answer {
  return { act: (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(bytes) };
}

const nested = (depth: number, inside = ''): string => `${'{"a":'.repeat(depth)}${inside || '0'}${'}'.repeat(depth)}`;

function besideFigures({ json }: Answer): Answer | undefined {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return undefined;
  const text = JSON.stringify(json);
  return { text: `{"unknown":${nested(100_000)},${text.slice(1)}`, headers: { 'content-type': 'application/json' } };
}

/** As fast as it is taken, without ever holding it. */
function pour(response: ServerResponse): void {
  const piece = Buffer.alloc(64 * 1024, 0x20);
  let left = manyBytes;
  response.writeHead(200, { 'content-type': 'application/json' });
  const go = () => {
    while (left > 0 && !response.destroyed) {
      left -= piece.length;
      if (!response.write(piece)) return void response.once('drain', go);
    }
    response.end();
  };
  go();
}
