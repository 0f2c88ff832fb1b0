/** SEMS+ as its web app speaks to it: the log-in, the signature of every call, and what the codes mean. */
import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { type Answer, Failure, type Http, type Meaning } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { words } from '../quantities.ts';
import { isRefusal, type Refusals, refusalOf } from '../refusals.ts';
import { openSession } from '../session.ts';
import { type SemsContext, SemsSession } from './settings.ts';

type Region = { region: string };
export const gatewayOf = ({ region }: Region): string => `https://${region}-gateway.semsportal.com`;
export const webOriginOf = ({ region }: Region): string => `https://${region}-semsplus.goodwe.com`;
const globalOrigin = 'https://semsplus.goodwe.com';

const scalar = z.union([z.string(), z.number()]);
const Envelope = z.object({ code: z.nullish(scalar), description: words });
const successes = ['00000', '0', '200'];

const sessionGone: Meaning = ['auth', 'does not accept our log-in, and not a new one either', { status: 401 }];
const tooOften: Meaning = ['rate-limited', 'asks us to slow down', { retryAfterSeconds: 300 }];

const codes: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ code, description }) =>
    successes.includes(String(code)) ? undefined : { code: code ?? undefined, words: description },
  meanings: {
    // The only one that says so of the password.
    100005: ['auth', 'refused the e-mail address and password: check {email}, {password} and {region}'],
    C0602: [
      'unavailable',
      'takes our log-in for abnormal just now: is the account in use elsewhere? One made for the bridge alone helps',
      { status: 401 },
    ],
    ...Object.fromEntries(['100001', '100002', 'C0607', 'A0301', 'Z0100'].map((code) => [code, sessionGone])),
    100004: ['bad-response', 'finds fault with the request itself: its interface may have changed'],
    P0214: ['bad-response', 'misses a parameter: check {stationId}'],
    100000: 'unavailable',
    GY0429: tooOften,
  },
};

const notJson = ['unavailable', 'has trouble: it answered with something else than figures'] as const;

/** What is no JSON comes from a gateway, with whatever status of an error. */
const refusal = (answer: Answer): Failure | undefined =>
  refusalOf(answer, codes) ?? (isOfGateway(answer) ? answer.failure(...notJson, { status: 503 }) : undefined);

/** A 429 says more, and so do a 400 and a 401 in words: those may be of the cloud itself. */
function isOfGateway({ status, isWebPage, beginning, tryJson }: Answer): boolean {
  if (status < 400 || status === 429) return false;
  if (isWebPage || status === 400 || status === 401) return isWebPage;
  return beginning.trim() !== '' && tryJson(z.unknown()) === undefined;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A client whose next call is signed: the signature holds the time. @param identity header `token` of that call. */
function signed({ http, clock }: SemsContext, origin: string, identity: { uid?: unknown; token?: unknown }): Http {
  const ms = clock();
  const hash = createHash('sha256').update(`${ms}@${identity.uid}@${identity.token}`).digest('hex');
  return http.extend({
    headers: {
      accept: 'application/json, text/plain, */*',
      origin,
      referer: `${origin}/`,
      'user-agent': 'Mozilla/5.0 (compatible; solar-cloud-bridge)',
      token: JSON.stringify(identity),
      'x-signature': base64(`${hash}@${ms}`),
    },
    kinds: { 429: tooOften },
    notJson,
    refusal,
  });
}

const nobody = { uid: '', timestamp: 0, token: '', client: 'semsPlusWeb', version: '', language: 'en' };

const LogIn = z.object({
  data: z.nullish(
    z.extend(z.partial(SemsSession), {
      uid: z.nullish(scalar),
      token: z.nullish(z.string()),
      mfaRequired: z.optional(z.unknown()),
    }),
  ),
  api: words,
});

/** The regional host first; the global one once, where the regional one takes the log-in for abnormal. */
function logIn(context: SemsContext): Promise<SemsSession> {
  const regional = webOriginOf(context.settings);
  return logInAt(regional, context).catch((error: unknown) => {
    if (isRefusal(error, 'C0602')) return logInAt(globalOrigin, context);
    throw error;
  });
}

/** The password travels as base64 of the hexadecimal characters of its MD5. Without the three flags there is no token. */
async function logInAt(origin: string, context: SemsContext): Promise<SemsSession> {
  const { email: account, password, region } = context.settings;
  const pwd = base64(createHash('md5').update(password).digest('hex'));
  const answer = await signed(context, origin, nobody).send('POST', '/web/sems/sems-user/api/v1/auth/cross-login', {
    host: 'auth',
    moved: { [webOriginOf({ region })]: origin },
    json: { account, pwd, agreement: 1, isChinese: false, isLocal: false },
  });
  const { data, api } = answer.json(LogIn);
  const { uid, token, mfaRequired, ...others } = data ?? {};
  const sentence =
    'gives this account no session: sign in to SEMS+ in a browser once and accept its terms, and use an account that needs no second factor';
  if (!uid || !token || mfaRequired === true) throw answer.failure('auth', sentence);
  return { ...others, uid, token, gateway: gatewayIn(String(data?.api || api || '')) };
}

/** Only the maker's own hosts are told the session. */
function gatewayIn(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'https:' && /\.(semsportal|goodwe)\.com$/.test(url.hostname) ? url.origin : undefined;
}

const headerMembers = ['uid', 'timestamp', 'token', 'client', 'version', 'language', 'api', 'region', 'uuid'] as const;

function loggedIn(session: SemsSession, context: SemsContext): Http {
  const { settings, state } = context;
  if (session.uuid == null) state.uuid ??= randomUUID();
  const known = { ...session, uuid: session.uuid ?? state.uuid };
  const identity = Object.fromEntries(
    headerMembers.flatMap((name) => (known[name] == null ? [] : [[name, known[name]]])),
  );
  const usual = gatewayOf(settings);
  return signed(context, webOriginOf(settings), identity).extend({ moved: { [usual]: session.gateway ?? usual } });
}

/** After failed log-ins in a row: 1 minute, 2, 4 … 30. */
const holdSeconds = (failed: number): number => Math.min(60 * 2 ** Math.min(failed, 10), 1800);
const mostLogInsPerHour = 10;

/** Two that use one account end each other's session: that must not go on every minute. */
function refuseStorm({ state, now }: SemsContext): void {
  state.logIns = (state.logIns ?? []).filter((at) => isYoung(at, now, 3_600_000));
  if (state.logIns.length >= mostLogInsPerHour) {
    const sentence = 'ends our session again and again: make an account that nothing but the bridge uses';
    throw new Failure('unavailable', `GoodWe SEMS+ ${sentence}`, { retryAfterSeconds: 1800 });
  }
  state.logIns.push(now);
}

/**
 * Runs `read` with a client for each of its calls. There is one log-in at most, and after one that failed, or whose
 * session is not accepted, the cloud is left alone: log-ins end the owner's own, and many of them look like an attack.
 */
export async function withLogIn<Result>(
  context: SemsContext,
  read: (client: () => Http) => Promise<Result>,
): Promise<Result> {
  const { state } = context;
  let isLoggingIn = false;
  const way = async () => {
    isLoggingIn = true;
    refuseStorm(context);
    const session = await logIn(context);
    isLoggingIn = false;
    return session;
  };
  try {
    const result = await openSession(context, [way])((session) => read(() => loggedIn(session, context)));
    delete state.failedLogIns;
    return result;
  } catch (error) {
    if (!(error instanceof Failure && (isLoggingIn || error.status === 401))) throw error;
    const failed = state.failedLogIns ?? 0;
    state.failedLogIns = failed + 1;
    const retryAfterSeconds = Math.max(holdSeconds(failed), error.retryAfterSeconds ?? 0);
    throw new Failure(error.kind, error.message, { ...error, retryAfterSeconds });
  }
}
