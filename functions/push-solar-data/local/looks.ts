/** Looks at a home beside its ticks are kept in a document of their own: what the ticks keep is theirs alone to write. */
import { type SiteState, siteStateFrom } from '../core/site-state.ts';
import type { StateStore } from '../persistence/store.ts';

const ofTicks = 'site';
const ofLook = 'look';

/**
 * The store as a look may use it. It reads what the ticks keep; what it has learnt itself is there for their next one.
 * Where writes are counted, nobody looks beside the ticks but who sets them up, and nothing is kept apart.
 */
export const besideTicks = (store: StateStore): StateStore =>
  store.writesAreCounted
    ? store
    : { ...store, write: (name, ...rest) => store.write(name === ofTicks ? ofLook : name, ...rest) };

/** What the last look has read, by source. A look that cannot be read is none. */
export const looksIn =
  (store: Pick<StateStore, 'read'>): (() => Promise<SiteState['sources']>) =>
  async () => {
    try {
      return siteStateFrom(await store.read(ofLook)).sources;
    } catch {
      return {};
    }
  };
