/** Enphase Enlighten in one of two ways: the official API v4, or what the Enlighten web page itself asks. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { type AdapterReading, defineAdapter, type SessionKeeper } from './adapter.ts';
import { enphaseConsent } from './enphase/consent.ts';
import { readEnlighten, WebSession, WebState } from './enphase/enlighten.ts';
import { settings } from './enphase/settings.ts';
import { readV4, V4Session, V4State } from './enphase/v4.ts';

const State = z.object({ v4: z.optional(V4State), enlighten: z.optional(WebState) });
/** Each mode keeps its own log-in, so that trying the other one loses no refresh token. */
const Sessions = z.object({
  v4: z.optional(V4Session),
  /** With the fingerprint of the user name and password that it belongs to. */
  enlighten: z.optional(z.object({ account: z.string(), session: WebSession })),
});
type Sessions = z.output<typeof Sessions>;

export const enphase = defineAdapter({
  vendor: 'enphase',
  title: 'Enphase Enlighten',
  homepage: 'https://enlighten.enphaseenergy.com',
  standing: 'works with limits',
  refresh: 'with the free plan one reading in 45 minutes, 5 to 15 minutes old; in mode enlighten 15 to 30 minutes old',
  needs:
    'an application on developer-v4.enphase.com and one consent in a browser, or the log-in of the Enlighten web page',
  baseUrl: ({ mode }) => `https://${mode === 'v4' ? 'api' : 'enlighten'}.enphaseenergy.com`,
  // The free plan has 1,000 calls a month: 31 days / 2,700 s = 992. A bucket of Enlighten lasts 900 s.
  pollSeconds: ({ mode, readBatterySoc }) => (mode === 'enlighten' ? 900 : readBatterySoc ? 5400 : 2700),
  pollFloorSeconds: ({ mode }) => (mode === 'enlighten' ? 900 : 60),
  // A bucket is up to 30 minutes old when it is read, and stands until the next poll.
  staleAfterSeconds: ({ mode }) => (mode === 'enlighten' ? 1800 + 900 + 60 : 2400),
  callsAreCounted: ({ mode }) => mode === 'v4',
  retries: false,
  settings,
  requires: ({ mode }) =>
    mode === 'v4' ? ['apiKey', 'clientId', 'clientSecret', 'refreshToken'] : ['username', 'password'],
  consent: enphaseConsent,
  identity: ['clientId', 'refreshToken'],
  state: State,
  session: Sessions,
  async read(context): Promise<AdapterReading> {
    // A reload replaces the parts.
    if (context.settings.mode === 'v4')
      return readV4({
        ...context,
        get state() {
          context.state.v4 ??= {};
          return context.state.v4;
        },
        session: part(
          context.session,
          (sessions) => sessions?.v4,
          (v4) => ({ v4 }),
        ),
      });
    const { username, password } = context.settings;
    const account = createHash('sha256').update(`${username}\n${password}`).digest('hex').slice(0, 16);
    return readEnlighten({
      ...context,
      get state() {
        if (context.state.enlighten?.account !== account) context.state.enlighten = { account };
        return context.state.enlighten;
      },
      session: part(
        context.session,
        (sessions) => (sessions?.enlighten?.account === account ? sessions.enlighten.session : undefined),
        (session) => ({ enlighten: { account, session } }),
      ),
    });
  },
});

/** One mode's log-in within the document of both. */
const part = <Session>(
  whole: SessionKeeper<Sessions>,
  of: (sessions: Sessions | undefined) => Session | undefined,
  to: (session: Session) => Sessions,
): SessionKeeper<Session> => ({
  get value() {
    return of(whole.value);
  },
  save: (session) => whole.save({ ...whole.value, ...to(session) }),
  reload: () => whole.reload(),
});
