/**
 * Calls to the platform of SOLARMAN, and the envelope and codes of its answers, which Deye Cloud shares as far as they have
 * been seen. Source: SOLARMAN OpenAPI v1.1.6, section 6.
 */
import * as z from 'zod/mini';
import type { Answer, Call } from '../../platform/http.ts';
import { Failure } from '../adapter.ts';
import { identifier, words } from '../quantities.ts';
import type { Session } from '../session.ts';
import type { AccountContext, Cloud } from './account.ts';

/** One call with the token. @throws Failure by the code in the envelope. */
export type Ask = <Schema extends z.ZodMiniType>(
  path: string,
  json: object,
  schema: Schema,
) => Promise<z.output<Schema>>;

export const asking =
  (cloud: Cloud, context: AccountContext, { token }: Session): Ask =>
  async (path, json, schema) => {
    // The document asks for a lower-case `bearer`.
    const { answer, envelope } = await post(cloud, context, path, {
      headers: { authorization: `bearer ${token}` },
      json,
    });
    if (!succeeded(envelope)) throw refusalOf(cloud, context, answer, envelope);
    delete context.state.allowanceSpent;
    return answer.json(schema);
  };

/** The token is refused: a new log-in may help. */
export class TokenRefused extends Failure {
  /** Whether the answer speaks of the token itself, and not of a refusal in general. */
  readonly named: boolean;

  constructor({ title, advice }: Cloud, named: boolean, answer: Answer) {
    super('auth', `${title} ${badToken.sentence}. ${advice}`, detailsOf(answer));
    this.named = named;
  }
}

const Envelope = z.object({
  success: z.nullish(z.boolean()),
  code: z.nullish(identifier),
  msg: words,
});
type Envelope = z.output<typeof Envelope>;

/** `success` decides; where it is missing, these codes have been seen in good answers. */
export const succeeded = ({ success, code }: Envelope): boolean =>
  success ?? ['0', '1000000', '1106000'].includes(code ?? '');

/** Most errors come with status 200; an answer that is not JSON comes from a gateway in trouble. */
export async function post(cloud: Cloud, { http }: AccountContext, path: string, call: Call) {
  const query = { ...cloud.query, ...call.query };
  const answer = await http.send('POST', path, { ...call, query, accept: [401, 403] });
  if (answer.status === 401 || answer.status === 403)
    throw new TokenRefused(cloud, /token|2101017|2101019/i.test(answer.beginning), answer);
  if (!isJson(answer.text))
    throw failureOf('unavailable', `${cloud.title} has trouble: it answered without figures`, answer);
  return { answer, envelope: answer.json(Envelope) };
}

type Meaning = {
  codes: readonly string[];
  says: RegExp;
  kind: Failure['kind'];
  sentence: string;
  holdSeconds?: number;
};

const badToken: Meaning = {
  codes: ['2101017', '2101019'],
  says: /token/i,
  kind: 'auth',
  sentence: 'does not accept the log-in',
};
const allowanceSpent: Meaning = {
  codes: ['2101010'],
  says: /insufficient allowance/i,
  kind: 'rate-limited',
  sentence:
    'says that the calls allowed to your AppId are used up: ask the maker for more. It is left alone for 2 hours',
  holdSeconds: 7_200,
};
const locked: Meaning = { codes: ['2101009'], says: /is locked/i, kind: 'auth', sentence: 'has locked your AppId' };
const nowhere: Meaning = {
  codes: ['2101024', '2101031', '2101032'],
  says: /(station|device|resource) not found/i,
  kind: 'bad-response',
  sentence: 'does not know the plant or its inverter: check the stationId setting',
};
/** By code, else by text: only few of the numbers have been seen on the live services. */
const meanings: readonly Meaning[] = [
  badToken,
  allowanceSpent,
  locked,
  nowhere,
  { codes: ['2101002'], says: /too frequently/i, kind: 'rate-limited', sentence: 'asks us to slow down' },
  {
    codes: ['2101003', '2101018', '2101020', '2101021', '2101022', '2101023', '2101025', '2101028'],
    says: /appId not found|invalid (appId|orgId|user)|auth failed|access denied|is forbidden|bus+iness error/i,
    kind: 'auth',
    sentence: 'refused the credentials',
  },
  {
    codes: ['2101005', '2101006', '2101007', '2101008', '2101026'],
    says: /(param|parameter) error/i,
    kind: 'bad-response',
    sentence: 'finds a mistake in what was asked: check the stationId setting',
  },
  { codes: ['2101016'], says: /no upload records/i, kind: 'offline', sentence: 'has no figures of the inverter yet' },
  {
    codes: ['3201001', '3501004'],
    says: /service unavailable|rpc exception/i,
    kind: 'unavailable',
    sentence: 'has trouble',
  },
];

export function refusalOf(cloud: Cloud, { state }: AccountContext, answer: Answer, envelope: Envelope): Failure {
  const { code, msg } = envelope;
  if (code && cloud.refusalCodes?.includes(code)) return new TokenRefused(cloud, /token/i.test(msg ?? ''), answer);
  const known =
    meanings.find(({ codes }) => codes.includes(code ?? '')) ?? meanings.find(({ says }) => says.test(msg ?? ''));
  if (known === badToken) return new TokenRefused(cloud, true, answer);
  if (known === allowanceSpent) state.allowanceSpent = true;
  if (known === nowhere) {
    // A plant made anew or a changed inverter: what was found before is looked for again.
    delete state.stationId;
    delete state.inverters;
  }
  // A lock that follows the end of the allowance ends with it.
  const meaning = known === locked && state.allowanceSpent ? allowanceSpent : known;
  if (!meaning) return failureOf('bad-response', `${cloud.title} answered with an error${quoted(envelope)}`, answer);
  const { kind, sentence, holdSeconds } = meaning;
  const advice = kind === 'auth' ? `. ${cloud.advice}` : '';
  return failureOf(kind, `${cloud.title} ${sentence}${quoted(envelope)}${advice}`, answer, holdSeconds);
}

/** The vendor's own words, where they are words; some are JSON, which is for programs. */
export function quoted({ code, msg }: Envelope): string {
  const words = msg && !msg.startsWith('{') ? `"${msg.slice(0, 120)}"` : undefined;
  const said = [words, code && `code ${code}`].filter(Boolean).join(', ');
  return said && ` (${said})`;
}

const detailsOf = ({ status, text, excerpt, retryAfterSeconds }: Answer) => ({
  status,
  answer: text,
  excerpt,
  retryAfterSeconds,
});
export const failureOf = (
  kind: Failure['kind'],
  message: string,
  answer: Answer,
  retryAfterSeconds = answer.retryAfterSeconds,
) => new Failure(kind, message, { ...detailsOf(answer), retryAfterSeconds });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
