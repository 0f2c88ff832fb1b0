/** What every text passes on its way to a terminal. */
import { plainText } from '../core/plain-text.ts';

/** Lines are ours; within them nothing steers the terminal. Each character is replaced, so that what is left forms nothing new. */
export const onTerminal = (text: string): string =>
  text.replace(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ' ').toWellFormed();

/** The same tree with each text in it on one line: no text of others begins a line of ours. */
export function onOneLine<Tree>(tree: Tree): Tree;
export function onOneLine(tree: unknown): unknown {
  if (typeof tree === 'string') return plainText(tree, Number.POSITIVE_INFINITY);
  if (Array.isArray(tree)) return tree.map((each) => onOneLine(each));
  if (tree === null || typeof tree !== 'object') return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, onOneLine(value)]));
}
