/** One call of http-json: its answer as JSON, or a failure that names the call and quotes nothing of the body. */
import { kindOfStatus, type Method } from '../../platform/http.ts';
import { type Answer, type Call, Failure, type FailureKind, type Http } from '../adapter.ts';

const maxBodyBytes = 1024 * 1024;

/**
 * @param who the call in the owner's words, at the beginning of a sentence.
 * @param timeoutSeconds how long the owner wants to wait for this call; `http` ends calls only with the whole read.
 */
export async function bodyOf(
  http: Http,
  who: string,
  method: Method,
  address: string,
  call: Call,
  timeoutSeconds = 10,
): Promise<unknown> {
  const late = new Failure('unavailable', `${who} does not answer within ${timeoutSeconds} s`);
  const answer = await before(timeoutSeconds, late, http.send(method, address, { ...call, accept: 'all' }));
  const { status, text } = answer;
  if (status < 200 || status >= 300) throw refusal(answer, call.kinds?.[status] ?? kindOfStatus(status), address, who);
  if (Buffer.byteLength(text) > maxBodyBytes) throw new Failure('bad-response', `${who} answers with more than 1 MB`);
  try {
    return JSON.parse(text);
  } catch {
    const what = text.trim() === '' ? 'nothing' : /^\s*</.test(text) ? 'a web page' : 'text that is not JSON';
    throw new Failure('bad-response', `${who} answers with ${what}`);
  }
}

/** What `work` gives, unless it is late. */
async function before<Result>(seconds: number, late: Failure, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), seconds * 1000);
  });
  return Promise.race([work, end]).finally(() => clearTimeout(timer));
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
