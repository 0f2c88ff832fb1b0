/** Shelly Cloud Control API: one call for up to ten devices (v2), or one for each (v1); which clamp measures what, the owner says. */
import * as z from 'zod/mini';
import { inWords } from '../core/freshness.ts';
import {
  choice,
  defineAdapter,
  Failure,
  type ReadContext,
  type Reading,
  type SettingValues,
  secret,
  setting,
  type Term,
  text,
  total,
} from './adapter.ts';
import { type Component, components, countersOf, powerOf } from './shelly-cloud/components.ts';
import { askAll, askEach, askTogether, type Device, lookUpServer } from './shelly-cloud/control-api.ts';

const serverName = z.pipe(
  text.check(
    z.regex(/^(https?:\/\/)?[\w-]+(\.[\w-]+)+([:/].*)?$/i, 'must be a name such as shelly-77-eu.shelly.cloud'),
  ),
  z.transform((name) => name.replace(/^https?:\/\//i, '').replace(/[:/].*$/, '')),
);

const settings = {
  server: setting(serverName, 'Server shown beside the key, such as shelly-77-eu.shelly.cloud'),
  authKey: secret(text, 'Key: control.shelly.cloud or the app → user settings → Authorization cloud key → Get key'),
  netImport: setting(
    z.optional(components),
    'What measures the grid, as device id/component, such as b0b21c11a2b3/em1:0, several separated by commas; + is import, a leading - turns one round',
  ),
  production: setting(z.optional(components), 'What measures the solar power, written the same way; + is producing'),
  batteryDischarge: setting(z.optional(components), 'What measures the battery, the same way; + is discharging'),
  consumption: setting(
    z.optional(components),
    'What measures the whole home, the same way; only where the grid or the solar power is not measured',
  ),
  apiVersion: setting(
    z._default(
      choice({ v2: 'asks all devices at once', v1: 'asks them one by one; Shelly has announced its end' }),
      'v2',
    ),
    'v2, or v1, which Shelly has announced to end and which asks the devices one by one',
  ),
};

type Context = ReadContext<SettingValues<typeof settings>, Record<string, never>>;

export const shellyCloud = defineAdapter({
  vendor: 'shelly-cloud',
  title: 'Shelly Cloud',
  homepage: 'https://control.shelly.cloud',
  knownAs: ['Shelly 3EM', 'Shelly Pro', 'shelly.cloud'],
  standing: 'works with limits',
  refresh: 'about a minute, as users tell: the devices report changes by themselves, how soon Shelly does not say',
  needs: 'the key and the server of the account, and to know which clamp, relay or plug measures what',
  baseUrl: ({ server }) => `https://${server}`,
  settings,
  requires: () => [['netImport', 'production', 'batteryDischarge', 'consumption']],
  pollSeconds: 60,
  staleAfterSeconds: 900,
  discovers: ['netImport', 'production'],
  parts: [{ question: 'Does a Shelly measure a battery?', settings: ['batteryDischarge'] }],
  discover: askAll,
  async read(context): Promise<Reading> {
    const { settings, takes } = context;
    const { apiVersion, netImport, production, batteryDischarge: battery, consumption } = settings;
    const listed: { [Each in Term]: Component[] | undefined } = { grid: netImport, production, battery, consumption };
    const taken = (term: Term) => (takes(term) ? (listed[term] ?? []) : []);
    const all = (['grid', 'production', 'battery', 'consumption'] as const).flatMap(taken);
    const ids = [...new Set(all.map(({ deviceId }) => deviceId))];
    const devices = await (apiVersion === 'v1' ? askEach(context, ids) : askTogether(context, ids));
    const deviceOf = (id: string) => connected(id, devices.get(id));
    const power = (term: Term) =>
      sumOf(
        taken(term).map((entry) => ({ entry, device: deviceOf(entry.deviceId) })),
        term,
        context,
      );
    const [meter, ...others] = taken('grid');
    return {
      net_import_kw: power('grid'),
      production_kw: power('production'),
      battery_discharge_kw: power('battery'),
      consumption_kw: power('consumption'),
      ...(meter && others.length === 0 ? countersOf(meter, deviceOf(meter.deviceId).status) : {}),
      tsms: oldest(ids.map(deviceOf), context),
    };
  },
});

/** The last status of a device stays in the cloud while it is not connected: it is not used. */
function connected(id: string, device: Device | undefined): Device {
  if (!device)
    throw new Failure('bad-response', `Shelly Cloud shows no device ${id}: check the device id, and ${lookUpServer}`);
  if (!device.online)
    throw new Failure('offline', `The Shelly device ${id} is not connected to the cloud: check its power and Wi-Fi`);
  return device;
}

type Source = { entry: Component; device: Device };

/**
 * kW of all sources of a term. One that rests at 0 reports nothing, all night; any other power must be young, and so must
 * one of a grid meter, which does not rest at 0 for hours.
 */
function sumOf(sources: readonly Source[], term: Term, { now, staleAfterSeconds }: Context): number | undefined {
  const ageOf = ({ device: { updatedAt } }: Source) => (updatedAt === undefined ? 0 : (now - updatedAt) / 1000);
  const isOld = (source: Source) => ageOf(source) > staleAfterSeconds;
  const mayRest = term !== 'grid' || !sources.every(isOld);
  const powers = sources.map((source) => ({ source, power: powerOf(source.entry, source.device.status) }));
  const old = powers.find(({ source, power }) => isOld(source) && !(mayRest && power === 0));
  if (!old) return total(powers.map(({ power }) => power));
  throw new Failure(
    'stale',
    `Shelly Cloud has heard nothing of the device ${old.source.entry.deviceId} for ${inWords(ageOf(old.source))}: check its power and Wi-Fi`,
  );
}

/** The oldest time, if all devices have one; none where a meter has rested at 0 for so long. */
function oldest(devices: Device[], { now, staleAfterSeconds }: Context): number | undefined {
  const times = devices.flatMap(({ updatedAt }) => updatedAt ?? []);
  const first = Math.min(...times);
  return times.length < devices.length || now - first > staleAfterSeconds * 1000 ? undefined : first;
}
