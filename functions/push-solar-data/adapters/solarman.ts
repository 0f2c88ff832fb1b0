/** SOLARMAN Smart: one call for the whole plant, signed watts; calls are counted per year. Source: SOLARMAN OpenAPI v1.1.6. */
import * as z from 'zod/mini';
import {
  type AdapterReading,
  choice,
  defineAdapter,
  Failure,
  type ReadContext,
  type SettingValues,
  setting,
  text,
} from './adapter.ts';
import { Session, withSession } from './session.ts';
import {
  accountIdentity,
  accountRequires,
  accountSettings,
  type Cloud,
  Kept,
  sessionMarginSeconds,
} from './solarman/account.ts';
import { type Ask, asking, TokenRefused } from './solarman/answer.ts';
import { familyOf, genPorts, hasTurnedSigns, powersOf } from './solarman/family.ts';
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
  title: 'SOLARMAN Smart',
  paths: { token: '/account/v1.0/token', stations: '/station/v1.0/list', devices: '/station/v1.0/device' },
  query: { language: 'en' },
  inverterDays: 30,
  advice:
    'Check AppId, AppSecret, account, password and region. Very long passwords and special characters have been refused: try a simpler one',
};

const hosts = { global: 'https://globalapi.solarmanpv.com', china: 'https://api.solarmanpv.com' };

const settings = {
  ...accountSettings('SOLARMAN Smart', 'sent by e-mail on request to customerservice@solarmanpv.com'),
  genPort: setting(
    z.optional(choice(...genPorts)),
    'generator, micro-inverter or smart-load: what is connected to the GEN port of a Deye or Jinko, with useDeviceData; without it, a generator',
  ),
  orgId: setting(z.optional(text), 'Number of the organisation; business accounts only'),
  region: setting(z._default(choice('global', 'china'), 'global'), 'global: everywhere outside China; or china'),
};

type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof Kept>, Session>;

export const solarman = defineAdapter({
  vendor: 'solarman',
  title: cloud.title,
  homepage: 'https://home.solarmanpv.com',
  standing: 'works with limits',
  refresh: 'up to 11 minutes: the logger reports every 5 to 6, and the cloud may only be asked every 5',
  needs: 'an AppId and AppSecret, which the maker sends by e-mail, and the name and password of your account',
  baseUrl: ({ region }) => hosts[region],
  pollSeconds: 300,
  staleAfterSeconds: 1_200,
  callsAreCounted: true,
  retries: false,
  settings,
  requires: (values) => accountRequires(values),
  identity: [...accountIdentity, 'orgId', 'region'],
  state: Kept,
  session: Session,
  async read(context): Promise<AdapterReading> {
    return withSession(
      context,
      () => logIn(cloud, context, { orgId: context.settings.orgId }),
      async (session) => {
        const ask = asking(cloud, context, session);
        const stationId = await theStation(cloud, context, ask);
        const ofInverter = context.settings.useDeviceData ? await readInverter(context, ask, stationId) : undefined;
        if (ofInverter) return ofInverter;
        return stationReading(cloud, context, await ask('/station/v1.0/realTime', { stationId }, StationFigures));
      },
      { isRefusal: (failure) => failure instanceof TokenRefused, marginSeconds: sessionMarginSeconds },
    );
  },
});

/** undefined where only the figures of the plant are of use. */
async function readInverter(context: Context, ask: Ask, stationId: number): Promise<AdapterReading | undefined> {
  const { settings, settingName, state, note } = context;
  const serial = await onlyInverter(cloud, context, ask, stationId, { stationId, page: 1, size: 200 });
  if (serial === undefined) return undefined;
  const known = state.inverters?.family === 'unknown' ? undefined : await knownFigures(context, ask, serial);
  if (!known) {
    note(`${cloud.title}: the signs of this inverter's own figures are not known, so those of the plant are read`);
    return undefined;
  }
  const { inverter, figures, family } = known;
  if (family === 'deye' && settings.genPort === undefined && (figures.value('GEN_P_T') ?? 0) !== 0)
    note(
      `${cloud.title}: power at the GEN port counts as that of a generator; if it is another thing, set ${settingName('genPort')}`,
    );
  const powers = powersOf(figures, family, settings.genPort ?? 'generator');
  if (hasTurnedSigns(powers))
    throw new Failure(
      'bad-response',
      `${cloud.title} gives figures with the signs of an unknown inverter: set ${settingName('useDeviceData')} to false`,
    );
  return inverterReading(cloud, context, inverter, powers);
}

/** Keeps whose keys these are, as calls are counted; undefined if nobody knows. */
async function knownFigures({ state }: Context, ask: Ask, serial: string) {
  const inverter = await ask('/device/v1.0/currentData', { deviceSn: serial }, InverterFigures);
  checkInverter(cloud, serial, inverter);
  const figures = figuresIn(inverter);
  const family = familyOf(figures, state.inverters?.family);
  if (state.inverters) state.inverters.family = family;
  return family === 'unknown' ? undefined : { inverter, figures, family };
}
