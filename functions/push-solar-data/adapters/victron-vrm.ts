/** Victron VRM: one call, signed watts as the GX device computes them. */
import * as z from 'zod/mini';
import { defineAdapter, Failure, type Http, number, type Reading, secret, setting, text } from './adapter.ts';
import { figure, fraction, identifier, kilowatts, sum } from './quantities.ts';

const Me = z.object({ user: z.object({ id: identifier }) });

const Entry = z.object({
  code: z.string(),
  rawValue: z.optional(z.unknown()),
  dataAttributes: z.nullish(z.array(z.object({ code: z.string() }))),
});
const Site = z.object({
  idSite: identifier,
  last_timestamp: figure,
  extended: z.nullish(z.array(Entry)),
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
  state: z.object({ idUser: identifier }),
  async read({ settings, http, state }): Promise<Reading> {
    const { accessToken, idSite } = settings;
    state.idUser ??= (await ask(http, accessToken, '/v2/users/me', Me)).user.id;
    const installations = `/v2/users/${state.idUser}/installations`;
    const { records } = await ask(http, accessToken, installations, Installations, { extended: 1, idSite });
    const site = records.find((record) => record.idSite === String(idSite));
    if (!site)
      throw new Failure(
        'bad-response',
        `Victron VRM shows no installation ${idSite} in this account: check the idSite setting`,
      );
    return map(site);
  },
});

async function ask<Schema extends z.ZodMiniType>(
  http: Http,
  accessToken: string,
  path: string,
  schema: Schema,
  query = {},
): Promise<z.output<Schema>> {
  const headers = { 'x-authorization': `Token ${accessToken}` };
  const answer = await http.send('GET', path, { query, headers, accept: [429] });
  const { status, text, retryAfterSeconds = 60 } = answer;
  if (status === 429)
    throw new Failure('rate-limited', 'Victron VRM asks us to slow down (HTTP 429)', { retryAfterSeconds });
  if (/^\s*</.test(text))
    throw new Failure('unavailable', 'Victron VRM has trouble: it answered with a web page instead of figures', {
      status,
      excerpt: text.slice(0, 300),
    });
  return answer.json(schema);
}

/** Signs: `from_to_grid` + is import; `bc` + is charging. VRM's own consumption leaves out conversion losses and is not used. */
function map({ last_timestamp, extended }: z.output<typeof Site>): Reading {
  const entry = (code: string) => extended?.find((each) => each.code === code);
  const value = (code: string): number | undefined => {
    const parsed = figure.safeParse(entry(code)?.rawValue);
    if (parsed.success) return parsed.data;
    throw new Failure('bad-response', `Victron VRM answered in an unknown form (${code} is not a number)`);
  };
  const [volts, amperes, gridWatts] = [value('bv'), value('bc'), value('from_to_grid')];
  const consumers = entry('consumption')?.dataAttributes ?? [];
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
