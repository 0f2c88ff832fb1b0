/** Names that look like settings and are none: whoever misspells one should not have to find out by wrong figures. */
import { nearest } from './search.ts';
import { upperSnake } from './settings-reader.ts';

export type Strays = {
  /** A sentence for each name that was certainly meant for the bridge. */
  remarks: string[];
  /** Names of which that is not known. */
  others: string[];
};

/**
 * @param names that were found. @param used the settings that this home reads.
 * @param prefixes of its sources and destinations: `FOXESS`, `ROOF`.
 * @param onlyNear says nothing of a name below a prefix that is near to no setting, because others may use that word too.
 */
export function strayNames(
  names: Iterable<string>,
  used: ReadonlySet<string>,
  prefixes: readonly string[],
  { onlyNear = false } = {},
): Strays {
  const found: Strays = { remarks: [], others: [] };
  for (const name of names) {
    if (used.has(name)) continue;
    const prefix = prefixes.find((candidate) => upperSnake(name).startsWith(`${candidate}_`));
    const meant = meantSetting(name, used, prefix);
    if (meant !== undefined) found.remarks.push(`${name} is not a setting; did you mean ${meant}?`);
    else if (prefix !== undefined && !onlyNear) found.remarks.push(`${name} is not a setting: it is ignored`);
    else found.others.push(name);
  }
  return found;
}

/** For names that are known to be the bridge's own. */
export const unusedRemark = (names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : [
        `${names.join(', ')}: not used, because VENDOR and DESTINATION name nothing that ${names.length === 1 ? 'it belongs' : 'they belong'} to`,
      ];

/** Below a prefix of the home more mistakes are forgiven than among all names. */
function meantSetting(name: string, used: ReadonlySet<string>, prefix: string | undefined): string | undefined {
  const spelt = upperSnake(name);
  if (used.has(spelt)) return spelt;
  const candidates = [...used].filter((each) => prefix === undefined || each.startsWith(`${prefix}_`));
  const own = spelt.length - (prefix === undefined ? 0 : prefix.length + 1);
  const forgiven = prefix === undefined ? Math.min(3, Math.floor(own / 5)) : Math.max(2, Math.floor(own / 2));
  return nearest(spelt, candidates, forgiven);
}
