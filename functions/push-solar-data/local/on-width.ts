/** Lines of a terminal break between words. */

/** Of a terminal that does not tell. */
const usualColumns = 80;

/**
 * A line that breaks between words.
 *
 * @param columns 0 or undefined where they are not known.
 * @param indent of the further lines.
 * @param blank what stands between two words.
 */
export function onWidth(line: string, columns: number | undefined, indent = 0, blank = ' '): string {
  const text = line.trimStart();
  const [first = '', ...words] = text.split(blank);
  const lines = [line.slice(0, line.length - text.length) + first];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    const isFull = last.length + blank.length + word.length > (columns || usualColumns);
    if (isFull) lines.push(' '.repeat(indent) + word);
    else lines[lines.length - 1] = last + blank + word;
  }
  return lines.join('\n');
}
