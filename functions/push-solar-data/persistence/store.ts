/** Where documents live between ticks: the port that every store fills. */

export type StateStore = {
  /** The stored document as it is now; undefined if there is none or it is broken. @throws where it cannot be read */
  read(name: string): Promise<unknown>;
  /** @param secret whether the document holds a log-in. */
  write(name: string, document: unknown, options: { secret: boolean }): Promise<void>;
  /** Whether writes are counted and cost: then only what matters after a cold start is written. */
  writesAreCounted: boolean;
  /** 0 to 1, of a home that shares the writes with others: when its turn comes, so that not all come at once. */
  phase?: number;
};
