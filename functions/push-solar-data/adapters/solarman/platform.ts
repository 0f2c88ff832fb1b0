/** How SOLARMAN and Deye Cloud speak: their log-in and codes. Sources: SOLARMAN OpenAPI v1.1.6, DeyeCloud OpenAPI v1.0. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Answer, Call, Failure, Meaning, MeaningOf } from '../adapter.ts';
import { figure, identifier, words } from '../quantities.ts';
import { isRefusal, type Refusals, refusalOf } from '../refusals.ts';
import { type Session, type SessionOptions, withToken } from '../session.ts';
import type { AccountContext } from './account.ts';

/** In what one cloud differs from the other. Every call is a POST. */
export type Cloud = {
  title: string;
  paths: Record<'token' | 'stations' | 'station' | 'devices' | 'inverter', string>;
  bodies: { devices(stationId: number): object; inverter(serial: string): object };
  query?: Call['query'];
  /** How long a list of devices holds. */
  inverterDays: number;
  /** Codes beyond the platform's own with which a token is refused. */
  tokenCodes?: readonly string[];
  /** What an owner should look at after a refusal. */
  advice: string;
};

const Envelope = z.object({ success: z.nullish(z.boolean()), code: z.nullish(identifier), msg: words });
/** Where `success` is missing, these have been seen in good answers. */
const goodCodes = ['0', '1000000', '1106000'];

const badToken = ({ advice }: Cloud): Meaning => ['auth', `does not accept the log-in. ${advice}`, { status: 401 }];
const spent: Meaning = [
  'rate-limited',
  'says that the calls allowed to your AppId are used up: ask the maker for more. It is left alone for 2 hours',
  { retryAfterSeconds: 7_200 },
];
const notFound = ['2101024', '2101031', '2101032'];

/** By code, else by the vendor's words: only few of the numbers have been seen on the live services. */
function codesOf(cloud: Cloud, { state, settingName }: AccountContext): Refusals<typeof Envelope> {
  const refused = (sentence: string) => (answer: Answer) =>
    ['auth', `${sentence}${quoted(answer)}. ${cloud.advice}`] as const;
  const check = (sentence: string): Meaning => ['bad-response', `${sentence}: check ${settingName('stationId')}`];
  const rows: [codes: string[], says: RegExp, meaning: MeaningOf][] = [
    [['2101019', '2101017', ...(cloud.tokenCodes ?? [])], /token/i, badToken(cloud)],
    [['2101010'], /insufficient allowance/i, spent],
    // A lock that follows the end of the allowance ends with it.
    [['2101009'], /is locked/i, state.allowanceSpent ? spent : refused('has locked your AppId')],
    [notFound, /(station|device|resource) not found/i, check('does not know the plant or inverter')],
    [['2101002'], /too frequently/i, 'rate-limited'],
    [
      ['2101003', '2101018', '2101020', '2101021', '2101022', '2101023', '2101025', '2101028'],
      /appId not found|invalid (appId|orgId|user)|auth failed|access denied|is forbidden|bus+iness error/i,
      refused('refused the credentials'),
    ],
    [['2101005', '2101006', '2101007', '2101008', '2101026'], /param(eter)? error/i, check('refuses the call')],
    [['2101016'], /no upload records/i, ['offline', 'has no figures of the inverter yet']],
    [['3201001', '3501004'], /service unavailable|rpc exception/i, 'unavailable'],
  ];
  const meanings = Object.fromEntries(rows.flatMap(([codes, , meaning]) => codes.map((code) => [code, meaning])));
  return {
    envelope: Envelope,
    refused({ success, code, msg }) {
      if (success ?? goodCodes.includes(code ?? '')) return undefined;
      const said = code ?? '';
      const alike = rows.find(([, says]) => says.test(msg ?? ''))?.[0][0];
      return { code: Object.hasOwn(meanings, said) ? said : (alike ?? said), words: plain(msg) };
    },
    meanings,
  };
}

/** Some of the vendor's words are JSON, which is for programs. */
const plain = (msg: string | null | undefined) => (msg?.startsWith('{') ? undefined : msg);

function quoted(answer: Answer): string {
  const said = plain(answer.tryJson(Envelope)?.msg);
  return said ? ` ("${said.slice(0, 120)}")` : '';
}

function refusal(cloud: Cloud, context: AccountContext, answer: Answer): Failure | undefined {
  const { state } = context;
  const failure = answer.status < 500 ? refusalOf(answer, codesOf(cloud, context)) : undefined;
  if (isRefusal(failure, '2101010')) state.allowanceSpent = true;
  else if (!failure && answer.status < 300) delete state.allowanceSpent;
  if (isRefusal(failure, ...notFound)) {
    // A plant made anew or a changed inverter: what was found before is looked for again.
    delete state.stationId;
    delete state.inverters;
  }
  return failure;
}

/** Runs a read with the token, which is renewed when less than a day of its sixty is left. */
export function withLogIn<Result>(
  cloud: Cloud,
  context: AccountContext,
  read: (context: AccountContext) => Promise<Result>,
  options: SessionOptions = {},
): Promise<Result> {
  const http = context.http.extend({
    query: cloud.query,
    notJson: ['unavailable', 'has trouble: it answered without figures'], // a gateway
    kinds: { 401: badToken(cloud), 403: badToken(cloud) },
    refusal: (answer) => refusal(cloud, context, answer),
  });
  const asked = { ...context, http };
  return withToken(asked, [() => logIn(cloud, asked)], (http) => read({ ...context, http }), {
    client: ({ token }) => ({ headers: { authorization: `bearer ${token}` } }), // the document asks for lower case
    marginSeconds: 86_400,
    ...options,
  });
}

const token = z.nullish(z.string());
/** Times in s. */
const Token = z.object({ accessToken: token, access_token: token, token, expiresIn: figure, expires_in: figure });

/** @throws Failure `auth` for every refusal, but `rate-limited` for too many calls. */
async function logIn(cloud: Cloud, context: AccountContext): Promise<Session> {
  const { appId, appSecret, email, username, mobile, countryCode, password, orgId, companyId } = context.settings;
  const name = email ? { email } : username ? { username } : { mobile, countryCode };
  const hashed = createHash('sha256').update(password, 'utf8').digest('hex');
  const answer = await context.http.send('POST', cloud.paths.token, {
    query: { appId },
    json: { appSecret, ...name, password: hashed, orgId, companyId },
    refusal(answer) {
      const failure = refusal(cloud, context, answer);
      if (!failure || failure.kind === 'rate-limited') return failure;
      return answer.failure('auth', `refused the log-in${quoted(answer)}. ${cloud.advice}`);
    },
  });
  const issued = answer.json(Token);
  const token = issued.accessToken ?? issued.access_token ?? issued.token;
  if (!token) throw answer.failure('bad-response', 'answered the log-in without a token');
  const seconds = issued.expiresIn ?? issued.expires_in;
  return {
    token: token.replace(/^bearer\s+/i, ''),
    ...(seconds === undefined ? {} : { expiresAt: context.now + seconds * 1000 }),
  };
}
