/** Victron VRM: one call, signed watts as the GX device computes them. */
import * as z from 'zod/mini';
import { inWords } from '../core/freshness.ts';
import {
  type AdapterReading,
  defineAdapter,
  Failure,
  type Http,
  number,
  type ReadContext,
  secret,
  setting,
  text,
} from './adapter.ts';
import { figure, fraction, identifier, kilowatts, sumOfKnown } from './quantities.ts';

const Me = z.object({ user: z.object({ id: identifier }) });

const Entry = z.object({
  code: z.string(),
  rawValue: z.optional(z.unknown()),
  dataAttributes: z.nullish(z.array(z.object({ code: z.string() }))),
  /** s */
  timestamp: z.optional(z.unknown()),
});
/** Of some hundred entries those that are used: to check them all would cost more than the rest of a read. */
const Entries = z.pipe(
  z.pipe(
    z.array(z.unknown()),
    z.transform((entries) => entries.filter(isUsed)),
  ),
  z.array(Entry),
);
const usedCodes = ['solar_yield', 'from_to_grid', 'generator', 'bv', 'bc', 'bs', 'consumption'] as const;
type Code = (typeof usedCodes)[number];

function isUsed(entry: unknown): boolean {
  const hasCode = typeof entry === 'object' && entry !== null && 'code' in entry;
  return hasCode && usedCodes.some((code) => code === entry.code);
}

const Site = z.object({
  idSite: identifier,
  last_timestamp: figure,
  extended: z.nullish(Entries),
});
const Installations = z.object({ records: z.array(Site) });

/** `grid`: when which installation gave a grid power. */
const State = z.object({ idUser: identifier, grid: z.optional(z.object({ idSite: z.number(), seenAt: z.number() })) });
type Context = ReadContext<{ idSite: number }, z.output<typeof State>>;

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
  state: State,
  async read(context): Promise<AdapterReading> {
    const { settings, http, state } = context;
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
    return map(site, context);
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
  const { status, beginning, retryAfterSeconds = 60 } = answer;
  if (status === 429)
    throw new Failure('rate-limited', 'Victron VRM asks us to slow down (HTTP 429)', { retryAfterSeconds });
  if (/^\s*</.test(beginning))
    throw new Failure('unavailable', 'Victron VRM has trouble: it answered with a web page instead of figures', {
      status,
      excerpt: answer.excerpt,
    });
  return answer.json(schema);
}

/** Signs: `from_to_grid` + is import; `bc` + is charging. VRM's own consumption leaves out conversion losses and is not used. */
function map({ last_timestamp, extended }: z.output<typeof Site>, context: Context): AdapterReading {
  const entry = (code: Code) => extended?.find((each) => each.code === code);
  const value = (code: Code) => numberOf(entry(code)?.rawValue, code);
  if (last_timestamp === undefined) throw new Failure('bad-response', 'Victron VRM gives no time of the last record');
  refuseOld({ value, entry }, context);
  const [volts, amperes, charge] = [value('bv'), value('bc'), fraction(value('bs'))];
  const battery_kw = volts === undefined || amperes === undefined ? undefined : kilowatts(-volts * amperes);
  const yieldWatts = value('solar_yield');
  return {
    ...(yieldWatts === undefined ? { unfitted: ['production'] } : { production_kw: yieldWatts / 1000 }),
    ...(context.takes('grid') ? { net_import_kw: gridPower({ value, entry }, context) } : {}),
    battery_discharge_kw: battery_kw,
    battery_soc: charge,
    tsms: last_timestamp * 1000,
    lacking: battery_kw === undefined && charge !== undefined ? ['battery'] : [],
  };
}

type Answered = {
  value(code: Code): number | undefined;
  entry(code: Code): z.output<typeof Entry> | undefined;
};

function numberOf(raw: unknown, name: string): number | undefined {
  const parsed = figure.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new Failure('bad-response', `Victron VRM answered in an unknown form (${name} is not a number)`);
}

/** The time of the installation is that of whichever device reported last; a figure of 0 may be of a device that sleeps. */
function refuseOld({ value, entry }: Answered, { takes, now, staleAfterSeconds }: Context): void {
  for (const code of (['production', 'grid', 'battery'] as const).flatMap((term) => (takes(term) ? used[term] : []))) {
    const seconds = numberOf(entry(code)?.timestamp, `the time of ${code}`);
    const age = seconds === undefined ? 0 : now / 1000 - seconds;
    if (value(code) && age > staleAfterSeconds)
      throw new Failure(
        'stale',
        `Victron VRM has ${code} of ${inWords(age)} ago: check that device and its connection`,
      );
  }
}
const used = { production: ['solar_yield'], grid: ['from_to_grid', 'generator'], battery: ['bv', 'bc'] } as const;

/** kW. */
function gridPower({ value, entry }: Answered, { state, settings, now }: Context): number | undefined {
  const gridWatts = value('from_to_grid');
  const generatorWatts = value('generator'); // no surplus either
  const { grid } = state;
  const knownAgo = grid?.idSite === settings.idSite ? Math.abs(now - grid.seenAt) : Number.POSITIVE_INFINITY;
  if (gridWatts !== undefined) {
    if (knownAgo > 3_600_000) state.grid = { idSite: settings.idSite, seenAt: now };
    return kilowatts(sumOfKnown(gridWatts, generatorWatts));
  }
  const isReported = (entry('consumption')?.dataAttributes ?? []).some(({ code }) => /^a[123]$/.test(code));
  if (!isReported)
    throw new Failure(
      'bad-response',
      'Victron VRM shows neither grid nor AC loads of this installation: nothing is known of the house',
    );
  // No grid figure while an inverter reports its AC loads: there is no grid, and its flow is 0, unless there was one today.
  return knownAgo < 24 * 3_600_000 ? undefined : kilowatts(sumOfKnown(0, generatorWatts));
}
