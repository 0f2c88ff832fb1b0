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
  return inAuth(auth) ?? inTree(query, 'query') ?? inTree(typeof body === 'string' ? treeOf(body) : body, 'body');
}

function inAuth(auth: Request['auth']): string | undefined {
  if (auth.type === 'none') return undefined;
  if (auth.type === 'bearer') return isLiteral(auth.token) ? 'auth.token' : undefined;
  if (auth.type === 'basic') {
    const secret = auth.password.trim() === '' ? 'username' : 'password'; // without a password the name is the key
    return isLiteral(auth[secret]) ? `auth.${secret}` : undefined;
  }
  if (credentialsIn(auth.tokenUrl).length > 0 || credentialInQuery(auth.tokenUrl) !== undefined) return 'auth.tokenUrl';
  return isLiteral(auth.clientSecret) ? 'auth.clientSecret' : undefined;
}

/** Of a text that is JSON, or a form. */
function treeOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}

function inTree(tree: unknown, place: string, isNamed = false): string | undefined {
  if (typeof tree === 'string' || typeof tree === 'number')
    return isNamed && isLiteral(String(tree)) ? place : undefined;
  for (const [name, value] of Object.entries(tree ?? {})) {
    const found = inTree(value, `${place}.${name}`, isNamed || isCredentialName(name));
    if (found !== undefined) return found;
  }
  return undefined;
}
