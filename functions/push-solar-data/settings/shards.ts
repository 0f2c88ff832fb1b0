/** The shards of a stack of several homes: each has a function of its own, which ticks for some of them, in the order of SITE. */

/** So many that their names, however long, fit into the policies of one role. */
export const homesAShard = 25;

/** The homes in their order, cut into shards. */
export const shardsOf = (sites: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(sites.length / homesAShard) }, (_, nth) =>
    sites.slice(nth * homesAShard, (nth + 1) * homesAShard),
  );

/** `solar-cloud-bridge-homes`, `solar-cloud-bridge-homes-2`, … @param nth from 1 on. */
export const shardName = (stack: string, nth: number): string =>
  `solar-cloud-bridge-${stack}${nth === 1 ? '' : `-${nth}`}`;
