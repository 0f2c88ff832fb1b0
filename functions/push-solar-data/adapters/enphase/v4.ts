/** Enphase's official API v4: OAuth with rotating refresh tokens, then the latest figure of every meter and battery, in watts. */
import * as z from 'zod/mini';
import type { Answer } from '../../platform/http.ts';
import { type AdapterReading, Failure, type Term } from '../adapter.ts';
import { allPages } from '../pages.ts';
import { figure, fraction, identifier, kilowatts } from '../quantities.ts';
import { bearer, Session, withSession } from '../session.ts';
import { Device, discharge, Meters, Reporting, remember, type Sum, side } from './channels.ts';
import type { EnphaseContext } from './settings.ts';
import { onlySystem, refuseOther } from './systems.ts';

export const V4Session = z.extend(Session, { refreshToken: z.string() });
export const V4State = z.object({ systemId: z.optional(z.string()), reporting: z.optional(Reporting) });
type V4Session = z.output<typeof V4Session>;
type Context = EnphaseContext<z.output<typeof V4State>, V4Session>;

const Token = z.object({ access_token: z.string(), refresh_token: z.nullish(z.string()), expires_in: figure });

const Systems = z.object({
  total: figure,
  systems: z.array(z.object({ system_id: identifier, name: z.nullish(z.string()) })),
});

const Telemetry = z.object({
  system_id: z.nullish(identifier),
  devices: z.object({ meters: z.nullish(Meters), encharges: z.nullish(z.array(Device)) }),
});

/** A number, or its text with a percent sign. */
const percent = z.pipe(
  z.transform((value) => (typeof value === 'string' ? value.trim().replace(/%$/, '') : value)),
  figure,
);
const Battery = z.object({
  system_id: z.nullish(identifier),
  last_reported_aggregate_soc: z.optional(percent),
  intervals: z.nullish(z.array(z.object({ soc: z.nullish(z.object({ percent: figure })) }))),
});

export function readV4(context: Context): Promise<AdapterReading> {
  return withSession(
    context,
    (previous) => refresh(context, previous),
    (session) => readSystem(context, session),
    { isRefusal: ({ status, answer }) => status === 401 && !isMismatch(answer) },
  );
}

/** Each refresh ends the token that was sent and gives a new one; the setting is only the first. */
async function refresh({ http, settings, now }: Context, previous: V4Session | undefined): Promise<V4Session> {
  const { clientId, clientSecret, refreshToken = '' } = settings;
  const sent = previous?.refreshToken ?? refreshToken;
  const answer = await http.send('POST', '/oauth/token', {
    host: 'auth',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    form: { grant_type: 'refresh_token', refresh_token: sent },
    accept: [400, 401],
  });
  if (answer.status >= 400)
    throw new Failure(
      'auth',
      `Enphase refuses the refresh token (HTTP ${answer.status}): it dies when unused for 30 days. Give your consent again (npm run connect -- enphase), and check clientId and clientSecret`,
      { excerpt: answer.excerpt },
    );
  const { access_token, refresh_token, expires_in } = answer.json(Token);
  return {
    token: access_token,
    refreshToken: refresh_token ?? sent,
    ...(expires_in === undefined ? {} : { expiresAt: now + expires_in * 1000 }),
  };
}

/**
 * With a battery, and with meters wired as "Net", the cloud's consumption is production + grid; wired as "Total" without
 * a battery it is the load. So consumption − production is the grid in every home, and consumption is the load only in
 * one without battery.
 */
async function readSystem(context: Context, session: V4Session): Promise<AdapterReading> {
  const { settings, state, now, note } = context;
  const systemId = String(settings.systemId ?? state.systemId ?? (await discover(context, session)));
  const system = `/api/v4/systems/${systemId}`;
  const { devices, system_id } = await ask(context, session, `${system}/latest_telemetry`, Telemetry);
  refuseOther(system_id, systemId);
  state.reporting ??= {};
  const { reporting } = state;
  const listing = { meters: devices.meters ?? [], batteries: devices.encharges ?? [], reporting, now, note };
  const [production, consumption] = [side('production', listing), side('consumption', listing)];
  const battery = discharge(listing);
  remember(listing);
  if (production === 'none' || [production, consumption].every((each) => typeof each === 'string'))
    throw new Failure(
      'offline',
      'Enphase has no figure of a production meter: check that the gateway (Envoy) is connected and has one',
    );
  const [made, used, discharged] = [production, consumption, battery].map(knownOf);
  const lacking: Term[] = made ? [] : ['production'];
  if (consumption !== 'none' && !(made && used)) lacking.push('grid');
  if (battery === 'silent') lacking.push('battery');
  const times = [made, used].flatMap((each) => each?.at ?? []);
  return {
    production_kw: made && kilowatts(Math.max(0, made.watts)), // at night the inverters draw a little
    net_import_kw: made && used && kilowatts(used.watts - made.watts),
    battery_discharge_kw: kilowatts(discharged?.watts),
    battery_soc:
      settings.readBatterySoc && discharged ? fraction(await stateOfCharge(context, session, systemId)) : undefined,
    tsms: Math.min(...times) * 1000, // a sum is no newer than its oldest part
    lacking,
  };
}

const knownOf = (sum: Sum) => (typeof sum === 'string' ? undefined : sum);

/** Percent, of all batteries together. */
async function stateOfCharge(context: Context, session: V4Session, systemId: string): Promise<number | undefined> {
  const path = `/api/v4/systems/${systemId}/telemetry/battery`;
  const battery = await ask(context, session, path, Battery, { granularity: '15mins' });
  refuseOther(battery.system_id, systemId);
  return battery.last_reported_aggregate_soc ?? battery.intervals?.at(-1)?.soc?.percent;
}

/** Costs a call for every hundred systems: its result is kept. */
async function discover(context: Context, session: V4Session): Promise<string> {
  const systems = await allPages(
    'Enphase',
    async (nth) => {
      const answer = await ask(context, session, '/api/v4/systems', Systems, { page: nth + 1, size: 100 });
      return { entries: answer.systems, total: answer.total };
    },
    ({ system_id }) => system_id,
  );
  context.state.systemId = onlySystem(systems.map(({ system_id, name }) => ({ id: system_id, name })));
  return context.state.systemId;
}

async function ask<Schema extends z.ZodMiniType>(
  context: Context,
  session: V4Session,
  path: string,
  schema: Schema,
  query: Record<string, string | number> = {},
): Promise<z.output<Schema>> {
  const answer = await context.http.send('GET', path, {
    query,
    headers: { ...bearer(session), key: context.settings.apiKey },
    accept: [401, 403, 404, 429],
    kinds: { 501: 'bad-response' },
  });
  if (answer.status < 300) return answer.json(schema);
  if (answer.status === 404) delete context.state.systemId;
  throw refusal(answer, context.now);
}

function refusal({ status, beginning, excerpt, retryAfterSeconds }: Answer, now: number): Failure {
  const details = { status, answer: beginning, excerpt };
  if (status === 404)
    return new Failure('bad-response', 'Enphase knows no such system: check the systemId setting', details);
  if (status === 429) {
    const periodEnd = Number(/"period_end"\s*:\s*"?(\d+)/.exec(beginning)?.[1]);
    const remaining = periodEnd * 1000 > now ? Math.ceil(periodEnd - now / 1000) : retryAfterSeconds;
    const sentence = 'Enphase has answered all calls that your plan allows: ask less often, or take a larger plan';
    return new Failure('rate-limited', sentence, { ...details, retryAfterSeconds: remaining });
  }
  if (isMismatch(beginning))
    return new Failure(
      'auth',
      'apiKey and clientId belong to different applications at Enphase: take both from one',
      details,
    );
  const sentence = 'Enphase refuses this call: check apiKey and systemId, and that application and plan include it';
  return new Failure('auth', sentence, details);
}

/** A 401 that a fresh token would not mend. */
const isMismatch = (text: string | undefined): boolean => /client mismatch/i.test(text ?? '');
