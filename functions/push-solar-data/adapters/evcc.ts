/** evcc: one document with everything, in one sign convention. Facts: evcc-io/evcc core/site.go, docs.evcc.io. */
import * as z from 'zod/mini';
import { type AdapterReading, defineAdapter, Failure, type Http, secret, setting, type Term, text } from './adapter.ts';
import { figure, fraction, kilowatts } from './quantities.ts';
import { basic, extraHeaders } from './tunnel.ts';

const maybe = <Schema extends z.ZodMiniType>(schema: Schema) => z.optional(z.nullable(schema));
const Devices = maybe(z.array(z.unknown()));
const Flag = maybe(z.boolean());

/** The document as any version since 0.100 writes it. */
const State = z
  .object({
    version: z.optional(z.unknown()),
    siteTitle: z.optional(z.unknown()),
    startupCompleted: Flag,
    gridConfigured: Flag,
    /** W, + import; lifetime kWh. A counter that just read 0 is left out. */
    grid: maybe(z.object({ power: figure, energy: figure, returnEnergy: figure })),
    gridPower: figure, // before 0.133, like gridEnergy
    gridEnergy: figure,
    pvConfigured: Flag,
    pv: Devices,
    /** W, the sum of all PV meters. */
    pvPower: figure,
    batteryConfigured: Flag,
    /** W, + discharging; percent. Before 0.301 a list, with its sums beside it. */
    battery: maybe(z.union([z.array(z.unknown()), z.object({ power: figure, soc: figure, devices: Devices })])),
    batteryPower: figure,
    batterySoc: figure,
    batterySoC: figure, // before 0.111
  })
  .check(
    z.refine(({ version, siteTitle, pv }) => [version, siteTitle, pv].some((known) => known !== undefined), {
      error: 'this is not the state of evcc',
    }),
  );
type State = z.output<typeof State>;

/** Before 0.207 the document was wrapped in `result`. */
const Document = z.pipe(
  z.pipe(
    z.looseObject({ result: z.optional(z.unknown()) }),
    z.transform((body): unknown => body.result ?? body),
  ),
  State,
);

export const evcc = defineAdapter({
  vendor: 'evcc',
  title: 'evcc',
  homepage: 'https://docs.evcc.io',
  standing: 'recommended',
  refresh: 'up to 30 seconds (the interval of evcc)',
  needs: 'the https address of your evcc, with the user name and password of its remote access',
  pollSeconds: 60,
  pollFloorSeconds: 30,
  settings: {
    username: setting(
      z.optional(text),
      'User name of a remote client: evcc → Settings → Remote access, or that of your own proxy',
    ),
    password: secret(z.optional(text), 'Its password; evcc shows it once, when the remote client is created'),
    extraHeaders,
  },
  requires: ({ username, password }) => (username || password ? ['username', 'password'] : []),
  async read({ settings: { username, password, extraHeaders: headers }, http, takes }): Promise<AdapterReading> {
    const login = username && password ? { authorization: basic(username, password) } : {};
    const state = await ask(http, { ...headers, ...login });
    const hasGrid = state.gridConfigured !== false && takes('grid');
    const grid = hasGrid ? gridOf(state) : undefined;
    if (state.startupCompleted === false || (hasGrid && grid?.watts === undefined))
      throw new Failure('unavailable', 'evcc has just started, or its grid meter gives nothing: see the log of evcc');

    const pvWatts = takes('production') ? pvOf(state) : undefined;
    const battery = batteryOf(state);
    if (hasGrid) believe(pvWatts, grid?.watts, battery?.watts);
    const lacking: Term[] = takes('production') && pvWatts === undefined ? ['production'] : [];
    if (battery && battery.watts === undefined) lacking.push('battery');
    return {
      production_kw: kilowatts(pvWatts),
      net_import_kw: kilowatts(grid?.watts), // + import
      imported_kwh: grid?.imported_kwh,
      exported_kwh: grid?.exported_kwh,
      battery_discharge_kw: kilowatts(battery?.watts), // + discharging
      battery_soc: fraction(battery?.percent),
      lacking,
    };
  },
});

/** evcc's remote access names itself in a 401, and blocks everybody for a minute after ten failed log-ins. */
async function ask(http: Http, headers: Record<string, string | undefined>): Promise<State> {
  const answer = await http.send('GET', '/api/state', { headers, accept: [401, 403, 404, 429] });
  const { status, retryAfterSeconds } = answer;
  if (status === 401 && answer.headers['www-authenticate']?.includes('realm="evcc"'))
    throw new Failure(
      'auth',
      'The remote access of evcc refused the user name and password: its client may be deleted or expired, create a new one',
    );
  if (status === 401 || status === 403)
    throw new Failure('auth', `The proxy in front of evcc refused the credentials (HTTP ${status}): check its log-in`);
  if (status === 404)
    throw new Failure(
      'bad-response',
      'There is no evcc at this address (HTTP 404): check its base URL in the settings',
      { status },
    );
  if (status === 429 && /failed login/i.test(answer.beginning))
    throw new Failure('rate-limited', 'The remote access of evcc is blocked by failed log-ins for a minute', {
      retryAfterSeconds: retryAfterSeconds ?? 120,
    });
  if (status === 429)
    throw new Failure('rate-limited', 'The proxy in front of evcc asks us to slow down', { retryAfterSeconds });
  return answer.json(Document);
}

/** Without a grid meter evcc makes a grid power up from the chargers and PV; this is for homes with one. */
function gridOf({ grid, gridPower, gridEnergy }: State) {
  const imported_kwh = grid?.energy ?? gridEnergy;
  const watts = grid?.power ?? gridPower;
  if (watts === 0 && imported_kwh !== undefined && Math.abs(imported_kwh - neverWritten_kwh) < 0.01)
    throw new Failure(
      'bad-response',
      'The grid meter of evcc shows empty registers: it is not read, see the log of evcc',
    );
  return { watts, imported_kwh, exported_kwh: grid?.returnEnergy };
}

/** 2³¹ − 1 hundredths. */
const neverWritten_kwh = 21_474_836.47;

/** W; undefined if evcc has PV and gives no power of it. */
function pvOf({ pv, pvConfigured, pvPower }: State): number | undefined {
  if (!pv?.length && pvConfigured !== true)
    throw new Failure('bad-response', 'evcc has no PV meter, so it does not know the production: add one in evcc');
  return pvPower;
}

const Battery = z.object({ soc: figure });

/** undefined without a battery, whatever flat figures stand in the document. */
function batteryOf(state: State): { watts: number | undefined; percent: number | undefined } | undefined {
  const { battery } = state;
  if (!battery) return undefined;
  if (Array.isArray(battery)) {
    if (battery.length === 0 || state.batteryConfigured === false) return undefined;
    return { watts: state.batteryPower, percent: state.batterySoc ?? state.batterySoC };
  }
  const { devices, power, soc } = battery;
  if (devices === null || devices?.length === 0) return undefined;
  // 0 is also what evcc publishes where no device tells its charge.
  const isTold = devices === undefined || devices.some((device) => Battery.safeParse(device).data?.soc !== undefined);
  return { watts: power, percent: soc === 0 && !isTold ? undefined : soc };
}

/** evcc publishes 0 W for a PV meter that it cannot read; a home that then consumes less than nothing shows it. */
function believe(pvWatts: number | undefined, gridWatts = 0, batteryWatts = 0): void {
  if (pvWatts === 0 && pvWatts + gridWatts + batteryWatts < -200)
    throw new Failure(
      'bad-response',
      'evcc shows no PV power while the home exports: a PV meter seems unreadable, see the log of evcc',
    );
}
