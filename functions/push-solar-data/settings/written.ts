/** What owners write where it does not belong: credentials in addresses and under open names, and how such a text is quoted. */
import { isAllowedUrl } from '../platform/http.ts';
import { shortestSecret } from '../platform/secret-forms.ts';
import { waysOut } from './inside-home.ts';

/** Whether a query, a header or a member of a body of this name is a credential: `apikey`, `X-Auth-Token`, `userPassword`. */
export function isCredentialName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
  return (
    /authorization|token|secret|passw|passphrase|pwd|jwt|cookie|session|credential/.test(words) ||
    /(?:api|app|auth|access)[-_. ]?key/.test(words) ||
    /(?:^|[-_. ])(?:auth|key|pass|pin|pw|sig|signature)$/.test(words)
  );
}

/** The user name and password in an address, as they stand there. */
export function credentialsIn(address: string): string[] {
  const [, before = ''] = /^(?:[^/?#@]*\/\/)?([^/?#]*)@/.exec(address) ?? [];
  const [user = '', ...password] = before.split(':');
  return before === '' ? [] : [user, password.join(':')];
}

/** The name of a credential in an address's query that stands there as it is; undefined if there is none. */
export function credentialInQuery(address: string): string | undefined {
  const [, query = ''] = /\?([^#]*)/.exec(address) ?? [];
  const found = [...new URLSearchParams(query)].find(([name, value]) => isCredentialName(name) && isLiteral(value));
  return found?.[0];
}

/** Whether it stands for itself, and not for a secret that lies elsewhere. */
export const isLiteral = (value: string): boolean => value.trim() !== '' && !value.includes('{secret:');

/**
 * What is wrong with an address, to follow its name; undefined if nothing is.
 *
 * @param elsewhere names of the settings for credentials.
 */
export function addressProblem(address: string, elsewhere: readonly string[] = []): string | undefined {
  const remedy =
    elsewhere.length === 0
      ? 'leave it out, because an address is shown to many'
      : `leave it out, and use the settings for credentials (${elsewhere.join(', ')}), which are kept out of logs`;
  if (credentialsIn(address).length > 0) return `must hold no user name or password before an @: ${remedy}`;
  const name = credentialInQuery(address);
  if (name !== undefined) return `must hold no credential in its query (${name}): ${remedy}`;
  if (URL.canParse(address) && isAllowedUrl(new URL(address))) return undefined;
  return notHttps(address);
}

/** To follow the setting's name. */
export function notHttps(address: string): string {
  const ways = waysOut(address);
  return `must be an address that begins with https://${ways === undefined ? '' : `, ${ways}`}`;
}

/** What is wrong with the text of a secret, to follow its name; undefined if nothing is. What a structure holds, its schema knows. */
export const secretProblem = (text: string): string | undefined =>
  text.length < shortestSecret && !/^[{[]/.test(text)
    ? `is too short to be kept out of logs: a secret has at least ${shortestSecret} characters, so choose a longer one`
    : undefined;

/** What the owner wrote, for a sentence; without what may be a credential, and not at all if it is long or a structure. */
export function quoted(text: string): string {
  const open = text.replace(/^(?:[^/?#@]*\/\/)?[^/?#]*@/, '…@').replace(/[?#].*$/s, '…');
  return open.length > 60 || /^[[{]/.test(open) ? '' : ` (it is "${open}")`;
}
