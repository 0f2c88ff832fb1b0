/** Settings as texts by name: cleaned, checked, and every problem collected rather than thrown. */
import { addressProblem, credentialsIn, quoted, secretProblem } from './written.ts';

/** Settings by name, from wherever they come. */
export type SettingTexts = Record<string, string | undefined>;

/** What a site may be called, and a stack of several. */
export const siteName = /^[a-z0-9][a-z0-9-]{0,40}$/;

/** The entries of a list with commas, without the empty ones. */
export const entriesIn = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** The parameters of a site: `/solar-cloud-bridge/<site>/<NAME>`. */
export const parameterPath = (site: string): string => `/solar-cloud-bridge/${site}`;

/** `idSite` → `ID_SITE`, `victron-vrm` → `VICTRON_VRM`: names of settings from names in code. */
export const upperSnake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();

/** The environment variable of a setting, by the label of its source or destination: `roof`, `apiKey` → `ROOF_API_KEY`. */
export const variableOf = (label: string, setting: string): string => `${upperSnake(label)}_${upperSnake(setting)}`;

/** Takes single settings from the texts and collects what is wrong with them, and in `names` which there are. */
export function createSettingsReader(texts: SettingTexts) {
  const problems: string[] = [];
  const remarks: string[] = [];
  const secrets: string[] = [];
  const names = new Set<string>();
  /** The text without stray spaces, and without quotes around the whole; undefined if nothing is left. */
  const take = (name: string, { secret = false } = {}): string | undefined => {
    names.add(name);
    const raw = texts[name];
    const clean = raw
      ?.trim()
      .replace(/^(["'])((?:(?!\1).)*)\1$/s, '$2')
      .trim();
    if (!clean) return undefined;
    if (clean !== raw) remarks.push(`${name} had spaces or quotes around it, which were removed`);
    if (secret) {
      secrets.push(...textsIn(clean));
      const problem = secretProblem(clean);
      if (problem) problems.push(`${name} ${problem}`);
    }
    return clean;
  };
  const takeNumber = (name: string, min: number): number | undefined => {
    const text = take(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value >= min) return value;
    problems.push(`${name} must be a number of at least ${min}${quoted(text)}`);
    return undefined;
  };
  /** @param elsewhere names of the settings for credentials. */
  const takeAddress = (name: string, elsewhere?: readonly string[]): string | undefined => {
    const text = take(name);
    if (text === undefined) return undefined;
    const problem = addressProblem(text, elsewhere);
    if (problem === undefined) return text.replace(/(?<!\/)\/+$/, '');
    secrets.push(...credentialsIn(text));
    problems.push(`${name} ${problem}${quoted(text)}`);
    return undefined;
  };
  return { problems, remarks, secrets, names, take, takeNumber, takeAddress };
}
export type SettingsReader = ReturnType<typeof createSettingsReader>;

/** The single texts inside a secret that is JSON (a table of headers or passwords) or an address, else the secret. */
function textsIn(secret: string): string[] {
  if (/^https?:/i.test(secret)) return [secret, ...keysIn(secret)];
  if (!/^[{[]/.test(secret)) return [secret];
  try {
    const texts = leaves(JSON.parse(secret));
    return texts.length > 0 ? texts : [secret];
  } catch {
    return [secret];
  }
}

/** What of an address may be a key: all behind the host, and its parts; but no mere word, which would mutilate every sentence. */
function keysIn(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { pathname, search } = new URL(address);
  const behindHost = (pathname + search).slice(1);
  const parts = behindHost.split(/[/?&=]/).filter((part) => part.length >= 8 && /\d/.test(part));
  return /^[a-z-]{0,15}$/i.test(behindHost) ? parts : [behindHost, ...parts];
}

function leaves(tree: unknown): string[] {
  if (typeof tree === 'string' || typeof tree === 'number') return [String(tree)];
  return tree !== null && typeof tree === 'object' ? Object.values(tree).flatMap(leaves) : [];
}
