/** Where documents live between ticks: the port that every store fills. */

export type StateStore = {
  /** The stored document as it is now; undefined if there is none or it is broken. */
  read(name: string): Promise<unknown>;
  write(name: string, document: unknown): Promise<void>;
  /** Whether writes are counted and cost: then only what matters after a cold start is written. */
  frugal: boolean;
};
