/** How the portal speaks: a log-in that lists all equipment, a session cookie, and what its refusals mean. */
import * as z from 'zod/mini';
import { type Answer, Failure, type FailureKind, type Http, type Meaning } from '../adapter.ts';
import { cookieHeader, cookiesAfter } from '../cookies.ts';
import { theOnly } from '../only.ts';
import { figure, identifier, words } from '../quantities.ts';
import { type LuxPowerContext, title } from './settings.ts';

const cookieName = 'JSESSIONID';
export const cookie = (token: string): { cookie: string } => cookieHeader({ [cookieName]: token });

/** For calls with a session. One that has ended is answered with the page of the log-in, or sent there. */
export function portal({ http, settingName }: LuxPowerContext): Http {
  const sentence = `does not accept the session of a new log-in: check ${settingName('account')} and ${settingName('server')}`;
  const ended = ['auth', sentence, { status: 401 }] as const;
  return http.extend({
    kinds: { 301: ended, 302: ended, 303: ended, 307: ended, 308: ended, 401: ended },
    notJson: ({ isWebPage }) => (isWebPage ? ended : undefined),
    refusal: (answer) => refusalOf(answer, [...refusals, [noDevice, unknownDevice(settingName('serials'))]], other),
  });
}

const Envelope = z.object({ success: z.boolean(), message: words, msg: words, apiBlocked: z.optional(z.unknown()) });

type Row = readonly [expression: RegExp, meaning: Exclude<Meaning, FailureKind>];
const refusals: readonly Row[] = [
  [/TIMEOUT|BUSY|COMMUNICATION_ERROR/i, ['unavailable', 'does not reach the dongle of the device just now']],
  [/apiBlocked/i, ['auth', 'does not let this account read the device']],
];
const noDevice = /not[ _](?:found|accessible|exist)/i;
/** One that was exchanged is gone from the list of a new log-in. */
const unknownDevice = (setting: string) =>
  ['auth', `knows no such device in this account: check ${setting}`, { status: 401 }] as const;
const other = ['bad-response', 'refuses to answer'] as const;

/** What a body says against the call: the first row that fits its words. */
function refusalOf(answer: Answer, rows: readonly Row[], others: Row[1]): Failure | undefined {
  const said = answer.status < 300 ? answer.tryJson(Envelope) : undefined;
  if (said?.success !== false) return undefined;
  const { message, msg, apiBlocked } = said;
  const reason = message || msg || 'no reason given';
  const shown = [message, msg, apiBlocked ? 'apiBlocked' : ''].join(' ');
  const [, [kind, sentence, { status } = {}]] = rows.find(([expression]) => expression.test(shown)) ?? [/./, others];
  return answer.failure(kind, `${sentence} (${reason.slice(0, 100)})`, { status: status ?? answer.status });
}

const Device = z.pipe(
  z.object({ serialNum: identifier, deviceType: figure, deviceTypeText: words }),
  z.transform(({ serialNum, deviceType, deviceTypeText }) => ({
    sn: serialNum,
    type: deviceTypeText,
    isGridBoss: deviceType === 9, // all others are inverters
  })),
);
const Plant = z.pipe(
  z.object({ plantId: identifier, name: words, inverters: z.nullish(z.array(Device)) }),
  z.transform(({ inverters, ...plant }) => ({ ...plant, devices: inverters ?? [] })),
);
type Plant = z.output<typeof Plant>;
const LoggedIn = z.object({ success: z.literal(true), plants: z.nullish(z.array(Plant)) });

export async function logIn({
  http,
  settings,
  settingName,
}: LuxPowerContext): Promise<{ token: string; plants: Plant[] }> {
  const [account, password, server] = ['account', 'password', 'server'].map(settingName);
  const refused = ['auth', `refuses the log-in: check ${account}, ${password} and ${server}`] as const;
  const answer = await http.send('POST', '/WManage/api/login', {
    form: { account: settings.account, password: settings.password, language: 'ENGLISH' },
    refusal: (each) => refusalOf(each, refusals, refused),
  });
  const { plants } = answer.json(LoggedIn);
  const token = cookiesAfter({}, answer)[cookieName];
  if (!token) throw answer.failure('bad-response', 'gives no session for the log-in');
  return { token, plants: plants ?? [] };
}

const invertersOf = (devices: readonly Plant['devices'][number][]): string[] => [
  ...new Set(devices.flatMap(({ sn, isGridBoss }) => (isGridBoss ? [] : sn))),
];

/** Each is a call, and they must all end within the minute. */
const mostInverters = 20;

/** What of the account is the home's. @throws Failure `auth` where the account does not show it. */
export function equipmentOf(
  plants: readonly Plant[],
  { settings, settingName }: LuxPowerContext,
): NonNullable<LuxPowerContext['state']['equipment']> {
  const [account, server, plantSetting, setting = ''] = ['account', 'server', 'plantId', 'serials'].map(settingName);
  const choices = plants
    .filter(({ plantId }) => plantId === (settings.plantId ?? plantId))
    .map((plant) => ({ value: plant.plantId, title: plant.name, devices: plant.devices }));
  const { value, devices } = theOnly(choices, {
    ...{ setting: plantSetting ?? '', title, noun: 'plant', several: 'auth' },
    none: ['auth', `check ${account}, ${server} and ${plantSetting}`],
  });
  const chosen = [...new Set(settings.serials ?? devices.map(({ sn }) => sn))].map((serial) => {
    const device = devices.find(({ sn }) => sn === serial);
    if (device) return { ...device, value: serial, title: device.type };
    throw new Failure('auth', `${title} lists no device ${serial} in plant ${value}: check ${setting}`);
  });
  if (chosen.length === 0)
    throw new Failure('auth', `${title} lists no device in plant ${value}: share it with this account`);
  const gridBosses = chosen.filter(({ isGridBoss }) => isGridBoss);
  if (gridBosses.length > 0) {
    const { sn } = theOnly(gridBosses, { setting, title, noun: 'GridBOSS', several: 'auth' });
    return { gridBoss: sn, inverters: invertersOf(devices).slice(0, mostInverters) };
  }
  const inverters = invertersOf(chosen);
  if (inverters.length > mostInverters)
    throw new Failure('settings', `${title} lists ${inverters.length} inverters: name those of the home in ${setting}`);
  return { inverters };
}
