/** Sigenergy's official OpenAPI: by account or by key, one call per endpoint and system in five minutes. */
import * as z from 'zod/mini';
import type { Answer } from '../../platform/http.ts';
import { Failure } from '../adapter.ts';
import { figure, identifier } from '../quantities.ts';
import { bearer, type Session, withSession } from '../session.ts';
import { contentOf, fitting, isWrongPassword, unwrapped, wrappedPassword } from './answer.ts';
import type { SigenergyContext } from './settings.ts';

const holdSeconds = 300;

const Token = z.object({ accessToken: z.string(), expiresIn: figure });
const Systems = z.array(
  z.pipe(z.transform(unwrapped), z.object({ systemId: identifier, systemName: z.nullish(z.string()) })),
);

/** The content of `energyFlow`. A refused token is replaced once; there is no refresh. */
export function readOpenApi(context: SigenergyContext): Promise<unknown> {
  return withSession(
    context,
    () => logIn(context),
    async (session) => {
      const { settings, state } = context;
      const systemId =
        settings.systemId ?? state.systemId ?? onlySystem(await ask(context, session, '/openapi/system'));
      if (settings.systemId === undefined) state.systemId = systemId;
      return ask(context, session, `/openapi/systems/${encodeURIComponent(systemId)}/energyFlow`);
    },
    { isRefusal: ({ status }) => status === 401, marginSeconds: 600 },
  );
}

async function ask({ http }: SigenergyContext, session: Session, path: string): Promise<unknown> {
  const headers = { ...bearer(session), 'content-type': 'application/json' };
  return contentOf(await http.send('GET', path, { headers, accept: 'all' }), holdSeconds);
}

function onlySystem(list: unknown): string {
  const systems = fitting(Systems, list);
  const [only, ...others] = systems;
  if (!only)
    throw new Failure(
      'auth',
      'Sigenergy shows no system to this access: log in as the owner, or let the owner confirm the onboarding of the key',
    );
  if (others.length === 0) return only.systemId;
  const named = systems.map(({ systemId, systemName }) => `${systemId} (${systemName ?? 'without a name'})`);
  throw new Failure('bad-response', `Sigenergy shows several systems: set systemId to one of ${named.join(', ')}`);
}

async function logIn(context: SigenergyContext): Promise<Session> {
  const { settings, now } = context;
  const { accessToken, expiresIn } =
    settings.mode === 'openapi-key'
      ? tokenIn(await post(context, 'key', { key: base64(`${settings.appKey}:${settings.appSecret}`) }))
      : await logInByAccount(context);
  return { token: accessToken, ...(expiresIn === undefined ? {} : { expiresAt: now + expiresIn * 1000 }) };
}

/** Accounts differ in whether they want the password in clear or wrapped: the other form is tried once. */
async function logInByAccount(context: SigenergyContext): Promise<z.output<typeof Token>> {
  const { settings, state } = context;
  const { username, password = '' } = settings;
  const attempt = async (form: 'clear' | 'aes') => {
    const sent = form === 'aes' ? wrappedPassword(password) : password;
    return { form, answer: await post(context, 'password', { username, password: sent }) };
  };
  const [usual, other] = state.loginForm === 'aes' ? (['aes', 'clear'] as const) : (['clear', 'aes'] as const);
  const first = await attempt(usual);
  const { form, answer } = isWrongPassword(first.answer) ? await attempt(other) : first;
  const token = tokenIn(answer);
  state.loginForm = form;
  return token;
}

const post = ({ http }: SigenergyContext, way: 'key' | 'password', json: object): Promise<Answer> =>
  http.send('POST', `/openapi/auth/login/${way}`, { json, accept: 'all' });

const tokenIn = (answer: Answer) => fitting(Token, contentOf(answer, holdSeconds));

const base64 = (text: string): string => Buffer.from(text).toString('base64');
