/** Shelly's Cloud Control API: the status of devices by v2 or v1, and what its refusals mean. */
import * as z from 'zod/mini';
import type { Answer, Call, Http } from '../adapter.ts';
import { identifier } from '../quantities.ts';
import { isRefusal, Refusal } from '../refusals.ts';
import { utc } from '../units.ts';
import { meterChoices, Names, Statuses } from './choices.ts';
import { Status } from './components.ts';

type Context = { settings: { authKey: string }; http: Http; sleep(ms: number): Promise<void> };

export type Device = {
  online: boolean;
  /** The last one while the device is not online. */
  status: Status;
  /** ms since the epoch; undefined where the cloud does not say. */
  updatedAt: number | undefined;
};

const Online = z.union([z.literal([0, 1]), z.boolean()]);
const List = z.array(z.object({ id: identifier, online: Online, status: z.nullish(Status) }));
/** Older accounts get the list inside an object. */
const DevicesV2 = z.pipe(
  z.union([List, z.object({ data: List })]),
  z.transform((answer) => (Array.isArray(answer) ? answer : answer.data)),
);
const DeviceV1 = z.object({ data: z.object({ online: Online, device_status: z.nullish(Status) }) });

/** v2: ten devices at most in one call. Unknown ones are left out of the answer, which has no promised order. */
export async function askTogether(context: Context, ids: string[]): Promise<Map<string, Device>> {
  const tens = Array.from({ length: Math.ceil(ids.length / 10) }, (_, nth) => ids.slice(10 * nth, 10 * nth + 10));
  const query = { auth_key: context.settings.authKey };
  const answers = await inTurn(tens, context, (ten) =>
    ask(context, '/v2/devices/api/get', { query, json: { ids: ten, select: ['status'] }, schema: DevicesV2 }),
  );
  return new Map(answers.flat().map(({ id, online, status }) => [id.toLowerCase(), toDevice(online, status)]));
}

/** v1: one device in one call. */
export async function askEach(context: Context, ids: string[]): Promise<Map<string, Device>> {
  const answers = await inTurn(ids, context, async (id) => {
    const form = { id, auth_key: context.settings.authKey };
    const { data } = await ask(context, '/device/status', { form, schema: DeviceV1 });
    return [id, toDevice(data.online, data.device_status)] as const;
  });
  return new Map(answers);
}

/** Every device of the account with its last status, and the names in the app; neither call is documented. */
export async function askAll(context: Context) {
  const form = { auth_key: context.settings.authKey };
  const statuses = await ask(context, '/device/all_status', {
    form: { ...form, show_info: 'true', no_shared: 'true' },
    schema: Statuses,
  });
  await context.sleep(pauseMs);
  const { data } = await ask(context, '/interface/device/list', { form, schema: Names });
  return meterChoices(statuses, data.devices);
}

/** `unixtime` is not used: the cloud merges partial statuses, and it may be old. */
const toDevice = (online: z.output<typeof Online>, status: Status | null | undefined): Device => ({
  online: Boolean(online),
  status: status ?? {},
  updatedAt: utc.parse(status?.['_updated']),
});

/** One request a second is allowed for the whole account. */
const pauseMs = 1_100;
/** Another client of the account was quicker: once more, a little later. */
const retryPauseMs = 2_000;

async function inTurn<Item, Result>(
  items: readonly Item[],
  { sleep }: Context,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    if (results.length > 0) await sleep(pauseMs);
    results.push(await work(item));
  }
  return results;
}

async function ask<Schema extends z.ZodMiniType>(
  { http, sleep }: Context,
  path: string,
  call: Call & { schema: Schema },
): Promise<z.output<Schema>> {
  const post = () => http.post(path, { ...call, refusal });
  return post().catch(async (error: unknown) => {
    if (!isRefusal(error, tooFast)) throw error;
    await sleep(retryPauseMs);
    return post();
  });
}

const Said = z.object({
  isok: z.catch(z.optional(z.boolean()), undefined),
  /** By code: of v1, and of every 401. */
  errors: z.catch(z.record(z.string(), z.unknown()), {}),
  /** Of v2. */
  error: z.catch(z.optional(z.string()), undefined),
  data: z.catch(z.object({ messages: z.array(z.string()) }), { messages: [] }),
});

const tooFast = 'max_req';

export const lookUpServer = 'look up the server again ({server}: user settings → Authorization cloud key)';

/** It may name several codes, or none. A 401 is two things: too many requests, and a key that is not good. */
function refusal(answer: Answer): Refusal | undefined {
  const { status } = answer;
  const said = answer.tryJson(Said);
  const saysNo = said?.isok === false || said?.error !== undefined;
  if (status < 300 ? !saysNo : status !== 400 && status !== 401) return undefined;
  const codes = said ? [...Object.keys(said.errors), said.error ?? [], said.data.messages].flat() : [];
  if (codes.includes(tooFast)) {
    const sentence = 'takes one request a second, and other programs use the same account: let them ask less often';
    const retryAfterSeconds = answer.retryAfterSeconds ?? 0; // the next turn is slow enough for a limit per second
    return new Refusal(tooFast, answer.failure('rate-limited', sentence, { retryAfterSeconds }));
  }
  const [kind, sentence] = meaningOf(codes, status);
  return new Refusal('', answer.failure(kind, sentence));
}

function meaningOf(codes: string[], status: number) {
  if (status === 401 || codes.includes('invalid_token'))
    return [
      'auth',
      `refused the key, which changes with the password of the account: get it again for {authKey}, and ${lookUpServer}`,
    ] as const;
  if (codes.includes('DEVICE_OFFLINE'))
    return ['offline', 'says that a device is not connected: check its power and Wi-Fi'] as const;
  const told = codes.join(', ').slice(0, 100) || `HTTP ${status}`;
  return ['bad-response', `refused the request (${told}): check the device ids`] as const;
}
