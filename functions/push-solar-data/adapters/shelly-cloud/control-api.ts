/** Shelly's Cloud Control API: the status of devices by v2 or v1, and what its refusals mean. */
import * as z from 'zod/mini';
import { type Answer, type Call, Failure, type Http } from '../adapter.ts';
import { identifier } from '../quantities.ts';
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
  const answers = await inTurn(tens, context, (ten) => {
    const call = { query: { auth_key: context.settings.authKey }, json: { ids: ten, select: ['status'] } };
    return ask(context, '/v2/devices/api/get', call, DevicesV2);
  });
  return new Map(answers.flat().map(({ id, online, status }) => [id.toLowerCase(), toDevice(online, status)]));
}

/** v1: one device in one call. */
export async function askEach(context: Context, ids: string[]): Promise<Map<string, Device>> {
  const answers = await inTurn(ids, context, async (id) => {
    const call = { form: { id, auth_key: context.settings.authKey } };
    const { data } = await ask(context, '/device/status', call, DeviceV1);
    return [id, toDevice(data.online, data.device_status)] as const;
  });
  return new Map(answers);
}

/** `_updated` is UTC without saying so. `unixtime` is not used: the cloud merges partial statuses, and it may be old. */
function toDevice(online: z.output<typeof Online>, status: Status | null | undefined): Device {
  const updated = String(status?.['_updated']);
  const at = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(updated)
    ? Date.parse(`${updated.replace(' ', 'T')}Z`)
    : Number.NaN;
  return { online: Boolean(online), status: status ?? {}, updatedAt: Number.isNaN(at) ? undefined : at };
}

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

async function ask<Schema extends z.ZodMiniType>({ http, sleep }: Context, path: string, call: Call, schema: Schema) {
  const send = () => http.send('POST', path, { ...call, accept: [400, 401] });
  let answer = await send();
  if (refusalCodes(answer)?.includes(tooFast)) {
    await sleep(retryPauseMs);
    answer = await send();
  }
  const codes = refusalCodes(answer);
  if (codes) throw refusal(codes, answer);
  return answer.json(schema);
}

const Refusal = z.object({
  isok: z.catch(z.optional(z.boolean()), undefined),
  /** By code: of v1, and of every 401. */
  errors: z.catch(z.record(z.string(), z.unknown()), {}),
  /** Of v2. */
  error: z.catch(z.optional(z.string()), undefined),
  data: z.catch(z.object({ messages: z.array(z.string()) }), { messages: [] }),
});

const tooFast = 'max_req';

/** The codes of a refusal, none if it names none; undefined for an answer that is no refusal. */
function refusalCodes({ status, text }: Answer): string[] | undefined {
  const body = Refusal.safeParse(parsed(text)).data;
  if (status < 300 && body?.isok !== false && body?.error === undefined) return undefined;
  return body
    ? [...Object.keys(body.errors), ...(body.error === undefined ? [] : [body.error]), ...body.data.messages]
    : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a refusal without codes; an answer of figures is judged by `Answer.json`
  }
}

export const lookUpServer = 'look up the server again (user settings → Authorization cloud key)';

/** A 401 is two things: too many requests, and a key that is not good. */
function refusal(codes: string[], { status, excerpt, retryAfterSeconds }: Answer): Failure {
  const details = { status, excerpt };
  if (codes.includes(tooFast))
    return new Failure(
      'rate-limited',
      'Shelly Cloud takes one request a second, and other programs use the same account: let them ask less often',
      { ...details, retryAfterSeconds: retryAfterSeconds ?? 0 }, // the next turn is slow enough for a limit per second
    );
  if (status === 401 || codes.includes('invalid_token'))
    return new Failure(
      'auth',
      `Shelly Cloud refused the key, which changes with the password of the account: get it again, and ${lookUpServer}`,
      details,
    );
  if (codes.includes('DEVICE_OFFLINE'))
    return new Failure(
      'offline',
      'Shelly Cloud says that a device is not connected: check its power and Wi-Fi',
      details,
    );
  const told = codes.join(', ').slice(0, 100) || `HTTP ${status}`;
  return new Failure('bad-response', `Shelly Cloud refused the request (${told}): check the device ids`, details);
}
