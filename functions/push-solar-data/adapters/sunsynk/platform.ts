/** How Sunsynk Connect and its sibling clouds answer: `{code, msg, data, success}`, and what their codes mean. */
import * as z from 'zod/mini';
import { Failure, type Http } from '../adapter.ts';
import { allPages } from '../pages.ts';
import { figure, words } from '../quantities.ts';
import { type Refusals, refusalOf } from '../refusals.ts';

const Envelope = z.object({ code: figure, msg: words, success: z.nullish(z.boolean()) });

/** How an expired token is told, often with HTTP 200 and any code. */
const saysTokenRefused = (msg: string): boolean =>
  (/token/i.test(msg) && /invalid|expir/i.test(msg)) || /unauthori[sz]ed|not logged in/i.test(msg);

export const wrongPassword = 102;

export const codes: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ code, msg, success }) =>
    success !== false && (code === 0 || (code === undefined && success === true))
      ? undefined
      : { code: saysTokenRefused(msg ?? '') ? 401 : code, words: msg },
  meanings: {
    2: ['auth', 'does not show this plant to this account: check {plantId} and {username}'],
    [wrongPassword]: ['auth', 'refused the e-mail address and password: check {username}, {password} and {region}'],
    401: ['auth', 'does not accept our log-in any more', { status: 401 }],
  },
};

const Empty = z.object({ data: z.optional(z.null()) });

/** What is not JSON comes from a gateway in trouble. */
export const platform = (http: Http): Http =>
  http.extend({
    notJson: ['unavailable', 'has trouble: it answered with something else than figures'],
    refusal: (answer) =>
      refusalOf(answer, codes) ??
      (answer.status < 300 && answer.tryJson(Empty)
        ? answer.failure('bad-response', 'has no figures yet of this plant')
        : undefined),
  });

/** Whether a call that only adds to the reading may fail like this without failing the read. */
export const canDoWithout = (error: unknown): error is Failure =>
  error instanceof Failure && error.kind !== 'rate-limited' && error.status !== 401;

/** All entries of a paged list. @param keyOf what tells two of them apart. */
export async function listed<Entry extends z.ZodMiniType>(
  http: Http,
  path: string,
  query: Record<string, number>,
  entry: Entry,
  keyOf: (each: z.output<Entry>) => string,
): Promise<z.output<Entry>[]> {
  const schema = z.object({ data: z.object({ total: figure, infos: z.nullish(z.array(entry)) }) });
  const page = async (nth: number) => {
    const { data } = await http.get(path, { query: { page: nth + 1, ...query }, schema });
    return { entries: data.infos ?? [], total: data.total };
  };
  return allPages('Sunsynk Connect', page, keyOf);
}
