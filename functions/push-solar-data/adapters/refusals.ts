/** Clouds that say everything with HTTP 200 and a code: what the codes mean, as a table. */
import type * as z from 'zod/mini';
import { meant } from '../platform/answer.ts';
import { type Answer, Failure, type Meaning, type MeaningOf } from './adapter.ts';

type Code = string | number | undefined;

/** How one cloud says no. */
export type Refusals<Envelope extends z.ZodMiniType> = {
  /** What every answer has, whatever it is about. */
  envelope: Envelope;
  /** The code of an answer that says no, and the vendor's own words; undefined for one that says yes. */
  refused(envelope: z.output<Envelope>): { code: Code; words?: string | null | undefined } | undefined;
  /**
   * By code. A function tells several causes of one code apart; what it leaves open is not understood. A code that says
   * that the token is not good any more has `{ status: 401 }`: then {@link withToken} gets another one.
   */
  meanings: Record<string, MeaningOf>;
  /** What a code means that is not in the table. Default: it is not understood. */
  others?: Meaning;
  /** What the vendor calls the code. Default: `code`. */
  word?: string;
};

/** A failure by a code. */
export class Refusal extends Failure {
  /** Empty if there was none. */
  readonly code: string;

  constructor(code: string, failure: Failure) {
    super(failure.kind, failure.message, failure);
    this.code = code;
  }
}

/**
 * What a body says against the call; undefined if it says yes, or if it comes with an HTTP status that is none of
 * success and holds no such envelope. A code that is not in the table is what `others` says, else `bad-response`, with the code
 * and the vendor's words.
 *
 * @throws Failure `bad-response` for an answer of success without the envelope.
 *
 * @example
 * const codes: Refusals<typeof Envelope> = {
 *   envelope: Envelope, // z.object({ errno: figure, msg: words })
 *   refused: ({ errno, msg }) => (errno === 0 ? undefined : { code: errno, words: msg }),
 *   meanings: {
 *     40256: ['auth', 'refuses the signature: check the API key and the clock of this machine'],
 *     40400: ['rate-limited', 'is asked too often', { retryAfterSeconds: 300 }],
 *     41200: 'unavailable',
 *   },
 *   word: 'errno',
 * };
 * const client = http.extend({ refusal: (answer) => refusalOf(answer, codes) });
 */
export function refusalOf<Envelope extends z.ZodMiniType>(
  answer: Answer,
  { envelope, refused, meanings, others = notKnown, word = 'code' }: Refusals<Envelope>,
): Refusal | undefined {
  const isSuccess = answer.status >= 200 && answer.status < 300;
  const said = isSuccess ? answer.json(envelope) : answer.tryJson(envelope);
  const refusal = said === undefined ? undefined : refused(said);
  if (!refusal) return undefined;
  const code = String(refusal.code ?? '');
  const inTable = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  const meaning = typeof inTable === 'function' ? inTable(answer) : inTable;
  if (!isSuccess && meaning === undefined) return undefined; // the status says more
  const hasSentence = typeof meaning === 'object';
  const words = hasSentence || !refusal.words ? '' : `: ${refusal.words.slice(0, 100)}`;
  const told = inTable === undefined && code.length > longestCode ? `of ${code.length} characters` : code || 'missing';
  const ending = ` (${word} ${told}${words})`;
  return new Refusal(code, meant(answer, meaning ?? others, 'bad-response', undefined, ending));
}

/** What is longer and not in the table may be no code at all, such as a token that stands in its place. */
const longestCode = 12;

const notKnown = ['bad-response', 'answered with an error that is not known'] as const;

/** Whether a failure is one of these codes. */
export const isRefusal = (error: unknown, ...codes: (string | number)[]): error is Refusal =>
  error instanceof Refusal && codes.some((code) => String(code) === error.code);
