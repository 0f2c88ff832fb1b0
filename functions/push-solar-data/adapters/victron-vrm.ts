/** Victron VRM: one call, signed watts as the GX device computes them. */
import * as z from 'zod/mini';
import { defineAdapter, Failure, number, type Reading, secret, setting, text } from './adapter.ts';
import { figure, fraction, kilowatts, sum } from './quantities.ts';

const Me = z.object({ user: z.object({ id: z.number() }) });

const Entry = z.object({
  code: z.string(),
  rawValue: z.optional(z.unknown()),
  dataAttributes: z.optional(z.array(z.object({ code: z.string() }))),
});
const Site = z.object({
  idSite: z.number(),
  last_timestamp: figure,
  extended: z.array(Entry),
});
const Installations = z.object({ records: z.array(Site) });

export const victronVrm = defineAdapter({
  vendor: 'victron-vrm',
  title: 'Victron VRM',
  homepage: 'https://vrm.victronenergy.com',
  standing: 'recommended',
  refresh: 'as old as the log interval of the GX device: set it to 1 minute',
  needs: 'an access token and the number of the installation',
  baseUrl: 'https://vrmapi.victronenergy.com',
  pollSeconds: 60,
  settings: {
    accessToken: secret(
      text,
      'Access token: VRM portal → Preferences → Integrations → Access tokens → Add; it is shown once',
    ),
    idSite: setting(
      number({ min: 1 }),
      'Number in the address of your installation: vrm.victronenergy.com/installation/<number>/',
    ),
    logIntervalMinutes: setting(
      z._default(number({ min: 1, max: 1440 }), 1),
      'Log interval of the GX device in minutes (GX: Settings → VRM online portal); decides when a reading is too old',
    ),
  },
  staleAfterSeconds: ({ logIntervalMinutes }) => Math.max(3 * logIntervalMinutes, 5) * 60,
  identity: ['accessToken'],
  state: z.object({ idUser: z.number() }),
  async read({ settings, http, state }): Promise<Reading> {
    const headers = { 'x-authorization': `Token ${settings.accessToken}` };
    state.idUser ??= (await http.get('/v2/users/me', { headers, schema: Me })).user.id;
    const { records } = await http.get(`/v2/users/${state.idUser}/installations`, {
      query: { extended: 1, idSite: settings.idSite },
      headers,
      schema: Installations,
    });
    const site = records.find(({ idSite }) => idSite === settings.idSite);
    if (!site)
      throw new Failure(
        'bad-response',
        `Victron VRM shows no installation ${settings.idSite} in this account: check the idSite setting`,
      );
    return map(site);
  },
});

/** Signs: `from_to_grid` + is import; `bc` + is charging. VRM's own consumption leaves out conversion losses and is not used. */
function map({ last_timestamp, extended }: z.output<typeof Site>): Reading {
  const value = (code: string) => figure.parse(extended.find((entry) => entry.code === code)?.rawValue);
  const [volts, amperes, gridWatts] = [value('bv'), value('bc'), value('from_to_grid')];
  const consumers = extended.find(({ code }) => code === 'consumption')?.dataAttributes ?? [];
  // No grid figure while an inverter reports its AC loads: there is no grid just now, and its flow is 0.
  const inverterReports = consumers.some(({ code }) => /^a[123]$/.test(code));
  if (gridWatts === undefined && !inverterReports)
    throw new Failure(
      'bad-response',
      'Victron VRM shows neither grid nor AC loads of this installation: nothing is known of the house',
    );
  if (last_timestamp === undefined) throw new Failure('bad-response', 'Victron VRM gives no time of the last record');
  return {
    production_kw: kilowatts(value('solar_yield') ?? 0),
    net_import_kw: kilowatts(sum(gridWatts ?? 0, value('generator'))), // a generator is no surplus either
    battery_discharge_kw: volts === undefined || amperes === undefined ? undefined : kilowatts(-volts * amperes),
    battery_soc: fraction(value('bs')),
    tsms: last_timestamp * 1000,
  };
}
