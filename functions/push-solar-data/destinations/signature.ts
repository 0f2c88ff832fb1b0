/** Signatures of messages by Standard Webhooks: standardwebhooks.com, symmetric, version 1. */
import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';

/** `whsec_` and base64 of 24 to 64 bytes → the key. */
export const signingKey = z.pipe(
  z.string({ error: 'is missing' }),
  z.transform((text, context): Buffer => {
    const [, base64] = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text) ?? [];
    const key = Buffer.from(base64 ?? '', 'base64');
    if (key.length >= 24 && key.length <= 64) return key;
    context.issues.push({ code: 'custom', message: 'must be whsec_ and base64 of 24 to 64 random bytes', input: text });
    return z.NEVER;
  }),
);

/** @param body the very bytes that are sent. @param now ms since the epoch. */
export function signatureHeaders(key: Buffer, id: string, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}
