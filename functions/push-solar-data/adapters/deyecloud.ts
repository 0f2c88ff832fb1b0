/** Deye Cloud: one call for the whole plant, signed watts. Source: swagger of the DeyeCloud OpenAPI v1.0, and recordings. */
import * as z from 'zod/mini';
import type { SettingValues } from '../settings/setting.ts';
import { type AdapterReading, choice, defineAdapter, Failure, type ReadContext, setting, text } from './adapter.ts';
import { lasts } from './age.ts';
import { identifier } from './quantities.ts';
import { Session, withSession } from './session.ts';
import {
  accountIdentity,
  accountRequires,
  accountSettings,
  type Cloud,
  Kept,
  sessionMarginSeconds,
} from './solarman/account.ts';
import { asking, TokenRefused } from './solarman/answer.ts';
import { logIn } from './solarman/login.ts';
import {
  checkInverter,
  figuresIn,
  InverterFigures,
  inverterReading,
  onlyInverter,
  StationFigures,
  stationReading,
  theStation,
} from './solarman/plant.ts';

const cloud: Cloud = {
  title: 'Deye Cloud',
  paths: { token: '/v1.0/account/token', stations: '/v1.0/station/list', devices: '/v1.0/station/device' },
  // Guessed by several clients.
  refusalCodes: ['1001', '1002', '1003', '1006', '2002'],
  inverterDays: 1,
  advice:
    'Check AppId, AppSecret, account and password, and the region: it must be the one where account and application were made, so try another (eu1, us1, india)',
};

const settings = {
  ...accountSettings('DeyeCloud', 'developer.deyecloud.com → Application → Create Application'),
  companyId: setting(z.optional(text), 'Number of the company; business accounts only'),
  region: setting(
    z._default(choice('eu1', 'us1', 'india', 'apc1'), 'eu1'),
    'Where account and application were made: eu1 (also Africa, Asia and Australia), us1, india; apc1 is unproven',
  ),
};

const State = z.extend(Kept, {
  /** After a refusal with few attempts left, ms since the epoch. */
  noLogInBefore: z.optional(z.number()),
});

const Latest = z.object({
  deviceDataList: z.nullish(z.array(z.extend(InverterFigures, { deviceSn: identifier }))),
});

export const deyecloud = defineAdapter({
  vendor: 'deyecloud',
  title: cloud.title,
  homepage: 'https://www.deyecloud.com',
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
  async read(context): Promise<AdapterReading> {
    if (lasts(context.state.noLogInBefore, context.now, holdHours * 3_600_000)) throw onHold();
    return withSession(
      context,
      () => logInOrHold(context),
      async (session) => {
        const ask = asking(cloud, context, session);
        const stationId = await theStation(cloud, context, ask);
        const listing = { page: 1, size: 200, stationIds: [stationId] };
        const serial = context.settings.useDeviceData
          ? await onlyInverter(cloud, context, ask, stationId, listing)
          : undefined;
        if (serial === undefined)
          return stationReading(cloud, context, await ask('/v1.0/station/latest', { stationId }, StationFigures));
        const { deviceDataList } = await ask('/v1.0/device/latest', { deviceList: [serial] }, Latest);
        const inverter = deviceDataList?.find(({ deviceSn }) => deviceSn === serial);
        if (!inverter) throw new Failure('bad-response', `${cloud.title} gives no figures of the inverter`);
        checkInverter(cloud, serial, inverter);
        const { value, total } = figuresIn(inverter);
        const powers = {
          pv: value('TotalSolarPower') ?? total(/^DCPowerPV\d+$/) ?? value('TotalActiveACOutputPower'),
          grid: value('TotalGridPower'),
          battery: value('BatteryPower'),
          soc: value('SOC') ?? value('BMSSOC'),
          load: value('TotalConsumptionPower'),
          imported: value('TotalEnergyBuy'),
          exported: value('TotalEnergySell'),
        };
        return inverterReading(cloud, context, inverter, powers);
      },
      { isRefusal: (failure) => isRefusal(failure, context), marginSeconds: sessionMarginSeconds },
    );
  },
});

type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

/**
 * A token younger than ten minutes is not at fault unless the answer names it. An older one may be, also behind the
 * HTTP 500 with which this cloud meets tokens that have run out.
 */
function isRefusal(failure: Failure, { session, now }: Context): boolean {
  const isOld = now - (session.value?.issuedAt ?? now) >= 600_000;
  if (failure instanceof TokenRefused) return failure.named || isOld;
  return isOld && failure.status === 500 && /UndeclaredThrowable/.test(failure.answer ?? '');
}

const holdHours = 6;

/** Wrong passwords count down to a lock of the account: the last two attempts are left to the owner. */
async function logInOrHold(context: Context): Promise<Session> {
  const { settings, state, now, saveState } = context;
  try {
    return await logIn(cloud, context, { companyId: settings.companyId });
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
      'Correct account and password in the settings, and it is tried at once',
    { excerpt },
  );
