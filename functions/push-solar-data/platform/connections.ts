/** The pool of connections, kept from one invocation to the next, and one request over it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, Dispatcher } from 'undici';
// The agent alone: the whole of undici would cost every cold start 270 KB and 35 ms more.
import LeanAgent from 'undici/lib/dispatcher/agent.js';
import { Failure } from '../core/failure.ts';
import { createBody, decode, maxBodyBytes } from './body.ts';
import { createConnector } from './connector.ts';

export type Connections = {
  agent: Agent;
  /** How many connections have been opened since the start; to one origin, if given. */
  opened(origin?: string): number;
  /** Notes a request that waits for a connection to this origin; what it returns ends the wait, and counts once. */
  waiting(origin: string): () => void;
  close(): Promise<void>;
};

export type ConnectionOptions = {
  /** Longest wait for a connection, ms. */
  connectTimeoutMs?: number;
  /** How long an idle connection is kept, ms: well beyond the minute between two ticks. */
  keepAliveMs?: number;
  /** PEM of authorities to trust besides the system's; for tests. */
  ca?: string;
};

export function openConnections({
  connectTimeoutMs = 5_000,
  keepAliveMs = 350_000,
  ca,
}: ConnectionOptions = {}): Connections {
  const opened = new Map<string, number>();
  const { connect, waiting } = createConnector({
    timeout: connectTimeoutMs,
    allowH2: false,
    autoSelectFamily: true,
    ...(ca === undefined ? {} : { ca }),
  });
  const agent: Agent = new LeanAgent({
    allowH2: false,
    connect,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    headersTimeout: 0, // the caller's signal bounds the whole exchange
    bodyTimeout: 0,
    maxResponseSize: maxBodyBytes,
  });
  agent.on('connect', ({ origin }) => {
    opened.set(origin, (opened.get(origin) ?? 0) + 1);
  });
  const total = () => [...opened.values()].reduce((sum, count) => sum + count, 0);
  return {
    agent,
    opened: (origin) => (origin === undefined ? total() : (opened.get(origin) ?? 0)),
    waiting,
    close: () => agent.destroy(),
  };
}

/** Where a request goes: a URL, or its parts. */
export type Target = Pick<URL, 'origin' | 'host' | 'pathname' | 'search'>;
export type RawRequest = {
  method: string;
  url: Target;
  headers: Record<string, string>;
  body?: string | undefined;
};
export type RawAnswer = { status: number; headers: IncomingHttpHeaders; text: string };

/**
 * One request and its whole answer. A connection that was kept from an earlier request and breaks before any answer
 * was closed by the other side while it lay idle: that request is repeated once, on a new connection.
 *
 * @param signals each of them ends the call. They are not joined by `AbortSignal.any`, which is dear at every tick.
 * @param name who is asked, for the sentences.
 * @throws Failure `unavailable` for a network failure or when a signal ends the call, `bad-response` for a body beyond 2 MB.
 */
export async function roundTrip(
  connections: Connections,
  request: RawRequest,
  signals: readonly AbortSignal[],
  name: string,
): Promise<RawAnswer> {
  const { origin } = request.url;
  const openedBefore = connections.opened(origin);
  try {
    return await exchange(connections, request, signals);
  } catch (error) {
    const reused = connections.opened(origin) === openedBefore;
    if (!reused || !isBrokenBeforeAnswer(error)) throw toFailure(error, request.url, signals, name);
  }
  try {
    return await exchange(connections, request, signals);
  } catch (error) {
    throw toFailure(error, request.url, signals, name);
  }
}

const answerBegun = Symbol('answer begun');

const isBrokenBeforeAnswer = (error: unknown): boolean =>
  error instanceof Error &&
  !(answerBegun in error) &&
  ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error));

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

function exchange(connections: Connections, request: RawRequest, signals: readonly AbortSignal[]): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const body = createBody();
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let controller: Dispatcher.DispatchController | undefined;
    const isGivenUp = () => signals.some(({ aborted }) => aborted);
    const reason = () =>
      signals.map((signal) => signal.reason).find((why) => why instanceof Error) ?? new Error('aborted');
    if (isGivenUp()) return reject(reason());
    const endWait = connections.waiting(request.url.origin);
    const settle = (finish: () => void) => {
      for (const signal of signals) signal.removeEventListener('abort', stop);
      endWait();
      finish();
    };
    const stop = () => {
      controller?.abort(reason());
      settle(() => reject(reason()));
    };
    for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
    connections.agent.dispatch(
      {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: request.body ?? null,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (isGivenUp()) started.abort(reason());
          else endWait();
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          body.add(chunk);
        },
        onResponseEnd() {
          settle(() => {
            decode(body.bytes(), headers['content-encoding']).then(
              (text) => onceFree(() => resolve({ status, headers, text })),
              (error) => reject(Object.assign(error, { [answerBegun]: true })),
            );
          });
        },
        onResponseError(_controller, error) {
          settle(() => reject(status === 0 ? error : Object.assign(error, { [answerBegun]: true })));
        },
      },
    );
  });
}

/** undici frees a connection a turn after the answer's end; a next call made before would open another one. */
const onceFree = (next: () => void) => setImmediate(() => setImmediate(next));

const sizeCodes = ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'ERR_BUFFER_TOO_LARGE'];

/** Owner's sentences for the codes of Node and undici. */
const networkSentences: [RegExp, string][] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'its address cannot be found (DNS)'],
  [/^ECONNREFUSED$/, 'it refuses the connection'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'it does not pick up the connection'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection broke'],
  [/CERT|^ERR_TLS|^DEPTH_ZERO|SSL/, 'its certificate is not valid'],
];

function toFailure(error: unknown, url: Target, signals: readonly AbortSignal[], name: string): Failure {
  const code = codeOf(error);
  if (sizeCodes.includes(code))
    return new Failure('bad-response', `${name} answered with more than 2 MB, which cannot be figures`, {
      cause: error,
    });
  if (/^Z_/.test(code))
    return new Failure('bad-response', `${name} answered with a broken compressed body`, { cause: error });
  const why = signals.some(({ aborted }) => aborted)
    ? 'it does not answer in time'
    : (networkSentences.find(([pattern]) => pattern.test(code))?.[1] ??
      `the request failed (${code || 'unknown cause'})`);
  return new Failure('unavailable', `${name} cannot be reached at ${url.host}: ${why}`, { cause: error });
}
