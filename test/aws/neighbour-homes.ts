/** Twenty-five homes of different owners, the clouds that they have and where each wants to be told. */
import { createHash } from 'node:crypto';
import { dialect, good } from '../conversations/solarman.ts';
import { type Answer, type MockServer, type Push, type ReceivedRequest, serve } from '../support/conversation.ts';

export const sites = Array.from({ length: 25 }, (_, nth) => `home-${nth + 1}`);
/** The one that a test may have in trouble. */
export const troubled = 'home-13';
export const others = sites.filter((site) => site !== troubled);

const nthOf = (site: string): number => sites.indexOf(site);
/** A slow cloud with a log-in. */
export const isSolarman = (site: string): boolean => nthOf(site) % 5 === 0;
/** Two sources and two destinations. */
const isLarge = (site: string): boolean => nthOf(site) % 5 === 1;
/** Whose expressions need the process. */
const hasExpressions = (site: string): boolean => nthOf(site) % 5 >= 3;
const slowPollSeconds = 300;
export const slowSites = sites.filter(isSolarman);
export const slowPollMinutes = slowPollSeconds / 60;

/** Begins like no other. */
const secretOf = (site: string, name: string): string =>
  createHash('sha256').update(`${site} ${name}`).digest('hex').slice(0, 32);
const secretNames = ['api key', 'token', 'password', 'app secret', 'session'] as const;
export const secretsOf = (site: string): string[] => secretNames.map((name) => secretOf(site, name));
export const keyOf = (site: string): string => secretOf(site, 'api key');

/** kW */
export function figuresOf(site: string): Record<string, number> {
  const [production, grid] = [2000 + 10 * nthOf(site), -500 - nthOf(site)];
  const powers = { production_kw: production / 1000, net_import_kw: grid / 1000 };
  if (!isSolarman(site)) return { ...powers, consumption_kw: (production + grid) / 1000 };
  const battery = { battery_discharge_kw: -0.25, battery_soc: 0.58 };
  return { ...powers, ...battery, consumption_kw: (production + grid - 250) / 1000 };
}

/** Parameters of a home: those that are secrets, and the others. */
export type HomeSettings = { secret: Record<string, string>; open: Record<string, string> };

export function settingsOf(site: string, { vendors, receivers }: { vendors: string; receivers: string }): HomeSettings {
  const receiver = { CHARGE_HQ_URL: `${receivers}/${site}/push` };
  const secret = { CHARGE_HQ_API_KEY: keyOf(site) };
  if (isSolarman(site))
    return {
      open: { ...receiver, VENDOR: 'solarman', SOLARMAN_APP_ID: '77001', ...solarmanPlace(site, vendors) },
      secret: {
        ...secret,
        SOLARMAN_APP_SECRET: secretOf(site, 'app secret'),
        SOLARMAN_PASSWORD: secretOf(site, 'password'),
      },
    };
  const source = (label: string, powers: ('production' | 'netImport')[]) => ({
    open: {
      [`${label}_REQUESTS`]: JSON.stringify([
        { id: 'em', url: `${vendors}/${site}/em`, headers: { authorization: 'Bearer {secret:key}' } },
      ]),
      [`${label}_FIELDS`]: JSON.stringify(
        Object.fromEntries(powers.map((name) => [name, { expr: expressionOf(site, name), unit: 'W' }])),
      ),
      [`${label}_TIMESTAMP`]: 'em.at',
      [`${label}_TIMESTAMP_FORMAT`]: 'unixms',
    },
    secret: { [`${label}_SECRETS`]: JSON.stringify({ key: secretOf(site, 'token') }) },
  });
  if (isLarge(site)) {
    const [roof, grid] = [source('ROOF', ['production']), source('GRID', ['netImport'])];
    const both = { VENDOR: 'roof:http-json,grid:http-json', DESTINATION: 'charge-hq,webhook' };
    return {
      open: { ...receiver, ...both, ...roof.open, ...grid.open },
      secret: { ...secret, ...roof.secret, ...grid.secret, WEBHOOK_URL: `${receivers}/${site}/hook` },
    };
  }
  const only = source('HTTP_JSON', ['production', 'netImport']);
  return { open: { ...receiver, VENDOR: 'http-json', ...only.open }, secret: { ...secret, ...only.secret } };
}

const solarmanPlace = (site: string, vendors: string) => ({
  SOLARMAN_EMAIL: `${site}@example.org`,
  SOLARMAN_STATION_ID: String(51_000 + nthOf(site)),
  SOLARMAN_BASE_URL: `${vendors}/${site}`,
});

const expressionOf = (site: string, power: 'production' | 'netImport'): string => {
  if (power === 'production') return hasExpressions(site) ? '$sum(em.strings)' : 'em.pv';
  return 'em.grid';
};

export type Clouds = {
  vendors: MockServer;
  receivers: MockServer;
  /** What the troubled home's cloud answers in place of the usual, if anything. */
  trouble: { vendor?: ((usual: Answer) => Answer) | undefined; chargeHq?: Answer | undefined };
  /** By home, what reached its Charge HQ. */
  pushes: Map<string, Push[]>;
  /** From now on a home's cloud takes no log-in but a new one. */
  endSession(site: string): void;
  /** Calls of a home's cloud, by the end of their path. */
  callsOf(site: string): string[];
  forget(): void;
  close(): Promise<void>;
};

/** @param now ms since the epoch. */
export async function playClouds(now: () => number): Promise<Clouds> {
  const trouble: Clouds['trouble'] = {};
  const pushes = new Map<string, Push[]>();
  /** By home, how many log-ins were ended. */
  const ended = new Map<string, number>();
  const vendors = await serve((request) => {
    const [, site = '', ...rest] = request.path.split('/');
    const session = secretOf(site, `session${ended.get(site) ?? ''}`);
    const usual = usualAnswer(site, `/${rest.join('/')}`, request, { now: now(), session });
    return site === troubled ? (trouble.vendor?.(usual) ?? usual) : usual;
  });
  const receivers = await serve(({ path, body }) => {
    const [, site = '', place] = path.split('/');
    if (place === 'push') pushes.set(site, [...(pushes.get(site) ?? []), body as Push]);
    return (site === troubled ? trouble.chargeHq : undefined) ?? { json: {} };
  });
  const forget = () => {
    for (const noted of [vendors.received, receivers.received]) noted.length = 0;
    pushes.clear();
  };
  return {
    vendors,
    receivers,
    trouble,
    pushes,
    endSession: (site) => ended.set(site, (ended.get(site) ?? 0) + 1),
    callsOf: (site) =>
      vendors.received.flatMap(({ path }) => (path.startsWith(`/${site}/`) ? [`${path.split('/').at(-1)}`] : [])),
    forget,
    async close() {
      await Promise.all([vendors.close(), receivers.close()]);
    },
  };
}

const refused: Answer = { status: 401, json: { success: false, msg: 'auth invalid token', code: '2101019' } };

/** To whoever knows the home's secret. */
function usualAnswer(
  site: string,
  path: string,
  { headers, body }: ReceivedRequest,
  { now, session }: { now: number; session: string },
): Answer {
  const { paths, logIn, names } = dialect;
  const [production, grid] = [2000 + 10 * nthOf(site), -500 - nthOf(site)];
  if (path === paths.token) {
    const { appSecret } = body as { appSecret?: string };
    return appSecret === secretOf(site, 'app secret') ? { json: logIn(session, '5183999') } : refused;
  }
  if (path === paths.station) {
    if (headers.authorization !== `bearer ${session}`) return refused;
    const powers = { generationPower: production, wirePower: grid, batteryPower: -250, [names.soc]: 58 };
    const load = { [names.load]: production + grid - 250 };
    return { json: { ...good, ...powers, ...load, lastUpdateTime: Math.floor(now / 1000) - 60 } };
  }
  if (headers.authorization !== `Bearer ${secretOf(site, 'token')}`) return refused;
  return { json: { pv: production, strings: [production - 1200, 1200], grid, at: now - 5_000 } };
}
