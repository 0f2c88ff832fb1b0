/** Any endpoint that answers JSON: the owner's requests, and an expression (JSONata) for each figure. */
import * as z from 'zod/mini';
import { prepareExpressions } from '../platform/expressions.ts';
import { choice, defineAdapter, Failure, type Http, type Reading, secret, setting, timeZone } from './adapter.ts';
import { type Body, bodyOf } from './http-json/call.ts';
import { evaluated, expressionsOf, figureOf, timeOf } from './http-json/expressions.ts';
import type { Request } from './http-json/request.ts';
import {
  type Extra,
  expression,
  Fields,
  jsonOf,
  type Power,
  Requests,
  Secrets,
  withSecrets,
} from './http-json/settings.ts';
import { KeptTokens, openTokens, type Tokens } from './http-json/tokens.ts';
import { basic } from './tunnel.ts';

export const httpJson = defineAdapter({
  vendor: 'http-json',
  title: 'Any HTTPS endpoint that answers JSON',
  homepage: 'https://docs.jsonata.org',
  standing: 'recommended',
  refresh: 'as old as your endpoint makes them; give it a timestamp, else nobody sees when it stands still',
  needs: 'the https address of an endpoint that answers JSON, and an expression for each figure',
  baseUrl: null,
  pollSeconds: 60,
  staleAfterSeconds: 600,
  settings: {
    requests: setting(
      jsonOf(Requests),
      'JSON list of 1 to 5 requests: [{"id":"em","url":"https://em.example.net/status","headers":{"X-Key":"{secret:em}"}}]',
    ),
    fields: setting(
      jsonOf(Fields),
      'JSON object of figures: {"production":{"expr":"em.pv","unit":"W"},"netImport":{"expr":"em.import - em.export","unit":"W"}}',
    ),
    secrets: secret(
      z.optional(jsonOf(Secrets)),
      'JSON object of names and texts for every {secret:NAME} in the requests: {"em":"…"}',
    ),
    timestamp: setting(z.optional(expression), 'Expression for the time of measurement, such as em.time'),
    timestampFormat: setting(
      z._default(choice('iso', 'unix', 'unixms'), 'iso'),
      'How that time is written: iso (2026-06-15T13:05:00Z), unix (seconds) or unixms (milliseconds)',
    ),
    timestampZone: setting(z.optional(timeZone), 'Zone of iso times that carry none, such as Australia/Sydney'),
    okExpr: setting(
      z.optional(expression),
      'Expression that must be true, for endpoints that report errors with HTTP 200: em.code = 0',
    ),
  },
  requires: ({ requests }) => (JSON.stringify(requests).includes('{secret:') ? ['secrets'] : []),
  identity: ['requests', 'secrets'],
  session: KeptTokens,
  async read({ settings, settingName, http, session, now, note }): Promise<Reading> {
    const { fields, okExpr } = settings;
    const expressions = expressionsOf(settings, settingName);
    prepareExpressions(expressions.map(({ text }) => text));
    const requests = preparedOf(settings);
    const tokens = openTokens(http, session, now);
    const asked = requests.map(async (request) => [request.id, await ask(request, http, tokens)] as const);
    await Promise.allSettled(asked); // so that the first failure in the owner's order is told
    const given = await evaluated(expressions, await Promise.all(asked), now);

    if (okExpr !== undefined && given.okExpr?.value() !== true)
      throw new Failure('bad-response', `The endpoint reports an error: okExpr (${okExpr}) is not true`);
    const power = (name: Power) => fields[name] && given[name] && figureOf(fields[name], given[name]);
    /** A bad extra must not stop the powers. */
    const extra = (name: Extra) => {
      try {
        return fields[name] && given[name] && figureOf(fields[name], given[name]);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        note(`left out: ${error.message}`);
        return undefined;
      }
    };
    const reading: Reading = {
      production_kw: power('production'),
      net_import_kw: power('netImport'), // + import
      consumption_kw: power('consumption'),
      battery_discharge_kw: power('batteryDischarge'), // + discharging
      battery_soc: extra('batterySoc'),
      imported_kwh: extra('importedEnergy'),
      exported_kwh: extra('exportedEnergy'),
    };
    if (given.timestamp) return { ...reading, tsms: timeOf(given.timestamp, settings, now) };
    note('no timestamp is set: figures that stand still cannot be noticed');
    return reading;
  },
});

/** @returns the body of the answer. A refused token is renewed once. */
async function ask(request: Prepared, http: Http, tokens: Tokens): Promise<Body> {
  const { auth } = request;
  if (auth.type === 'none') return call(request, http);
  if (auth.type === 'basic') return call(request, http, basic(auth.username, auth.password));
  if (auth.type === 'bearer') return call(request, http, `Bearer ${auth.token}`);
  const { scheme, token } = await tokens.current(auth);
  try {
    return await call(request, http, `${scheme} ${token}`);
  } catch (error) {
    if (!(error instanceof Failure && error.kind === 'auth')) throw error;
  }
  const another = await tokens.another(auth);
  return call(request, http, `${another.scheme} ${another.token}`);
}

function call({ who, method, address, call, timeoutSeconds }: Prepared, http: Http, authorization?: string) {
  const headers = { ...call.headers, ...(authorization === undefined ? {} : { authorization }) };
  return bodyOf(http, who, method, address, { ...call, headers }, timeoutSeconds);
}

type Prepared = ReturnType<typeof prepared>;
type RequestSettings = { requests: Request[]; secrets?: Record<string, string> | undefined };

/** @throws Failure `settings`, see {@link withSecrets}. */
function preparedOf(settings: RequestSettings): Prepared[] {
  const known =
    preparedBySettings.get(settings) ?? withSecrets(settings.requests, settings.secrets ?? {}).map(prepared);
  preparedBySettings.set(settings, known);
  return known;
}

/** The settings are the same object in every tick. */
const preparedBySettings = new WeakMap<RequestSettings, Prepared[]>();

function prepared({ id, url, headers, body, query, auth, timeoutSeconds, method }: Request) {
  const target = new URL(url);
  const added = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='));
  if (added.length > 0) target.search = [target.search.slice(1), ...added].filter((part) => part !== '').join('&');
  const content = typeof body === 'string' ? { body } : { json: body };
  return {
    id,
    auth,
    who: `Request ${id} (${target.host})`,
    method: method ?? (body === undefined ? ('GET' as const) : ('POST' as const)),
    address: target.href,
    call: { ...content, headers },
    timeoutSeconds,
  };
}
