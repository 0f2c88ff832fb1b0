/** Times as vendors write them: what the clocks of the place show, without their offset. */

/** How far a vendor's clock may run ahead of ours. */
const aheadMs = 300_000;

/**
 * The moment at which the clocks of a zone show a text such as `2026-06-15T13:05:00` (or with a blank, or without
 * seconds), in ms. In the hour that comes twice when summer time ends, the later one that is not in the future.
 *
 * @param now ms since the epoch.
 * @returns undefined for any other text, and for a zone that nobody knows.
 *
 * @example
 * instantOf('2026-10-25T02:30:00', 'Europe/Brussels', Date.parse('2026-10-25T00:32:00Z')); // 00:30Z
 */
export function instantOf(text: string, zone: string, now: number): number | undefined {
  const match = text.length < 60 && /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, date, time, seconds = ':00'] = match;
  const shown = `${date} ${time}${seconds}`;
  const asUtc = Date.parse(`${shown.replace(' ', 'T')}Z`);
  if (Number.isNaN(asUtc) || !isZone(zone)) return undefined;
  const around = [asUtc - dayMs, asUtc + dayMs].map((ms) => asUtc - offsetMs(ms, zone));
  const moments = around.filter((ms) => ms + offsetMs(ms, zone) === asUtc);
  const past = moments.filter((ms) => ms <= now + aheadMs);
  if (past.length > 0) return Math.max(...past);
  // In the future anyway, or in the hour that the clocks leave out.
  return Math.min(...(moments.length > 0 ? moments : around));
}

/** What the clocks of a zone show: `2026-06-15 13:05:00`. */
export function clockText(ms: number, zone: string): string {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(zone, clock);
  return clock.format(ms);
}

/** Whether the zone is one: a cloud may say anything. */
function isZone(zone: string): boolean {
  if (clocks.has(zone)) return true;
  try {
    clockText(0, zone);
    return true;
  } catch {
    return false;
  }
}

/** By zone: one is slow to make. */
const clocks = new Map<string, Intl.DateTimeFormat>();

const dayMs = 86_400_000;
const quarterMs = 900_000;
const keptOffsets = 500;
/** By zone and quarter of an hour: even a format that is kept costs much of a tick. */
const offsets = new Map<string, number>();

/** How far the clocks of a zone are ahead of UTC. They are changed at full quarters of an hour only. */
function offsetMs(ms: number, zone: string): number {
  const quarter = Math.floor(ms / quarterMs) * quarterMs;
  const key = `${zone} ${quarter}`;
  const known = offsets.get(key) ?? Date.parse(`${clockText(quarter, zone).replace(' ', 'T')}Z`) - quarter;
  if (offsets.size >= keptOffsets) offsets.clear();
  offsets.set(key, known);
  return known;
}
