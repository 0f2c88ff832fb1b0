/** How the S-Miles Cloud answers: HTTP 200 with a status in the body, whatever it is about. */
import * as z from 'zod/mini';
import type { Http, Meaning } from '../adapter.ts';
import { identifier, words } from '../quantities.ts';
import { type Refusals, refusalOf } from '../refusals.ts';

const Envelope = z.object({ status: z.optional(identifier), message: words });

const meanings: Record<string, Meaning> = {
  1: ['auth', 'refuses the log-in or its token: check {username}, {password} and {account}'],
  3: ['auth', 'gives this account no permission for the station: check whose number {stationId} is'],
  7: ['auth', 'refuses the user name or the password: check {username} and {password}'],
  100: ['auth', 'does not accept our log-in any more', { status: 401 }],
};
const homeOnly = /only be used for .*home app/i;

/** @param account the setting's name, for an account that belongs to the other app. */
const codesFor = (account: string): Refusals<typeof Envelope> => ({
  envelope: Envelope,
  refused: ({ status, message }) => {
    if (status === '0' || status === undefined) return undefined; // the nonce comes without one, too
    if (homeOnly.test(message ?? '')) return { code: 'home', words: message };
    if (Object.hasOwn(meanings, status)) return { code: status, words: message };
    return { code: 'other', words: `${status}, ${message}` };
  },
  meanings: {
    ...meanings,
    home: ['auth', `says that this is an account of the S-Miles Home app: set ${account}=home`],
    other: 'unavailable',
  },
  word: 'status',
});

/** As each app calls itself. */
const userAgents = {
  web: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  home: 'sma/ad/2.10.0/159/0',
};

export type Account = keyof typeof userAgents;

/** Every 3xx: a gateway's, never followed with a nonce that is good at one host. */
const redirects = Object.fromEntries(Array.from({ length: 100 }, (_, nth) => [300 + nth, 'unavailable' as const]));

/** A client that fails as the status in the body says. */
export const platform = (http: Http, account: Account, accountSetting: string): Http =>
  http.extend({
    headers: { 'user-agent': userAgents[account] },
    refusal: (answer) =>
      answer.status === 200 && !answer.isWebPage ? refusalOf(answer, codesFor(accountSetting)) : undefined,
    notJson: 'unavailable',
    kinds: redirects,
  });
