/** Stored settings that are waited for no longer than a while: what comes later is taken at the next tick. */
import { Failure } from '../core/failure.ts';
import { inTime } from '../core/time.ts';
import type { StoredSettings } from '../settings/stored-settings.ts';

/** @param ms longest wait for each answer. */
export function timelySettings({ load, hasChanged, phase }: StoredSettings, ms: number): StoredSettings {
  const own = phase === undefined ? {} : { phase };
  return { load: timely(load, ms), hasChanged: timely(hasChanged, ms), ...own };
}

/**
 * A call that is not answered in time goes on: whoever asks next waits for the same one. Where a store is slow because
 * many ask it, asking anew each minute would keep it so.
 */
function timely<Result>(ask: () => Promise<Result>, ms: number): () => Promise<Result> {
  let pending: Promise<Result> | undefined;
  return async () => {
    pending ??= ask();
    const asked = pending;
    let isLate = false;
    try {
      return await inTime(ms, asked, () => {
        isLate = true;
        return new Failure('unavailable', `The settings have not come within ${Math.round(ms / 1000)} s`);
      });
    } finally {
      if (!isLate) pending = undefined;
    }
  };
}
