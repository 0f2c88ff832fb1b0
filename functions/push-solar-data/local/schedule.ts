/** What `npm start` says of its plan: what is read and told, what is known by now, and when each source is asked next. */
import { evaluate } from '../core/evaluate.ts';
import { inWords } from '../core/freshness.ts';
import { askingTick } from '../core/next-poll.ts';
import type { TickReport } from '../core/report.ts';
import type { SiteState } from '../core/site-state.ts';
import { standing } from '../core/source-state.ts';
import { titleOf } from '../settings/named.ts';
import type { Site, Source } from '../settings/site.ts';

/** What is known of the sources at a moment. */
export type Known = {
  /** By label. */
  sources: SiteState['sources'];
  baseline?: SiteState['baseline'];
  loadedAt: number | undefined;
  now: number;
  /** When the next tick comes, ms since the epoch; after it, they come each minute. */
  nextTickAt: number;
};

/** What is read, and where it goes. */
export function whatFor({ sources, destinations }: Pick<Site, 'sources' | 'destinations'>): string {
  const told = destinations.filter(({ problems }) => problems.length === 0).map(({ title }) => title);
  return `Reads ${inARow(sources.map(nameOf))}, and tells ${inARow(told)}.`;
}

/** `FoxESS may be asked every 5 minutes: next at 19:10.`, for each source. */
export const schedule = ({ sources }: Pick<Site, 'sources'>, known: Known): string[] =>
  sources.map((source) => {
    const at = dueAt(source, known) ?? known.nextTickAt;
    return `${nameOf(source)} ${pace(source)}: next at ${clock(at)}.`;
  });

/** `FoxESS is asked at 19:10`, for each source that no tick asks before the next one. */
export const nextAsked = ({ sources }: Pick<Site, 'sources'>, known: Known): string[] =>
  sources.flatMap((source) => {
    const at = dueAt(source, known);
    return at === undefined ? [] : [`${nameOf(source)} is asked at ${clock(at)}`];
  });

/** What would be told by what is known, although nothing is new. */
export function lastKnown(site: Site, { sources, baseline, now }: Known): Partial<TickReport> {
  const results = site.sources.map((source) => ({
    label: source.label,
    vendor: source.adapter.vendor,
    polled: true,
    notes: [],
    ...standing(sources[source.label], source, now),
  }));
  return evaluate(site, results, now, baseline).report;
}

const dueAt = (source: Source, { sources, ...ticks }: Known): number | undefined =>
  askingTick(sources[source.label], source, ticks);

/** A source of its own choice of label is known by that too. */
const nameOf = ({ label, adapter, title }: Source): string => titleOf(title, { label, slug: adapter.vendor });

const pace = ({ pollSeconds, floorSeconds }: Source): string =>
  `${pollSeconds > floorSeconds || pollSeconds <= 60 ? 'is' : 'may be'} asked every ${interval(pollSeconds)}`;

function interval(seconds: number): string {
  if (seconds <= 60) return 'minute';
  return seconds % 60 === 0 && seconds < 7200 ? `${seconds / 60} minutes` : inWords(seconds);
}

/** The hour of this machine's clock. */
const clock = (at: number): string => new Date(at).toTimeString().slice(0, 5);

const inARow = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
