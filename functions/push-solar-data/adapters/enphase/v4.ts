/** Enphase's official API v4: OAuth with rotating refresh tokens, then the latest figure of every meter and battery, in watts. */
import * as z from 'zod/mini';
import type { Answer } from '../../platform/http.ts';
import { Failure, type Reading } from '../adapter.ts';
import type { EnphaseContext } from '../enphase.ts';
import { figure, fraction, identifier, kilowatts, sum } from '../quantities.ts';
import { bearer, withSession } from '../session.ts';
import { onlySystem, type System } from './systems.ts';

const V4Session = z.object({ token: z.string(), refreshToken: z.string(), expiresAt: z.optional(z.number()) });
export const V4State = z.object({ session: z.optional(V4Session), systemId: z.optional(z.string()) });
type V4Session = z.output<typeof V4Session>;
type Context = EnphaseContext<z.output<typeof V4State>>;

const Token = z.object({ access_token: z.string(), refresh_token: z.nullish(z.string()), expires_in: figure });

const Systems = z.object({
  total: figure,
  size: figure,
  systems: z.array(z.object({ system_id: identifier, name: z.nullish(z.string()) })),
});

/** W; s since the epoch. Both are null after seven days of silence; until then the last figure stays. */
const Device = z.object({
  id: z.nullish(identifier),
  name: z.nullish(z.string()),
  channel: z.nullish(identifier),
  power: figure,
  last_report_at: figure,
  operational_mode: z.nullish(z.string()),
});
type Device = z.output<typeof Device>;
/** Channels add up, so none may stand there twice. */
const isEachOnce = (meters: readonly Device[]): boolean =>
  new Set(meters.map(({ id, name, channel }) => `${id} ${name} ${channel}`)).size === meters.length ||
  meters.some(({ id, channel }) => id == null || channel == null);
const Meters = z.array(Device).check(z.refine(isEachOnce, 'a channel is listed twice'));
const Telemetry = z.object({
  devices: z.object({ meters: z.nullish(Meters), encharges: z.nullish(z.array(Device)) }),
});

/** A number, or its text with a percent sign. */
const percent = z.pipe(
  z.transform((value) => (typeof value === 'string' ? value.replace(/\s*%\s*$/, '') : value)),
  figure,
);
const Battery = z.object({
  last_reported_aggregate_soc: z.optional(percent),
  intervals: z.nullish(z.array(z.object({ soc: z.nullish(z.object({ percent: figure })) }))),
});

export function readV4(context: Context): Promise<Reading> {
  return withSession(
    context,
    (previous) => refresh(context, previous),
    (session) => readSystem(context, session),
    { isRefusal: ({ status, excerpt }) => status === 401 && !isMismatch(excerpt) },
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
      { excerpt: answer.text.slice(0, 300) },
    );
  const { access_token, refresh_token, expires_in } = answer.json(Token);
  return {
    token: access_token,
    refreshToken: refresh_token ?? sent,
    ...(expires_in === undefined ? {} : { expiresAt: now + expires_in * 1000 }),
  };
}

async function readSystem(context: Context, session: V4Session): Promise<Reading> {
  const { settings, state } = context;
  const systemId = settings.systemId ?? state.systemId ?? (await discover(context, session));
  const system = `/api/v4/systems/${systemId}`;
  const { devices } = await ask(context, session, `${system}/latest_telemetry`, Telemetry);
  const meters = (devices.meters ?? []).flatMap(reported);
  const newest = Math.max(...meters.map(({ at }) => at));
  const current = currentOf(meters, newest, context);
  const [production, consumption] = [side('production', meters, current), side('consumption', meters, current)];
  if (!production)
    throw new Failure(
      'offline',
      'Enphase has no figure of a production meter: check that the gateway (Envoy) is connected and has one',
    );
  const batteries = currentOf((devices.encharges ?? []).flatMap(reported), newest, context);
  const dischargeWatts = discharge(batteries, context);
  const withSoc = settings.readBatterySoc && dischargeWatts !== undefined;
  return {
    production_kw: kilowatts(Math.max(0, production.watts)), // at night the inverters draw a little
    net_import_kw: consumption && kilowatts(consumption.watts - production.watts),
    battery_discharge_kw: kilowatts(dischargeWatts),
    battery_soc: withSoc ? fraction(await stateOfCharge(context, session, system)) : undefined,
    tsms: Math.min(production.at, consumption?.at ?? production.at) * 1000,
  };
}

/** A device with a figure: W, s since the epoch. */
type Reported = { name: string; watts: number; at: number; mode: string };
const reported = ({ name, power, last_report_at, operational_mode }: Device): Reported[] =>
  power === undefined || last_report_at === undefined
    ? []
    : [{ name: name ?? '', watts: power, at: last_report_at, mode: operational_mode ?? '' }];

/** Enphase keeps a last figure for up to seven days: what lies more than half an hour behind the newest meter is left out. */
function currentOf(devices: readonly Reported[], newest: number, { note }: Context): Reported[] {
  const current = devices.filter(({ at }) => newest - at <= 1800);
  for (const { name } of devices.filter((device) => !current.includes(device)))
    note(`${name} lies more than 30 minutes behind the newest meter and is left out`);
  return current;
}

/**
 * One side of the meters, over phases and gateways; undefined if the home has none. With a battery, and with meters
 * wired as "Net", the cloud's consumption is production + grid; wired as "Total" without a battery it is the load. So
 * consumption − production is the grid in every home, and consumption is the load only in one without battery.
 */
function side(name: string, meters: readonly Reported[], current: readonly Reported[]) {
  const channels = current.filter((meter) => meter.name === name);
  const watts = sum(...channels.map((channel) => channel.watts));
  if (watts !== undefined) return { watts, at: Math.max(...channels.map(({ at }) => at)) };
  if (meters.some((meter) => meter.name === name))
    throw new Failure('stale', `Enphase has newer figures, but not of the ${name} meter: check it`);
  return undefined;
}

/** W, + discharging, of all batteries; undefined without one, or if one is not understood. */
function discharge(batteries: readonly Reported[], { note }: Context): number | undefined {
  const directed = batteries.map(dischargeOf);
  batteries.forEach(({ name, mode, watts }, index) => {
    if (directed[index] === undefined) note(`${name} is "${mode}" with ${watts} W, which is not understood`);
  });
  return directed.includes(undefined) ? undefined : sum(...directed);
}

/** The sources disagree about the sign of a battery's power, so the mode gives the direction and the power only the size. */
function dischargeOf({ mode, watts }: Reported): number | undefined {
  const size = Math.abs(watts);
  if (mode === 'Discharging') return size;
  if (mode === 'Charging') return -size;
  return mode === 'Idle' && size <= 100 ? 0 : undefined;
}

/** Percent, of all batteries together. */
async function stateOfCharge(context: Context, session: V4Session, system: string): Promise<number | undefined> {
  const path = `${system}/telemetry/battery`;
  const battery = await ask(context, session, path, Battery, { granularity: '15mins' });
  return battery.last_reported_aggregate_soc ?? battery.intervals?.at(-1)?.soc?.percent;
}

/** Costs a call for every hundred systems: its result is kept. */
async function discover(context: Context, session: V4Session): Promise<string> {
  const found: System[] = [];
  for (let page = 1, more = true; more; page++) {
    const answer = await ask(context, session, '/api/v4/systems', Systems, { page, size: 100 });
    for (const { system_id, name } of answer.systems) found.push({ id: system_id, name });
    more = answer.systems.length > 0 && page * (answer.size ?? 100) < (answer.total ?? 0);
  }
  context.state.systemId = onlySystem(found);
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

function refusal({ status, text, retryAfterSeconds }: Answer, now: number): Failure {
  const details = { status, excerpt: text.slice(0, 300) };
  if (status === 404)
    return new Failure('bad-response', 'Enphase knows no such system: check the systemId setting', details);
  if (status === 429) {
    const periodEnd = Number(/"period_end"\s*:\s*"?(\d+)/.exec(text)?.[1]);
    const remaining = periodEnd * 1000 > now ? Math.ceil(periodEnd - now / 1000) : retryAfterSeconds;
    const sentence = 'Enphase has answered all calls that your plan allows: ask less often, or take a larger plan';
    return new Failure('rate-limited', sentence, { ...details, retryAfterSeconds: remaining });
  }
  if (isMismatch(text))
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
