/** Signatures of messages by Standard Webhooks: standardwebhooks.com, symmetric, version 1. */
import { createHmac } from 'node:crypto';
import { reads } from '../settings/setting.ts';

/** `whsec_` and base64 of 24 to 64 bytes → the key. */
export const signingKey = reads('whsec_ and base64 of 24 to 64 random bytes', (text): Buffer | undefined => {
  const [, base64] = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text) ?? [];
  const key = Buffer.from(base64 ?? '', 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
});

/** @param body the very bytes that are sent. @param now ms since the epoch. */
export function signatureHeaders(key: Buffer, id: string, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}
