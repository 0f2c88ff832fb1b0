/** What is done once in a while: by its own spacing, or, where many homes share a service, each home at a moment of its own. */

/**
 * When it is next to be done, ms since the epoch.
 *
 * @param doneAt when it was done last.
 * @param phase 0 to 1: then at the home's turn, which comes once in each `everyMs`; else `everyMs` after the last time.
 */
export function nextTurnAt(doneAt: number, everyMs: number, phase?: number): number {
  if (phase === undefined) return doneAt + everyMs;
  return (Math.floor(doneAt / everyMs - phase) + 1 + phase) * everyMs;
}
