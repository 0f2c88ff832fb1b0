/** Sunsynk Connect and its siblings: the flow of the whole plant, whose arrows tell the directions, in watts. */
import * as z from 'zod/mini';
import { inWords } from '../core/freshness.ts';
import type { SettingValues } from '../settings/setting.ts';
import {
  type AdapterReading,
  choice,
  defineAdapter,
  Failure,
  flag,
  number,
  type ReadContext,
  secret,
  setting,
  text,
} from './adapter.ts';
import { identifier } from './quantities.ts';
import { bearer, Session, withSession } from './session.ts';
import { type Ask, canDoWithout, dataOf, isTokenRefusal } from './sunsynk/answer.ts';
import { Flow, powersOf } from './sunsynk/flow.ts';
import { InverterState, invertersOf, listed } from './sunsynk/inverters.ts';
import { logIn, regions } from './sunsynk/login.ts';

const State = z.extend(InverterState, { plantId: z.optional(z.string()), hasBattery: z.optional(z.boolean()) });

const settings = {
  username: setting(text, 'E-mail address of the Sunsynk Connect account (sunsynk.net or the app)'),
  password: secret(text, 'Its password'),
  region: setting(
    z._default(choice('sunsynk', 'inteless', 'solark'), 'sunsynk'),
    'sunsynk (Sunsynk Connect), inteless (E-Linter, older loggers, pv.inteless.com) or solark (MySolArk)',
  ),
  plantId: setting(
    z.optional(number({ min: 1 })),
    'Number of the plant, needed if the account sees several: an error message lists them. It is also in the address of the web portal when the plant is open',
  ),
  lifetimeMeters: setting(
    z._default(flag, false),
    'true: read the lifetime counters of import and export too, with one more call per inverter every 5 minutes',
  ),
};
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const sunsynk = defineAdapter({
  vendor: 'sunsynk',
  title: 'Sunsynk Connect',
  homepage: 'https://www.sunsynk.net',
  standing: 'works with limits',
  refresh: '1 to 5 minutes, as often as the data logger uploads',
  needs: 'e-mail address and password of the account',
  baseUrl: ({ region }) => regions[region].baseUrl,
  pollSeconds: 60,
  staleAfterSeconds: 1200,
  settings,
  state: State,
  session: Session,
  read(context): Promise<AdapterReading> {
    const { http } = context;
    return withSession(
      context,
      () => logIn(context),
      (session) =>
        readPlant(context, async (path, schema, query = {}) =>
          dataOf(await http.send('GET', path, { query, headers: bearer(session) }), schema),
        ),
      { isRefusal: isTokenRefusal, marginSeconds: 86_400 },
    );
  },
});

async function readPlant(context: Context, ask: Ask): Promise<AdapterReading> {
  const { settings, state, note } = context;
  state.plantId ??= settings.plantId === undefined ? await onlyPlant(ask) : String(settings.plantId);
  const { plantId } = state;
  const tsms = await measuredAt(plantId, context, ask);
  const flow = await ask(`/api/v1/plant/energy/${plantId}/flow`, Flow);
  if (flow.bmsCommFaultFlag === true || flow.bmsCommFaultFlag === 1)
    note('the inverter has lost the connection to its battery: the battery figures may be old');
  const inverters = invertersOf(plantId, context, ask);
  return {
    ...(await powersOf(flow, inverters, context)),
    ...(settings.lifetimeMeters ? await inverters.meters() : {}),
    ...(tsms === undefined ? {} : { tsms }),
  };
}

const Plant = z.object({ id: identifier, name: z.nullish(z.string()) });

async function onlyPlant(ask: Ask): Promise<string> {
  const plants = await listed(ask, '/api/v1/plants', { limit: 10 }, Plant, ({ id }) => id);
  const [plant, ...others] = plants;
  if (!plant)
    throw new Failure(
      'auth',
      'Sunsynk Connect shows no plant to this account: share the plant with it, or use another',
    );
  if (others.length === 0) return plant.id;
  const names = plants.map(({ id, name }) => `${id} (${name ?? 'without a name'})`).join(', ');
  throw new Failure('bad-response', `Sunsynk Connect shows several plants: set plantId to one of ${names}`);
}

const PlantRealtime = z.object({ updateAt: z.nullish(z.string()) });

/**
 * ms since the epoch of the data logger's last upload; undefined if it cannot be told.
 *
 * @throws Failure `stale`: the flow goes on showing the last figures when the data logger is away.
 */
async function measuredAt(
  plantId: string,
  { now, staleAfterSeconds, note }: Context,
  ask: Ask,
): Promise<number | undefined> {
  let updateAt: string | null | undefined;
  try {
    ({ updateAt } = await ask(`/api/v1/plant/${plantId}/realtime`, PlantRealtime, { id: plantId }));
  } catch (error) {
    if (!canDoWithout(error)) throw error;
    note(`the time of measurement could not be read: ${error.message}`);
  }
  const tsms = /(Z|[+-]\d\d:?\d\d)$/.test(updateAt ?? '') ? Date.parse(updateAt ?? '') : Number.NaN;
  if (Number.isNaN(tsms)) return undefined;
  const ageSeconds = (now - tsms) / 1000;
  if (ageSeconds <= staleAfterSeconds) return tsms;
  throw new Failure(
    'stale',
    `Sunsynk Connect has heard nothing of the inverter for ${inWords(ageSeconds)}: is its data logger (Wi-Fi stick) connected?`,
  );
}
