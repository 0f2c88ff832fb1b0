/** FoxESS Cloud Open API: stateless, every call signed; one call reads all inverters of a home. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import {
  choice,
  type DeviceReading,
  defineAdapter,
  Failure,
  list,
  looksLike,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  uuid,
} from './adapter.ts';
import { isYoung } from './age.ts';
import { type Inverter, Row, readingsOf, variableNames } from './foxess/inverters.ts';
import { gridMeter, meterChoices } from './grid-meter.ts';
import { allPages } from './pages.ts';
import { figure, words } from './quantities.ts';
import { isRefusal, type Refusals, refusalOf } from './refusals.ts';

/** `namedSince`: the figures come only where the variables are named. `seen`: by what and serial. All times in ms. */
const State = z.object({
  inverters: z.array(z.object({ sn: z.string(), hasBattery: z.nullish(z.boolean()) })),
  listedAt: z.number(),
  namedSince: z.number(),
  seen: z.record(z.string(), z.number()),
});
const dayMs = 24 * 3_600_000;

const settings = {
  apiKey: looksLike(
    uuid,
    secret(
      text,
      'API key: www.foxesscloud.com in a browser (not the app) → profile icon → User Profile → API Management → Generate API key',
    ),
  ),
  deviceSns: setting(
    z.optional(list),
    'Serial numbers of the inverters (portal → Device → Inverter), separated by commas; without it, every inverter of the account. Set it if the account holds more than one home',
  ),
  ct2Pv: setting(
    z._default(
      choice({
        off: 'it measures no other solar system',
        'negative-is-generation': 'it does, as in most homes',
        'positive-is-generation': 'it does, with the other sign',
      }),
      'off',
    ),
    'Whether the second clamp (CT2) measures another solar system, and with which sign: off, negative-is-generation (most homes) or positive-is-generation',
  ),
  gridMeter: setting(
    gridMeter,
    'Which inverter has the grid clamp: auto, none (no clamp anywhere: production and battery only), or its serial number; several, separated by commas, only if each clamp sits on a phase of its own',
  ),
};
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;

export const foxess = defineAdapter({
  vendor: 'foxess',
  title: 'FoxESS Cloud',
  homepage: 'https://www.foxesscloud.com',
  knownAs: ['Fox ESS', 'FoxCloud', 'foxesscloud.com'],
  standing: 'recommended',
  refresh: 'up to 10 minutes: the cloud renews them every 5 minutes',
  needs: 'an API key from the web portal',
  baseUrl: 'https://www.foxesscloud.com',
  pollSeconds: 300,
  pollFloorSeconds: 120,
  settings,
  identity: ['apiKey'],
  state: State,
  discover: async (context) => choicesOf(await devicesOf(context)),
  async read(context): Promise<DeviceReading[]> {
    const { settings, state, now } = context;
    if (settings.deviceSns)
      return readAll(
        context,
        [...new Set(settings.deviceSns)].map((sn) => ({ sn })),
      );
    try {
      if (state.inverters && isYoung(state.listedAt, now, dayMs)) return await readAll(context, state.inverters);
    } catch (error) {
      if (!isRefusal(error, 40261, 41930)) throw error; // else one was exchanged
    }
    return readAll(context, await listInverters(context));
  },
});

const Device = z.object({
  deviceSN: z.string(),
  stationName: z.nullish(z.string()),
  hasBattery: z.nullish(z.boolean()),
});
const Devices = z.object({ result: z.nullish(z.object({ total: figure, data: z.nullish(z.array(Device)) })) });

/** Every inverter of the account, whatever its status: who sleeps now reports tomorrow. */
async function devicesOf(context: Context): Promise<z.output<typeof Device>[]> {
  const page = async (nth: number) => {
    const { result } = await ask(context, '/op/v0/device/list', { currentPage: nth + 1, pageSize: 100 }, Devices);
    return { entries: result?.data ?? [], total: result?.total };
  };
  const devices = await allPages('FoxESS Cloud', page, ({ deviceSN }) => deviceSN);
  if (devices.length > 0) return devices;
  throw new Failure('auth', 'FoxESS Cloud lists no inverter for this key: use the account that owns the plant');
}

/** Whole plants: a part of one is no home. Which inverter has the clamp is a question only where a plant has several. */
function choicesOf(devices: readonly z.output<typeof Device>[]) {
  const plants = Object.entries(Object.groupBy(devices, ({ stationName }) => stationName || 'without a name'));
  const ofPlants = plants.map(([name, inverters = []]) => {
    const value = inverters.map(({ deviceSN }) => deviceSN).join();
    return { value, title: name };
  });
  const inverters = devices.map(({ deviceSN, stationName }) => ({ value: deviceSN, title: stationName }));
  return {
    deviceSns: ofPlants,
    gridMeter: ofPlants.length < devices.length ? meterChoices(inverters) : [],
  };
}

/** They are kept for a day. */
async function listInverters(context: Context): Promise<Inverter[]> {
  const devices = await devicesOf(context);
  const inverters = devices.map(({ deviceSN, hasBattery }) => ({ sn: deviceSN, hasBattery }));
  const plants = new Set(devices.flatMap(({ stationName }) => stationName || []));
  if (plants.size > 1)
    context.note(
      `${context.settingName('deviceSns')} is not set: the inverters of all plants count as one home (${[...plants].join(', ')})`,
    );
  Object.assign(context.state, { inverters, listedAt: context.now });
  return inverters;
}

const Live = z.object({ result: z.nullish(z.array(Row)) });

/** Some systems answer only where the variables are named, others with nothing then: so by name where it is refused without. */
async function readAll(context: Context, inverters: readonly Inverter[]): Promise<DeviceReading[]> {
  const { state, now } = context;
  const { namedSince } = state;
  const sns = inverters.map(({ sn }) => sn);
  const query = async (variables?: readonly string[]) =>
    (await ask(context, '/op/v1/device/real/query', { sns, variables }, Live)).result ?? [];
  const isNamed = isYoung(namedSince, now, dayMs);
  if (!isNamed) {
    try {
      return readingsOf(inverters, await query(), context);
    } catch (error) {
      if (!isRefusal(error, 41200)) throw error;
    }
    await context.sleep(1_100); // one call a second is allowed
  }
  delete state.namedSince;
  const rows = await query(variableNames);
  if (rows.some(({ datas }) => Object.keys(datas).length > 0)) state.namedSince = isNamed ? namedSince : now;
  return readingsOf(inverters, rows, context);
}

/** Signs the path, without host and query. Its parts are joined by the four characters `\r\n` as printed, not by CR LF. */
function ask<Schema extends z.ZodMiniType>(
  { settings: { apiKey }, http, now }: Context,
  path: string,
  json: object,
  schema: Schema,
): Promise<z.output<Schema>> {
  const signature = createHash('md5').update(`${path}\\r\\n${apiKey}\\r\\n${now}`).digest('hex');
  const agent = 'Mozilla/5.0 (compatible; solar-cloud-bridge)'; // the cloud refuses agents that do not look like a browser
  const headers = { token: apiKey, timestamp: String(now), signature, lang: 'en', 'user-agent': agent };
  const kinds = { 400: 'auth', 402: 'auth' } as const;
  return http.post(path, { headers, json, schema, kinds, refusal: (answer) => refusalOf(answer, errnos) });
}

const Envelope = z.object({ errno: figure, msg: words });

const noSuchInverter = ['auth', 'knows no such inverter in this account: check {deviceSns}'] as const;
const busy = ['unavailable', 'is busy or does not reach the inverter just now'] as const;
/** The usual five minutes are enough, however often it happens. */
const fiveMinutes = { retryAfterSeconds: 300 };

const errnos: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ errno, msg }) => (errno === 0 ? undefined : { code: errno, words: msg }),
  word: 'errno',
  meanings: {
    40256: ['auth', 'refuses the signature: check {apiKey} and the clock of this machine'],
    40257: ['bad-response', 'finds fault with the request itself'],
    40261: noSuchInverter,
    41930: noSuchInverter,
    40400: ['rate-limited', 'is asked too often', fiveMinutes],
    40402: ['rate-limited', "has answered all of today's calls: do other programs use the same key?", fiveMinutes],
    41200: [...busy, { retryAfterSeconds: 0 }], // it has been asked twice
    41201: busy,
    41202: busy,
    41203: busy,
    44098: busy,
    41807: ['auth', 'refuses user or password: check {apiKey}'],
    41808: ['auth', 'says that the API key has expired: generate a new one, and set {apiKey}'],
    41809: ['auth', 'does not know the API key: generating a new one ends the old one, so set {apiKey} to the newest'],
    41935: ['offline', 'says that the inverter is offline: check its data logger'],
  },
};
