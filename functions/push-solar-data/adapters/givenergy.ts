/** GivEnergy Cloud: the official API with the owner's token; one call for each device of the home, signed watts. */
import { type DeviceReading, defineAdapter, Failure, type Http } from './adapter.ts';
import { isYoung } from './age.ts';
import { choices, devicesOfAccount } from './givenergy/devices.ts';
import { isSerial, Live, readingsOf } from './givenergy/live.ts';
import { type Device, type GivEnergyContext, State, settings } from './givenergy/settings.ts';

const dayMs = 24 * 3_600_000;

export const givenergy = defineAdapter({
  vendor: 'givenergy',
  title: 'GivEnergy Cloud',
  homepage: 'https://givenergy.cloud',
  knownAs: ['givenergy.cloud', 'Giv-Gateway'],
  standing: 'works with limits',
  refresh: 'up to 7 minutes: the cloud renews them every 5 minutes',
  needs: 'an API token from the web portal, and a subscription to GivEnergy Premium',
  baseUrl: 'https://api.givenergy.cloud',
  pollSeconds: 120,
  staleAfterSeconds: 900,
  settings,
  identity: ['apiKey'],
  state: State,
  discover: (context) => choices(clientOf(context), context.now),
  async read(context): Promise<DeviceReading[]> {
    const { settings, state, now } = context;
    const http = clientOf(context);
    if (settings.serials) return readAll(context, http, named(settings.serials));
    try {
      if (state.devices && isYoung(state.listedAt, now, dayMs)) return await readAll(context, http, state.devices);
    } catch (error) {
      if (!(error instanceof Failure && error.status === 404)) throw error; // else one was exchanged
    }
    const devices = await devicesOfAccount(http, context);
    Object.assign(state, { devices, listedAt: now });
    return readAll(context, http, devices);
  },
});

const named = (serials: readonly string[]): Device[] =>
  serials.filter((serial, nth) => serials.findIndex(isSerial(serial)) === nth).map((serial) => ({ serial }));

function clientOf({ http, settings, settingName }: GivEnergyContext): Http {
  const token = settingName('apiKey');
  const subscription = 'GivEnergy Premium may have ended';
  return http.extend({
    headers: { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' },
    kinds: {
      401: ['auth', `refuses the API token: it is wrong, deleted or at its end, or ${subscription}. Check ${token}`],
      402: ['auth', 'wants a subscription to GivEnergy Premium: renew it in your account'],
      403: [
        'auth',
        `does not allow this: the API token (${token}) lacks api:inverter:list or api:inverter:data, the device is somebody else's, or ${subscription}`,
      ],
    },
  });
}

/** No home has more; each is a call. */
const mostDevices = 20;

async function readAll(context: GivEnergyContext, http: Http, devices: readonly Device[]): Promise<DeviceReading[]> {
  const { settings, settingName } = context;
  const { gridMeter } = settings;
  const [serials, meter] = ['serials', 'gridMeter'].map(settingName);
  if (devices.length > mostDevices)
    throw new Failure('bad-response', `GivEnergy Cloud lists ${devices.length} devices: set ${serials} to your home's`);
  const strange =
    gridMeter === 'auto' ? undefined : gridMeter.find((each) => !devices.some(({ serial }) => isSerial(serial)(each)));
  if (strange !== undefined)
    throw new Failure(
      'settings',
      `${meter} names ${strange}, which is not read: read are ${devices.map(({ serial }) => serial).join(', ')}`,
    );
  const all = await Promise.all(
    devices.map(async (device) => {
      const path = `/v1/inverter/${encodeURIComponent(device.serial)}/system-data/latest`;
      const unknown = ['auth', `knows no device ${device.serial}: check ${serials}`] as const;
      const { data } = await http.get(path, { schema: Live, kinds: { 404: unknown } });
      return { device, live: data };
    }),
  );
  return readingsOf(all, context);
}
