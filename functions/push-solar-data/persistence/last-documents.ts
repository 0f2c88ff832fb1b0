/** Documents that are there to be read by others: what a feed told last, apart from what the site remembers. */
import { Failure } from '../core/failure.ts';
import type { StateStore } from './store.ts';

export type LastDocuments = {
  /** Whether readers come by an address that all the world can ask. */
  isPublic: boolean;
  /** Replaces that of a destination. @throws Failure */
  put(label: string, record: object): Promise<void>;
};

/** The document of the destination of this label. */
export const lastDocumentName = (label: string): string => `feed/${label}`;

/**
 * Written at every message, where writes are counted too: a standard parameter costs nothing, and a write a minute is
 * little of the 40 calls a second that an account and region have for nothing
 * (docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-throughput.html).
 */
export const lastDocumentsIn = (store: StateStore): LastDocuments => ({
  isPublic: store.writesAreCounted, // such a store lies on AWS, and so do its readers' ways in
  async put(label, record) {
    try {
      await store.write(lastDocumentName(label), record, { secret: false });
    } catch (error) {
      if (error instanceof Failure) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure('unavailable', `The last document could not be saved: ${why}`, { cause: error });
    }
  },
});
