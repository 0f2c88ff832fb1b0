/** The body of an answer: collected in one buffer that grows, then decompressed, up to a limit. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** Largest body that is read, before and after decompression. */
export const maxBodyBytes = 2 * 1024 * 1024;

export type Body = {
  add(chunk: Buffer): void;
  bytes(): Buffer;
};

/** Copies what comes: kept as they are, chunks of one byte would take 250 times their size. */
export function createBody(): Body {
  let buffer = Buffer.alloc(0);
  let length = 0;
  return {
    add(chunk) {
      const needed = length + chunk.length;
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(needed, 2 * buffer.length));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      chunk.copy(buffer, length);
      length = needed;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
const decompressors = new Map<string | undefined, Decompress>([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * The text of a body.
 *
 * @throws Error with Node's code for a body that decompresses to more than the limit, or not at all.
 */
export async function decode(body: Buffer, encoding: string | undefined): Promise<string> {
  const decompress = decompressors.get(encoding?.trim().toLowerCase());
  const plain = decompress && body.length > 0 ? await decompress(body, { maxOutputLength: maxBodyBytes }) : body;
  return plain.toString('utf8').replace(/^\uFEFF/, '');
}
