/** Enphase's official API v4: OAuth with rotating refresh tokens, then the latest figure of every meter and battery. */
import * as z from 'zod/mini';
import { Failure, type Meaning, type MeaningOf, withLacking } from '../adapter.ts';
import { byRefreshToken, requestToken } from '../oauth.ts';
import { refuseOther } from '../only.ts';
import { allPages } from '../pages.ts';
import { difference, figure, identifier } from '../quantities.ts';
import { bearer, withToken } from '../session.ts';
import { percent, unixSeconds } from '../units.ts';
import { Devices, powersOf } from './channels.ts';
import { type EnphaseContext, type Get, type WayIn, whose } from './way-in.ts';

const path = '/api/v4/systems';

const Systems = z.object({
  total: figure,
  systems: z.array(z.object({ system_id: identifier, name: z.nullish(z.string()) })),
});

export const v4: WayIn = {
  /** Each refresh ends the token that was sent and gives a new one; the setting is only the first. */
  withLogIn(context, read) {
    const { settings, settingName } = context;
    const [id, secret] = ['clientId', 'clientSecret'].map(settingName);
    const refresh = (refresh_token: string) =>
      requestToken(context, {
        ...endpoint(settings),
        grant: { grant_type: 'refresh_token', refresh_token },
        refused: () =>
          'refuses the refresh token: it dies when unused for 30 days. Give your consent again' +
          ` (npm run connect -- enphase), and check ${id} and ${secret}`,
      });
    return withToken(context, [byRefreshToken(context, refresh, settings.refreshToken)], (http) => read(http.get), {
      client: (session) => ({ headers: { ...bearer(session), key: settings.apiKey }, kinds: kindsFor(context) }),
    });
  },
  /** Costs a call for every hundred. */
  async systems(get) {
    const page = async (nth: number) => {
      const { systems, total } = await get(path, { query: { page: nth + 1, size: 100 }, schema: Systems });
      return { entries: systems, total };
    };
    const found = await allPages('Enphase', page, ({ system_id }) => system_id);
    return found.map(({ system_id, name }) => ({ value: system_id, title: name }));
  },
  /**
   * With a battery, and with meters wired as "Net", the cloud's consumption is production + grid; wired as "Total" without
   * a battery it is the load. So consumption − production is the grid in every home, and consumption is the load only in
   * one without battery.
   */
  async newest(get, systemId, context) {
    const { devices, system_id } = await get(`${path}/${systemId}/latest_telemetry`, { schema: Telemetry });
    refuseOther(system_id, systemId, whose);
    const { production, consumption, battery, tsms, has } = powersOf(devices, context);
    const isSocAsked = context.settings.readBatterySoc && battery !== undefined;
    const isDrawing = production !== undefined && production < 0; // a little, by the inverters at night
    const reading = {
      production_kw: isDrawing ? 0 : production,
      net_import_kw: difference(consumption, production),
      battery_discharge_kw: battery,
      battery_soc: isSocAsked ? await stateOfCharge(get, systemId, context) : undefined,
      tsms,
    };
    return withLacking(reading, has);
  },
};

/** Of the token, for a refresh as for the owner's consent. */
export const endpoint = ({ clientId = '', clientSecret }: EnphaseContext['settings']) =>
  ({ path: '/oauth/token', client: { id: clientId, secret: clientSecret, in: 'basic' } }) as const;

const Telemetry = z.object({ system_id: z.nullish(identifier), devices: Devices });

const Battery = z.object({
  system_id: z.nullish(identifier),
  last_reported_aggregate_soc: percent,
  intervals: z.nullish(z.array(z.object({ soc: z.nullish(z.object({ percent })) }))),
});

/** Of all batteries together. That it cannot be had ends no reading, unless all calls are used up. */
async function stateOfCharge(get: Get, systemId: string, { note }: EnphaseContext): Promise<number | undefined> {
  try {
    const battery = await get(`${path}/${systemId}/telemetry/battery`, {
      query: { granularity: '15mins' },
      schema: Battery,
      kinds: { 404: 'bad-response' }, // says nothing of the system
    });
    refuseOther(battery.system_id, systemId, whose);
    return battery.last_reported_aggregate_soc ?? battery.intervals?.at(-1)?.soc?.percent;
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'rate-limited') throw error;
    note(`the state of charge is left out: ${error.message}`);
    return undefined;
  }
}

const Busy = z.object({ period_end: unixSeconds });

function kindsFor({ settingName, state, now }: EnphaseContext): Record<number, MeaningOf> {
  const [apiKey, clientId, systemId] = ['apiKey', 'clientId', 'systemId'].map(settingName);
  const refused: Meaning = ['auth', `refuses this call: check ${apiKey}, ${systemId} and what your plan includes`];
  const mismatch = `finds that ${apiKey} and ${clientId} belong to different applications: take both from one`;
  const usedUp = 'has answered all calls that your plan allows: ask less often, or take a larger plan';
  return {
    // Another status: a fresh token would not mend it.
    401: ({ beginning }) => (/client mismatch/i.test(beginning) ? ['auth', mismatch, { status: 403 }] : refused),
    403: refused,
    404: () => {
      delete state.systemId;
      return ['bad-response', `knows no such system: check ${systemId}`];
    },
    429: (answer) => {
      const seconds = Math.ceil(((answer.tryJson(Busy)?.period_end ?? 0) - now) / 1000);
      return ['rate-limited', usedUp, seconds > 0 ? { retryAfterSeconds: seconds } : {}];
    },
    501: 'bad-response',
  };
}
