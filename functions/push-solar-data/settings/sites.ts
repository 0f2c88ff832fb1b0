/** The grammar of `SITE`: one home, a list of homes, or a file with such a list; several of them share one stack. */
import { readFileSync } from 'node:fs';
import { Failure } from '../core/failure.ts';
import { createSettingsReader, entriesIn, type SettingTexts, siteName } from './settings-reader.ts';

const cleaned = (text: string | undefined): string | undefined => createSettingsReader({ SITE: text }).take('SITE');

const isFile = (text: string): boolean => /[./]/.test(text);

/** Whether SITE names homes that share one stack: a list, also of one home, or a file. */
export function isSeveral(text: string | undefined): boolean {
  const clean = cleaned(text) ?? '';
  return clean.includes(',') || isFile(clean);
}

/**
 * The homes that SITE names, in its order.
 *
 * @param readList the text of a file of sites. @throws Failure `settings`, with what to do.
 */
export function sitesNamed(text: string | undefined, readList = readFile): string[] {
  const clean = cleaned(text) ?? 'home';
  const sites = isFile(clean) ? linesOf(readList(clean)) : entriesIn(clean);
  const place = isFile(clean) ? clean : 'SITE';
  if (sites.length === 0)
    throw new Failure('settings', `${place} names no home: write one${isFile(clean) ? ' a line' : ', such as home'}.`);
  const wrong = sites.find((site) => !siteName.test(site))?.slice(0, 60);
  if (wrong !== undefined)
    throw new Failure(
      'settings',
      isSeveral(clean)
        ? `${place} names "${wrong}": a home has a short name of small letters, digits and hyphens.`
        : `SITE must be a short name of small letters, digits and hyphens (it is "${wrong}")`,
    );
  const twice = sites.find((site, nth) => sites.indexOf(site) !== nth);
  if (twice !== undefined) throw new Failure('settings', `${place} names ${twice} twice: leave one of them out.`);
  return sites;
}

/**
 * The home of `--site`.
 *
 * @param stack of the homes that SITE names, if they are several. @throws Failure `settings`, with what to do.
 */
export function siteNamed(text: string, stack: string | undefined): string {
  const site = text.trim();
  const [first = '', second] = site.split(',').map((each) => each.trim());
  if (second) throw new Failure('settings', `--site takes one home: --site ${first}`);
  if (!siteName.test(first))
    throw new Failure('settings', '--site takes the name of one home, small letters, digits and hyphens: --site cabin');
  if (first === stack)
    throw new Failure('settings', `"${stack}" is the stack of the homes and none of them: leave --site out for all.`);
  return first;
}

/** The name of the stack that these homes share; undefined where SITE names one home, which has a stack of its own. @throws Failure `settings` */
export function stackOf(texts: SettingTexts, sites: readonly string[]): string | undefined {
  if (!isSeveral(texts['SITE'])) return undefined;
  const stack = stackNamed(texts);
  if (!siteName.test(stack))
    throw new Failure('settings', 'STACK must be a short name of small letters, digits and hyphens.');
  // The functions of a stack are called homes, homes-2, homes-3, …
  const taken = sites.find((site) => site === stack || (site.startsWith(`${stack}-`) && /-\d+$/.test(site)));
  if (taken === undefined) return stack;
  throw new Failure(
    'settings',
    `SITE names a home "${taken}", and the stack of these homes is called "${stack}": give the stack another name, such as STACK=my-${stack}.`,
  );
}

/** What a stack of several homes is called with these settings. */
export const stackNamed = (texts: SettingTexts): string => createSettingsReader(texts).take('STACK') ?? 'homes';

function readFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(
      'settings',
      `SITE names the file ${path}, which cannot be read (${code}): write the name of one home a line into it.`,
      { cause: error },
    );
  }
  // "Unicode" of Windows has two bytes for a letter.
  if (text.includes('\0')) throw new Failure('settings', `${path} is not saved as UTF-8: save it so.`);
  return text;
}

/** `#` begins a comment; a comma ends a home as the end of a line does. */
const linesOf = (text: string): string[] =>
  text.split(/\r\n|\r|\n/).flatMap((line) => entriesIn(line.split('#')[0] ?? ''));
