/** JSON of others: perhaps none, perhaps nested or listed beyond what any figures need. */

/** So deep may it be nested: what walks through it afterwards calls itself at each level. */
const deepest = 64;
/** So many entries may a list have: later steps give lists as arguments, or look each entry up in another list. */
const longestList = 10_000;

/**
 * What a text holds, or in half a sentence what it is instead of usable JSON.
 *
 * @param longest how many entries a list may have.
 */
export function readJson(text: string, longest = longestList): { value: unknown } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const beginning = text.trimStart();
    if (beginning === '') return { problem: 'nothing' };
    return { problem: beginning.startsWith('<') ? 'a web page' : 'text that is not JSON' };
  }
  return isBounded(value, longest) ? { value } : { problem: 'lists that are too long or nested too deep' };
}

/** Calls itself no deeper than it looks. A loop for each kind of branch: every answer passes here whole. */
function isBounded(value: unknown, longest: number, levels = deepest): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) {
    if (value.length > longest) return false;
    for (const entry of value) if (!isBounded(entry, longest, levels - 1)) return false;
    return true;
  }
  for (const member of Object.values(value)) if (!isBounded(member, longest, levels - 1)) return false;
  return true;
}
