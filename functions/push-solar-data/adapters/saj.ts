/** SAJ Elekeeper open platform: one call for each inverter, or one for the eManager that sees them all. */
import * as z from 'zod/mini';
import {
  type AdapterAnswer,
  choice,
  defineAdapter,
  Failure,
  flag,
  type Http,
  list,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
} from './adapter.ts';
import { clockText } from './local-time.ts';
import { type Choice, theOnly } from './only.ts';
import { identifier } from './quantities.ts';
import { api, isOfDevice, withLogIn } from './saj/platform.ts';
import { type Device, Ems, Live, mapEms, mapLive, mapUploads, offline, type Site, Upload } from './saj/values.ts';
import { Session } from './session.ts';

const settings = {
  appId: setting(text, 'App ID: intl-developer.saj-electric.com → App Configuration'),
  appSecret: secret(text, 'App Secret, on the same page'),
  deviceSn: setting(
    z.optional(list),
    'Serial number of the inverter (portal → View Authorized Devices, or its label), where several are authorised; a list is allowed, the one with the grid meter first',
  ),
  emsSn: setting(
    z.optional(text),
    'Serial number of the eManager, if you have one: it alone is read then, and sees all inverters',
  ),
  dataSource: setting(
    z._default(
      choice({ realtime: 'live figures', uploadData: '5-minute records, for devices whose live figures stay empty' }),
      'realtime',
    ),
    'realtime, or uploadData (5-minute records), for devices whose live figures stay empty',
  ),
  timeZone: setting(
    z.optional(timeZone),
    'Time zone of the plant, such as Australia/Sydney: needed with uploadData, and of use for devices that give no UTC time',
  ),
  hasBattery: setting(z.optional(flag), 'true or false, where the answers mislead about a battery'),
  hasGridMeter: setting(z.optional(flag), 'true or false, where the answers mislead about a grid meter'),
};

/** `deviceSn`: of the only device of the account. `batteries`: serials of those that have shown one. */
const State = z.partial(z.object({ deviceSn: z.string(), batteries: z.array(z.string()) }));

type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const saj = defineAdapter({
  vendor: 'saj',
  title: 'SAJ Elekeeper',
  homepage: 'https://intl-developer.saj-electric.com',
  knownAs: ['Elekeeper', 'eSolar', 'eSAJ', 'elekeeper.com'],
  standing: 'experimental',
  refresh: 'up to 10 minutes: devices report every 5 minutes',
  needs: "an App ID and App Secret of SAJ's developer portal, which SAJ has to approve",
  baseUrl: 'https://intl-developer.saj-electric.com',
  settings,
  requires: ({ dataSource }) => (dataSource === 'uploadData' ? ['timeZone'] : []),
  identity: ['appId', 'appSecret'],
  state: State,
  session: Session,
  pollSeconds: 300,
  pollFloorSeconds: ({ emsSn }) => (emsSn ? 60 : 300),
  staleAfterSeconds: 1200,
  async discover(context) {
    return { deviceSn: await withLogIn(context, (http) => devices(http, context)) };
  },
  async read(context): Promise<AdapterAnswer> {
    try {
      return await withLogIn(context, (http) => readSite(http, context));
    } catch (error) {
      if (isOfDevice(error)) delete context.state.deviceSn; // perhaps it was exchanged
      throw error;
    }
  },
});

async function readSite(http: Http, context: Context): Promise<AdapterAnswer> {
  const { settings, state, now, note } = context;
  const { emsSn, dataSource } = settings;
  state.batteries ??= [];
  const site: Site = { ...settings, batteries: state.batteries, now, note };
  if (emsSn) return mapEms(emsSn, await realtime(http, 'emsRealtimeDataCommon', { emsSn }, Ems), site);
  const serials = await serialsOf(http, context);
  if (dataSource === 'uploadData')
    return mapUploads(await inTurn(serials, (sn) => newestUpload(http, context, sn)), site);
  const live = (deviceSn: string) => realtime(http, 'realtimeDataCommon', { deviceSn }, Live);
  return mapLive(await inTurn(serials, live), site);
}

type Serials = [string, ...string[]];

/** Without the first one, which has the grid meter, nothing is known; another one may be asleep. */
async function inTurn<Data>(
  [first, ...others]: Serials,
  one: (serial: string) => Promise<Data>,
): Promise<Device<Data>[]> {
  const devices: Device<Data>[] = [{ sn: first, data: await one(first) }];
  for (const sn of others) {
    const data = await one(sn).catch((error: unknown) => {
      if (error instanceof Failure && error.kind === 'offline') return undefined;
      throw error;
    });
    devices.push({ sn, data });
  }
  return devices;
}

/** The inverters to read, the one with the grid meter first: those of the setting, else the only one of the account. */
async function serialsOf(http: Http, context: Context): Promise<Serials> {
  const { settings, state, settingName } = context;
  const [set, ...more] = settings.deviceSn ?? [];
  if (set !== undefined) return [set, ...more];
  state.deviceSn ??= theOnly(await devices(http, context), {
    setting: settingName('deviceSn'),
    title: 'SAJ',
    noun: 'device',
    none: ['bad-response', 'authorise plant and devices for this app in its portal'],
  }).value;
  return [state.deviceSn];
}

const Rows = z.object({ rows: z.array(z.object({ deviceSn: identifier, plantName: z.nullish(z.string()) })) });

async function devices(http: Http, { settings: { appId } }: Context): Promise<Choice[]> {
  const query = { appId, pageSize: 100, pageNum: 1 };
  const { rows } = await http.get(`${api}/developer/device/page`, { query, schema: Rows });
  return rows.map(({ deviceSn, plantName }) => ({ value: deviceSn, title: plantName }));
}

/** @throws Failure `offline` where the cloud succeeds without data, as it does for a device that sleeps. */
async function realtime<Data extends { isOnline?: number | undefined }>(
  http: Http,
  name: string,
  query: Record<string, string>,
  data: z.ZodMiniType<Data>,
): Promise<Data> {
  const schema = z.object({ data: z.nullish(data) });
  const { data: live } = await http.get(`${api}/device/${name}`, { query, schema });
  if (!live || live.isOnline === 0) throw offline('the device');
  return live;
}

const Uploads = z.object({ data: z.nullish(z.object({ data: z.nullish(z.array(Upload)) })) });

/** The newest record of the last half hour; they come in no certain order. */
async function newestUpload(http: Http, { settings, now }: Context, deviceSn: string): Promise<Upload> {
  const zone = settings.timeZone ?? 'UTC';
  const query = { deviceSn, startTime: clockText(now - 1_800_000, zone), endTime: clockText(now, zone), timeUnit: 0 };
  const { data } = await http.get(`${api}/device/uploadData`, { query, schema: Uploads });
  const rows = (data?.data ?? []).toSorted((a, b) => b.dataTime.localeCompare(a.dataTime));
  if (!rows[0]) throw offline('the device');
  return rows[0];
}
