/** Huawei FusionSolar: Northbound interface, one call for each type of device; or the kiosk link, production only. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { SettingValues } from '../settings/setting.ts';
import { choice, defineAdapter, Failure, type ReadContext, type Reading, secret, setting, text } from './adapter.ts';
import { isYoung } from './age.ts';
import { kioskLink, readKiosk } from './fusionsolar/kiosk.ts';
import { type Ask, openNorthbound, Refusal } from './fusionsolar/northbound.ts';
import {
  acBatteryTypes,
  chosenMeter,
  Device,
  dcBatteryTypes,
  findPlant,
  inverterTypes,
  listDevices,
  meterTypes,
} from './fusionsolar/plant.ts';
import { batterySignContradicts, type Live, liveValues, map, type Values } from './fusionsolar/values.ts';
import { Session } from './session.ts';

const settings = {
  userName: setting(
    z.optional(text),
    'User name of the Northbound (API) account that your installer made for you; not the one of the app',
  ),
  systemCode: secret(z.optional(text), 'Password of the Northbound account (the interface calls it system code)'),
  region: setting(
    z._default(z.string().check(z.regex(/^[a-z0-9-]+$/i, 'must be one word such as intl or eu5')), 'intl'),
    "First word of the address of your installer's log-in page: intl, eu5, sg5, la5, au5 …",
  ),
  stationCode: setting(
    z.optional(text),
    'Code of your plant, such as NE=12345678; needed only where the account sees several (run without it once, and they are listed)',
  ),
  meterDeviceId: setting(
    z.optional(text),
    'Id of the meter at the grid connection, where the home has several; without it, the first power sensor',
  ),
  gridMeterPowerUnit: setting(
    z._default(choice('auto', 'W', 'kW'), 'auto'),
    'Unit of a meter that FusionSolar lists as "grid meter" (type 17): auto, W or kW',
  ),
  kioskUrl: secret(
    z.optional(kioskLink),
    'Kiosk link of the plant (portal or app: plant → Kiosk), instead of an account: production only. If it is set, nothing else is used',
  ),
};

const State = z.partial(
  z.object({
    plant: z.object({ code: z.string(), at: z.number() }),
    devices: z.object({ list: z.array(Device), at: z.number() }),
    /** How many rounds in a row were refused as too frequent. */
    tooOften: z.number(),
    /** All values of the last round, and since when they have been the same. */
    seen: z.object({ fingerprint: z.string(), since: z.number() }),
    /** How many rounds in a row the battery's sign contradicted the panels. */
    contradictions: z.number(),
  }),
);

type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const fusionsolar = defineAdapter({
  vendor: 'fusionsolar',
  title: 'Huawei FusionSolar',
  homepage: 'https://intl.fusionsolar.huawei.com',
  standing: 'recommended',
  refresh:
    'up to 10 minutes: inverters report every 5 minutes, and the cloud may be asked as often; kiosk link: up to an hour',
  needs: 'a Northbound account, which only the installer can make; or a kiosk link, for production alone',
  baseUrl: ({ kioskUrl, region }) => (kioskUrl ? new URL(kioskUrl).origin : `https://${region}.fusionsolar.huawei.com`),
  settings,
  requires: ({ kioskUrl }) => (kioskUrl ? [] : ['userName', 'systemCode']),
  state: State,
  session: Session,
  pollSeconds: ({ kioskUrl }) => (kioskUrl ? 1800 : 300),
  // No time of measurement is given: this is how long all values may stay the same while the sun shines.
  staleAfterSeconds: 1200,
  // A home's quota is exactly one call for each type of device in five minutes.
  retries: false,
  async read(context): Promise<Reading> {
    const { kioskUrl } = context.settings;
    if (kioskUrl) return readKiosk(kioskUrl, context.http, context.redactValue);
    try {
      return await readRound(context);
    } catch (error) {
      throw error instanceof Refusal ? afterRefusal(error, context) : error;
    }
  },
});

async function readRound(context: Context): Promise<Reading> {
  const { settings, state, takes } = context;
  const ask = openNorthbound(context);
  const devices = await devicesOf(context, ask);
  const meterDevice = takes('grid') ? chosenMeter(devices, settings.meterDeviceId) : undefined;
  const inverters = await liveValues(ask, 'inverter', devices, inverterTypes);
  const meters = meterDevice ? await liveValues(ask, 'meter', [meterDevice], meterTypes) : [];
  const dcBatteries = await liveValues(ask, 'battery', devices, dcBatteryTypes);
  const acBatteries = await liveValues(ask, 'battery', devices, acBatteryTypes);
  state.tooOften = 0;
  const [values] = meters;
  const powerUnit = settings.gridMeterPowerUnit;
  const meter = meterDevice && values ? { type: meterDevice.type, values, powerUnit } : undefined;
  const live: Live = { inverters, meter, dcBatteries, acBatteries };
  const reading = map(live);
  refuseFrozen([...inverters, ...meters, ...dcBatteries, ...acBatteries], reading, context);
  refuseContradiction(live, context);
  return reading;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

async function devicesOf({ settings, state, now, note }: Context, ask: Ask): Promise<Device[]> {
  const { devices } = state;
  if (devices && isYoung(devices.at, now, dayMs)) return devices.list;
  if (!settings.stationCode && !isYoung(state.plant?.at, now, dayMs))
    state.plant = { code: await findPlant(ask), at: now };
  const code = settings.stationCode ?? state.plant?.code ?? '';
  state.devices = { list: await listDevices(ask, code, note), at: now };
  return state.devices.list;
}

/** The first refusal as too frequent may have been a slip of some seconds; after two the account is left alone. */
const tooOftenSeconds = { once: 300, again: 900 };
/** Codes that tell of a plant or devices which are no longer as they were listed. */
const outdated = [20006, 20007, 20008, 20013];

function afterRefusal(refusal: Refusal, { state, now }: Context): Failure {
  const { kind, failCode, message, status } = refusal;
  if (failCode === 407) {
    state.tooOften = (state.tooOften ?? 0) + 1;
    const retryAfterSeconds = state.tooOften > 1 ? tooOftenSeconds.again : tooOftenSeconds.once;
    return new Failure(kind, message, { retryAfterSeconds, status });
  }
  if (failCode === 20618)
    return new Failure(kind, message, { retryAfterSeconds: (dayMs - (now % dayMs)) / 1000, status });
  // The lists may be read 25 times a day.
  if (outdated.includes(failCode) && state.devices && !isYoung(state.devices.at, now, hourMs)) {
    delete state.plant;
    delete state.devices;
    return new Failure('bad-response', `${message}; the list of devices will be read anew`, { status });
  }
  return refusal;
}

/**
 * A dongle without network leaves its last values standing in the cloud: all of them, so that a single power that stands
 * still is no excuse. A home that sleeps does not change either.
 */
function refuseFrozen(devices: readonly Values[], { production_kw = 0 }: Reading, context: Context): void {
  const { state, now, staleAfterSeconds } = context;
  const texts = devices.map((values) => JSON.stringify(values, Object.keys(values).sort()));
  const fingerprint = createHash('sha256').update(texts.join()).digest('base64');
  const since = state.seen?.fingerprint === fingerprint ? Math.min(state.seen.since, now) : now;
  state.seen = { fingerprint, since };
  const seconds = (now - since) / 1000;
  if (seconds >= staleAfterSeconds && production_kw > 0)
    throw new Failure(
      'stale',
      `FusionSolar has repeated the same figures for ${Math.round(seconds / 60)} minutes: check the dongle and its network`,
    );
}

/** Samples of different moments may contradict each other now and then, but not so often in a row. */
const contradictionsAllowed = 2;

function refuseContradiction(live: Live, { state }: Context): void {
  const contradicts = batterySignContradicts(live);
  if (contradicts === undefined) return;
  state.contradictions = contradicts ? (state.contradictions ?? 0) + 1 : 0;
  if (state.contradictions > contradictionsAllowed)
    throw new Failure(
      'bad-response',
      'FusionSolar gives the battery power of this home with the opposite sign, so no figure can be trusted: please report it',
    );
}
