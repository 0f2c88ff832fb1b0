/** What an HTTP answer of a destination comes to: taken, or why not. */
import { usualLongestWaitSeconds } from '../core/destination-state.ts';
import { unnamedCredentials } from '../platform/answer.ts';
import { type Answer, DestinationError, type DestinationErrorKind } from './destination.ts';

/** What a status means with this service: the kind, what is said of it behind the service's name, and the remedy. */
export type Verdict = readonly [kind: DestinationErrorKind, what: string, remedy?: string];

export type Verdicts = {
  /** By status. */
  [status: number]: Verdict;
  /** A page for people, below 500: a log-in, a portal, a service that has moved. Default: `gone`. */
  webPage?: Verdict | undefined;
  redirect?: Verdict;
};

/** 2xx, and no page for people. */
export const isTaken = (answer: Answer): boolean =>
  answer.status >= 200 && answer.status < 300 && !isPageForPeople(answer);

/** By its type, or, where that says something else, by how it begins. */
export const isPageForPeople = ({ headers, beginning, isWebPage }: Answer): boolean =>
  isWebPage &&
  (/html/i.test((headers['content-type'] ?? '').slice(0, 100)) || /^\s{0,100}<(?:!doctype\s+)?html\b/i.test(beginning));

/**
 * Why an answer is no acceptance.
 *
 * @param verdicts what its answers mean otherwise than usual.
 *
 * @example
 * const answer = await http.send('POST', settings.url, { json: document, accept: 'all' });
 * if (!isTaken(answer)) throw notTaken(answer, 'Example', { 401: ['auth', 'refuses the token', 'check EXAMPLE_TOKEN'] });
 */
export function notTaken(answer: Answer, title: string, verdicts: Verdicts = {}): DestinationError {
  const { status, excerpt, retryAfterSeconds } = answer;
  const [kind, what, remedy] = verdictOf(answer, verdicts);
  const sentence = `${title} ${what} (HTTP ${status})${remedy === undefined ? '' : `: ${remedy}`}`;
  const waits = (kind === 'rate-limited' || kind === 'unavailable') && retryAfterSeconds !== undefined;
  // Of one that may be left alone for longer, only its own rule says so.
  const wait = waits ? { retryAfterSeconds: Math.min(retryAfterSeconds, usualLongestWaitSeconds) } : {};
  return new DestinationError(kind, sentence, { excerpt, ...wait });
}

function verdictOf(answer: Answer, verdicts: Verdicts): Verdict {
  const { status } = answer;
  const own = verdicts[status];
  if (own) return own;
  const isRedirect = status >= 300 && status < 400;
  if (isRedirect) return verdicts.redirect ?? gone;
  if (status === 429) return ['rate-limited', 'asks us to slow down'];
  if (status === 408 || status >= 500) return ['unavailable', 'has trouble'];
  if (isPageForPeople(answer)) return verdicts.webPage ?? gone;
  if (status === 404 || status === 410) return gone;
  if (status === 401 || status === 403) return ['auth', 'refuses the credentials', unnamedCredentials];
  return ['bad-response', 'refuses the message'];
}

const gone: Verdict = ['gone', 'is not at this address any more'];
