/** HTTP for adapters and destinations: deadlines, a size limit, keep-alive, and failures by kind. Redirects are never followed. */
import type * as z from 'zod/mini';
import { Failure } from '../core/failure.ts';
import { type Answer, kindOfStatus, type MeaningOf, retryAfterSeconds, statusFailure, toAnswer } from './answer.ts';
import { type Connections, roundTrip, type Target } from './connections.ts';
import type { Redactor } from './redaction.ts';

export type { Answer, Meaning, MeaningOf } from './answer.ts';
export { kindOfStatus, retryAfterSeconds };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What all calls of a client have in common; see {@link Http.extend}. */
export type CallDefaults = {
  /** Who is asked, for the owner's sentences. Default: the product's title. */
  name?: string;
  /** Which of the adapter's hosts a path belongs to; `auth` is the base host where the vendor has no other. */
  host?: 'base' | 'auth';
  /**
   * Other hosts that the cloud itself names, by the adapter's usual ones: usual address → the one to ask. Where the owner
   * has set an address, that one is asked.
   */
  moved?: Record<string, string>;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string | undefined>;
  /** HTTP statuses that mean something else with this vendor than in {@link kindOfStatus}. */
  kinds?: Record<number, MeaningOf>;
  /** What a body means that is no JSON where JSON is expected. Default: `bad-response`. */
  notJson?: MeaningOf;
  /**
   * What the body says against the call, whatever the status; undefined leaves the judgement to the status. For clouds
   * that say no with HTTP 200 and a code: `(answer) => refusalOf(answer, codes)`.
   */
  refusal?(answer: Answer): Failure | undefined;
  /** Statuses (besides 2xx) that the caller wants to see itself instead of a failure. */
  accept?: readonly number[] | 'all';
};

export type Call = CallDefaults & {
  /** A JSON body. */
  json?: unknown;
  /** An `application/x-www-form-urlencoded` body. */
  form?: Record<string, string>;
  /** A body as it stands (give its content-type). */
  body?: string;
  /** Ends this call, if its caller gives it up before the read is over. */
  signal?: AbortSignal;
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
  /**
   * A client with these for every call. Headers, query and kinds are added to those that there are, one by one; the rest
   * replaces what there is; a call has the last word.
   *
   * @example
   * const plant = http.extend({ headers: bearer(session), kinds: { 404: ['bad-response', 'knows no such plant: check PLANT_ID'] } });
   * const live = await plant.get('/live', { schema: Live });
   */
  extend(defaults: CallDefaults): Http;
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

export function createHttp(options: HttpOptions, defaults: CallDefaults = {}): Http {
  const send: Http['send'] = async (method, path, own = {}) => {
    const call: Call = merged(defaults, own);
    const { name = options.name } = call;
    const url = target(options, path, call);
    const headers = requestHeaders(call);
    for (const sent of [headers, call.query, call.json, call.form]) options.redactor.redactKeys(sent);
    const signals = call.signal ? [options.signal, call.signal] : [options.signal];
    const request = { method, url, headers, body: requestBody(call) };
    const raw = await roundTrip(options.connections, request, signals, name);
    const address = url.origin + url.pathname;
    const answer = toAnswer(raw, { name, address, now: options.now, notJson: call.notJson });
    const refusal = call.refusal?.(answer);
    if (refusal) throw refusal;
    const { status } = answer;
    if ((status >= 200 && status < 300) || call.accept === 'all' || call.accept?.includes(status)) return answer;
    throw statusFailure(answer, call.kinds);
  };
  return {
    send,
    get: async (path, call) => (await send('GET', path, call)).json(call.schema),
    post: async (path, call) => (await send('POST', path, call)).json(call.schema),
    extend: (more) => createHttp(options, merged(defaults, more)),
  };
}

function merged<More extends CallDefaults>(defaults: CallDefaults, more: More): CallDefaults & More {
  return {
    ...defaults,
    ...more,
    headers: { ...defaults.headers, ...more.headers },
    query: { ...defaults.query, ...more.query },
    kinds: { ...defaults.kinds, ...more.kinds },
  };
}

/** https everywhere, except towards this machine: credentials never travel in the clear. */
export function isAllowedUrl(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname));
}

/** @param hostname as a URL holds it, IPv6 in brackets. */
export const isThisMachine = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

function target(options: HttpOptions, path: string, { name = options.name, host, moved = {}, query }: Call): Target {
  const usual = host === 'auth' ? (options.authUrl ?? options.baseUrl) : options.baseUrl;
  const base = usual === undefined ? undefined : (moved[usual] ?? usual);
  const address = path.startsWith('/') && base !== undefined ? base.replace(/(?<!\/)\/+$/, '') + path : path;
  const key = query ? JSON.stringify([address, query]) : address;
  const known = targets.get(key) ?? targetOf(name, address, query);
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
