/** A look at a source that another command has taken beside the ticks: what of it is news to them. Pure. */
import { unchangedAfter } from './freshness.ts';
import type { SourceLimits, SourceState } from './source-state.ts';

/**
 * The state as if the ticks had asked at that moment themselves. What they have learnt over time is theirs: the look began
 * with less of it.
 *
 * @returns undefined if the look is no news: it is older than their own last poll, or of other settings.
 */
export function takenOver(
  own: SourceState | undefined,
  look: SourceState | undefined,
  { settingsHash }: Pick<SourceLimits, 'settingsHash'>,
  now: number,
): SourceState | undefined {
  const polledAt = look?.polledAt;
  if (!look || polledAt === undefined || look.settingsHash !== settingsHash || polledAt > now) return undefined;
  if (own?.settingsHash !== settingsHash) return look;
  if (own.polledAt !== undefined && own.polledAt <= now && own.polledAt >= polledAt) return undefined;
  const { last: _last, failure: _failure, unchanged: _unchanged, ...learnt } = own;
  const { last, failure } = look;
  // Figures that moved between the two answers do not stand still since before them.
  const unchanged = last && unchangedAfter(last.reading, own.last, own.unchanged);
  return {
    ...learnt,
    polledAt,
    ...(last ? { last } : {}),
    ...(failure ? { failure } : {}),
    ...(unchanged ? { unchanged } : {}),
  };
}
