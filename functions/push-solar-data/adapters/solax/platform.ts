/** The developer platform, by client id and secret: the plant's devices are listed once a day, then asked by kind. */
import * as z from 'zod/mini';
import { type DeviceReading, Failure, type Http, type ReadContext, withLacking } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { instantOf } from '../local-time.ts';
import type { TokenSession } from '../oauth.ts';
import { type Choice, theOnly } from '../only.ts';
import { allPages } from '../pages.ts';
import { figure, identifier, sumOfKnown, words } from '../quantities.ts';
import { type Refusals, refusalOf } from '../refusals.ts';
import { withToken } from '../session.ts';
import { kilowattHours, negativeWatts, percent, utc, watts } from '../units.ts';
import { hasBatteryPort, hasMeter, hasPanels } from './inverter-types.ts';

const Inverter = z.object({ deviceSn: identifier, deviceModel: z.catch(figure, undefined) });
const Battery = z.object({ deviceSn: identifier });
/** What the lists of the platform say, and when they were read. */
export const Place = z.object({
  listedAt: z.number(),
  plantId: z.string(),
  hasBattery: z.boolean(),
  inverters: z.array(z.object({ deviceSn: z.string(), deviceModel: z.optional(z.number()) })),
  batteries: z.array(z.string()),
});
type Place = z.output<typeof Place>;

export type PlatformContext = ReadContext<
  {
    clientId?: string | undefined;
    clientSecret?: string | undefined;
    plantId?: string | undefined;
    timeZone?: string | undefined;
  },
  Place,
  TokenSession
>;

const dayMs = 86_400_000;

export const listPlants = async (context: PlatformContext): Promise<Choice[]> => withLogIn(context, plants);

export const readPlatform = (context: PlatformContext): Promise<DeviceReading[]> =>
  withLogIn(context, async (http) => {
    const { state, now } = context;
    if (!isYoung(state.listedAt, now, dayMs)) Object.assign(state, await look(http, context), { listedAt: now });
    const { inverters = [], batteries = [], hasBattery = false } = state;
    const serials = inverters.map(({ deviceSn }) => deviceSn);
    const live = await ask(http, serials, { deviceType: 1 }, LiveInverter);
    if (live.length === 0) throw new Failure('offline', 'SolaX Cloud hears nothing of the inverters');
    const stored =
      batteries.length > 0
        ? await ask(http, batteries, { deviceType: 2 }, LiveBattery)
        : hasBattery
          ? await ask(http, serials, { deviceType: 2, requestSnType: 1 }, LiveBattery)
          : [];
    // What is listed and gives nothing is unknown; without a list, all of the plant's batteries together.
    const expected = batteries.length > 0 ? batteries : hasBattery && stored.length === 0 ? ['battery'] : [];
    const silent = expected.filter((serial) => stored.every(({ deviceSn }) => deviceSn !== serial));
    const types = new Map(inverters.map(({ deviceSn, deviceModel }) => [deviceSn, deviceModel]));
    return [
      ...live.map((each) => inverter(each, { type: types.get(each.deviceSn), hasBattery }, context)),
      ...stored.map((each) => battery(each, context)),
      ...silent.map((device): DeviceReading => ({ device, sleeps: false, lacking: ['battery'] })),
    ];
  });

const withLogIn = <Result>(context: PlatformContext, read: (http: Http) => Promise<Result>): Promise<Result> =>
  withToken(context, [() => logIn(context)], (http) => read(http.extend({ refusal, notJson: 'unavailable' })), {
    client: ({ token }) => ({ headers: { authorization: `bearer ${token}` } }),
    marginSeconds: 86_400,
  });

const Token = z.object({
  code: figure,
  result: z.nullish(z.object({ access_token: z.string(), expires_in: figure })),
});

/** A new token ends the one before it, so it is kept for as long as it lasts. */
async function logIn({ http, settings, now }: PlatformContext): Promise<TokenSession> {
  const { clientId = '', clientSecret = '' } = settings;
  const answer = await http.send('POST', '/openapi/auth/oauth/token', {
    form: { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' },
    notJson: 'unavailable',
  });
  const { code, result } = answer.json(Token);
  if (code !== 0 || !result)
    throw answer.failure('auth', 'refused the client id or the client secret: check {clientId} and {clientSecret}');
  const { access_token, expires_in } = result;
  return { token: access_token, expiresAt: expires_in === undefined ? undefined : now + expires_in * 1000 };
}

const Envelope = z.object({ code: figure, message: words });
const spent = ['auth', 'refuses the token: check {clientId} and {clientSecret}', { status: 401 }] as const;
const forbidden = [
  'auth',
  'does not allow this: authorise API_Telemetry_V2 and API_Info_V2 under Service API of the developer portal',
] as const;
const codes: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ code, message }) => (code === 10_000 ? undefined : { code, words: message }),
  meanings: {
    10400: spent,
    10401: spent,
    10402: spent,
    10403: forbidden,
    10500: forbidden,
    10505: forbidden,
    10506: forbidden,
    10405: ['rate-limited', 'has answered all calls of a day', { retryAfterSeconds: 3_600 }],
    10406: ['rate-limited', 'is asked too often', { retryAfterSeconds: 60 }],
    10001: 'unavailable',
    10200: 'unavailable',
    11500: 'unavailable',
  },
};
const refusal = (answer: Parameters<typeof refusalOf>[0]) => refusalOf(answer, codes);

const Plant = z.object({ plantId: identifier, plantName: z.nullish(z.string()), batteryCapacity: figure });

const found = (http: Http) => listed(http, '/openapi/v2/plant/page_plant_info', {}, Plant, ({ plantId }) => plantId);

async function plants(http: Http): Promise<(Choice & { hasBattery: boolean })[]> {
  return (await found(http)).map(({ plantId, plantName, batteryCapacity = 0 }) => ({
    value: plantId,
    title: plantName,
    hasBattery: batteryCapacity > 0,
  }));
}

async function look(http: Http, { settings, settingName }: PlatformContext): Promise<Omit<Place, 'listedAt'>> {
  const all = await plants(http);
  const setting = settingName('plantId');
  const mine = settings.plantId === undefined ? all : all.filter(({ value }) => value === settings.plantId);
  const { value: plantId, hasBattery } = theOnly(mine, {
    ...{ setting, title: 'SolaX Cloud', noun: 'plant' },
    several: 'settings',
    none: ['bad-response', settings.plantId === undefined ? 'check whose account it is' : `check ${setting}`],
  });
  const path = '/openapi/v2/device/page_device_info';
  const ofPlant = (deviceType: number) => ({ plantId, deviceType });
  const inverters = await listed(http, path, ofPlant(1), Inverter, ({ deviceSn }) => deviceSn);
  const batteries = await listed(http, path, ofPlant(2), Battery, ({ deviceSn }) => deviceSn);
  return { plantId, hasBattery, inverters, batteries: batteries.map(({ deviceSn }) => deviceSn) };
}

function listed<Row extends z.ZodMiniType>(
  http: Http,
  path: string,
  query: Record<string, string | number>,
  row: Row,
  keyOf: (row: z.output<Row>) => string,
): Promise<z.output<Row>[]> {
  const schema = z.object({ result: z.object({ records: z.array(row), pages: figure }) });
  const page = async (nth: number) => {
    const answer = await http.get(path, { query: { ...query, businessType: 1, pageNo: nth + 1 }, schema });
    return { entries: answer.result.records, pages: answer.result.pages ?? 1 };
  };
  return allPages('SolaX Cloud', page, keyOf);
}

const mostSerials = 10;

async function ask<Row extends z.ZodMiniType>(
  http: Http,
  serials: readonly string[],
  query: Record<string, number>,
  row: Row,
): Promise<z.output<Row>[]> {
  const rows: z.output<Row>[] = [];
  for (let first = 0; first < serials.length; first += mostSerials) {
    const snList = serials.slice(first, first + mostSerials).join(',');
    const { result } = await http.get('/openapi/v2/device/realtime_data', {
      query: { snList, businessType: 1, ...query },
      schema: z.object({ result: z.array(row) }),
    });
    rows.push(...result);
  }
  return rows;
}

const Clock = { dataTime: utc, plantLocalTime: words };
/** Volts and amperes too, which nobody uses. */
const Inputs = z.nullish(z.record(z.string(), watts));
/** `gridPower`: + export. */
const LiveInverter = z.object({
  ...Clock,
  deviceSn: identifier,
  gridPower: negativeWatts,
  totalImportEnergy: kilowattHours,
  totalExportEnergy: kilowattHours,
  pvMap: Inputs,
  mpptMap: Inputs,
});
/** `chargeDischargePower`: + charging. */
const LiveBattery = z.object({
  ...Clock,
  deviceSn: identifier,
  chargeDischargePower: negativeWatts,
  batterySOC: percent,
});

function inverter(
  live: z.output<typeof LiveInverter>,
  { type, hasBattery }: { type: number | undefined; hasBattery: boolean },
  context: PlatformContext,
): DeviceReading {
  const isMetered = hasMeter(live.gridPower, live.totalImportEnergy, live.totalExportEnergy);
  return {
    device: live.deviceSn,
    sleeps: !isMetered && !(hasBatteryPort(type) ?? hasBattery),
    production_kw: panels(live.pvMap) ?? panels(live.mpptMap) ?? (hasPanels(type) ? undefined : 0),
    ...(isMetered
      ? {
          net_import_kw: live.gridPower,
          imported_kwh: live.totalImportEnergy,
          exported_kwh: live.totalExportEnergy,
          ...(live.gridPower === undefined ? { lacking: ['grid'] } : {}),
        }
      : {}),
    tsms: measuredAt(live, context),
  };
}

const battery = (live: z.output<typeof LiveBattery>, context: PlatformContext): DeviceReading => ({
  ...{ device: live.deviceSn, sleeps: false },
  ...withLacking(
    {
      battery_discharge_kw: live.chargeDischargePower,
      battery_soc: live.batterySOC,
      tsms: measuredAt(live, context),
    },
    { battery: true },
  ),
});

/** `pv1Power`, `MPPT1Power`, `mppt1Power`; an input that is null does not exist, says the documentation. */
function panels(inputs: z.output<typeof Inputs>): number | undefined {
  const powers = Object.entries(inputs ?? {}).filter(([name]) => name.toLowerCase().endsWith('power'));
  return sumOfKnown(...powers.map(([, power]) => power));
}

function measuredAt(
  { dataTime, plantLocalTime }: { dataTime?: number | undefined; plantLocalTime?: string | null | undefined },
  { settings: { timeZone }, now }: PlatformContext,
): number | undefined {
  return dataTime ?? (timeZone === undefined ? undefined : instantOf(plantLocalTime ?? '', timeZone, now));
}
