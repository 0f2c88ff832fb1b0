/** Sigenergy's official OpenAPI: by account or by key, one call per endpoint and system in five minutes. */
import * as z from 'zod/mini';
import type { TokenSession } from '../oauth.ts';
import { figure, identifier } from '../quantities.ts';
import { isRefusal } from '../refusals.ts';
import { negativeKilowatts } from '../units.ts';
import { Powers } from './flow.ts';
import { inText, type WayIn, wrappedPassword } from './platform.ts';
import type { SigenergyContext } from './settings.ts';

const Token = z.object({ data: inText(z.object({ accessToken: z.string(), expiresIn: figure })) });
const System = z.object({ systemId: identifier, systemName: z.nullish(z.string()) });
const Systems = z.object({ data: inText(z.array(inText(System))) });
const Flow = z.object({ data: inText(z.extend(Powers, { gridPower: negativeKilowatts })) });

export const openApi: WayIn = {
  host: 'openapi',
  holdSeconds: 300,
  renew: logIn,
  place: 'systemId',
  none: ['auth', 'log in as the owner, or let the owner confirm the onboarding of the key'],
  async places(http) {
    const { data } = await http.get('/openapi/system', { schema: Systems });
    return data.map(({ systemId, systemName }) => ({ value: systemId, title: systemName }));
  },
  async flow(http, systemId) {
    const { data } = await http.get(`/openapi/systems/${encodeURIComponent(systemId)}/energyFlow`, { schema: Flow });
    return { ...data, net_import_kw: data.gridPower };
  },
};

/** There is no refresh. Accounts differ in whether they want the password in clear or wrapped: the other form is tried once. */
async function logIn({ settings, state, http, now }: SigenergyContext): Promise<TokenSession> {
  const { mode, username, password, appKey, appSecret } = settings;
  const ask = async (way: 'key' | 'password', json: object): Promise<TokenSession> => {
    const { data } = await http.post(`/openapi/auth/login/${way}`, { json, schema: Token });
    return { token: data.accessToken, expiresAt: data.expiresIn && now + data.expiresIn * 1000 };
  };
  if (mode === 'openapi-key') return ask('key', { key: Buffer.from(`${appKey}:${appSecret}`).toString('base64') });
  const passwords = { clear: password, aes: wrappedPassword(password) };
  const byPassword = async (form: keyof typeof passwords) => {
    const session = await ask('password', { username, password: passwords[form] });
    state.loginForm = form;
    return session;
  };
  const usual = state.loginForm ?? 'clear';
  return byPassword(usual).catch((error: unknown) => {
    if (isRefusal(error, 11002, 11003)) return byPassword(usual === 'aes' ? 'clear' : 'aes');
    throw error;
  });
}
