/** Two meters for one flow, each of which shows one direction only, never below 0. */

/** Of two non-zero values further apart than this the older one is of a flow that has turned since. */
const sameMomentSeconds = 90;

export type OneWay = { kw: number; ageSeconds: number };

/**
 * Both values as they were at one moment: a flow has one direction, but a meter of the other one may hold its last value.
 *
 * @example
 * const [imported_kw, exported_kw] = ofOneMoment({ kw: 0.5, ageSeconds: 20 }, { kw: 2.4, ageSeconds: 240 }); // 0.5, 0
 */
export function ofOneMoment(one: OneWay, other: OneWay): [number, number] {
  const isHeld = (each: OneWay, beside: OneWay) =>
    each.kw !== 0 && beside.kw !== 0 && each.ageSeconds - beside.ageSeconds > sameMomentSeconds;
  return [isHeld(one, other) ? 0 : one.kw, isHeld(other, one) ? 0 : other.kw];
}

/**
 * The net of two directions in one answer. One that is missing is 0 while the other one flows; beside a 0, or where both
 * are missing, nothing is known.
 */
export function netOf(forward: number | undefined, backward: number | undefined): number | undefined {
  if (forward === undefined) return backward ? -backward : undefined;
  if (backward === undefined) return forward || undefined;
  return forward - backward;
}
