/** What a soak must not show: leaks, storms, lock-outs, untruths. */
import type { Soak } from './result.ts';
import type { Sample } from './sample.ts';

const minute = 60_000;
/** Three clouds that are asked every five minutes, each with its state, and the schedule as often. */
const mostWritesADay = 4 * 288;
/** However long a cloud asks to be left alone, ms. */
const longestSilence = 1440 * minute;

/** A sentence for each promise that was not kept. */
export function violations(soak: Soak): string[] {
  return [...untruths(soak), ...storms(soak), ...silences(soak), ...leaks(soak), ...growth(soak)];
}

function untruths({ untrue, unfit, pushedAt, lost, late, overdue, ticks, outcomes }: Soak): string[] {
  const found = [...untrue.slice(0, 5), ...unfit.slice(0, 5)];
  for (const [label, times] of Object.entries(pushedAt)) {
    const shortest = Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
    if (shortest < 30_000) found.push(`two messages to ${label} within ${shortest / 1000} s`);
  }
  if (lost.length > 0) found.push(`${lost.length} messages were kept from destinations that work`, ...lost.slice(0, 5));
  if (late > 1 + ticks / 5_000) found.push(`${late} times a destination waited for another one that hung`);
  if (overdue.length > 0) found.push(`${overdue.length} ticks were late, one of them took ${Math.max(...overdue)} ms`);
  if (!outcomes['pushed'] || !outcomes['reported'] || !outcomes['failed']) found.push('the weather was no test at all');
  return found;
}

/** The vendors' own limits, and the writes of state. */
function storms({ asked, limits, writes, days, deadRefreshes, hasty }: Soak): string[] {
  const found = limits(asked).flatMap(({ what, calls, within, most }) => {
    const busiest = mostWithin(
      calls.map(({ at }) => at),
      within,
    );
    return busiest > most ? [`${busiest} ${what} within ${Math.ceil(within / minute)} min, ${most} allowed`] : [];
  });
  if (hasty.length > 0) found.push(`${hasty.length} times a cloud was not left alone`, ...hasty.slice(0, 5));
  const aDay = Math.round(writes / days);
  if (deadRefreshes > 0) found.push(`${deadRefreshes} refresh tokens were sent that had been used up`);
  if (aDay > mostWritesADay) found.push(`${aDay} writes of state a day, at most ${mostWritesADay} are needed`);
  return found;
}

/** A cloud is asked again at the latest when its longest wish to be left alone is over. */
function silences({ asked }: Soak): string[] {
  return Object.entries(asked).flatMap(([name, calls]) => {
    const longest = Math.max(0, ...calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? at)));
    return longest > longestSilence + 15 * minute
      ? [`${name} was not asked for ${Math.round(longest / minute)} min`]
      : [];
  });
}

/** Lines are as long at the end as at the beginning, after the warm-up. */
function growth({ lines }: Soak): string[] {
  const quarter = Math.floor(lines.length / 4);
  const mean = (part: readonly number[]) => part.reduce((sum, length) => sum + length, 0) / Math.max(1, part.length);
  const [early, late] = [mean(lines.slice(quarter, 2 * quarter)), mean(lines.slice(-quarter))];
  return late > 1.5 * early + 200 ? [`a line had ${Math.round(early)} bytes early, and ${Math.round(late)} late`] : [];
}

/** The largest number of `times` within any span of `within` ms. */
export function mostWithin(times: readonly number[], within: number): number {
  let first = 0;
  let most = 0;
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) < at - within) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Growth from the end of the warm-up, a quarter of the time, to the end. */
function leaks({ samples }: Soak): string[] {
  const warm = samples.slice(Math.floor(samples.length / 4));
  const [first, last] = [warm[0], warm.at(-1)];
  if (!first || !last) return ['nothing was measured'];
  const most = (of: keyof Sample) => Math.max(...samples.map((sample) => sample[of]));
  const found: string[] = [];
  const heap = last.heapMegabytes - first.heapMegabytes;
  if (heap > 10) found.push(`the heap has grown by ${heap.toFixed(1)} MB`);
  // five hosts, both ends of each connection in this process, the listening ones not counted
  if (most('sockets') > 24) found.push(`${most('sockets')} sockets were open at once`);
  if (most('timers') > 24) found.push(`${most('timers')} timers were running at once`);
  if (most('stateBytes') > 4096)
    found.push(`a document of state has ${most('stateBytes')} bytes, a standard parameter holds 4096`);
  return found;
}
