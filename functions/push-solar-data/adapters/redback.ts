/** Redback Technologies: the official public API, in kW, with the directions in the names of the fields. */
import * as z from 'zod/mini';
import { total } from '../core/reading.ts';
import type { SettingValues } from '../settings/setting.ts';
import {
  type Answer,
  choice,
  defineAdapter,
  Failure,
  type Http,
  type ReadContext,
  type Reading,
  secret,
  setting,
  text,
} from './adapter.ts';
import { isYoung } from './age.ts';
import { allPages } from './pages.ts';
import { difference, figure } from './quantities.ts';
import { Session, withSession } from './session.ts';

/** `phases`: when each was last seen with figures, ms, by its id; such a phase has a wire. */
const State = z.partial(z.object({ siteId: z.string(), phases: z.record(z.string(), z.number()) }));
const TokenSession = z.extend(Session, { tokenType: z.string() });
type Headers = { authorization: string };
type TokenSession = z.output<typeof TokenSession>;

const settings = {
  clientId: setting(text, 'Client id: Redback support sends it on request, with the secret'),
  clientSecret: secret(text, 'Client secret: comes with the client id'),
  siteId: setting(
    z.optional(text),
    'Id of the site (S and digits), needed if the credentials open several: an error message lists them',
  ),
  authKind: setting(
    z._default(choice('entra', 'legacy'), 'entra'),
    'entra (usual) or legacy (older credentials that the usual log-in refuses)',
  ),
};
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;

export const redback = defineAdapter({
  vendor: 'redback',
  title: 'Redback Technologies',
  homepage: 'https://redbacktech.com',
  standing: 'recommended',
  refresh: 'about a minute',
  needs: 'a client id and a client secret, which Redback support sends on request',
  baseUrl: 'https://api.redbacktech.com',
  authUrl: 'https://login.microsoftonline.com',
  pollSeconds: 60,
  staleAfterSeconds: 600,
  settings,
  identity: ['clientId', 'clientSecret', 'authKind'],
  state: State,
  session: TokenSession,
  read(context): Promise<Reading> {
    const { settings, http, state } = context;
    return withSession(
      context,
      () => logIn(context),
      async (session) => {
        const headers = { authorization: `${session.tokenType} ${session.token}` };
        const siteId = settings.siteId ?? state.siteId ?? (await onlySite(http, headers));
        if (settings.siteId === undefined) state.siteId = siteId;
        return map(await dynamic(http, siteId, headers), context);
      },
      // A 403 is a missing permission, and every token that is not needed brings the cloud nearer to HTTP 500.
      { isRefusal: ({ status }) => status === 401, marginSeconds: 300 },
    );
  },
});

const Token = z.object({ access_token: z.string(), token_type: z.nullish(z.string()), expires_in: figure });

/** Two log-ins are in use; which one is right depends on the age of the credentials, and only the owner changes it. */
async function logIn({ settings, http, now }: Context): Promise<TokenSession> {
  const { authKind, clientId: client_id, clientSecret: client_secret } = settings;
  const answer =
    authKind === 'legacy'
      ? await http.send('POST', '/Api/v2/Auth/token', { form: { client_id, client_secret }, accept: [400, 401] })
      : await http.send('POST', '/fb46c16c-9144-45e0-87b7-f578abed629f/oauth2/v2.0/token', {
          host: 'auth',
          form: {
            client_id,
            client_secret,
            grant_type: 'client_credentials',
            scope: 'api://f0ea23e1-8533-44ab-8592-509cff0774da/.default',
          },
          accept: [400, 401],
        });
  if (answer.status >= 400) throw refusedLogIn(answer, authKind);
  const { access_token, token_type, expires_in = 3600 } = answer.json(Token);
  return { token: access_token, tokenType: token_type ?? 'Bearer', expiresAt: now + expires_in * 1000 };
}

function refusedLogIn({ status, beginning, excerpt }: Answer, authKind: string): Failure {
  const other = authKind === 'legacy' ? 'entra' : 'legacy';
  const error = /"error"\s*:\s*"(\w+)"/.exec(beginning)?.[1] ?? 'no reason given';
  return new Failure(
    'auth',
    `Redback refused the client id or the client secret (HTTP ${status}, ${error}): check both; if they are right and old, try authKind ${other}`,
    { status, excerpt },
  );
}

const Node = z.object({ Id: z.nullish(z.string()), Type: z.nullish(z.string()) });
const Nodes = z.object({ PageCount: figure, Data: z.array(Node) });

/** The pages count from 0, as in the client that was generated from Redback's own description of the API. */
async function onlySite(http: Http, headers: Headers): Promise<string> {
  const nodes = await allPages(
    'Redback',
    async (page) => {
      const query = page === 0 ? {} : { page };
      const { PageCount, Data } = await http.get('/Api/v2/EnergyData/With/Nodes', { headers, query, schema: Nodes });
      return { entries: Data.filter(({ Type }) => Type === 'Site'), pages: PageCount ?? 1 };
    },
    ({ Id }) => Id,
  );
  const sites = nodes.flatMap(({ Id }) => Id || []);
  const [siteId, ...others] = sites;
  if (siteId !== undefined && others.length === 0) return siteId;
  throw new Failure(
    'bad-response',
    siteId === undefined
      ? 'Redback shows no site to these credentials: ask Redback support to open yours, or set siteId'
      : `Redback shows several sites: set siteId to one of ${sites.join(', ')}`,
  );
}

/** Powers in kW, counters in lifetime kWh. `PVs` and `Battery`, in newer answers, are parts of the same and not added. */
const Live = z.object({
  SiteId: z.nullish(z.string()),
  TimestampUtc: z.nullish(z.string()),
  Status: z.nullish(z.string()),
  Phases: z.nullish(
    z.array(
      z.object({
        Id: z.nullish(z.string()),
        ActiveImportedPowerInstantaneouskW: figure,
        ActiveExportedPowerInstantaneouskW: figure,
        VoltageInstantaneousV: figure,
      }),
    ),
  ),
  PvPowerInstantaneouskW: figure,
  BatteryPowerNegativeIsChargingkW: figure,
  BatterySoCInstantaneous0to1: figure,
  ImportAllTimeEnergykWh: figure,
  ExportAllTimeEnergykWh: figure,
});
type Live = z.output<typeof Live>;

async function dynamic(http: Http, siteId: string, headers: Headers): Promise<Live> {
  const path = `/Api/v2.21/EnergyData/${encodeURIComponent(siteId)}/Dynamic`;
  const answer = await http.send('GET', path, { headers, accept: [404] });
  if (answer.status !== 404) {
    const live = answer.json(z.object({ Data: Live })).Data;
    if (live.SiteId == null || live.SiteId === siteId) return live;
    throw new Failure('bad-response', `Redback answered with figures of the site ${live.SiteId} instead of ${siteId}`);
  }
  throw new Failure('bad-response', `Redback does not know the site ${siteId}, or it is not yours: check siteId`, {
    status: 404,
  });
}

/** There is no figure of the load: consumption is derived, and the counters do not close well enough for powers. */
function map(live: Live, context: Context): Reading {
  const net_import_kw = netImport(live, context);
  const production_kw = live.PvPowerInstantaneouskW;
  const { takes } = context;
  const isIncomplete =
    (net_import_kw === undefined && takes('grid')) || (production_kw === undefined && takes('production'));
  const status = live.Status?.toLowerCase();
  if (status === 'offline' || (status === 'fault' && isIncomplete))
    throw new Failure('offline', `Redback shows the inverter as ${live.Status}: check it, and its connection`);
  if (isIncomplete)
    throw new Failure('bad-response', 'Redback gives no figure of the solar power, or of the grid on all its phases');
  const tsms = utc(live.TimestampUtc);
  if (tsms === undefined) throw new Failure('bad-response', 'Redback does not tell when this was measured');
  const battery_discharge_kw = live.BatteryPowerNegativeIsChargingkW; // − charging
  return {
    production_kw,
    net_import_kw,
    battery_discharge_kw,
    battery_soc: battery_discharge_kw === undefined ? undefined : live.BatterySoCInstantaneous0to1, // 0…1
    imported_kwh: live.ImportAllTimeEnergykWh,
    exported_kwh: live.ExportAllTimeEnergykWh,
    tsms,
  };
}

const dayMs = 86_400_000;
const seenAgainAfterMs = 3_600_000;

/**
 * kW over all phases with a wire, + import; undefined if one does not tell both directions or stands there twice, or none
 * is there. A phase of which nothing is told has no wire, unless it has given figures in the last day.
 */
function netImport({ Phases }: Live, { state, now }: Context): number | undefined {
  const phases = Phases ?? [];
  const ids = phases.flatMap(({ Id }) => Id ?? []);
  if (new Set(ids).size < ids.length) return undefined;
  state.phases ??= {};
  const seen = state.phases;
  const wired = phases.filter(
    ({ Id, VoltageInstantaneousV, ...directions }) =>
      VoltageInstantaneousV !== undefined ||
      directions.ActiveImportedPowerInstantaneouskW !== undefined ||
      directions.ActiveExportedPowerInstantaneouskW !== undefined ||
      isYoung(seen[Id ?? ''], now, dayMs),
  );
  const nets = wired.map((phase) =>
    difference(phase.ActiveImportedPowerInstantaneouskW, phase.ActiveExportedPowerInstantaneouskW),
  );
  for (const [index, { Id }] of wired.entries())
    if (Id && nets[index] !== undefined && !isYoung(seen[Id], now, seenAgainAfterMs)) seen[Id] = now;
  const isOneGone = Object.entries(seen).some(([id, at]) => !ids.includes(id) && isYoung(at, now, dayMs));
  return isOneGone ? undefined : total(nets);
}

/** ms since the epoch; the field's name promises UTC, with or without Z. */
function utc(timestamp: string | null | undefined): number | undefined {
  const tsms = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(timestamp ?? '') ? (timestamp ?? '') : `${timestamp}Z`);
  return Number.isNaN(tsms) ? undefined : tsms;
}
