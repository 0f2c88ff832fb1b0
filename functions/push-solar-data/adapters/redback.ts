/** Redback Technologies: the official public API, in kW, with the directions in the names of the fields. */
import * as z from 'zod/mini';
import {
  choice,
  defineAdapter,
  Failure,
  type Http,
  type ReadContext,
  type Reading,
  type SettingValues,
  secret,
  setting,
  text,
  total,
} from './adapter.ts';
import { goneToday } from './age.ts';
import { requestToken, TokenSession } from './oauth.ts';
import { type Choice, chosen, refuseOther } from './only.ts';
import { allPages } from './pages.ts';
import { difference, figure } from './quantities.ts';
import { withToken } from './session.ts';
import { fraction, kilowattHours, kilowatts, utc } from './units.ts';

/** `wired`: when each phase last gave anything. */
const State = z.object({ siteId: z.string(), wired: z.record(z.string(), z.number()) });

const settings = {
  clientId: setting(text, 'Client id: Redback support sends it on request, with the secret'),
  clientSecret: secret(text, 'Client secret: comes with the client id'),
  siteId: setting(
    z.optional(text),
    'Id of the site (S and digits), needed if the credentials open several: an error message lists them',
  ),
  authKind: setting(
    z._default(choice({ entra: 'usual', legacy: 'older credentials' }), 'entra'),
    'entra (usual) or legacy (older credentials that the usual log-in refuses)',
  ),
};
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;

export const redback = defineAdapter({
  vendor: 'redback',
  title: 'Redback Technologies',
  homepage: 'https://redbacktech.com',
  knownAs: ['Ouija Board', 'redbacktech.com'],
  standing: 'recommended',
  refresh: 'about a minute',
  needs: 'a client id and a client secret, which Redback support sends on request',
  baseUrl: 'https://api.redbacktech.com',
  authUrl: 'https://login.microsoftonline.com',
  pollSeconds: 60,
  staleAfterSeconds: 600,
  settings,
  state: State,
  session: TokenSession,
  always: ['net_import_kw', 'production_kw', 'tsms'],
  discover: async (context) => ({ siteId: await withLogIn(context, sites) }),
  read: (context) =>
    withLogIn(context, async (http) => {
      const siteId = await chosen(context, 'siteId', () => sites(http), {
        ...whose,
        none: ['bad-response', 'ask Redback support to open yours'],
      });
      const unknown = `does not know the site ${siteId}, or it is not yours: check ${context.settingName('siteId')}`;
      const { Data } = await http.get(`/Api/v2.21/EnergyData/${encodeURIComponent(siteId)}/Dynamic`, {
        schema: z.object({ Data: Live }),
        kinds: { 404: ['bad-response', unknown] },
      });
      refuseOther(Data.SiteId, siteId, whose);
      return map(Data, context);
    }),
});

const whose = { title: 'Redback', noun: 'site' };

/** A 403 is a missing permission, and every token that is not needed brings the cloud nearer to HTTP 500. */
const withLogIn = <Result>(context: Context, read: (http: Http) => Promise<Result>): Promise<Result> =>
  withToken(context, [() => logIn(context)], read, {
    client: ({ tokenType = 'Bearer', token }) => ({ headers: { authorization: `${tokenType} ${token}` } }),
    marginSeconds: 300,
  });

/** Two log-ins are in use; which one is right depends on the age of the credentials, and only the owner changes it. */
function logIn(context: Context): Promise<TokenSession> {
  const { authKind, clientId: id, clientSecret: secret } = context.settings;
  const other = authKind === 'entra' ? 'legacy' : 'entra';
  return requestToken(context, {
    ...(authKind === 'entra' ? entra : legacy),
    client: { id, secret },
    lifeSeconds: 3600,
    refused: (error = 'no reason given') =>
      `refused the client id or the client secret (${error}): check {clientId} and {clientSecret}; if they are right and old, set {authKind} to ${other}`,
  });
}
const legacy = {
  path: '/Api/v2/Auth/token',
  host: 'base',
  grant: { grant_type: 'client_credentials' },
  form: { grant_type: undefined },
} as const;
const entra = {
  path: '/fb46c16c-9144-45e0-87b7-f578abed629f/oauth2/v2.0/token',
  grant: { grant_type: 'client_credentials', scope: 'api://f0ea23e1-8533-44ab-8592-509cff0774da/.default' },
} as const;

const Node = z.object({ Id: z.nullish(z.string()), Type: z.nullish(z.string()) });
const Nodes = z.object({ PageCount: figure, Data: z.array(Node) });

/** The pages count from 0, as in the client that was generated from Redback's own description of the API. */
async function sites(http: Http): Promise<Choice[]> {
  const page = async (nth: number) => {
    const query = nth === 0 ? {} : { page: nth };
    const { PageCount, Data } = await http.get('/Api/v2/EnergyData/With/Nodes', { query, schema: Nodes });
    return { entries: Data.filter(({ Type }) => Type === 'Site'), pages: PageCount ?? 1 };
  };
  const nodes = await allPages('Redback', page, ({ Id }) => Id);
  return nodes.flatMap(({ Id }) => (Id ? [{ value: Id }] : []));
}

const Phase = z.object({
  Id: z.nullish(z.string()),
  ActiveImportedPowerInstantaneouskW: kilowatts,
  ActiveExportedPowerInstantaneouskW: kilowatts,
  VoltageInstantaneousV: figure,
});

/** Counters over the lifetime. `PVs` and `Battery`, in newer answers, are parts of the same and not added. */
const Live = z.object({
  SiteId: z.nullish(z.string()),
  TimestampUtc: utc,
  Status: z.nullish(z.string()),
  Phases: z.nullish(z.array(Phase)),
  PvPowerInstantaneouskW: kilowatts,
  BatteryPowerNegativeIsChargingkW: kilowatts,
  BatterySoCInstantaneous0to1: fraction,
  ImportAllTimeEnergykWh: kilowattHours,
  ExportAllTimeEnergykWh: kilowattHours,
});

/** There is no figure of the load, and the counters do not close well enough for powers. */
function map(live: z.output<typeof Live>, context: Context): Reading {
  const net_import_kw = netImport(live.Phases ?? [], context);
  const production_kw = live.PvPowerInstantaneouskW;
  const battery_discharge_kw = live.BatteryPowerNegativeIsChargingkW;
  const status = live.Status?.toLowerCase();
  if (status === 'offline' || (status === 'fault' && total([production_kw, net_import_kw]) === undefined))
    throw new Failure('offline', `Redback shows the inverter as ${live.Status}: check it, and its connection`);
  return {
    production_kw,
    net_import_kw,
    battery_discharge_kw,
    battery_soc: battery_discharge_kw === undefined ? undefined : live.BatterySoCInstantaneous0to1,
    imported_kwh: live.ImportAllTimeEnergykWh,
    exported_kwh: live.ExportAllTimeEnergykWh,
    tsms: live.TimestampUtc,
  };
}

/**
 * kW, + import, over the phases with a wire: those that give anything, or did today. Unknown if one of them stands there
 * twice, or gives nothing now.
 */
function netImport(phases: z.output<typeof Phase>[], { state, now }: Context): number | undefined {
  state.wired ??= {};
  const used = phases.filter(({ Id: _, ...members }) => Object.values(members).some((each) => each !== undefined));
  const gone = goneToday(
    state.wired,
    used.map(({ Id }) => Id ?? ''),
    now,
  );
  const ids = phases.flatMap(({ Id }) => Id ?? []);
  return gone.length > 0 || new Set(ids).size < ids.length
    ? undefined
    : total(
        used.map((each) =>
          difference(each.ActiveImportedPowerInstantaneouskW, each.ActiveExportedPowerInstantaneouskW),
        ),
      );
}
