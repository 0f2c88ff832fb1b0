/** Faults of transport, status and body: an answer other than the usual one. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer, ReceivedRequest } from '../support/conversation.ts';
import { secretsOfAnswer, secretsOfRequest } from '../support/leaks.ts';
import type { Fault } from './fault.ts';

const page = '<!doctype html><html><body><h1>Bad gateway</h1></body></html>';
/** Where a redirect leads; nobody may ask there. */
export const elsewherePath = '/elsewhere';
const manyBytes = 50 * 1024 * 1024;
const bomb = gzipSync(Buffer.alloc(manyBytes, 0x20));
const textOf = ({ text, json }: Answer): string => text ?? JSON.stringify(json ?? {});

const transport: Fault[] = [
  {
    name: 'reset before an answer',
    answer: () => ({ act: (request) => request.socket.resetAndDestroy() }),
    kinds: ['unavailable'],
    fromChargeHq: 'unavailable',
  },
  {
    name: 'closed in the middle of the headers',
    answer: () => ({ act: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty') }),
    kinds: ['unavailable'],
    fromChargeHq: 'unavailable',
  },
  {
    name: 'reset in the middle of the body',
    answer: (usual) => ({
      act: ({ socket }, response) => {
        const text = textOf(usual);
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length + 10 });
        response.write(text, () => setImmediate(() => socket.resetAndDestroy()));
      },
    }),
    kinds: ['unavailable'],
    fromChargeHq: 'unavailable',
  },
  {
    name: 'not HTTP at all',
    answer: () => ({ act: ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n') }),
    kinds: ['unavailable'],
    fromChargeHq: 'unavailable',
  },
  {
    name: 'no headers',
    answer: () => ({ act: () => {} }),
    kinds: ['unavailable'],
    fromChargeHq: 'unavailable',
    endless: true,
  },
  {
    name: 'headers, but no body',
    answer: () => ({ act: (_request, response) => response.writeHead(200, { 'content-length': 100 }).flushHeaders() }),
    kinds: ['unavailable'],
    fromChargeHq: 'unavailable',
    endless: true,
  },
  {
    name: 'a body of one byte a second',
    answer: (usual) => ({ act: (_request, response) => drip(response, textOf(usual)) }),
    kinds: ['unavailable'],
    fromChargeHq: 'unavailable',
    endless: true,
  },
];

const hour = 3600;
const inAnHour = (now: number) => new Date(now + hour * 1000).toUTCString();
const status = (
  status: number,
  fault: Omit<Fault, 'name' | 'answer'>,
  headers: Record<string, string> = {},
): Fault => ({
  name: `HTTP ${status}`,
  answer: () => ({ status, headers, text: page }),
  ...fault,
});
const refused = ['auth', 'bad-response', 'settings', 'offline', 'rate-limited'] as const;

const statuses: Fault[] = [
  status(301, { kinds: ['bad-response', 'auth'], fromChargeHq: 'gone' }, { location: 'https://other.example/' }),
  {
    ...status(302, { kinds: ['bad-response', 'auth'], fromChargeHq: 'gone' }),
    name: 'HTTP 302 to plain http',
    answer: elsewhere,
  },
  status(400, { kinds: refused, fromChargeHq: 'gone' }),
  status(401, { kinds: ['auth', 'rate-limited'], fromChargeHq: 'gone' }),
  status(403, { kinds: ['auth', 'rate-limited'], fromChargeHq: 'gone' }),
  status(404, { kinds: refused, fromChargeHq: 'gone' }),
  status(410, { kinds: refused, fromChargeHq: 'gone' }),
  {
    name: 'HTTP 429, seconds',
    answer: () => ({ status: 429, headers: { 'retry-after': '600' }, json: { message: 'slow down' } }),
    kinds: ['rate-limited', 'auth'],
    fromChargeHq: 'rate-limited',
  },
  {
    name: 'HTTP 429, a date',
    answer: (_usual, _heard, now) => ({ status: 429, headers: { 'retry-after': inAnHour(now) }, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromChargeHq: 'rate-limited',
  },
  {
    name: 'HTTP 429, for centuries',
    answer: () => ({ status: 429, headers: { 'retry-after': '99999999999' }, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromChargeHq: 'rate-limited',
  },
  {
    name: 'HTTP 429, for a day',
    answer: () => ({ status: 429, headers: { 'retry-after': '86400' }, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromChargeHq: 'rate-limited',
  },
  {
    name: 'HTTP 429, no time',
    answer: () => ({ status: 429, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromChargeHq: 'rate-limited',
  },
  status(500, { kinds: ['unavailable', 'auth', 'bad-response'], fromChargeHq: 'unavailable' }),
  status(502, { kinds: ['unavailable', 'bad-response'], fromChargeHq: 'unavailable' }),
  status(503, { kinds: ['unavailable'], fromChargeHq: 'unavailable' }, { 'retry-after': '120' }),
  {
    ...status(503, { kinds: ['unavailable'], fromChargeHq: 'unavailable' }, { 'retry-after': '86400' }),
    name: 'HTTP 503, for a day',
  },
];

const unreadable = ['bad-response', 'unavailable', 'auth'] as const;
const body = (name: string, answer: Fault['answer'], more: Partial<Fault> = {}): Fault => ({
  name,
  answer,
  kinds: [...unreadable, 'offline'],
  fromChargeHq: 'told',
  ...more,
});

const bodies: Fault[] = [
  body('nothing, HTTP 200', () => ({ text: '', headers: { 'content-type': 'application/json' } })),
  body('nothing, HTTP 204', () => ({ status: 204 })),
  body('a web page, HTTP 200', () => ({ text: page }), { fromChargeHq: 'gone' }),
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
  body('50 MB', () => ({ act: (_request, response) => pour(response) }), {
    kinds: ['bad-response'],
    fromChargeHq: 'unavailable',
    alone: true,
    weigh: 'most',
  }),
  body(
    'a gzip bomb of 50 MB',
    () => ({ act: (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb) }),
    { kinds: ['bad-response'], fromChargeHq: 'unavailable', alone: true, weigh: 'most' },
  ),
  body('gzip that is none', (usual) => ({ text: textOf(usual), headers: { 'content-encoding': 'gzip' } }), {
    fromChargeHq: 'unavailable',
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
    fromChargeHq: 'bad-response',
  }),
  body(
    'HTTP 400 that quotes half a secret',
    (_usual, received) => ({ status: 400, text: cutAt([200, 300], received) }),
    {
      kinds: refused,
      fromChargeHq: 'bad-response',
    },
  ),
  body('HTTP 500 that repeats the request', (_usual, received) => ({ status: 500, text: echo(received) }), {
    kinds: ['unavailable', 'bad-response', 'auth'],
    fromChargeHq: 'unavailable',
  }),
];

/** Every fault that is an answer. */
export const answerFaults: readonly Fault[] = [...transport, ...statuses, ...bodies];

function elsewhere(): Answer {
  return { status: 302, headers: { location: `{server}${elsewherePath}` }, text: '' };
}

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

/** The longest secret of the request, so that whoever keeps that many characters keeps most of it. */
function cutAt(lengths: number[], received: ReceivedRequest): string {
  const known = [...secretsOfRequest(received), ...secretsOfAnswer(received.body), ...secretsOfAnswer(received.query)];
  const secret = known.filter((text) => text.length < 90).sort((a, b) => b.length - a.length)[0] ?? '';
  const kept = Math.ceil(secret.length * 0.8);
  return lengths.reduce((text, length) => `${text.padEnd(length - kept, '.')}${secret} `, '');
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

function drip(response: ServerResponse, text: string): void {
  let sent = 0;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  const timer = setInterval(() => response.write(text.charAt(sent++)), 1_000);
  response.write(text.charAt(sent++));
  response.on('close', () => clearInterval(timer));
}
