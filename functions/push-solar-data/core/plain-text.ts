/** Texts of others, made fit for a sentence, a log line or a terminal: short, on one line, and steering nothing. */

/** Control characters, separators of lines and paragraphs, and what turns the direction of writing. */
const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Most texts hold nothing else, and need no look at what each character is. */
const isPlain = /^[ -~]*$/;

const blanks = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu;

/**
 * The text without characters that steer, and of at most `max` UTF-16 units; what is cut ends with `…`.
 *
 * Blanks around a character that steers become one blank. Other blanks stay as they are: a secret that holds two in a
 * row would else not be recognised any more.
 */
export function plainText(text: string, max = 300): string {
  if (text.length <= max && isPlain.test(text)) return text.trim();
  // Cut first, so that a long text costs no more than a short one.
  const line = text
    .slice(0, max * 4)
    .toWellFormed()
    .replace(blanks, (run) => (steering.test(run) ? ' ' : run))
    .trim();
  const isWhole = line.length <= max && text.length <= max * 4;
  return isWhole ? line : `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
