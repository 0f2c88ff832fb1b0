/** One request of http-json, as its owner writes it. */
import * as z from 'zod/mini';
import { identifier } from '../quantities.ts';

const Auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic'), username: z.string(), password: z.string() }),
  z.strictObject({ type: z.literal('bearer'), token: z.string() }),
  z.strictObject({
    type: z.literal('oauth2-client-credentials'),
    tokenUrl: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    scope: z.optional(z.string()),
    audience: z.optional(z.string()),
    clientAuth: z._default(z.enum(['body', 'basic']), 'body'),
  }),
]);
export type Client = Extract<z.output<typeof Auth>, { type: 'oauth2-client-credentials' }>;

const texts = z.record(z.string(), identifier);
export const Request = z.strictObject({
  id: z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of letters, digits and _')),
  url: z.string(),
  method: z.optional(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])),
  headers: z._default(texts, {}),
  query: z._default(texts, {}),
  /** An object or list is sent as JSON, a text as it stands. */
  body: z.optional(z.union([z.string(), z.array(z.unknown()), z.record(z.string(), z.unknown())])),
  timeoutSeconds: z._default(z.number().check(z.positive('is not above 0')), 10),
  auth: z._default(Auth, { type: 'none' }),
});
export type Request = z.output<typeof Request>;
