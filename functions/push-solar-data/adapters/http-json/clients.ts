/** OAuth2 client credentials for http-json: a token for each client, kept between reads, shared by the requests of one. */
import * as z from 'zod/mini';
import { statusFailure } from '../../platform/answer.ts';
import type { ReadContext, SessionKeeper } from '../adapter.ts';
import { requestToken, TokenSession } from '../oauth.ts';
import { endsSoon, openSession, type Way } from '../session.ts';
import type { Client } from './request.ts';

/** By the id of the client's first request. */
export const KeptTokens = z.object({ clients: z.record(z.string(), TokenSession) });
export type TokenContext = Pick<
  ReadContext<unknown, unknown, z.output<typeof KeptTokens>>,
  'http' | 'session' | 'sleep' | 'now'
>;

/** Makes a call with the `Authorization` of a client, and once more with another where it is refused. */
type Authorized = <Result>(call: (authorization: string) => Promise<Result>) => Promise<Result>;

export function openClients(context: TokenContext): (client: Client, requestId: string) => Authorized {
  const open = new Map<string, Authorized>();
  return (client, requestId) => {
    const same = JSON.stringify(client);
    const authorized = open.get(same) ?? openClient(context, client, requestId);
    open.set(same, authorized);
    return authorized;
  };
}

function openClient({ http, session, sleep, now }: TokenContext, client: Client, requestId: string): Authorized {
  const clients = () => session.value?.clients ?? {};
  const mine: SessionKeeper<TokenSession> = {
    get value() {
      return clients()[requestId];
    },
    save: (token) => session.save({ clients: { ...clients(), [requestId]: token } }),
    reload: () => session.reload(),
  };
  const logIn = async () => {
    try {
      return await tokenOf(client, { http, now });
    } catch (error) {
      const { [requestId]: refused, ...others } = clients();
      if (refused) await session.save({ clients: others }); // not to be tried again
      throw error;
    }
  };
  const kept = mine.value && !endsSoon(mine.value, now, 60);
  /** A token of this very read may be refused as well. */
  const again: Way<TokenSession> = async (previous) => (previous?.issuedAt === now ? logIn() : undefined);
  const call = openSession({ session: mine, sleep, now }, kept ? [logIn] : [logIn, again], {
    isRefusal: ({ kind }) => kind === 'auth',
  });
  return (use) =>
    call(({ token, tokenType = 'Bearer' }) => use(`${/^bearer$/i.test(tokenType) ? 'Bearer' : tokenType} ${token}`));
}

/** RFC 6749, section 4.4. */
function tokenOf(client: Client, { http, now }: Pick<TokenContext, 'http' | 'now'>): Promise<TokenSession> {
  const { tokenUrl, clientId, clientSecret, scope, audience, clientAuth } = client;
  const endpoint = http.extend({
    name: `The log-in at ${new URL(tokenUrl).host}`,
    refusal: (answer) => (answer.isWebPage ? statusFailure(answer, { 400: 'auth' }) : undefined), // a wrong address
  });
  return requestToken(
    { http: endpoint, now },
    {
      path: tokenUrl,
      grant: { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) },
      client: { id: clientId, secret: clientSecret, in: clientAuth },
      form: { audience },
      refused: () => 'refused the client: check its clientId and clientSecret in {requests}',
      lifeSeconds: 300,
    },
  );
}
