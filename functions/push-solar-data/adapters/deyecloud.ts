/** Deye Cloud: one call for the whole plant, signed watts. Source: swagger of the DeyeCloud OpenAPI v1.0, and recordings. */
import * as z from 'zod/mini';
import { choice, defineAdapter, Failure, type ReadContext, type SettingValues, setting, text } from './adapter.ts';
import { isYoung, lasts } from './age.ts';
import { fraction } from './quantities.ts';
import { Session } from './session.ts';
import { type AccountContext, accountIdentity, accountRequires, accountSettings, Kept } from './solarman/account.ts';
import type { Figures } from './solarman/inverter.ts';
import { type Powers, readPlant, stations } from './solarman/plant.ts';
import { type Cloud, withLogIn } from './solarman/platform.ts';

const cloud: Cloud = {
  title: 'Deye Cloud',
  paths: {
    token: '/v1.0/account/token',
    stations: '/v1.0/station/list',
    station: '/v1.0/station/latest',
    devices: '/v1.0/station/device',
    inverter: '/v1.0/device/latest',
  },
  bodies: {
    devices: (stationId) => ({ page: 1, size: 200, stationIds: [stationId] }),
    inverter: (serial) => ({ deviceList: [serial] }),
  },
  inverterDays: 1,
  tokenCodes: ['1001', '1002', '1003', '1006', '2002'], // guessed by several clients
  advice:
    'Check {appId}, {appSecret}, the name of the account and {password}, and {region}: it must be the one where account and application were made, so try another (eu1, us1, india)',
};

const settings = {
  ...accountSettings('DeyeCloud', 'developer.deyecloud.com → Application → Create Application'),
  companyId: setting(z.optional(text), 'Number of the company; business accounts only'),
  region: setting(
    z._default(
      choice({ eu1: 'Europe, Africa, Asia, Australia', us1: 'America', india: 'India', apc1: 'unproven' }),
      'eu1',
    ),
    'Where account and application were made: eu1 (also Africa, Asia and Australia), us1, india; apc1 is unproven',
  ),
};

const State = z.extend(Kept, {
  /** After a refusal with few attempts left, ms since the epoch. */
  noLogInBefore: z.optional(z.number()),
});

type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const deyecloud = defineAdapter({
  vendor: 'deyecloud',
  title: cloud.title,
  homepage: 'https://www.deyecloud.com',
  knownAs: ['Deye', 'deyecloud.com'],
  standing: 'recommended',
  refresh: 'up to 8 minutes: the inverter reports about every 5, and the cloud is asked every 2',
  needs: 'an AppId and AppSecret, and the name and password of your account',
  baseUrl: ({ region }) => `https://${region}-developer.deyecloud.com`,
  pollSeconds: 120,
  staleAfterSeconds: 1_200,
  settings,
  requires: (values) => accountRequires(values),
  identity: [...accountIdentity, 'companyId', 'region'],
  state: State,
  session: Session,
  discover: async (context) => ({ stationId: await asAccount(context, (asked) => stations(cloud, asked)) }),
  read: (context) => asAccount(context, (asked) => readPlant(cloud, asked, powersOf)),
});

/** undefined where the grid or a battery has other names than Deye's: these may have other signs. */
function powersOf({ power, number, lists }: Figures): Powers | undefined {
  const hasOther = (own: string, other: RegExp) => !lists(own) && lists(other);
  if (hasOther('TotalGridPower', /^(PG_P|T_A_P_O_G|.{0,16}grid.{0,9}power)/i)) return undefined;
  if (hasOther('BatteryPower', /^(B_P\d|.{0,16}bat.{0,9}power)/i)) return undefined;
  return {
    production_kw: power('TotalSolarPower', /^DCPowerPV\d+$/, 'TotalActiveACOutputPower'),
    net_import_kw: power('TotalGridPower'),
    battery_discharge_kw: power('BatteryPower'),
    battery_soc: fraction(number('SOC', 'BMSSOC')),
    consumption_kw: power('TotalConsumptionPower'),
    imported_kwh: number('TotalEnergyBuy'),
    exported_kwh: number('TotalEnergySell'),
  };
}

/**
 * A token younger than ten minutes is not at fault unless the answer names it. An older one may be, also behind the
 * HTTP 500 with which this cloud meets tokens that have run out.
 */
function isTokenRefused({ status, answer = '' }: Failure, { session, now }: Context): boolean {
  const isOld = !isYoung(session.value?.issuedAt ?? now, now, 600_000);
  if (status === 401) return isOld || /token|2101017|2101019/i.test(answer);
  return isOld && status === 500 && /UndeclaredThrowable/.test(answer);
}

const holdHours = 6;

/** Wrong passwords count down to a lock of the account: the last two attempts are left to the owner. */
async function asAccount<Result>(context: Context, read: (asked: AccountContext) => Promise<Result>): Promise<Result> {
  const { state, now, saveState } = context;
  if (lasts(state.noLogInBefore, now, holdHours * 3_600_000)) throw onHold();
  try {
    return await withLogIn(cloud, context, read, { isRefusal: (failure) => isTokenRefused(failure, context) });
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'auth') throw error;
    const [, attempts] = /(?<!\d)(\d{1,9})\s{0,9}attempt/i.exec(error.answer ?? '') ?? [];
    if (attempts === undefined || Number(attempts) > 2) throw error;
    state.noLogInBefore = now + holdHours * 3_600_000;
    await saveState();
    throw onHold(error.excerpt);
  }
}

const onHold = (excerpt = ''): Failure =>
  new Failure(
    'auth',
    `${cloud.title} refused the log-in and will lock the account after few more attempts, so none is made for ${holdHours} hours. ` +
      'Correct the name of the account and {password}, and it is tried at once',
    { excerpt },
  );
