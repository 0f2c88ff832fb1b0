/** HTTP for adapters and destinations: deadlines, a size limit, keep-alive, and failures by kind. Redirects are never followed. */
import type { IncomingHttpHeaders } from 'node:http';
import type * as z from 'zod/mini';
import { Failure, type FailureKind } from '../core/failure.ts';
import { type Connections, type RawAnswer, roundTrip, type Target } from './connections.ts';
import { readJson } from './json.ts';
import type { Redactor } from './redaction.ts';
import { nameShown, structureOf } from './structure.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Call = {
  /** Which of the adapter's hosts a path belongs to; `auth` is the base host where the vendor has no other. */
  host?: 'base' | 'auth';
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string | undefined>;
  /** A JSON body. */
  json?: unknown;
  /** An `application/x-www-form-urlencoded` body. */
  form?: Record<string, string>;
  /** A body as it stands (give its content-type). */
  body?: string;
  /** HTTP statuses that mean something else with this vendor than in {@link kindOfStatus}. */
  kinds?: Record<number, FailureKind>;
  /** Statuses (besides 2xx) that the caller wants to see itself instead of a failure. */
  accept?: readonly number[] | 'all';
  /** Ends this call, if its caller gives it up before the read is over. */
  signal?: AbortSignal;
};

export type Answer = {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The first 2,000 characters of the text: as much as an expression may see. */
  beginning: string;
  /** Its structure, for the log: see {@link structureOf}. */
  readonly excerpt: string;
  /** From `Retry-After`, seconds or date. */
  retryAfterSeconds: number | undefined;
  /** The body as JSON that fits the schema. @throws Failure `bad-response` */
  json<Schema extends z.ZodMiniType>(schema: Schema): z.output<Schema>;
};

/**
 * `path` begins with `/` and stands below the host, or is an absolute URL. Credentials are sent to where the caller
 * says and nowhere else: a redirect is an answer (status 3xx), never followed.
 *
 * @throws Failure by the status (see {@link kindOfStatus}), `unavailable` for a network failure or the end of time,
 *   `bad-response` for a body that is too large, not JSON or not of the schema, `settings` for plain http to another machine.
 */
export type Http = {
  get<Schema extends z.ZodMiniType>(path: string, call: Call & { schema: Schema }): Promise<z.output<Schema>>;
  post<Schema extends z.ZodMiniType>(path: string, call: Call & { schema: Schema }): Promise<z.output<Schema>>;
  /** The whole answer: status, headers, text. */
  send(method: Method, path: string, call?: Call): Promise<Answer>;
};

export type HttpOptions = {
  connections: Connections;
  /** Who is asked, for the owner's sentences: `FoxESS Cloud`, `Charge HQ`. */
  name: string;
  baseUrl?: string | undefined;
  authUrl?: string | undefined;
  /** Ends every call. */
  signal: AbortSignal;
  /** ms since the epoch, for a `Retry-After` given as a date. */
  now: number;
  redactor: Redactor;
};

const userAgent = 'solar-cloud-bridge';

export function createHttp(options: HttpOptions): Http {
  const send: Http['send'] = async (method, path, call = {}) => {
    const url = target(options, path, call);
    const headers = requestHeaders(call);
    for (const sent of [headers, call.query, call.json, call.form]) options.redactor.redactKeys(sent);
    const answer = toAnswer(
      await roundTrip(
        options.connections,
        { method, url, headers, body: requestBody(call) },
        call.signal ? AbortSignal.any([options.signal, call.signal]) : options.signal,
        options.name,
      ),
      options,
    );
    const { status } = answer;
    if ((status >= 200 && status < 300) || call.accept === 'all' || call.accept?.includes(status)) return answer;
    throw statusFailure(answer, call, options);
  };
  return {
    send,
    get: async (path, call) => (await send('GET', path, call)).json(call.schema),
    post: async (path, call) => (await send('POST', path, call)).json(call.schema),
  };
}

/** What an HTTP status means where the vendor's documentation says nothing else. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status >= 500) return 'unavailable';
  return 'bad-response';
}

/** Seconds of a `Retry-After` header, which holds seconds or a date; undefined if neither. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  // Only a date: Date.parse takes a lone number for a year.
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** https everywhere, except towards this machine: credentials never travel in the clear. */
export function isAllowedUrl(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

function target(options: HttpOptions, path: string, { host, query }: Call): Target {
  const base = host === 'auth' ? (options.authUrl ?? options.baseUrl) : options.baseUrl;
  const address = path.startsWith('/') && base !== undefined ? base.replace(/(?<!\/)\/+$/, '') + path : path;
  const key = query ? JSON.stringify([address, query]) : address;
  const known = targets.get(key) ?? targetOf(options.name, address, query);
  if (targets.size >= keptTargets) targets.clear();
  targets.set(key, known);
  return known;
}

/** Most calls are the same at each tick, and reading an address is dear. */
const targets = new Map<string, Target>();
const keptTargets = 100;

function targetOf(name: string, address: string, query: Call['query'] = {}): Target {
  if (!URL.canParse(address)) throw new Failure('settings', `The address for ${name} is not a URL`);
  const url = new URL(address);
  for (const [parameter, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(parameter, String(value));
  if (!isAllowedUrl(url))
    throw new Failure('settings', `The address for ${name} must begin with https:// (it is ${url.origin})`);
  const { origin, host, pathname, search } = url; // a URL computes them anew each time
  return { origin, host, pathname, search };
}

/** A later header replaces an earlier one in whatever spelling; the spelling is kept, because servers exist that look at it. */
function requestHeaders(call: Call): Record<string, string> {
  const usual = { accept: 'application/json', 'user-agent': userAgent, 'content-type': contentType(call) };
  const byName = new Map<string, [string, string]>();
  for (const [name, value] of [...Object.entries(usual), ...Object.entries(call.headers ?? {})])
    if (value !== undefined) byName.set(name.toLowerCase(), [name, value]);
  return Object.fromEntries(byName.values());
}

function contentType(call: Call): string | undefined {
  if (call.json !== undefined) return 'application/json';
  return call.form === undefined ? undefined : 'application/x-www-form-urlencoded';
}

const requestBody = (call: Call): string | undefined => {
  if (call.json !== undefined) return JSON.stringify(call.json);
  return call.form === undefined ? call.body : new URLSearchParams(call.form).toString();
};

function toAnswer({ status, headers, text }: RawAnswer, { name, now }: HttpOptions): Answer {
  return {
    status,
    headers,
    text,
    beginning: text.slice(0, 2_000),
    get excerpt() {
      return structureOf(text);
    },
    retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now),
    json(schema) {
      const details = () => ({ status, answer: text, excerpt: structureOf(text) });
      const body = readJson(text);
      if ('problem' in body)
        throw new Failure('bad-response', `${name} answered with ${body.problem} instead of figures`, details());
      const parsed = schema.safeParse(body.value);
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      const where = issue?.path.map(nameShown).join('.') || 'the whole answer';
      throw new Failure('bad-response', `${name} answered in an unknown form (${where}: ${issue?.message})`, details());
    },
  };
}

const sentences: Record<FailureKind, string> = {
  settings: 'says that a setting is wrong',
  auth: 'refused the credentials: check them in the settings',
  'rate-limited': 'asks us to slow down',
  offline: 'says that the device is not connected',
  stale: 'has only old figures',
  'bad-response': 'answered in an unknown form',
  unavailable: 'has trouble',
};

function statusFailure(
  { status, text, excerpt, retryAfterSeconds }: Answer,
  call: Call,
  { name }: HttpOptions,
): Failure {
  const kind = call.kinds?.[status] ?? kindOfStatus(status);
  const redirect = status >= 300 && status < 400;
  const sentence = redirect ? 'sends us to another address, which is not followed' : sentences[kind];
  return new Failure(kind, `${name} ${sentence} (HTTP ${status})`, {
    status,
    answer: text,
    excerpt,
    retryAfterSeconds,
  });
}
