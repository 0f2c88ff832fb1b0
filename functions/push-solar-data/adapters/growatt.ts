/** Growatt OpenAPI by token: one call for each family of devices, whose newest rows come with the clocks of the plant. */
import * as z from 'zod/mini';
import {
  choice,
  defineAdapter,
  Failure,
  list,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
} from './adapter.ts';
import { isYoung } from './age.ts';
import { familyOf, intervalOf, isFamily, rowsOf } from './growatt/families.ts';
import { readingsOf } from './growatt/home.ts';
import { allDevices, devicesAt, type Growatt, openGrowatt, plants, spaced } from './growatt/platform.ts';
import { type Family, familyNames, hasAlwaysBattery, measuredBy, Unit } from './growatt/row.ts';
import { instantOf } from './local-time.ts';
import { chosen } from './only.ts';
import { isRefusal } from './refusals.ts';

const hosts = {
  eu: 'https://openapi.growatt.com',
  us: 'https://openapi-us.growatt.com',
  au: 'https://openapi-au.growatt.com',
  cn: 'https://openapi-cn.growatt.com',
  atess: 'https://ess-server.atesspower.com',
} as const;

const Device = z.object({ sn: z.string(), family: z.enum(familyNames) });
type Device = z.output<typeof Device>;

const wanted = `must be a list of <type>:<serial number>, the type one of ${familyNames.join(', ')} (WIT, NOAH and SPF are not supported)`;
const Devices = z.pipe(
  list,
  z.transform((entries, context): Device[] => {
    const devices = new Map<string, Device>();
    for (const entry of entries) {
      const [, type = '', sn = ''] = /^([^:]*):([^:]+)$/.exec(entry.slice(0, 100))?.map((part) => part.trim()) ?? [];
      const family = type.toLowerCase();
      if (isFamily(family) && sn) devices.set(sn, { sn, family });
      else {
        context.issues.push({ code: 'custom', message: wanted, input: entry });
        return z.NEVER;
      }
    }
    return [...devices.values()];
  }),
);

const settings = {
  apiToken: secret(text, 'API token: ShinePhone app → Me → your user name → API Token'),
  region: setting(
    z._default(choice('eu', 'us', 'au', 'cn', 'atess'), 'eu'),
    'Server on which the account was made: eu (most countries), au (Australia, New Zealand), us, cn or atess',
  ),
  timeZone: setting(timeZone, "Time zone of the plant, such as Australia/Brisbane: Growatt's times do not tell theirs"),
  plantId: setting(
    z.optional(text),
    'Number of the plant; needed if the account has several: an error message lists them',
  ),
  devices: setting(
    z.optional(Devices),
    `Devices as <type>:<serial number>, such as sph:ABC1234567, separated by commas; types: ${familyNames.join(', ')}. Without it, those of the plant; needed for an SPH-S, which Growatt does not list`,
  ),
};

const State = z.object({
  plantId: z.string(),
  listed: z.object({ devices: z.array(Device), at: z.number() }),
  /** When the list of plants was asked in the last 24 hours. */
  plantCalls: z.array(z.number()),
  /** The newest rows by family, and when they were asked. */
  calls: z.record(z.string(), z.object({ at: z.number(), units: z.array(Unit) })),
  /** By serial number: the last time that its row showed, when that was, and which parts it has shown today. */
  seen: z.record(z.string(), z.object({ time: z.string(), at: z.number(), shown: z.record(z.string(), z.number()) })),
});
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;

export const growatt = defineAdapter({
  vendor: 'growatt',
  title: 'Growatt',
  homepage: 'https://openapi.growatt.com',
  knownAs: ['ShinePhone', 'ShineServer', 'server.growatt.com'],
  standing: 'recommended',
  refresh: '1 to 5 minutes with an SPH or SPA, up to 10 minutes with other inverters',
  needs: "an API token from the ShinePhone app, and the plant's time zone",
  baseUrl: ({ region }) => hosts[region],
  settings,
  state: State,
  pollSeconds: 60,
  staleAfterSeconds: 1200,
  // A second call at once would be one too many for any of the endpoints.
  retries: false,
  async discover(context) {
    const growatt = openGrowatt(context);
    const plantId = await plants(growatt);
    const devices = (await allDevices(growatt, context.sleep)).flatMap(({ deviceSn, deviceType }) => {
      const family = deviceType?.toLowerCase() ?? '';
      return isFamily(family) ? [{ family, value: `${family}:${deviceSn}` }] : [];
    });
    // The plant's own list names all but an SPH-S: only with one must they be named, and then all of them.
    const mustBeNamed = devices.some(({ family }) => family === 'sph-s');
    const all = { value: devices.map(({ value }) => value).join(), title: 'all devices of the account' };
    const each = plantId.length > 1 ? devices.map(({ value }) => ({ value, title: 'this one alone' })) : [];
    return { plantId, devices: mustBeNamed ? [all, ...each] : [] };
  },
  async read(context) {
    const { settings } = context;
    const growatt = openGrowatt(context);
    const devices = settings.devices ?? (await listed(context, growatt));
    const units: Unit[] = [];
    for (const family of familyNames) {
      const serials = devices.flatMap((device) => (device.family === family ? device.sn : []));
      if (serials.length > 0) units.push(...(await unitsOf(family, serials, context, growatt)));
    }
    const asked = devices.map(({ sn, family }) => ({ sn, isNeeded: hasAlwaysBattery(family) }));
    return readingsOf(asked, units, context);
  },
});

/** Their newest rows: those that are kept, while the endpoint must not be asked again. */
async function unitsOf(
  family: Family,
  serials: readonly string[],
  context: Context,
  growatt: Growatt,
): Promise<Unit[]> {
  const { state, now, staleAfterSeconds, note } = context;
  state.calls ??= {};
  state.seen ??= {};
  const { calls, seen } = state;
  const kept = calls[family];
  const [seconds, staleMs] = [intervalOf(family), staleAfterSeconds * 1000];
  if (kept && isYoung(kept.at, now, seconds * 1000)) return kept.units.filter(({ sn }) => serials.includes(sn));
  const rows = await forgetting(state, () => spaced(seconds, () => rowsOf(family, serials, growatt)));
  const units = [...rows].map(([sn, row]): Unit => {
    if (family === 'spa' && row.ppvInverter === 0 && / 1[1-3]:/.test(row.time))
      note(`${sn} sees no sun at noon: if that is always so, its second meter is missing, and the consumption too low`);
    const { time } = row;
    const before = seen[sn];
    const shown = before?.shown ?? {};
    const hasMoved = before !== undefined && hasGoneOn(before, time, now, staleMs);
    seen[sn] = { time, at: now, shown };
    return { sn, time, hasMoved, ...measuredBy(family, row, shown, now) };
  });
  calls[family] = { at: now, units };
  return units;
}

/** Whether a clock shows another time than at the poll before; a jump is no sign of life. */
function hasGoneOn(before: { time: string; at: number }, time: string, now: number, staleMs: number): boolean {
  const [from = Number.NaN, to = Number.NaN] = [before.time, time].map((shown) => instantOf(shown, 'UTC', 0));
  if (!isYoung(before.at, now, staleMs)) return false;
  return from !== to && to - from < now - before.at + staleMs;
}

const dayMs = 24 * 3_600_000;
/** What is asked by the day or every five minutes. */
const listSeconds = 300;
const plantCallsADay = 10;

/** Where a device or plant does not exist any more, all is listed anew; the list of plants, while a few calls are left. */
async function forgetting<Result>(state: Context['state'], call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (isRefusal(error, 10002, 10005)) {
      delete state.listed;
      if ((state.plantCalls ?? []).length < plantCallsADay - 2) delete state.plantId;
    }
    throw error;
  }
}

async function listed(context: Context, growatt: Growatt): Promise<Device[]> {
  const { state, now, note, settingName } = context;
  if (state.listed && isYoung(state.listed.at, now, dayMs)) return state.listed.devices;
  if (state.listed) delete state.plantId;
  const plantId = await plantOf(context, growatt);
  const all = await forgetting(state, () =>
    spaced(listSeconds, () => devicesAt(plantId, growatt, settingName('devices'))),
  );
  const devices = all.flatMap(({ sn, type }): Device[] => {
    const family = familyOf(type);
    return family ? [{ sn, family }] : [];
  });
  if (devices.length === 0)
    throw new Failure(
      'auth',
      `Growatt lists no inverter of plant ${plantId} that can be read (SPF storage, WIT and NOAH cannot; an SPH-S must be named in ${settingName('devices')})`,
    );
  for (const { sn } of all.filter(({ type }) => type === 2))
    note(`The storage inverter ${sn} is not read: SPF is not supported`);
  if (devices.some(({ family }) => family === 'spa') && devices.some(({ family }) => !hasAlwaysBattery(family)))
    note(
      `The sun counts twice if the SPA measures the other inverter too: then name only the SPA in ${settingName('devices')}`,
    );
  state.listed = { devices, at: now };
  const serials = devices.map(({ sn }) => sn);
  for (const sn of Object.keys(state.seen ?? {})) if (!serials.includes(sn)) delete state.seen?.[sn];
  return devices;
}

/** The list of plants may be asked ten times a day. */
function plantOf(context: Context, growatt: Growatt): Promise<string> {
  const { state, now } = context;
  const calls = (state.plantCalls ?? []).filter((at) => isYoung(at, now, dayMs));
  const untilNext = calls.length + 1 < plantCallsADay ? listSeconds : ((calls[0] ?? now) + dayMs - now) / 1000;
  const ask = () => {
    state.plantCalls = [...calls, now].slice(-plantCallsADay);
    return plants(growatt);
  };
  const none = ['auth', 'check whose account the token is of'] as const;
  return spaced(untilNext, () =>
    chosen(context, 'plantId', ask, { title: 'Growatt', noun: 'plant', none, several: 'auth' }),
  );
}
