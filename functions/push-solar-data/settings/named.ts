/** The grammar of `VENDOR` and `DESTINATION`: `foxess`, or `roof:fusionsolar,grid:victron-vrm`. Both share one namespace of labels. */
import { upperSnake } from './settings-reader.ts';

/** One entry: the label, and the slug of the module behind it. */
export type Named = { label: string; slug: string };

export function namedIn(text: string): Named[] {
  return text.split(',').map((entry) => {
    const [first = '', second] = entry.split(':').map((part) => part.trim().toLowerCase());
    return { label: first, slug: second ?? first };
  });
}

/** The entries as a setting holds them: `foxess,roof:fusionsolar`. */
export const namedText = (entries: readonly Named[]): string =>
  entries.map(({ label, slug }) => (label === slug ? slug : `${label}:${slug}`)).join(',');

/** A module for people: its owner's own label is said too. */
export const titleOf = (title: string, { label, slug }: Named): string =>
  label === slug ? title : `${title} (${label})`;

/** Where a home without `DESTINATION` is told. */
export const defaultDestination = 'charge-hq';

/** The destinations that DESTINATION names. */
export const destinationsNamed = (destination: string | undefined): Named[] =>
  namedIn(destination ?? defaultDestination);

/** The sources that VENDOR names. */
export const sourcesNamed = (vendor: string): { label: string; vendor: string }[] =>
  namedIn(vendor).map(({ label, slug }) => ({ label, vendor: slug }));

/** Labels whose settings would carry the names of the site's own. */
const reservedLabels = new Set(['site', 'vendor', 'destination', 'state', 'max-power', 'alarm', 'aws']);

/** The prefixes that are taken, each by whom. */
export type Prefixes = Map<string, 'source' | 'destination'>;

type Naming = {
  setting: 'VENDOR' | 'DESTINATION';
  known: readonly string[];
  prefixes: Prefixes;
  /** What could be meant by a word that is not known; undefined where nothing is near. */
  meant(word: string): string | undefined;
};

/**
 * What is wrong with an entry, in a sentence that begins with the setting's name; undefined if nothing is, and then its
 * prefix is taken.
 */
export function entryProblem({ label, slug }: Named, { setting, known, prefixes, meant }: Naming): string | undefined {
  const kind = setting === 'VENDOR' ? 'source' : 'destination';
  if (!known.includes(slug))
    return `${setting} names "${slug}", which is not known.${didYouMean(meant(slug))} Known: ${known.join(', ')}`;
  const example = kind === 'source' ? 'roof, garage or meter' : 'log, home or alert';
  if (!/^[a-z][a-z0-9-]*$/.test(label) || reservedLabels.has(label) || (kind === 'source' && label === 'charge-hq'))
    return `${setting} gives a ${kind} the label "${label}", which cannot be one: use a word such as ${example}`;
  const prefix = upperSnake(label);
  const taken = prefixes.get(prefix);
  prefixes.set(prefix, taken ?? kind);
  if (taken === undefined) return undefined;
  if (taken !== kind)
    return `${setting} names "${label}", which VENDOR names too: give one of them another label, such as my-${label}:${slug}`;
  const labels = kind === 'source' ? [`roof:${slug}`, `garage:${slug}`] : [`one:${slug}`, `other:${slug}`];
  return `${setting} names "${label}" twice: give each ${kind} a label of its own, such as ${labels.join(',')}`;
}

/** With the space before it; nothing where nothing is near. */
export const didYouMean = (meant: string | undefined): string => (meant === undefined ? '' : ` Did you mean ${meant}?`);
