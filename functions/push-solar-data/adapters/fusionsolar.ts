/** Huawei FusionSolar: Northbound interface, one call for each type of device; or the kiosk link, production only. */
import * as z from 'zod/mini';
import type { SettingValues } from '../settings/setting.ts';
import { choice, defineAdapter, Failure, looksLike, type ReadContext, secret, setting, text } from './adapter.ts';
import { isYoung } from './age.ts';
import {
  Device,
  Doubts,
  devicesAt,
  liveOf,
  meterChoices,
  readingsOf,
  refuseDoubtful,
  withOneMeter,
} from './fusionsolar/devices.ts';
import { kioskLink, readKiosk } from './fusionsolar/kiosk.ts';
import { type Ask, openNorthbound, plants, unseen } from './fusionsolar/northbound.ts';
import { chosen } from './only.ts';
import { isRefusal } from './refusals.ts';
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
  stationCode: looksLike(
    { expression: /^NE=\d+$/, words: 'NE= and digits' },
    setting(z.optional(text), 'Code of your plant, such as NE=12345678; needed only where the account sees several'),
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
  z.extend(Doubts, {
    plant: z.object({ stationCode: z.optional(z.string()), devices: z.optional(z.array(Device)), at: z.number() }),
    /** How many refusals in a row were for too many calls. */
    tooOften: z.number(),
  }),
);
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const fusionsolar = defineAdapter({
  vendor: 'fusionsolar',
  title: 'Huawei FusionSolar',
  homepage: 'https://intl.fusionsolar.huawei.com',
  knownAs: ['Huawei', 'LUNA2000', 'SUN2000', 'fusionsolar.huawei.com'],
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
  // Without a time of measurement: how long all values may stay the same in the sun, or the kiosk's between two polls.
  staleAfterSeconds: ({ kioskUrl }) => (kioskUrl ? 3660 : 1200),
  // A home's quota is exactly one call for each type of device in five minutes.
  retries: false,
  always: ['production_kw'],
  discovers: ['stationCode', 'meterDeviceId'],
  async discover(context) {
    if (context.settings.kioskUrl) return {};
    const ask = openNorthbound(context);
    const stationCode = await plants(ask);
    const [only, another] = stationCode;
    const plant = context.settings.stationCode ?? (another ? undefined : only?.value);
    return { stationCode, meterDeviceId: plant === undefined ? [] : await meterChoices(plant, ask) };
  },
  async read(context) {
    const { settings, state, now } = context;
    if (settings.kioskUrl) return readKiosk(settings.kioskUrl, context.http);
    try {
      const ask = openNorthbound(context);
      const live = await liveOf(withOneMeter(await devicesOf(context, ask), context), ask);
      state.tooOften = 0;
      refuseDoubtful(live, context);
      return readingsOf(live, settings.gridMeterPowerUnit);
    } catch (error) {
      // The plant or its devices are no longer as they were listed; the lists may be read 25 times a day.
      if (!isRefusal(error, 20006, 20007, 20008, 20013) || isYoung(state.plant?.at, now, hourMs)) throw error;
      delete state.plant;
      throw new Failure('bad-response', `${error.message}; the list of devices will be read anew`, error);
    }
  },
});

const hourMs = 3_600_000;

async function devicesOf(context: Context, ask: Ask): Promise<Device[]> {
  const { state, now, note } = context;
  const plant = isYoung(state.plant?.at, now, 24 * hourMs) && state.plant ? state.plant : { at: now };
  state.plant = plant;
  const options = { title: 'FusionSolar', noun: 'plant', ...unseen };
  const stationCode = await chosen({ ...context, state: plant }, 'stationCode', () => plants(ask), options);
  plant.devices ??= await devicesAt(stationCode, ask, note);
  return plant.devices;
}
