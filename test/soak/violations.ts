/** What a soak must not show: leaks, storms, lock-outs, untruths. */
import type { Asked } from './cloud.ts';
import type { Sample } from './sample.ts';
import type { Soak } from './soak.ts';

const minute = 60_000;
/** Three clouds that are asked every five minutes, each with its state, and the schedule as often. */
const mostWritesADay = 4 * 288;
/** However long a cloud asks to be left alone, ms. */
const longestSilence = 1440 * minute;

/** A sentence for each promise that was not kept. */
export function violations(soak: Soak): string[] {
  return [...untruths(soak), ...storms(soak), ...silences(soak), ...leaks(soak), ...growth(soak)];
}

function untruths({ untrue, unfit, pushedAt, lost, late, ticks, outcomes }: Soak): string[] {
  const found = [...untrue.slice(0, 5), ...unfit.slice(0, 5)];
  for (const [label, times] of Object.entries(pushedAt)) {
    const shortest = Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
    if (shortest < 30_000) found.push(`two messages to ${label} within ${shortest / 1000} s`);
  }
  if (lost.length > 0) found.push(`${lost.length} messages were kept from destinations that work`, ...lost.slice(0, 5));
  if (late > 1 + ticks / 5_000) found.push(`${late} times a destination waited for another one that hung`);
  if (!outcomes['pushed'] || !outcomes['reported'] || !outcomes['failed']) found.push('the weather was no test at all');
  return found;
}

/** The vendors' own limits: calls, log-ins, wrong passwords; and the writes of state. */
function storms({ asked, writes, days, deadRefreshes }: Soak): string[] {
  const counted = (calls: readonly Asked[]) => calls.filter(({ excused }) => !excused);
  const [victron, foxess, fusionsolar] = [asked.victron, asked.foxess, asked.fusionsolar].map(counted) as [
    Asked[],
    Asked[],
    Asked[],
  ];
  const pagesOf = (calls: readonly Asked[]) => calls.filter(({ what }) => what === 'page');
  const queries = foxess.filter(({ what }) => what === 'query');
  const named = (name: string) =>
    fusionsolar.filter(({ what, how }) => what === name && how !== 'expired' && how !== 'break');
  const refusedLogIns = named('login').filter(({ how }) => how === 'refused');
  const limits: [string, readonly Asked[], number, number][] = [
    ['calls to Victron VRM', victron, minute, 60],
    ['calls to FoxESS', queries, 1440 * minute, 1440],
    ['calls to FoxESS', queries, 5 * minute - 1, 4],
    ['more pages of FoxESS', pagesOf(foxess), 30_000, 49 * 2], // an unavailable cloud is read twice
    ['more pages of FusionSolar', pagesOf(fusionsolar), 30_000, 49 * 2],
    ['lists of FusionSolar', named('getDevList'), 1440 * minute, 25],
    ['plants of FusionSolar', named('stations'), 1440 * minute, 25],
    ['log-ins at FusionSolar', named('login'), 10 * minute, 5],
    ['refused log-ins at FusionSolar', refusedLogIns, 10 * minute, 4],
  ];
  const found = limits.flatMap(([what, calls, within, most]) => {
    const busiest = mostWithin(
      calls.map(({ at }) => at),
      within,
    );
    return busiest > most ? [`${busiest} ${what} within ${Math.ceil(within / minute)} min, ${most} allowed`] : [];
  });
  found.push(...tooSoon(named('getDevRealKpi').map(({ at }) => at)));
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

/** The clock of a soak goes on for all sources while others wait until they may be asked. */
const waitOfAnother = 20_000;

/** FusionSolar's live calls: one in five minutes. */
function tooSoon(times: readonly number[]): string[] {
  return times.slice(1).flatMap((at, index) => {
    const pause = at - (times[index] ?? 0);
    return pause < 5 * minute - waitOfAnother ? [`live calls to FusionSolar ${pause / 1000} s apart`] : [];
  });
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
