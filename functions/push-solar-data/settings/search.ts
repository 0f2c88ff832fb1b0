/** Finds what somebody means by a maker, a brand, an app, the host of a portal, or a misspelt word. */
import { closest, distance } from 'fastest-levenshtein';

/** By slug: the names by which its owners know it. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The slugs of which a name holds the word, or begins a longer word such as a host; those whose whole name it is come first. */
export function found(word: string, slugs: readonly string[], names: KnownNames): string[] {
  const wanted = letters(word);
  if (wanted === '') return [];
  const rankOf = (slug: string): number => {
    const all = [slug, ...(names[slug] ?? [])].map(letters);
    if (all.includes(wanted)) return 0;
    if (all.some((name) => name.startsWith(wanted))) return 1;
    return all.some((name) => name.includes(wanted) || (name.length >= 4 && wanted.includes(name))) ? 2 : 3;
  };
  return slugs
    .map((slug) => ({ slug, rank: rankOf(slug) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ slug }) => slug);
}

/**
 * Of some words the one that another may mean.
 *
 * @param forgiven how many letters may be misspelt, besides a single one: usually less than half of them.
 */
export function nearest(
  word: string,
  candidates: readonly string[],
  forgiven = Math.floor((word.length - 1) / 2),
): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(word, candidates);
  return distance(word, best) <= Math.max(1, forgiven) ? best : undefined;
}

/** What is most likely meant by a word that is no slug; undefined where it is like none. */
export function meantBy(word: string, slugs: readonly string[], names: KnownNames): string | undefined {
  const [first] = found(word, slugs, names);
  if (first !== undefined) return first;
  const spelt = slugs.flatMap((slug) => [slug, ...(names[slug] ?? [])].map((name) => ({ slug, name: letters(name) })));
  const name = nearest(
    letters(word),
    spelt.map((each) => each.name),
  );
  return spelt.find((each) => each.name === name)?.slug;
}
