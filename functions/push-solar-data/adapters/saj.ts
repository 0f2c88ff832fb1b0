/** SAJ Elekeeper open platform: one call for each inverter, or one for the eManager that sees them all. */
import * as z from 'zod/mini';
import type { SettingValues } from '../settings/setting.ts';
import {
  type AdapterAnswer,
  choice,
  defineAdapter,
  Failure,
  flag,
  list,
  type ReadContext,
  secret,
  setting,
  text,
  timeZone,
} from './adapter.ts';
import { clockText } from './local-time.ts';
import { identifier } from './quantities.ts';
import { ask, isTokenRefusal, logIn, Refusal } from './saj/platform.ts';
import { type Device, Ems, Live, mapEms, mapLive, mapUploads, offline, type Site, Upload } from './saj/values.ts';
import { Session, withSession } from './session.ts';

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
    z._default(choice('realtime', 'uploadData'), 'realtime'),
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
  async read(context): Promise<AdapterAnswer> {
    const logInAgain = () => logIn(context);
    const use = ({ token }: Session) => readSite(context, token);
    try {
      return await withSession(context, logInAgain, use, { isRefusal: isTokenRefusal, marginSeconds: 600 });
    } catch (error) {
      if (error instanceof Refusal && error.ofDevice) delete context.state.deviceSn; // perhaps it was exchanged
      throw error;
    }
  },
});

async function readSite(context: Context, token: string): Promise<AdapterAnswer> {
  const { emsSn } = context.settings;
  if (!emsSn) return readInverters(context, token);
  const ems = await realtime(context, token, 'emsRealtimeDataCommon', { emsSn }, Ems);
  return mapEms(emsSn, ems, siteOf(context));
}

function siteOf({ settings, state, now, note }: Context): Site {
  state.batteries ??= [];
  return { ...settings, batteries: state.batteries, now, note };
}

async function readInverters(context: Context, token: string): Promise<AdapterAnswer> {
  const serials = await serialsOf(context, token);
  if (context.settings.dataSource === 'uploadData')
    return mapUploads(await inTurn(serials, (sn) => newestUpload(context, token, sn)), siteOf(context));
  const live = (deviceSn: string) => realtime(context, token, 'realtimeDataCommon', { deviceSn }, Live);
  return mapLive(await inTurn(serials, live), siteOf(context));
}

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

/** The one with the grid meter first. */
type Serials = [string, ...string[]];

const Rows = z.object({ rows: z.array(z.object({ deviceSn: identifier, plantName: z.nullish(z.string()) })) });

/** The inverters to read: those of the setting, else the only one of the account, which is kept. */
async function serialsOf({ settings, state, http }: Context, token: string): Promise<Serials> {
  const [chosen, ...more] = settings.deviceSn ?? [];
  if (chosen !== undefined) return [chosen, ...more];
  if (state.deviceSn) return [state.deviceSn];
  const query = { appId: settings.appId, pageSize: 100, pageNum: 1 };
  const { rows } = (await ask(http, '/developer/device/page', query, token)).json(Rows);
  const [only] = rows;
  if (!only)
    throw new Failure('bad-response', 'SAJ shows no device to this app: authorise plant and devices in its portal');
  if (rows.length > 1) {
    const names = rows.map(({ deviceSn, plantName }) => `${deviceSn} (${plantName ?? 'without plant'})`).join(', ');
    throw new Failure(
      'bad-response',
      `SAJ shows ${rows.length} devices: put the serial number of yours into the deviceSn setting: ${names}`,
    );
  }
  state.deviceSn = only.deviceSn;
  return [only.deviceSn];
}

/** @throws Failure `offline` where the cloud succeeds without data, as it does for a device that sleeps. */
async function realtime<Data extends { isOnline?: number | undefined }>(
  { http }: Context,
  token: string,
  name: string,
  query: Record<string, string>,
  data: z.ZodMiniType<Data>,
): Promise<Data> {
  const answer = await ask(http, `/device/${name}`, query, token);
  const { data: live } = answer.json(z.object({ data: z.nullish(data) }));
  if (!live || live.isOnline === 0) throw offline('the device');
  return live;
}

const Uploads = z.object({ data: z.nullish(z.object({ data: z.nullish(z.array(Upload)) })) });

/** The newest record of the last half hour; they come in no certain order. */
async function newestUpload({ http, settings, now }: Context, token: string, deviceSn: string): Promise<Upload> {
  const zone = settings.timeZone ?? 'UTC';
  const query = { deviceSn, startTime: clockText(now - 1_800_000, zone), endTime: clockText(now, zone), timeUnit: 0 };
  const { data } = (await ask(http, '/device/uploadData', query, token)).json(Uploads);
  const rows = (data?.data ?? []).toSorted((a, b) => b.dataTime.localeCompare(a.dataTime));
  if (!rows[0]) throw offline('the device');
  return rows[0];
}
