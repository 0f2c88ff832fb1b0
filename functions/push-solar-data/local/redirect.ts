/** The answer of a consent page: caught on this machine, or pasted by the owner. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../core/failure.ts';
import { onOneLine, openLocalServer, say } from './local-server.ts';

/** Under which the browser comes back. */
const path = '/consent';

export type Redirect = { uri: string; code: Promise<string>; close(): Promise<void> };

/**
 * The code in a redirect's address, or in what an owner pastes: the whole address, its end, or the code alone.
 *
 * @param isCaught whether the browser itself brought it, so that `state` must be there.
 * @throws Failure `auth` for a refusal, `bad-response` for what is no answer to this request.
 */
export function codeIn(answer: string, state: string, { isCaught = false } = {}): string {
  const text = answer.trim();
  const isBare = /^\S+$/.test(text) && !/:\/\/|(^|[?&#])(code|error)=/.test(text);
  if (isBare && !isCaught) return text;
  const query = new URLSearchParams(text.slice(text.search(/[?#]/) + 1));
  const error = query.get('error');
  const code = query.get('code');
  if (!error && !code)
    throw new Failure(
      'bad-response',
      'There is no code in it: paste the code, or the whole address of the page after your consent',
    );
  const got = query.get('state');
  if (got !== state && (got !== null || isCaught))
    throw new Failure(
      'bad-response',
      'This answer does not belong to this request (its state is another one): begin again, and use the page that opens then',
    );
  if (error === 'access_denied') throw new Failure('auth', 'The consent was refused (access_denied)');
  if (error || !code)
    throw new Failure('auth', `The consent failed: ${onOneLine(query.get('error_description') ?? error ?? '')}`);
  return code;
}

/**
 * Waits for the browser on this machine alone. What does not belong to this request (a scan, a page of somebody else,
 * an older tab) is told so and changes nothing.
 *
 * @throws Failure `settings` if the port is taken
 */
export async function openRedirect(port: number, state: string): Promise<Redirect> {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  code.catch(() => {}); // whoever waits for it is told; a pasted code may have come first
  const answer = ({ url = '' }: IncomingMessage, response: ServerResponse) => {
    if (url !== path && !url.startsWith(`${path}?`)) return say(response, 404, 'Not found');
    try {
      const found = codeIn(url, state, { isCaught: true });
      say(response, 200, 'Thank you. Go back to the terminal; this page can be closed.');
      resolve(found);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const isOurs = error.kind === 'auth';
      say(response, 400, isOurs ? `${error.message}. Look at the terminal.` : error.message);
      if (isOurs) reject(error);
    }
  };
  try {
    const server = await openLocalServer(answer, port);
    return { uri: `http://127.0.0.1:${port}${path}`, code, close: server.close };
  } catch (error) {
    throw portFailure(port, error as NodeJS.ErrnoException);
  }
}

const portFailure = (port: number, { code }: NodeJS.ErrnoException): Failure =>
  new Failure(
    'settings',
    code === 'EADDRINUSE'
      ? `Port ${port} of this machine is taken by another program: end that one, or choose another port with --port (the vendor must know the redirect address)`
      : `This machine does not let us wait on port ${port} (${code}): choose another one with --port`,
  );
