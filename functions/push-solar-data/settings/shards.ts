/** The shards of a stack of several homes: each has a function of its own, which ticks for some of them, in the order of SITE. */

/** So many that their names, however long, fit into the policies of one role. */
export const homesAShard = 25;

/**
 * The homes in their order, in as few shards as may be and of one size but for one home: none waits for many more than
 * the others do, and one that does not run is missed by its homes.
 */
export function shardsOf(sites: readonly string[]): string[][] {
  const count = Math.ceil(sites.length / homesAShard);
  const begin = (nth: number) => Math.round((nth * sites.length) / count);
  return Array.from({ length: count }, (_, nth) => sites.slice(begin(nth), begin(nth + 1)));
}

/** `solar-cloud-bridge-homes`, `solar-cloud-bridge-homes-2`, … @param nth from 1 on. */
export const shardName = (stack: string, nth: number): string =>
  `solar-cloud-bridge-${stack}${nth === 1 ? '' : `-${nth}`}`;
