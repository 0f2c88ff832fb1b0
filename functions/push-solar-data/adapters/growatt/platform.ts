/** Growatt's OpenAPI: its two generations of paths, what their codes mean, and the plants and devices of an account. */
import * as z from 'zod/mini';
import { Failure, type Http, type ReadContext } from '../adapter.ts';
import type { Choice } from '../only.ts';
import { allPages } from '../pages.ts';
import { figure, identifier, words } from '../quantities.ts';
import { Refusal, type Refusals, refusalOf } from '../refusals.ts';

/** Both generations answer at the same host to the same token. */
export type Growatt = { v1: Http; v4: Http };
type Account = Pick<ReadContext<{ apiToken: string }>, 'http' | 'settings' | 'settingName'>;

export function openGrowatt({ http, settings: { apiToken }, settingName }: Account): Growatt {
  const client = http.extend({
    headers: { token: apiToken },
    notJson: [
      'bad-response',
      `answered with a page instead of figures: check ${settingName('apiToken')} and ${settingName('region')}`,
    ],
  });
  const codes = codesFor(settingName);
  return {
    v1: client.extend({ refusal: (answer) => refusalOf(answer, codes.v1) }),
    v4: client.extend({ refusal: (answer) => refusalOf(answer, codes.v4) }),
  };
}

const V1 = z.object({ error_code: figure, error_msg: words });
const V4 = z.object({ code: figure, message: words });

function codesFor(settingName: Account['settingName']): { v1: Refusals<typeof V1>; v4: Refusals<typeof V4> } {
  const [token, region, devices] = ['apiToken', 'region', 'devices'].map(settingName);
  const wrongRegion = ['auth', `has this account on the server of another region: set ${region}`] as const;
  const refusesToken = ['auth', `refuses the token: check ${token} and ${region}`] as const;
  const noPrivilege = [
    'auth',
    `refuses the token, or does not show it this device: check ${token} and ${devices}`,
  ] as const;
  const noDevice = ['auth', `knows no such device or plant: check ${devices} and ${settingName('plantId')}`] as const;
  // Of the quickest endpoints; the others are left alone for longer anyway.
  const tooOften = [
    'rate-limited',
    'is asked too often: do other programs use the same token?',
    { retryAfterSeconds: 10 },
  ] as const;
  return {
    v1: {
      envelope: V1,
      refused: ({ error_code, error_msg }) => (error_code === 0 ? undefined : { code: error_code, words: error_msg }),
      meanings: {
        '-1': wrongRegion,
        10001: 'unavailable',
        10002: noDevice,
        10003: noDevice,
        10005: noDevice,
        10011: noPrivilege,
        10012: tooOften,
        10013: 'bad-response',
        10014: 'bad-response',
      },
      word: 'error_code',
    },
    v4: {
      envelope: V4,
      refused: ({ code, message }) => (code === 0 ? undefined : { code, words: message }),
      meanings: {
        '-1': wrongRegion,
        1: 'unavailable',
        2: refusesToken,
        3: noPrivilege,
        4: noDevice,
        5: ['offline', 'says that the device is offline: check its data logger'],
        7: ['bad-response', `says that a device is of another type: check ${devices}`],
        8: 'bad-response',
        11: 'bad-response',
        12: noPrivilege, // either: it depends on the call
        100: tooOften,
        101: noPrivilege,
        102: tooOften,
        105: tooOften,
      },
    },
  };
}

/** What a call finds; nothing where the cloud has nothing yet, which it may write as `""`. */
export const orNothing = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.optional(
    z.pipe(
      z.transform((value: unknown) => (value === '' ? undefined : value)),
      z.nullish(schema),
    ),
  );

/** What is shorter passes before the next tick; how long to wait then, the kind of failure says. */
const leastPauseSeconds = 60;

/** A call that failed counts too: another one within the interval would be refused. */
export async function spaced<Result>(seconds: number, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Failure) || seconds <= leastPauseSeconds) throw error;
    const { kind, message, status, excerpt, answer, retryAfterSeconds = 0 } = error;
    const details = { status, excerpt, answer, retryAfterSeconds: Math.max(seconds, retryAfterSeconds) };
    const paused = new Failure(kind, message, details);
    throw error instanceof Refusal ? new Refusal(error.code, paused) : paused;
  }
}

const Plants = z.object({
  data: orNothing(z.object({ plants: z.nullish(z.array(z.object({ plant_id: identifier, name: words }))) })),
});

export async function plants({ v1 }: Growatt): Promise<Choice[]> {
  const { data } = await v1.get('/v1/plant/list', { schema: Plants });
  return (data?.plants ?? []).map(({ plant_id, name }) => ({ value: plant_id, title: name }));
}

const Devices = z.object({
  data: orNothing(
    z.object({ count: figure, devices: z.nullish(z.array(z.object({ device_sn: identifier, type: figure }))) }),
  ),
});
const pageSize = 100;

/** Devices of a plant with their numeric types; one page, because the next one may be asked for five minutes later. */
export async function devicesAt(plantId: string, { v1 }: Growatt, setting: string) {
  const query = { plant_id: plantId, perpage: pageSize };
  const { data } = await v1.get('/v1/device/list', { query, schema: Devices });
  if ((data?.count ?? 0) > pageSize)
    throw new Failure('bad-response', `Growatt lists more devices than a home has: name yours in ${setting}`);
  return (data?.devices ?? []).map(({ device_sn: sn, type }) => ({ sn, type }));
}

const DevicePage = z.object({
  data: orNothing(
    z.object({
      data: z.nullish(z.array(z.object({ deviceSn: identifier, deviceType: words }))),
      lastPager: z.nullish(z.boolean()),
    }),
  ),
});

/** All devices of the account, whatever the plant, with their types as words. Pages may be asked for five seconds apart. */
export function allDevices({ v4 }: Growatt, sleep: (ms: number) => Promise<void>) {
  const page = async (nth: number) => {
    if (nth > 0) await sleep(5_100);
    const query = { page: nth + 1 };
    const { data } = await v4.post('/v4/new-api/queryDeviceList', { query, form: {}, schema: DevicePage });
    return { entries: data?.data ?? [], pages: data?.lastPager === false ? nth + 2 : nth + 1 };
  };
  return allPages('Growatt', page, ({ deviceSn }) => deviceSn);
}
