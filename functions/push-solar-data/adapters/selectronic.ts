/** Selectronic select.live: what the portal's own page shows, in signed watts, behind a log-in with a cookie. */
import * as z from 'zod/mini';
import {
  type AdapterReading,
  type Answer,
  choice,
  defineAdapter,
  Failure,
  number,
  orInAddress,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  total,
  withLacking,
} from './adapter.ts';
import { isThereToday } from './age.ts';
import { cookieHeader, cookiesAfter } from './cookies.ts';
import { negate } from './quantities.ts';
import { Session, withToken } from './session.ts';
import { kilowattHours, percent, unixSeconds, watts } from './units.ts';

const settings = {
  email: setting(text, 'E-mail address of the select.live account'),
  password: secret(text, 'Its password'),
  systemId: setting(
    orInAddress(/\/dashboard\/(\d{1,15})/, number({ min: 1 })),
    'Number at the end of the address of the dashboard: select.live/dashboard/<number>; the whole address will do',
  ),
  gridSign: setting(
    z._default(choice('import-positive', 'export-positive'), 'import-positive'),
    "import-positive or export-positive: what the portal's grid power means; to be changed only when an error message says so",
  ),
  shunt: setting(
    z._default(choice({ solar: 'shunt 1 measures solar power', ignore: 'it measures something else' }), 'solar'),
    'solar (shunt 1 measures DC-coupled solar panels) or ignore (it measures something else)',
  ),
};

/** `shunt`: when the shunt of which system was last there. */
const State = z.object({ shunt: z.record(z.string(), z.number()) });
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const selectronic = defineAdapter({
  vendor: 'selectronic',
  title: 'Selectronic select.live',
  homepage: 'https://select.live',
  knownAs: ['SP PRO', 'select.live'],
  standing: 'works with limits',
  refresh: 'seconds, at most a minute',
  needs: 'e-mail address and password of the account, and the number of the system',
  baseUrl: 'https://select.live',
  pollSeconds: 60,
  staleAfterSeconds: 600,
  settings,
  identity: ['email', 'password'],
  state: State,
  session: Session,
  always: {
    production_kw: 'offline',
    net_import_kw: 'offline',
    battery_discharge_kw: 'offline',
    tsms: 'bad-response',
  },
  read: (context) =>
    withToken(
      context,
      [() => logIn(context)],
      async (http) => {
        const { settings, settingName } = context;
        const unknown = `does not show the system ${settings.systemId} to this account: check ${settingName('systemId')}`;
        const { items } = await http.get(`/dashboard/hfdata/${settings.systemId}`, {
          schema: z.object({ items: z.nullish(Items) }),
          kinds: { 404: ['auth', unknown] },
        });
        if (items) return readingOf(items, context);
        throw new Failure(
          'offline',
          'Selectronic select.live has no figures: check the select.live box at the inverter',
        );
      },
      { client: ({ token }) => ({ headers: { cookie: token }, refusal: refusalOfSession }) },
    ),
});

/** The session has ended: 401, 403, a redirect to the log-in, or its page instead of JSON. */
function refusalOfSession(answer: Answer): Failure | undefined {
  const { status, isWebPage } = answer;
  const isRefused = [401, 403].includes(status) || (status < 400 && (status >= 300 || isWebPage));
  return isRefused
    ? answer.failure('auth', 'ends the session at once: sign in at its web page', { status: 401 })
    : undefined;
}

/** The session is the cookies. One comes with a refusal too: only the redirect into the portal proves the log-in. */
async function logIn({ http, settings, settingName }: Context): Promise<Session> {
  const { email, password: pwd } = settings;
  const refused = `refuses the log-in: check ${settingName('email')} and ${settingName('password')}`;
  const answer = await http.send('POST', '/login', {
    form: { email, pwd },
    accept: [301, 302, 303, 307, 308],
    kinds: { 401: ['auth', refused], 403: ['auth', refused] },
  });
  const { status, headers } = answer;
  if (status < 300 && answer.text.includes('Bad email address or password')) throw answer.failure('auth', refused);
  const token = cookieHeader(cookiesAfter({}, answer)).cookie;
  const page = /^(?:https?:\/\/[^/]+)?\/(login|systems|dashboard)\b/.exec(headers.location ?? '/login')?.[1];
  if (status >= 300 && token !== '' && page !== 'login') return { token };
  if (status >= 300 && !page)
    throw answer.failure('bad-response', 'sends us to another address, which is not followed');
  // Happens around minute 50 of each hour. No second try in the same minute: nobody knows how many are too many.
  throw answer.failure('unavailable', 'does not log us in just now', { retryAfterSeconds: 0 });
}

const Items = z.object({
  timestamp: unixSeconds,
  solarinverter_w: watts,
  /** + is into the battery. */
  shunt_w: watts,
  /** + is discharging. */
  battery_w: watts,
  battery_soc: percent,
  /** The grid or the generator, + is import. */
  grid_w: watts,
  load_w: watts,
  /** In spite of their names kWh, over the lifetime. */
  grid_in_wh_total: kilowattHours,
  grid_out_wh_total: kilowattHours,
});

/** The portal's load leaves out what the inverter itself uses and loses: it only serves to check the sign of the grid power. */
function readingOf(items: z.output<typeof Items>, context: Context): AdapterReading {
  const { gridSign } = context.settings;
  const solar = items.solarinverter_w;
  const production_kw = total([solar === undefined ? undefined : Math.max(0, solar), shuntPower(items, context)]);
  const net_import_kw = gridSign === 'import-positive' ? items.grid_w : negate(items.grid_w);
  const battery_discharge_kw = items.battery_w;
  refuseWrongSign([production_kw, battery_discharge_kw, negate(items.load_w)], net_import_kw, context);
  const reading = {
    production_kw,
    net_import_kw,
    battery_discharge_kw,
    battery_soc: items.battery_soc,
    imported_kwh: items.grid_in_wh_total,
    exported_kwh: items.grid_out_wh_total,
    tsms: items.timestamp,
  };
  return withLacking(reading, { production: solar !== undefined });
}

/** kW, never below 0: some watts are noise. The portal leaves out a shunt that is not fitted; unknown if there was one today. */
function shuntPower({ shunt_w }: z.output<typeof Items>, { settings, state, now }: Context): number | undefined {
  if (settings.shunt === 'ignore') return 0;
  state.shunt ??= {};
  const isThere = isThereToday(state.shunt, String(settings.systemId), shunt_w !== undefined, now);
  return isThere && shunt_w === undefined ? undefined : Math.max(0, shunt_w ?? 0);
}

/** A grid power below it, and a gain of less than the other, may be losses, kW. */
const clearGrid_kw = 0.5;
const clearGain_kw = 0.3;

/**
 * Only clients attest the sign of the grid power: it is refused where the other one balances plainly better.
 *
 * @throws Failure `bad-response`.
 */
function refuseWrongSign(others: (number | undefined)[], net_import_kw: number | undefined, context: Context): void {
  const rest = total(others);
  if (!context.takes('grid') || rest === undefined || Math.abs(net_import_kw ?? 0) < clearGrid_kw) return;
  const [residual, reversed] = [Math.abs(rest + (net_import_kw ?? 0)), Math.abs(rest - (net_import_kw ?? 0))];
  if (reversed + clearGain_kw >= residual) return;
  const other = context.settings.gridSign === 'import-positive' ? 'export-positive' : 'import-positive';
  const sentence = `shows a grid power that only balances with the other sign: if the portal says the same, set ${context.settingName('gridSign')} to ${other}`;
  throw new Failure('bad-response', `Selectronic select.live ${sentence}`);
}
