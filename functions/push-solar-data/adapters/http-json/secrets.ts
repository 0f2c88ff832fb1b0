/** The secrets of http-json, put where the requests refer to them. */
import { isAllowedUrl } from '../../platform/http.ts';
import { Failure } from '../adapter.ts';
import { isHeader } from '../tunnel.ts';
import type { Request } from './request.ts';

/**
 * A request with `{secret:NAME}` replaced by that secret: percent-encoded in `url`, as it is elsewhere.
 *
 * @throws Failure `settings` for a name that is not there, a header that cannot be sent, and an address to which no
 *   credentials may travel.
 */
export function withSecrets({ url, ...rest }: Request, secrets: Readonly<Record<string, string>> = {}): Request {
  const filled = (text: string, put = (secret: string) => secret) =>
    text.replace(/\{secret:([^}]*)\}/g, (_, name: string) => {
      if (Object.hasOwn(secrets, name)) return put(secrets[name] ?? '');
      throw new Failure('settings', `The requests use a secret "${name}" that the secrets do not hold`);
    });
  const whole: Omit<Request, 'url'> = JSON.parse(JSON.stringify(rest), (_, value: unknown) =>
    typeof value === 'string' ? filled(value) : value,
  );
  const request = { ...whole, url: filled(url, encodeURIComponent) };
  const { id, auth, headers } = request;
  if (![request.url, ...('tokenUrl' in auth ? [auth.tokenUrl] : [])].every(isWhole))
    throw new Failure('settings', `Request ${id}: its address must be a whole one that begins with https://`);
  const wrong = Object.entries(headers).find(([name, value]) => !isHeader(name, value));
  if (wrong) throw new Failure('settings', `Request ${id}: the header ${wrong[0]} cannot be sent`);
  return request;
}

/** Not to this machine's own service for credentials, which has an address of the link. */
function isWhole(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url !== undefined && isAllowedUrl(url) && !url.username && !url.password && !/^169\.254\./.test(url.hostname);
}
