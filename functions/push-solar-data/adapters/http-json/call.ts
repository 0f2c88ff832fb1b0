/** One call of http-json: its answer as JSON, or a failure that names the call and quotes nothing of the body. */
import { within } from '../../core/time.ts';
import { kindOfStatus, type Method } from '../../platform/http.ts';
import { readJson } from '../../platform/json.ts';
import { type Answer, type Call, Failure, type FailureKind, type Http } from '../adapter.ts';

const maxBodyBytes = 1024 * 1024;

/** A body of JSON, as text and as value. */
export type Body = { text: string; json: unknown };

/**
 * @param who the call in the owner's words, at the beginning of a sentence.
 * @param timeoutSeconds how long the owner wants to wait for this call; `http` ends calls only with the whole read.
 */
export async function bodyOf(
  http: Http,
  who: string,
  method: Method,
  address: string,
  { kinds = {}, ...call }: Omit<Call, 'kinds'> & { kinds?: Record<number, FailureKind> },
  timeoutSeconds = 10,
): Promise<Body> {
  const answer = await within(timeoutSeconds * 1000, async (signal) => {
    try {
      return await http.send(method, address, { ...call, accept: 'all', signal });
    } catch (error) {
      throw signal.aborted ? new Failure('unavailable', `${who} does not answer within ${timeoutSeconds} s`) : error;
    }
  });
  const { status, text } = answer;
  if (status < 200 || status >= 300) throw refusal(answer, kinds[status] ?? kindOfStatus(status), address, who);
  if (Buffer.byteLength(text) > maxBodyBytes) throw new Failure('bad-response', `${who} answers with more than 1 MB`);
  const body = readJson(text, Number.POSITIVE_INFINITY); // an endpoint may list a whole day, second by second
  if ('problem' in body) throw new Failure('bad-response', `${who} answers with ${body.problem}`);
  return { text, json: body.value };
}

function refusal(
  { status, headers, retryAfterSeconds }: Answer,
  kind: FailureKind,
  address: string,
  who: string,
): Failure {
  const details = { status, retryAfterSeconds };
  if (kind === 'auth') return new Failure(kind, `${who} refuses the credentials (HTTP ${status}): check them`, details);
  if (kind === 'rate-limited') return new Failure(kind, `${who} asks us to slow down (HTTP ${status})`, details);
  if (kind === 'unavailable') return new Failure(kind, `${who} has trouble (HTTP ${status})`, details);
  const { location } = headers;
  if (status >= 300 && status < 400 && location && URL.canParse(location, address)) {
    const target = new URL(location, address).host;
    return new Failure(
      kind,
      `${who} redirects to ${target} (HTTP ${status}), which is not followed: check its address`,
    );
  }
  return new Failure(kind, `${who} answers with HTTP ${status} instead of figures: check its address`, details);
}
