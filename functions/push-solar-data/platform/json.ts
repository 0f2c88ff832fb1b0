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

/** Goes through a tree level by level, so that its depth costs no stack. */
function isBounded(tree: unknown, longest: number): boolean {
  let level = [tree].filter(isBranch);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= deepest || level.some((branch) => Array.isArray(branch) && branch.length > longest)) return false;
    level = level.flatMap((branch) => Object.values(branch).filter(isBranch));
  }
  return true;
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;
