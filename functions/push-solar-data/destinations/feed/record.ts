/** What lies in the store for readers: the last document, until when it is good, and whose token opens it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { CommonDocument } from '../document.ts';

const FeedRecord = z.object({
  /** Its first members in their documented order, in which parsing leaves them. */
  document: z.looseObject({
    type: z.enum(['reading', 'error']),
    version: z.literal(1),
    site: z.string(),
    sent_ms: z.number(),
  }) as unknown as z.ZodMiniType<CommonDocument>,
  /** ms since the epoch. */
  freshUntil: z.number(),
  /** The token itself lies elsewhere, encrypted: who answers readers need not know it. */
  tokenHash: z.optional(z.string()),
});
export type FeedRecord = z.output<typeof FeedRecord>;

/** @returns undefined for none, and for what nobody of ours has written. */
export const recordFrom = (stored: unknown): FeedRecord | undefined => FeedRecord.safeParse(stored).data;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** One round is enough: a token is no password that could be guessed. */
export const hashOfToken = (token: string): string => digest(token).toString('base64url');

/** Takes the same time for every wrong token. @param authorization the header of that name. */
export function isToken(authorization: string | undefined, tokenHash: string): boolean {
  const given = digest(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '');
  const right = Buffer.from(tokenHash, 'base64url');
  return given.length === right.length && timingSafeEqual(given, right);
}
