/** One HTTPS request with the common document to an address of the owner's, signed if he wants, in a form of his own if he wants. */
import * as z from 'zod/mini';
import { evaluateExpressions } from '../platform/expressions.ts';
import {
  type Answer,
  DestinationError,
  defineDestination,
  headers,
  headerText,
  number,
  secret,
  secretAddress,
  setting,
  text,
} from './destination.ts';
import { signatureHeaders, signingKey } from './signature.ts';
import { isTaken, notTaken, type Verdict } from './verdict.ts';

export const webhook = defineDestination({
  slug: 'webhook',
  title: 'Your webhook',
  homepage: 'https://www.standardwebhooks.com',
  standing: 'recommended',
  takes: 'the whole document, and errors',
  needs: 'an https address that takes a POST',
  settings: {
    url: secret(secretAddress, 'The whole address; many hold a key in the path'),
    secret: secret(
      z.optional(signingKey),
      'Signs each message by Standard Webhooks: whsec_ and base64 of 24 to 64 random bytes',
    ),
    headers: secret(z.optional(headers), 'Further headers as a JSON object: {"Authorization":"Bearer …"}'),
    body: setting(
      z.optional(text),
      'JSONata over the document; its result is the body: an object as JSON, a text as it stands, no result and nothing is sent',
    ),
    contentType: setting(z.optional(headerText), 'Default: application/json, for a text text/plain'),
    expect: setting(
      z.optional(text),
      'JSONata over {"status", "text", "json"} of the answer; false means that the message was refused',
    ),
    intervalSeconds: setting(
      z.optional(number({ min: 30 })),
      'Least time between two messages; default: every message',
    ),
  },
  intervalSeconds: ({ intervalSeconds }) => intervalSeconds,
  async push({ settings, settingName, title, document, http, now, home }) {
    const content =
      settings.body === undefined
        ? document
        : await evaluated(settings.body, document, now, `${settingName('body')} gives nothing to send to ${title}`);
    if (content === undefined) return 'nothing';
    const isText = typeof content === 'string';
    const body = isText ? content : JSON.stringify(content); // serialised once: what is signed is what is sent
    const id = `msg_${home.site}_${now}`;
    const answer = await http.send('POST', settings.url, {
      body,
      headers: {
        'content-type': settings.contentType ?? (isText ? 'text/plain; charset=utf-8' : 'application/json'),
        ...settings.headers,
        ...(settings.secret ? signatureHeaders(settings.secret, id, now, body) : {}),
      },
      accept: 'all',
    });
    if (!isTaken(answer)) throw refusal(answer, title, settingName);
    if (settings.expect === undefined) return undefined;
    const unclear = `${settingName('expect')} cannot judge the answer of ${title} (HTTP ${answer.status})`;
    if ((await evaluated(settings.expect, seen(answer), now, unclear)) !== false) return undefined;
    const sentence = `${title} answers what ${settingName('expect')} takes for a refusal (HTTP ${answer.status})`;
    throw new DestinationError('bad-response', sentence, { excerpt: answer.excerpt });
  },
});

/** What an expression gives. @throws DestinationError that begins with `failing`, and quotes neither document nor answer. */
async function evaluated(expression: string, input: object, now: number, failing: string): Promise<unknown> {
  const [result] = await evaluateExpressions([expression], { value: input, text: () => JSON.stringify(input) }, now);
  if (result?.problem === undefined) return result?.value;
  throw new DestinationError('settings', `${failing}, because it ${result.problem}: correct the expression`);
}

/** What `WEBHOOK_EXPECT` sees of an answer. */
const seen = (answer: Answer): object => {
  const json = answer.tryJson(z.unknown());
  return { status: answer.status, text: answer.text, ...(json === undefined ? {} : { json }) };
};

function refusal(answer: Answer, title: string, settingName: (setting: string) => string): DestinationError {
  if (answer.status === 410)
    return new DestinationError('gone', `${title} wants no more messages (HTTP 410)`, { retryAfterSeconds: 900 });
  const address = settingName('url');
  const unfit: Verdict = ['bad-response', 'refuses the message'];
  const auth: Verdict = [
    'auth',
    'refuses us',
    `check ${settingName('headers')}, ${settingName('secret')} and ${address}`,
  ];
  return notTaken(answer, title, {
    ...{ 400: unfit, 405: unfit, 415: unfit, 422: unfit, 401: auth, 403: auth },
    404: ['gone', 'is not at its address', 'is the workflow behind it active?'],
    redirect: ['settings', `has moved${newHost(answer)}`, `set ${address} to the new address`],
    webPage: ['auth', 'answers with a page for people, such as a log-in', `check ${address}`],
  });
}

/** The host alone: path and query may hold a key. */
function newHost({ headers: { location = '' } }: Answer): string {
  const host = URL.canParse(location) ? new URL(location).host : '';
  return host === '' ? '' : ` to ${host}`;
}
