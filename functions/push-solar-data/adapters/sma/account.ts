/** What SMA's two ways share: tokens, and the plant of an account. */
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { figure } from '../quantities.ts';
import type { SmaContext, SmaSession } from './settings.ts';

const Token = z.object({
  access_token: z.string(),
  expires_in: figure,
  refresh_token: z.nullish(z.string()),
  refresh_expires_in: figure,
});

/**
 * Asks for a token.
 *
 * @returns undefined if SMA refuses what the form holds.
 * @throws Failure `unavailable` for a web page, which is maintenance or a guard against robots: not to be tried again at once.
 */
export async function grant(
  { http, now }: SmaContext,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<SmaSession | undefined> {
  const answer = await http.send('POST', path, { host: 'auth', form, headers, accept: [400, 401, 403, 404] });
  if (/^\s*</.test(answer.beginning))
    throw new Failure('unavailable', 'SMA shows a web page in place of its log-in: perhaps maintenance', {
      retryAfterSeconds: 300,
    });
  if ([400, 401, 403].includes(answer.status)) return undefined;
  const token = answer.json(Token);
  const after = (seconds: number | undefined) => (seconds === undefined ? undefined : now + seconds * 1000);
  return {
    token: token.access_token,
    issuedAt: now,
    expiresAt: after(token.expires_in),
    refreshToken: token.refresh_token ?? undefined,
    refreshExpiresAt: after(token.refresh_expires_in || undefined), // 0: no end
  };
}

export const isTokenRefusal = ({ status }: Failure): boolean => status === 401;

type Plant = { id: string; name?: string | null | undefined };

/** The plant that the owner chose, else the only one that `list` finds, which is kept. */
export async function plantOf({ settings, state }: SmaContext, list: () => Promise<Plant[]>): Promise<string> {
  if (settings.plantId !== undefined) return settings.plantId;
  state.plantId ??= onlyOne(await list());
  return state.plantId;
}

function onlyOne(plants: Plant[]): string {
  const [only, ...others] = plants;
  if (only && others.length === 0) return only.id;
  const named = plants.map(({ id, name }) => `${id} (${name ?? 'without a name'})`);
  throw new Failure(
    'bad-response',
    only
      ? `SMA shows several plants: set plantId to one of ${named.join(', ')}`
      : 'SMA shows no plant in this account: set plantId, or check whose account it is',
  );
}

/** What is wrong with a plant, for the statuses that tell of it. */
export function plantFailure(status: number, plantId: string): Failure | undefined {
  if (status === 403)
    return new Failure('auth', `SMA does not show the plant ${plantId} to this account: check plantId`);
  if (status === 404) return new Failure('bad-response', `SMA knows no plant ${plantId}: check plantId`);
  return undefined;
}
