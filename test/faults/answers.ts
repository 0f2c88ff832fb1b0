/** Faults of transport and status: an answer other than the usual one. */
import type { ServerResponse } from 'node:http';
import type { Answer } from '../support/conversation.ts';
import { bodies, page, refused, textOf } from './bodies.ts';
import type { Fault } from './fault.ts';

/** Where a redirect leads; nobody may ask there. */
export const elsewherePath = '/elsewhere';

const transport: Fault[] = [
  {
    name: 'reset before an answer',
    answer: () => ({ act: (request) => request.socket.resetAndDestroy() }),
    kinds: ['unavailable'],
    fromDestination: 'unavailable',
  },
  {
    name: 'closed in the middle of the headers',
    answer: () => ({ act: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty') }),
    kinds: ['unavailable'],
    fromDestination: 'unavailable',
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
    fromDestination: 'unavailable',
  },
  {
    name: 'not HTTP at all',
    answer: () => ({ act: ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n') }),
    kinds: ['unavailable'],
    fromDestination: 'unavailable',
  },
  {
    name: 'no headers',
    answer: () => ({ act: () => {} }),
    kinds: ['unavailable'],
    fromDestination: 'unavailable',
    endless: true,
  },
  {
    name: 'headers, but no body',
    answer: () => ({ act: (_request, response) => response.writeHead(200, { 'content-length': 100 }).flushHeaders() }),
    kinds: ['unavailable'],
    fromDestination: 'unavailable',
    endless: true,
  },
  {
    name: 'a body of one byte a second',
    answer: (usual) => ({ act: (_request, response) => drip(response, textOf(usual)) }),
    kinds: ['unavailable'],
    fromDestination: 'unavailable',
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

const statuses: Fault[] = [
  status(
    301,
    { kinds: ['bad-response', 'auth', 'unavailable'], fromDestination: 'gone' },
    { location: 'https://other.example/' },
  ),
  {
    ...status(302, { kinds: ['bad-response', 'auth', 'unavailable'], fromDestination: 'gone' }),
    name: 'HTTP 302 to plain http',
    answer: elsewhere,
  },
  status(400, { kinds: refused, fromDestination: 'gone' }),
  status(401, { kinds: ['auth', 'rate-limited'], fromDestination: 'gone' }),
  status(403, { kinds: ['auth', 'rate-limited'], fromDestination: 'gone' }),
  status(404, { kinds: refused, fromDestination: 'gone' }),
  status(410, { kinds: refused, fromDestination: 'gone' }),
  {
    name: 'HTTP 429, seconds',
    answer: () => ({ status: 429, headers: { 'retry-after': '600' }, json: { message: 'slow down' } }),
    kinds: ['rate-limited', 'auth'],
    fromDestination: 'rate-limited',
    asksSeconds: 600,
  },
  {
    name: 'HTTP 429, a date',
    answer: (_usual, _heard, now) => ({ status: 429, headers: { 'retry-after': inAnHour(now) }, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromDestination: 'rate-limited',
    asksSeconds: hour,
  },
  {
    name: 'HTTP 429, for centuries',
    answer: () => ({ status: 429, headers: { 'retry-after': '99999999999' }, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromDestination: 'rate-limited',
    asksSeconds: 99_999_999_999,
  },
  {
    name: 'HTTP 429, for a day',
    answer: () => ({ status: 429, headers: { 'retry-after': '86400' }, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromDestination: 'rate-limited',
    asksSeconds: 86_400,
  },
  {
    name: 'HTTP 429, no time',
    answer: () => ({ status: 429, json: {} }),
    kinds: ['rate-limited', 'auth'],
    fromDestination: 'rate-limited',
  },
  status(500, { kinds: ['unavailable', 'auth', 'bad-response'], fromDestination: 'unavailable' }),
  status(502, { kinds: ['unavailable', 'bad-response'], fromDestination: 'unavailable' }),
  status(503, { kinds: ['unavailable'], fromDestination: 'unavailable', asksSeconds: 120 }, { 'retry-after': '120' }),
  {
    ...status(
      503,
      { kinds: ['unavailable'], fromDestination: 'unavailable', asksSeconds: 86_400 },
      { 'retry-after': '86400' },
    ),
    name: 'HTTP 503, for a day',
  },
];

/** Every fault that is an answer. */
export const answerFaults: readonly Fault[] = [...transport, ...statuses, ...bodies];

function elsewhere(): Answer {
  return { status: 302, headers: { location: `{server}${elsewherePath}` }, text: '' };
}

function drip(response: ServerResponse, text: string): void {
  let sent = 0;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  const timer = setInterval(() => response.write(text.charAt(sent++)), 1_000);
  response.write(text.charAt(sent++));
  response.on('close', () => clearInterval(timer));
}
