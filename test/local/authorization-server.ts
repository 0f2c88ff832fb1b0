/** An OAuth 2 authorisation server: its page sends the browser back with a code, its token endpoint takes each code once. */
import type { TestContext } from 'node:test';
import * as z from 'zod/mini';
import { type Adapter, Failure, secret, setting, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { type MockServer, playConversation } from '../support/conversation.ts';
import { adapterOf } from '../support/sources.ts';

export type AuthorizationServer = MockServer & {
  /** What the page answers with instead of a code. */
  answers: Record<string, string>;
};

export async function playAuthorizationServer(t: TestContext): Promise<AuthorizationServer> {
  const answers: Record<string, string> = {};
  const used = new Set<string>();
  const stage = await playConversation([
    {
      path: '/oauth/authorize',
      answer: ({ query }) => {
        const back = new URL(String(query['redirect_uri']));
        const given = { code: 'code-of-today', state: String(query['state']), ...answers };
        for (const [name, value] of Object.entries(given)) if (value) back.searchParams.set(name, value);
        return { status: 302, headers: { location: back.href } };
      },
    },
    {
      method: 'POST',
      path: '/oauth/token',
      answer: ({ body }) => {
        const { code } = body as Record<string, string>;
        if (code !== 'code-of-today' || used.has(code)) return { status: 400, json: { error: 'invalid_grant' } };
        used.add(code);
        return { json: { refresh_token: 'refresh token-of-today' } };
      },
    },
  ]);
  t.after(() => stage.close());
  return { ...stage, answers };
}

/** A cloud that wants a consent. @param redirectUri of the vendor's own page, which shows the code. */
export function consentingCloud(redirectUri?: string): Adapter {
  return adapterOf({
    vendor: 'my-cloud',
    title: 'My Cloud',
    settings: {
      clientId: setting(text, 'Client ID of the portal'),
      clientSecret: secret(z.optional(text), 'Client secret of the portal'),
      refreshToken: secret(z.optional(text), 'From your consent'),
      password: secret(z.optional(text), 'Password, instead of a consent'),
    },
    requires: ({ password }) => (password === undefined ? ['refreshToken', 'clientSecret'] : []),
    consent: {
      yields: ['refreshToken'],
      ...(redirectUri === undefined ? {} : { redirectUri }),
      page: ({ settings, redirectUri, state }) =>
        `/oauth/authorize?${new URLSearchParams({ client_id: settings.clientId, redirect_uri: redirectUri, state })}`,
      async exchange({ settings, http, redirectUri, code }) {
        const form = { code, redirect_uri: redirectUri, client_secret: settings.clientSecret ?? '' };
        const answer = await http.send('POST', '/oauth/token', { host: 'auth', form, accept: [400] });
        if (answer.status === 400) throw new Failure('auth', `My Cloud refuses the code ${code}: begin again`);
        return { refreshToken: answer.json(z.object({ refresh_token: z.string() })).refresh_token };
      },
    },
    read: async ({ settings }) => ({ production_kw: settings.refreshToken === 'refresh token-of-today' ? 1 : 2 }),
  });
}
