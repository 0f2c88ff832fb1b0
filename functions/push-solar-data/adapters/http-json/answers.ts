/** The answers to the owner's requests of http-json. A failure names the request, and quotes nothing of the answer. */
import { within } from '../../core/time.ts';
import { readJson } from '../../platform/json.ts';
import { type Answer, Failure, type Http } from '../adapter.ts';
import { basic } from '../tunnel.ts';
import { openClients, type TokenContext } from './clients.ts';
import type { Request } from './request.ts';

/** The answers by the ids of their requests. */
export async function answersTo(requests: readonly Request[], context: TokenContext): Promise<Record<string, unknown>> {
  const client = openClients(context);
  const asked = requests.map(async (request) => {
    const { id, auth } = request;
    const call = (authorization?: string) => ask(request, context.http, authorization);
    if (auth.type === 'oauth2-client-credentials') return [id, await client(auth, id)(call)];
    if (auth.type === 'basic') return [id, await call(basic(auth.username, auth.password))];
    return [id, await call(auth.type === 'bearer' ? `Bearer ${auth.token}` : undefined)];
  });
  await Promise.allSettled(asked); // so that the first failure in the owner's order is told
  return Object.fromEntries(await Promise.all(asked));
}

async function ask(request: Request, http: Http, authorization?: string): Promise<unknown> {
  const { id, url, query, body, timeoutSeconds } = request;
  const target = new URL(url);
  const added = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='));
  target.search = [target.search.slice(1), ...added].filter((part) => part !== '').join('&');
  const name = `Request ${id} (${target.host})`;
  const client = http.extend({ name, kinds, refusal: (answer) => refusal(answer, target.href) });
  const { method = body === undefined ? 'GET' : 'POST' } = request;
  const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
  const content = typeof body === 'string' ? { body } : { json: body };
  const answer = await within(timeoutSeconds * 1000, async (signal) => {
    try {
      return await client.send(method, target.href, { headers, ...content, signal });
    } catch (error) {
      throw signal.aborted ? new Failure('unavailable', `${name} does not answer within ${timeoutSeconds} s`) : error;
    }
  });
  const read = readJson(answer.text, Number.POSITIVE_INFINITY); // an endpoint may list a whole day, second by second
  if ('problem' in read) throw answer.failure('bad-response', `answers with ${read.problem}`);
  return read.value;
}

const kinds = { 404: ['bad-response', 'has nothing at this address: check it'] } as const;

const maxBodyBytes = 1024 * 1024;

function refusal({ status, headers, text, failure }: Answer, address: string): Failure | undefined {
  if (status < 300 && Buffer.byteLength(text) > maxBodyBytes)
    return failure('bad-response', 'answers with more than 1 MB');
  const { location } = headers;
  if (status < 300 || status >= 400 || !location || !URL.canParse(location, address)) return undefined;
  const { host } = new URL(location, address);
  return failure('bad-response', `redirects to ${host} (HTTP ${status}), which is not followed: check its address`);
}
