/** SolaX Cloud: the API of its data loggers in two versions, one call for each inverter, and the developer platform. */
import * as z from 'zod/mini';
import { powerFields } from '../core/reading.ts';
import {
  choice,
  type DeviceReading,
  defineAdapter,
  Failure,
  list,
  looksLike,
  secret,
  setting,
  text,
  timeZone,
} from './adapter.ts';
import { TokenSession } from './oauth.ts';
import { isOld } from './solax/inverter-types.ts';
import { readLoggers } from './solax/loggers.ts';
import { listPlants, Place, readPlatform } from './solax/platform.ts';

const settings = {
  api: setting(
    z._default(
      choice({
        v2: 'usual, with a token ID',
        v1: 'older accounts, with a token ID',
        openapi: 'with a client id of developer.solaxcloud.com',
      }),
      'v2',
    ),
    'v2 (usual), v1 (older accounts) or openapi (a client id of developer.solaxcloud.com)',
  ),
  tokenId: looksLike(
    { expression: /^(?:\d{17}|\w{24})$/, words: '17 digits, or 24 characters' },
    secret(z.optional(text), 'Token ID, for v2 and v1: solaxcloud.com → Service → API → API Realtime Data'),
  ),
  registrationNumbers: setting(
    z.optional(list),
    'Registration numbers, for v2 and v1: solaxcloud.com → Device → Inverter → Registration No. of each; not the serial number of the inverter',
  ),
  timeZone: setting(z.optional(timeZone), 'Time zone of the plant, for v2 and v1, such as Europe/Berlin'),
  clientId: setting(z.optional(text), 'Client id, for openapi: developer.solaxcloud.com → Application → Authorization'),
  clientSecret: secret(z.optional(text), 'Client secret, for openapi: on the same page'),
  plantId: setting(z.optional(text), 'Number of the plant, for openapi with several: an error message lists them'),
  region: setting(z._default(choice('eu', 'us'), 'eu'), 'eu or us, for openapi'),
};

export const solax = defineAdapter({
  vendor: 'solax',
  title: 'SolaX Cloud',
  homepage: 'https://www.solaxcloud.com',
  knownAs: ['SolaX Power', 'solaxcloud.com'],
  brands: ['Qcells'],
  standing: 'works with limits',
  refresh: 'five minutes',
  needs: 'a token ID and the registration number of each inverter, or a client id and a client secret',
  baseUrl: ({ api, region }) => hosts[api] ?? `https://openapi-${region}.solaxcloud.com`,
  settings,
  requires: ({ api }) =>
    api === 'openapi' ? ['clientId', 'clientSecret'] : ['tokenId', 'registrationNumbers', 'timeZone'],
  state: Place,
  session: TokenSession,
  pollSeconds: 300,
  pollFloorSeconds: 150,
  always: ['production_kw', 'tsms'],
  discover: async (context) => (context.settings.api === 'openapi' ? { plantId: await listPlants(context) } : {}),
  async read(context) {
    const devices = await (context.settings.api === 'openapi' ? readPlatform(context) : readLoggers(context));
    const isUndated = (device: DeviceReading) =>
      device.tsms === undefined && powerFields.some((field) => device[field] !== undefined);
    if (devices.some(isUndated)) {
      const advice = context.settings.api === 'openapi' ? `: set ${context.settingName('timeZone')}` : '';
      throw new Failure('bad-response', `SolaX Cloud gives no time of measurement that can be read${advice}`);
    }
    // One that went to sleep with the sun keeps its last values; with all of them old the answer is.
    const awake = devices.filter((device) => !device.sleeps || !isOld(device, context));
    return awake.length > 0 ? awake : devices;
  },
});

const hosts: Record<string, string> = { v2: 'https://global.solaxcloud.com', v1: 'https://www.solaxcloud.com' };
