/** Where documents live between ticks: the port that every store fills. */

export type StateStore = {
  /** The stored document as it is now; undefined if there is none or it is broken. @throws where it cannot be read */
  read(name: string): Promise<unknown>;
  /**
   * @param secret whether the document holds a log-in.
   * @throws WrittenMeanwhile in a store that can tell
   */
  write(name: string, document: unknown, options: { secret: boolean }): Promise<void>;
  /** Whether writes are counted and cost: then only what matters after a cold start is written. */
  writesAreCounted: boolean;
  /** 0 to 1, of a home that shares the writes with others: when its turn comes, so that not all come at once. */
  phase?: number;
};

/** A store whose documents can be listed, to move them to another one. */
export type WholeStore = StateStore & {
  /** The good ones, by name. @throws where they cannot be read */
  all(): Promise<Map<string, unknown>>;
};

/** A broken document is taken for none. */
export function parsedDocument(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The good ones of many texts. */
export const parsedDocuments = (texts: Iterable<readonly [string, string]>): Map<string, unknown> =>
  new Map(
    [...texts]
      .map(([name, text]) => [name, parsedDocument(text)] as const)
      .filter(([, document]) => document !== undefined),
  );

/** Nothing was overwritten: the document is not the one any more that was read or written here last. */
export class WrittenMeanwhile extends Error {
  constructor() {
    super('another run of the bridge was quicker, and the next tick goes on with what it has written');
  }
}

/** Log-ins are the documents that hold secrets. */
export const isLogIn = (name: string): boolean => name.startsWith('session/');

/**
 * Brings the documents of a home from one store into another, over those that are there.
 *
 * @returns their names.
 */
export async function copyState(from: Pick<WholeStore, 'all'>, to: StateStore): Promise<string[]> {
  const documents = [...(await from.all())];
  for (const [name, document] of documents) {
    await to.read(name); // so that a store that minds what was read last lets it be overwritten
    await to.write(name, document, { secret: isLogIn(name) });
  }
  return documents.map(([name]) => name);
}
