/** A new adapter from the example in docs/new-adapter/: what its slug may be, and the files under their own names. */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Script } from 'node:vm';
import { entryProblem } from '../functions/push-solar-data/settings/named.ts';
import { upperSnake } from '../functions/push-solar-data/settings/settings-reader.ts';
import { adapterKind, conversationOf } from './adapter-parts.ts';

const exampleFolder = 'docs/new-adapter';
const example = { slug: 'example-cloud', title: 'Example Cloud', domain: 'example.com' };

/** Where each file of the example goes. */
const targets: Readonly<Record<string, (slug: string) => string>> = {
  'example-cloud.ts': (slug) => `functions/push-solar-data/adapters/${slug}.ts`,
  'conversation.ts': conversationOf,
  'test.ts': adapterKind.testOf,
  'page.md': adapterKind.pageOf,
};

/** `example-cloud` → `exampleCloud`. */
const camelCase = (slug: string): string => slug.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** `example-cloud` → `Example Cloud`. */
export const titleOf = (slug: string): string =>
  slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');

/** @param root the folder of the project. @returns texts by their path from there. */
export function filesOfAdapter(root: string, slug: string, title: string): Map<string, string> {
  const words = [
    [example.slug, slug],
    [example.title, title],
    [camelCase(example.slug), camelCase(slug)],
    [upperSnake(example.slug), upperSnake(slug)],
  ] as const;
  const entries = Object.entries(targets).map(([file, target]): [string, string] => {
    const text = atItsPlace(readFileSync(join(root, exampleFolder, file), 'utf8'), target(slug), slug);
    return [target(slug), words.reduce((changed, [from, to]) => changed.replaceAll(from, to), text)];
  });
  return new Map(entries);
}

/** The adapter of the example as it would stand among the others, for the page that explains it. */
export const exampleAdapter = (root: string): string =>
  filesOfAdapter(root, example.slug, example.title).get(targets['example-cloud.ts']?.(example.slug) ?? '') ?? '';

/** With imports that lead from there to the same files, and to the others of the example where they will be. */
function atItsPlace(text: string, target: string, slug: string): string {
  return text.replace(/(?<= from ')\.[^']*(?=';)/g, (specifier) => {
    const named = posix.join(exampleFolder, specifier);
    const place = targets[posix.relative(exampleFolder, named)]?.(slug) ?? named;
    const path = posix.relative(posix.dirname(target), place);
    return path.startsWith('.') ? path : `./${path}`;
  });
}

/**
 * What is wrong with a slug, in a sentence; undefined if a new adapter may have it.
 *
 * @param taken slugs of adapters and destinations.
 */
export function slugProblem(root: string, slug: string, taken: readonly string[]): string | undefined {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(slug)) return `"${slug}" cannot be a slug: ${formOf(slug)}`;
  if (taken.includes(slug)) return `"${slug}" is taken: VENDOR and DESTINATION know it already`;
  const there = Object.values(targets)
    .map((target) => target(slug))
    .find((file) => existsSync(join(root, file)));
  if (there !== undefined) return `"${slug}" is taken: there is ${there}`;
  const naming = { setting: 'VENDOR', known: [slug], prefixes: new Map(), meant: () => slug } as const;
  if (entryProblem({ label: slug, slug }, naming) !== undefined)
    return `"${slug}" cannot be a slug: settings of the bridge itself begin with ${upperSnake(slug)}`;
  if (isWordOfCode(root, camelCase(slug)))
    return `"${slug}" cannot be a slug: its file has another use for ${camelCase(slug)}. Take a longer one, such as ${slug}-cloud`;
  return undefined;
}

function formOf(slug: string): string {
  const form = 'small letters and digits, with single hyphens between words, a letter first';
  const nearest = slug
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-$/g, '');
  return nearest === '' ? form : `${form}, such as ${nearest}`;
}

/** Of the language, or of the example. */
function isWordOfCode(root: string, name: string): boolean {
  const texts = ['example-cloud.ts', 'test.ts', 'conversation.ts'].map((file) =>
    readFileSync(join(root, exampleFolder, file), 'utf8'),
  );
  if (texts.some((text) => text.split(/[^\w]+/).includes(name))) return true;
  try {
    new Script(`'use strict'; const ${name} = 0;`);
    return false;
  } catch {
    return true;
  }
}

/** Where an adapter still names the example's hosts, in a sentence each. */
export function stillOfExample(adapters: readonly { vendor: string; homepage: string; baseUrl?: unknown }[]): string[] {
  return adapters.flatMap(({ vendor, homepage, baseUrl }) => {
    const named = [homepage, baseUrl].find((address) => typeof address === 'string' && isOfExample(address));
    const file = targets['example-cloud.ts']?.(vendor);
    return named === undefined ? [] : [`${vendor} is still the example (${named}): put its own cloud into ${file}`];
  });
}

function isOfExample(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === example.domain || hostname.endsWith(`.${example.domain}`);
}
