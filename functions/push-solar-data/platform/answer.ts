/** An answer of HTTP: its body as JSON, its failures in the owner's words, and what a status means. */
import type { IncomingHttpHeaders } from 'node:http';
import type * as z from 'zod/mini';
import { Failure, type FailureDetails, type FailureKind } from '../core/failure.ts';
import type { RawAnswer } from './connections.ts';
import { readJson } from './json.ts';
import { nameShown, structureOf } from './structure.ts';

type MeaningDetails = {
  /** To be left alone at least so long, also where the answer asks for less or nothing. 0: no second try in this tick. */
  retryAfterSeconds?: number;
  /** Another one than the answer's: 401 where a code says that the token is not good any more. */
  status?: number;
};

/**
 * What a status or a code of an answer means: a kind, or a kind with what is said of it. The sentence follows the
 * product's title: `does not know the site: check SITE_ID`.
 */
export type Meaning = FailureKind | readonly [kind: FailureKind, sentence: string, details?: MeaningDetails];

/** A meaning, or what tells several causes apart; undefined is what it usually means. */
export type MeaningOf = Meaning | ((answer: Answer) => Meaning | undefined);

export type Answer = {
  /** What was asked, without its query; against it a `Location` is read. */
  address: string;
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The first 2,000 characters of the text: as much as an expression may see. */
  beginning: string;
  /** Its structure, for the log: see {@link structureOf}. */
  readonly excerpt: string;
  /** From `Retry-After`, seconds or date. */
  retryAfterSeconds: number | undefined;
  /** Whether it begins like HTML or XML: a gateway, a guard against robots, maintenance. */
  isWebPage: boolean;
  /** The body as JSON that fits the schema. @throws Failure `bad-response`, or as the call's `notJson` says. */
  json<Schema extends z.ZodMiniType>(schema: Schema): z.output<Schema>;
  /** The same for what may be something else; undefined if it is. */
  tryJson<Schema extends z.ZodMiniType>(schema: Schema): z.output<Schema> | undefined;
  /**
   * A failure with the status, structure, beginning and `Retry-After` of this answer.
   *
   * @param sentence follows the product's title: `refuses the key: check API_KEY`.
   */
  failure(kind: FailureKind, sentence: string, details?: FailureDetails): Failure;
};

export type AnswerOptions = {
  /** Who answered, for the owner's sentences. */
  name: string;
  /** What was asked, without its query. */
  address?: string;
  /** ms since the epoch, for a `Retry-After` given as a date. */
  now: number;
  /** What a body that is no JSON means. Default: `bad-response`. */
  notJson?: MeaningOf | undefined;
};

export function toAnswer(
  { status, headers, text }: RawAnswer,
  { name, address = '', now, notJson }: AnswerOptions,
): Answer {
  const answer: Answer = {
    address,
    status,
    headers,
    text,
    beginning: text.slice(0, 2_000),
    get excerpt() {
      return structureOf(text);
    },
    retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now),
    isWebPage: /^\s{0,100}</.test(text.slice(0, 101)),
    failure: (kind, sentence, details = {}) =>
      new Failure(kind, `${name} ${sentence}`, {
        status,
        answer: text,
        excerpt: answer.excerpt,
        retryAfterSeconds: answer.retryAfterSeconds,
        ...details,
      }),
    json(schema) {
      const body = readJson(text);
      if ('problem' in body)
        throw meant(answer, notJson, 'bad-response', `answered with ${body.problem} instead of figures`);
      const parsed = schema.safeParse(body.value);
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      const where = issue?.path.map(nameShown).join('.') || 'the whole answer';
      throw answer.failure('bad-response', `answered in an unknown form (${where}: ${issue?.message})`);
    },
    tryJson(schema) {
      const body = readJson(text);
      return 'value' in body ? schema.safeParse(body.value).data : undefined;
    },
  };
  return answer;
}

/**
 * The failure of an answer by its meaning.
 *
 * @param usual the kind without a meaning.
 * @param sentence what is said without a sentence of the meaning; of the kind, if it is left out.
 * @param ending what ends both sentences: the status or the code.
 */
export function meant(
  answer: Answer,
  meaning: MeaningOf | undefined,
  usual: FailureKind,
  sentence?: string,
  ending = '',
): Failure {
  const found = (typeof meaning === 'function' ? meaning(answer) : meaning) ?? usual;
  const [kind, said, details = {}] = typeof found === 'string' ? [found] : found;
  const least = details.retryAfterSeconds;
  return answer.failure(kind, `${said ?? sentence ?? sentences[kind]}${ending}`, {
    ...details,
    retryAfterSeconds: least === undefined ? answer.retryAfterSeconds : Math.max(least, answer.retryAfterSeconds ?? 0),
  });
}

/** By status. @param kinds what a status means otherwise with this vendor than in {@link kindOfStatus}. */
export function statusFailure(answer: Answer, kinds: Record<number, MeaningOf> = {}): Failure {
  const { status } = answer;
  const redirect = status >= 300 && status < 400;
  const sentence = redirect ? 'sends us to another address, which is not followed' : undefined;
  return meant(answer, kinds[status], kindOfStatus(status), sentence, ` (HTTP ${status})`);
}

/** Where a source or destination tells it, their names stand there instead. */
export const unnamedCredentials = 'check them in the settings';

const sentences: Record<FailureKind, string> = {
  settings: 'says that a setting is wrong',
  auth: `refused the credentials: ${unnamedCredentials}`,
  'rate-limited': 'asks us to slow down',
  offline: 'says that the device is not connected',
  stale: 'has only old figures',
  'bad-response': 'answered in an unknown form',
  unavailable: 'has trouble',
};

/** What an HTTP status means where the vendor's documentation says nothing else. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status >= 500) return 'unavailable';
  return 'bad-response';
}

/** Seconds of a `Retry-After` header, which holds seconds or a date; undefined if neither. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  // Only a date: Date.parse takes a lone number for a year.
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
