/** evcc: one document with everything, in one sign convention. Facts: evcc-io/evcc core/site.go, docs.evcc.io. */
import * as z from 'zod/mini';
import { defineAdapter, Failure, type Meaning, type MeaningOf, secret, setting, text, withLacking } from './adapter.ts';
import { figure } from './quantities.ts';
import { basic, extraHeaders } from './tunnel.ts';
import { kilowattHours, percent, watts } from './units.ts';

const Device = z.object({ title: z.nullish(z.string()), name: z.nullish(z.string()), power: figure, soc: figure });
const Devices = z.nullish(z.array(z.catch(Device, {})));
const Flag = z.nullish(z.boolean());

/** The document as any version since 0.100 writes it. */
const State = z
  .object({
    version: z.optional(z.unknown()),
    siteTitle: z.optional(z.unknown()),
    startupCompleted: Flag,
    gridConfigured: Flag,
    /** + import; lifetime counters. One that just read 0 is left out. */
    grid: z.nullish(z.object({ power: watts, energy: kilowattHours, returnEnergy: kilowattHours })),
    gridPower: watts, // before 0.133, like gridEnergy
    gridEnergy: kilowattHours,
    pvConfigured: Flag,
    pv: Devices,
    /** The sum of all PV meters, of which one below 0 counts as 0. */
    pvPower: watts,
    batteryConfigured: Flag,
    /** + discharging. Before 0.301 a list, with its sums beside it. */
    battery: z.union([Devices, z.object({ power: watts, soc: percent, devices: Devices })]),
    batteryPower: watts,
    batterySoc: percent,
    batterySoC: percent, // before 0.111
  })
  .check(
    z.refine(({ version, siteTitle, pv }) => [version, siteTitle, pv].some((known) => known !== undefined), {
      error: 'this is not the state of evcc',
    }),
  );
type State = z.output<typeof State>;

/** Before 0.207 the document was wrapped in `result`. */
const Wrapped = z.looseObject({ result: z.optional(z.unknown()) });
const Document = z.pipe(
  z.pipe(
    Wrapped,
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
  async read({ settings: { username, password, extraHeaders: headers }, http, takes, note }) {
    const authorization = username && password ? { authorization: basic(username, password) } : {};
    const state = await http.get('/api/state', { headers: { ...headers, ...authorization }, kinds, schema: Document });
    const [hasGrid, hasPv] = [state.gridConfigured !== false && takes('grid'), takes('production')];
    const isStarting = state.startupCompleted === false;
    const grid = hasGrid && !isStarting ? gridOf(state) : undefined;
    if (isStarting || (hasGrid && grid?.net_import_kw === undefined))
      throw new Failure('unavailable', 'evcc has just started, or its grid meter gives nothing: see the log of evcc');
    const production_kw = hasPv ? pvOf(state, note) : undefined;
    const battery = batteryOf(state);
    const balance_kw = (grid?.net_import_kw ?? 0) + (battery?.battery_discharge_kw ?? 0);
    // A PV meter that evcc cannot read is 0 W; a home that then consumes less than nothing shows it.
    if (hasGrid && production_kw === 0 && balance_kw < -0.2)
      throw unread('shows no PV power while the home exports: a PV meter seems unreadable');
    return withLacking({ production_kw, ...grid, ...battery }, { production: hasPv, battery: battery !== undefined });
  },
});

const proxy: Meaning = [
  'auth',
  'is not reached: the proxy in front of evcc refused the credentials: check {username}, {password} or {extraHeaders}',
];
const kinds: Record<number, MeaningOf> = {
  401: ({ headers }) =>
    headers['www-authenticate']?.includes('realm="evcc"')
      ? [
          'auth',
          'is not reached: the remote access of evcc refused its client, which may be deleted: create a new one, and set {username} and {password}',
        ]
      : proxy,
  403: proxy,
  404: ['bad-response', 'is not at this address: check {baseUrl}'],
  // Everybody is blocked for a minute after ten failed log-ins.
  429: ({ beginning }) =>
    /failed login/i.test(beginning)
      ? ['rate-limited', 'has blocked its remote access for a minute, after failed log-ins', { retryAfterSeconds: 120 }]
      : undefined,
};

const unread = (what: string): Failure => new Failure('bad-response', `evcc ${what}, see the log of evcc`);

/** What an empty register shows, kWh: whole, in tenths or hundredths, and rounded. */
const neverWritten = [1, 10, 100].map((parts) => (2 ** 31 - 1) / parts);

/** Without a grid meter evcc makes a grid power up from the chargers and PV; this is for homes with one. */
function gridOf({ grid, gridPower, gridEnergy }: State) {
  const [imported_kwh, exported_kwh] = [grid?.energy ?? gridEnergy, grid?.returnEnergy];
  const isEmpty = (kwh = 0) => neverWritten.some((empty) => Math.abs(Math.abs(kwh) - empty) < 1);
  if (isEmpty(imported_kwh) || isEmpty(exported_kwh))
    throw unread('shows empty registers of the grid meter, which is not read then');
  return { net_import_kw: grid?.power ?? gridPower, imported_kwh, exported_kwh };
}

/** kW; undefined if evcc has PV and gives no power of it. */
function pvOf({ pv, pvConfigured, pvPower }: State, note: (remark: string) => void): number | undefined {
  if (!pv?.length && pvConfigured !== true)
    throw new Failure('bad-response', 'evcc has no PV meter, so it does not know the production: add one in evcc');
  for (const { title, name, power = 0 } of pv ?? [])
    if (power < -500) note(`the PV meter ${title ?? name} shows ${power} W, which counts as 0: is its sign right?`);
  return pvPower;
}

/** undefined without a battery, whatever flat figures stand in the document. */
function batteryOf({ battery, batteryConfigured, ...flat }: State) {
  const isList = Array.isArray(battery);
  const devices = isList ? battery : battery?.devices;
  if (!battery || devices === null || devices?.length === 0 || (isList && batteryConfigured === false))
    return undefined;
  const power = isList ? flat.batteryPower : battery.power;
  const soc = isList ? (flat.batterySoc ?? flat.batterySoC) : battery.soc;
  // 0 is also what evcc publishes where no device tells its charge.
  const isTold = soc !== 0 || devices === undefined || devices.some((device) => device.soc !== undefined);
  return { battery_discharge_kw: power, battery_soc: isTold ? soc : undefined };
}
