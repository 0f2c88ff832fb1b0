/** A quota of calls a second in the fleet's own time, which many invocations use in an order that is not that of time. */

export type Quota = {
  /** Whether a call at this moment, ms since the epoch, is let through. */
  admits(at: number): boolean;
};

/** No bursts: what one second leaves is no other's. @param from counts nothing before, ms since the epoch. */
export function quotaOf(perSecond: number, from: number): Quota {
  const used = new Map<number, number>();
  return {
    admits(at) {
      if (at < from) return true;
      const second = Math.floor(at / 1_000);
      const before = used.get(second) ?? 0;
      if (before >= perSecond) return false;
      used.set(second, before + 1);
      return true;
    },
  };
}
