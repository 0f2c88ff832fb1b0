/** Credentials that an owner wrote into the requests themselves, which are shown, logged and deployed in the clear. */
import { credentialInQuery, credentialsIn, isCredentialName, isLiteral } from '../../settings/written.ts';
import type { Request } from './request.ts';

/** What is wrong with the first one, to follow the name of the setting; undefined if each is a `{secret:NAME}`. */
export function credentialProblem(requests: readonly Request[]): string | undefined {
  for (const [index, request] of requests.entries()) {
    if (credentialsIn(request.url).length > 0)
      return `holds a user name or password in the address of request ${index}: leave it out there, and write it into auth, the password as {secret:NAME}`;
    const place = placeIn(request);
    if (place !== undefined)
      return (
        `holds a credential where everybody can read it (${index}.${place}): write {secret:NAME} in its place, ` +
        'and the credential itself as {"NAME":"…"} into the setting of the same source that ends with _SECRETS'
      );
  }
  return undefined;
}

function placeIn({ url, auth, headers, query, body }: Request): string | undefined {
  if (credentialInQuery(url) !== undefined) return 'url';
  const header = Object.entries(headers).find(
    ([name, value]) => isLiteral(value) && (isCredentialName(name) || /^(?:basic|bearer|token|digest)\s/i.test(value)),
  );
  if (header) return `headers.${header[0]}`;
  return inAuth(auth) ?? inTree(query, 'query') ?? inBody(body);
}

function inAuth(auth: Request['auth']): string | undefined {
  if (auth.type === 'oauth2-client-credentials') {
    const { tokenUrl } = auth;
    if (credentialsIn(tokenUrl).length > 0 || credentialInQuery(tokenUrl) !== undefined) return 'auth.tokenUrl';
    return isLiteral(auth.clientSecret) ? 'auth.clientSecret' : undefined;
  }
  if (auth.type === 'bearer') return isLiteral(auth.token) ? 'auth.token' : undefined;
  if (auth.type === 'none') return undefined;
  // Where the password is empty, the key is the user name.
  if (auth.password.trim() === '') return isLiteral(auth.username) ? 'auth.username' : undefined;
  return isLiteral(auth.password) ? 'auth.password' : undefined;
}

/** A text may be a form, or JSON. */
function inBody(body: Request['body']): string | undefined {
  if (typeof body !== 'string') return inTree(body, 'body');
  try {
    return inTree(JSON.parse(body), 'body');
  } catch {
    return inTree(Object.fromEntries(new URLSearchParams(body)), 'body');
  }
}

function inTree(tree: unknown, place: string, isNamed = false): string | undefined {
  if (typeof tree === 'string' || typeof tree === 'number')
    return isNamed && isLiteral(String(tree)) ? place : undefined;
  if (tree === null || typeof tree !== 'object') return undefined;
  for (const [name, value] of Object.entries(tree)) {
    const found = inTree(value, `${place}.${name}`, isNamed || isCredentialName(name));
    if (found !== undefined) return found;
  }
  return undefined;
}
