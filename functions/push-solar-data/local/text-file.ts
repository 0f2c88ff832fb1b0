/** A text file of an owner, in whatever encoding an editor has saved it. */
import { existsSync, readFileSync } from 'node:fs';
import { Failure } from '../core/failure.ts';

/** @returns an empty text if there is no such file. @throws Failure `settings` where it cannot be read. */
export function textOfFile(file: string): { text: string; remark?: string } {
  if (!existsSync(file)) return { text: '' };
  try {
    return decoded(readFileSync(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure('settings', `${file} cannot be read (${code}): look at its rights, and that it is a file`, {
      cause: error,
    });
  }
}

/** Windows saves UTF-16 as "Unicode", and UTF-8 with a mark at the beginning. */
function decoded(bytes: Buffer): { text: string; remark?: string } {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { text: new TextDecoder(wide).decode(bytes) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }; // which leaves the mark out
  } catch {
    const text = new TextDecoder('windows-1252').decode(bytes);
    return { text, remark: 'is not saved as UTF-8, so that letters with accents in it were guessed: save it as UTF-8' };
  }
}

/** By its mark; without one, by the zeros that a name of Latin letters has in its other byte. */
function wideEncoding(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : undefined;
}
