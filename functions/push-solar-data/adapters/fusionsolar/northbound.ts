/** FusionSolar's Northbound interface: its sessions, one way to ask, and what its fail codes mean. */
import * as z from 'zod/mini';
import { Failure, type ReadContext } from '../adapter.ts';
import { cookiesAfter } from '../cookies.ts';
import { figure } from '../quantities.ts';
import { type Session, withSession } from '../session.ts';

/** A session lives for half an hour, and is renewed before. */
const sessionMinutes = 25;

type Account = { userName?: string | undefined; systemCode?: string | undefined };
export type NorthboundContext = Pick<
  ReadContext<Account, unknown, Session>,
  'http' | 'now' | 'settings' | 'session' | 'sleep'
>;

/** @param name of the interface, the last part of its path. @param data what stands under `data`. */
export type Ask = <Data>(name: string, body: object, data: z.ZodMiniType<Data>) => Promise<Data>;

const Envelope = z.object({ success: z.optional(z.unknown()), failCode: figure });

/** What an HTTP status means with this vendor: the gateway's overload is an HTTP 403. */
const kinds = { 403: 'rate-limited' } as const;

/** The fail codes of Huawei's Northbound interface reference (SmartPVMS V6); any other is not understood. */
const meanings: Record<number, readonly [Failure['kind'], string]> = {
  305: ['auth', 'ended the session: is another program using the same Northbound account?'],
  306: ['auth', 'ended the session: is another program using the same Northbound account?'],
  307: ['auth', 'ended the session: is another program using the same Northbound account?'],
  401: [
    'auth',
    'does not let this Northbound account use an interface: ask the installer to tick all data permissions',
  ],
  403: ['rate-limited', 'is overloaded and asks everybody to slow down'],
  407: ['rate-limited', 'has been asked too often by this Northbound account: use it for this bridge only'],
  429: ['rate-limited', 'is overloaded and asks everybody to slow down'],
  20001: ['auth', 'does not know this Northbound account: ask the installer whether it still exists'],
  20002: ['auth', 'has barred this Northbound account: ask the installer'],
  20003: ['auth', 'says that this Northbound account has expired: ask the installer to prolong it'],
  20004: ['unavailable', 'has trouble'],
  20006: ['bad-response', 'says that a device is not of the type in its own list'],
  20007: ['auth', 'does not show this plant to the account: check the stationCode setting, or ask the installer'],
  20008: ['auth', 'does not show the devices to the account: ask the installer to tick all device types'],
  20009: ['bad-response', 'has no figures set up for this plant: ask the installer'],
  20013: ['bad-response', 'gives no figures for a device of this type'],
  20200: ['unavailable', 'has trouble'],
  20400: [
    'auth',
    'refused the log-in: user name or systemCode are wrong, or the Northbound account has expired or is locked',
  ],
  20403: ['auth', 'restricts the log-in of this Northbound account: ask the installer'],
  20614: ['unavailable', 'has trouble'],
  20618: ['rate-limited', 'has been asked as often as it allows in a day'],
  30008: ['unavailable', 'has trouble'],
};

/** An answer without data, by its `failCode` (0 where it gives none). */
export class Refusal extends Failure {
  readonly failCode: number;

  constructor(failCode: number, details: { status: number; excerpt?: string }) {
    const [kind, sentence] = meanings[failCode] ?? ['bad-response', 'answered with a code that is not known'];
    super(kind, `FusionSolar ${sentence} (code ${failCode})`, details);
    this.failCode = failCode;
  }
}

const isSessionEnd = (failure: Failure): boolean =>
  failure instanceof Refusal && [305, 306, 307].includes(failure.failCode);

/** Opens a conversation of one read: it logs in when it must, once at most, and repeats only the call that was refused. */
export function openNorthbound(context: NorthboundContext): Ask {
  const { http, now, settings } = context;
  const { userName, systemCode } = settings;
  let loggedIn = false;

  const logIn = async (): Promise<Session> => {
    if (loggedIn) throw new Refusal(305, { status: 200 });
    loggedIn = true;
    const answer = await send('login', { userName, systemCode });
    const token = answer.headers['xsrf-token'] || cookiesAfter({}, answer)['XSRF-TOKEN']; // one of them, or both
    if (typeof token !== 'string') throw new Failure('bad-response', 'FusionSolar gave no token at the log-in');
    return { token, expiresAt: now + sessionMinutes * 60_000 };
  };

  /** @param token absent: the log-in itself, where an HTTP 401 means the credentials. */
  const send = async (name: string, json: object, token?: string) => {
    const accept = token === undefined ? [404] : [401, 404];
    const headers = { 'xsrf-token': token };
    const answer = await http.send('POST', `/thirdData/${name}`, { json, headers, kinds, accept });
    const { status, excerpt } = answer;
    if (status === 401) throw new Refusal(305, { status });
    if (status === 404)
      throw new Failure('bad-response', 'FusionSolar has no such interface at this address: check the region setting');
    const { success, failCode = 0 } = answer.json(Envelope);
    if (failCode !== 0 || success === false) throw new Refusal(failCode, { status, excerpt });
    return answer;
  };

  return (name, body, data) =>
    withSession(context, logIn, async ({ token }) => (await send(name, body, token)).json(z.object({ data })).data, {
      isRefusal: isSessionEnd,
      marginSeconds: 0,
    });
}
