/** SolisCloud (Solis, Ginlong): stateless, every call signed; each inverter is a call of its own. */
import * as z from 'zod/mini';
import {
  choice,
  type DeviceReading,
  defineAdapter,
  Failure,
  list,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
} from './adapter.ts';
import { isYoung } from './age.ts';
import { type Choice, refuseOther, theOnly } from './only.ts';
import { allPages } from './pages.ts';
import { figure, identifier, words } from './quantities.ts';
import { isRefusal } from './refusals.ts';
import { Detail, readingsOf, unitOf } from './soliscloud/inverters.ts';
import { type Ask, openPlatform } from './soliscloud/platform.ts';

/** `seen`: when each battery last showed itself, by the inverter's serial. All times in ms. */
const State = z.object({
  inverters: z.array(z.string()),
  listedAt: z.number(),
  seen: z.record(z.string(), z.number()),
});
const dayMs = 24 * 3_600_000;

const settings = {
  keyId: setting(text, 'KeyID: www.soliscloud.com → Account → Basic Settings → API Management → View key'),
  keySecret: secret(text, 'KeySecret, on the same page'),
  stationId: setting(z.optional(text), 'Id of the plant, needed with several: an error message lists them'),
  inverterSns: setting(
    z.optional(list),
    'Serial numbers of the inverters of this home, separated by commas; without it, every inverter of the plant',
  ),
  gridMeter: setting(
    z._default(choice('auto', 'yes', 'no'), 'auto'),
    'Whether a grid meter is connected: auto (as the portal says), yes, or no (solar power and battery only)',
  ),
  meterInverterSn: setting(
    z.optional(text),
    'Serial number of the inverter that has the grid meter, where several inverters work in parallel; without it, the one that has counted most',
  ),
};
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;

export const soliscloud = defineAdapter({
  vendor: 'soliscloud',
  title: 'SolisCloud',
  homepage: 'https://www.soliscloud.com',
  knownAs: ['Solis', 'Ginlong', 'soliscloud.com'],
  standing: 'works with limits',
  refresh: 'up to 13 minutes: inverters report every 5 minutes, and the cloud shows it 3 to 8 minutes later',
  needs: 'a KeyID and a KeySecret of API Management, which Solis support may have to open',
  baseUrl: 'https://www.soliscloud.com:13333',
  pollSeconds: 300,
  pollFloorSeconds: 60,
  staleAfterSeconds: 1200,
  settings,
  state: State,
  async discover(context) {
    const ask = openPlatform(context);
    const plants = Object.values(Object.groupBy(await inverters(ask), ({ stationId }) => stationId ?? ''));
    const parallel = plants.flatMap((some = []) => (some.length > 1 ? some : []));
    const meterInverterSn = parallel.map(({ sn, stationName }) => ({ value: sn, title: stationName }));
    return { stationId: await stations(ask), meterInverterSn };
  },
  async read(context) {
    const { settings, state, now } = context;
    const ask = openPlatform(context);
    if (settings.inverterSns) return readAll(context, ask, [...new Set(settings.inverterSns)]);
    try {
      if (state.inverters && isYoung(state.listedAt, now, dayMs)) return await readAll(context, ask, state.inverters);
    } catch (error) {
      if (!isRefusal(error, 'R0000', 'B0049') || error.kind !== 'auth') throw error; // else one was exchanged
    }
    return readAll(context, ask, await invertersOf(context, ask));
  },
});

const Station = z.object({ id: identifier, stationName: words });
const Inverter = z.object({ sn: identifier, stationId: z.nullish(identifier), stationName: words });

async function stations(ask: Ask): Promise<Choice[]> {
  const found = await listed(ask, '/v1/api/userStationList', Station, ({ id }) => id);
  return found.map(({ id, stationName }) => ({ value: id, title: stationName }));
}

/** @param stationId of all plants of the account, if there is none. */
const inverters = (ask: Ask, stationId?: string) =>
  listed(ask, '/v1/api/inverterList', Inverter, ({ sn }) => sn, { stationId });

function listed<Entry>(ask: Ask, path: string, entry: z.ZodMiniType<Entry>, keyOf: (entry: Entry) => string, of = {}) {
  const page = z.object({ records: z.array(entry), total: figure, pages: figure });
  const nth = async (index: number) => {
    const { data } = await ask(
      path,
      { pageNo: index + 1, pageSize: 100, ...of },
      z.object({ data: z.object({ page }) }),
    );
    return { ...data.page, entries: data.page.records };
  };
  return allPages('SolisCloud', nth, keyOf);
}

/** Of one plant: those of another one stand in another home. */
async function invertersOf({ settings, state, settingName, now }: Context, ask: Ask): Promise<string[]> {
  const { stationId } = settings;
  const found = await inverters(ask, stationId);
  const setting = settingName('stationId');
  if (found.length === 0)
    throw new Failure(
      'settings',
      `SolisCloud shows no inverter: use the account that owns the plant, and check ${setting}`,
    );
  const plants = found.flatMap(({ stationId: value, stationName: title }) => (value ? [{ value, title }] : []));
  const options = { setting, title: 'SolisCloud', noun: 'plant', several: 'settings' } as const;
  if (stationId === undefined && plants.length > 0) theOnly(plants, options);
  Object.assign(state, { inverters: found.map(({ sn }) => sn), listedAt: now });
  return found.map(({ sn }) => sn);
}

/** Each is a call with a pause before it, and they must all end within the minute. */
const mostInverters = 20;

async function readAll(context: Context, ask: Ask, serials: readonly string[]): Promise<DeviceReading[]> {
  if (serials.length > mostInverters) {
    const advice = `name those of the home in ${context.settingName('inverterSns')}`;
    throw new Failure('settings', `SolisCloud lists ${serials.length} inverters, more than can be asked: ${advice}`);
  }
  const units: ReturnType<typeof unitOf>[] = [];
  for (const sn of serials) {
    const { data } = await ask('/v1/api/inverterDetail', { sn }, Detail);
    refuseOther(data.sn, sn, { title: 'SolisCloud', noun: 'inverter' });
    units.push(unitOf(sn, data, context));
  }
  return readingsOf(units, context);
}
