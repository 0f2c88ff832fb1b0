/** FusionSolar's Northbound interface: its log-in, one way to ask, what its fail codes mean, and the plants of an account. */
import * as z from 'zod/mini';
import type { ReadContext } from '../adapter.ts';
import { cookiesAfter } from '../cookies.ts';
import type { Choice } from '../only.ts';
import { allPages } from '../pages.ts';
import { figure } from '../quantities.ts';
import { isRefusal, type Refusals, refusalOf } from '../refusals.ts';
import { openSession, type Session } from '../session.ts';

type Account = { userName?: string | undefined; systemCode?: string | undefined };
type Context = ReadContext<Account, { tooOften: number }, Session>;

/** Asks an interface by the last part of its path, and gives what stands under `data`. */
export type Ask = ReturnType<typeof openNorthbound>;

/** Logs in when it must, once at most, and repeats only the call that was refused. */
export function openNorthbound(context: Context) {
  const { settingName, now } = context;
  const { userName, systemCode } = context.settings;
  const codes = codesFor(context);
  const http = context.http.extend({
    kinds: {
      403: 'rate-limited', // the gateway's overload
      404: ['bad-response', `has no such interface at this address: check ${settingName('region')}`],
    },
    refusal: (answer) => refusalOf(answer, codes),
  });
  const logIn = async (): Promise<Session> => {
    const answer = await http.send('POST', '/thirdData/login', { json: { userName, systemCode } });
    const token = answer.headers['xsrf-token'] || cookiesAfter({}, answer)['XSRF-TOKEN']; // one of them, or both
    if (typeof token !== 'string') throw answer.failure('bad-response', 'gave no token at the log-in');
    return { token, expiresAt: now + 25 * 60_000 }; // it lives for half an hour
  };
  const call = openSession(context, [logIn]);
  return <Data>(name: string, json: object, data: z.ZodMiniType<Data>): Promise<Data> =>
    call(async ({ token }) => {
      const headers = { 'xsrf-token': token };
      return (await http.post(`/thirdData/${name}`, { json, headers, schema: z.object({ data }) })).data;
    });
}

const Envelope = z.object({ success: z.optional(z.unknown()), failCode: figure });
const dayMs = 86_400_000;

/** By Huawei's Northbound interface reference (SmartPVMS V6); any other code is not understood. */
function codesFor({ state, now, settingName }: Context): Refusals<typeof Envelope> {
  const ended = 'ended the session: is another program using the same Northbound account?';
  const sessionEnded = ['auth', ended, { status: 401 }] as const;
  const untilTomorrow = { retryAfterSeconds: (dayMs - (now % dayMs)) / 1000 };
  const tooOften = () => {
    state.tooOften = (state.tooOften ?? 0) + 1;
    const retryAfterSeconds = state.tooOften > 1 ? 900 : 300; // one may have been a slip of some seconds
    return ['rate-limited', 'is asked too often: use the account for this bridge only', { retryAfterSeconds }] as const;
  };
  return {
    envelope: Envelope,
    refused: ({ success, failCode = 0 }) => (failCode !== 0 || success === false ? { code: failCode } : undefined),
    meanings: {
      305: sessionEnded,
      306: sessionEnded,
      307: sessionEnded,
      401: ['auth', 'does not let the account use an interface: ask the installer to tick all data permissions'],
      403: 'rate-limited',
      407: tooOften,
      429: 'rate-limited',
      20001: ['auth', 'does not know the Northbound account: ask the installer whether it still exists'],
      20002: ['auth', 'has barred the Northbound account: ask the installer'],
      20003: ['auth', 'says that the Northbound account has expired: ask the installer to prolong it'],
      20004: 'unavailable',
      20006: ['bad-response', 'says that a device is not of the type in its own list'],
      20007: ['auth', `does not show this plant: check ${settingName('stationCode')}, or ask the installer`],
      20008: ['auth', 'does not show the devices: ask the installer to tick all device types'],
      20009: ['bad-response', 'has no figures set up for this plant: ask the installer'],
      20013: ['bad-response', 'gives no figures for a device of this type'],
      20200: 'unavailable',
      20400: [
        'auth',
        'refused the log-in: {userName} or {systemCode} are wrong, or the account has expired or is locked',
      ],
      20403: ['auth', 'restricts the log-in of the Northbound account: ask the installer'],
      20614: 'unavailable',
      20618: ['rate-limited', 'has been asked as often as it allows in a day', untilTomorrow],
      30008: 'unavailable',
    },
  };
}

/** What is not shown only the installer can mend, and the lists are counted by the day. */
export const unseen = {
  none: ['bad-response', 'ask the installer to give this Northbound account your plant and all device types'],
  retryAfterSeconds: 3600,
} as const;

const Plant = z.object({ plantCode: z.string(), plantName: z.nullish(z.string()) });
const Plants = z.nullable(z.object({ list: z.nullable(z.array(Plant)), pageCount: figure }));
const OldPlants = z.nullable(z.array(z.object({ stationCode: z.string(), stationName: z.nullish(z.string()) })));

/** Accounts made before mid-2022 may not use `stations`, and have another interface for the same list. */
export async function plants(ask: Ask): Promise<Choice[]> {
  const page = async (nth: number) => {
    const { list, pageCount: pages = 1 } = (await ask('stations', { pageNo: nth + 1 }, Plants)) ?? {};
    return { entries: list ?? [], pages };
  };
  try {
    const all = await allPages('FusionSolar', page, ({ plantCode }) => plantCode);
    return all.map(({ plantCode, plantName }) => ({ value: plantCode, title: plantName }));
  } catch (error) {
    if (!isRefusal(error, 401)) throw error;
    const all = (await ask('getStationList', {}, OldPlants)) ?? [];
    return all.map(({ stationCode, stationName }) => ({ value: stationCode, title: stationName }));
  }
}
