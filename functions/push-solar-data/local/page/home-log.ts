/** What the page knows of a home: made from its ticks, in whatever order they come. No clock, no disk. */
import { plainText } from '../../core/plain-text.ts';
import { powerOf, type Term, terms } from '../../core/reading.ts';
import type { DestinationReport, SourceReport, TickReport } from '../../core/report.ts';
import { daysKept, type Told } from '../../persistence/tick-history.ts';
import { chargeOf, flowsOf } from './flows.ts';
import { historyOf } from './history-rows.ts';
import { totalsOf } from './integration.ts';
import type { DestinationView, History, HomeState, SourceView } from './page-state.ts';
import { holdOn, type Sample, sampleOf, tells } from './sample.ts';

/** Names for people, by what stands in a tick's line. */
export type Titles = {
  source(row: { label: string; vendor: string }): string;
  destination(label: string): string;
};

export type HomeLog = {
  add(told: readonly Told[]): void;
  /** @param midnight before `now`. */
  state(now: number, midnight: number): HomeState;
  history(from: number, until: number): History;
  /** Of the newest tick, ms since the epoch. */
  lastAt(): number | undefined;
};

const dayMs = 86_400_000;
/** What a home has given within so long it is known to have. */
const shapeMs = dayMs;
/** Lines are of our own clock, or of AWS's, which may run ahead a little; what lies further ahead is of a wrong clock. */
const aheadMs = 120_000;

/** Of a tick each minute, so far back as a home can be seen. */
const mostSamples = daysKept * 24 * 60;

type At<Row> = { at: number; row: Row };

export function homeLog(site: string, titles: Titles): HomeLog {
  const kept = keptSamples();
  const rows = lastRows();
  return {
    lastAt: () => rows.last()?.at,
    add(told) {
      for (const each of told) {
        if ('report' in each && each.report.site !== site) continue;
        kept.add(sampleOf(each));
        if ('report' in each) rows.add(each.at, each.report);
      }
    },
    history: (from, until) => historyOf(kept.until(until), { from, until }),
    state(now, midnight) {
      rows.forgetAfter(now + aheadMs);
      const samples = kept.until(now);
      const has = hasOf(samples, now);
      const last = rows.last();
      const { problems = [], warnings = [], sources = [], destinations = [] } = last?.row ?? {};
      const error = samples.findLast(tells)?.error;
      return {
        site,
        now,
        ...(last ? { tickAt: last.at, outcome: last.row.outcome } : {}),
        flows: flowsOf(samples, has, now),
        charge: chargeOf(samples, now),
        ...(error ? { error: { ...error, since: failingSince(samples) } } : {}),
        problems: problems.map(short),
        warnings: warnings.map(short),
        remarks: rows.remarks().map(short),
        sources: sources.map((row) =>
          sourceView({ ...row, notes: rows.notes(row) }, last?.at ?? now, rows.answerAt(row.label), titles),
        ),
        destinations: destinations.map((row) =>
          destinationView(row, rows.message(row.label), titles.destination(row.label)),
        ),
        today: totalsOf(samples, has, { from: midnight, until: now }),
      };
    },
  };
}

/** In order, whatever the order they come in. */
function keptSamples() {
  const kept: Sample[] = [];
  let isInOrder = true;
  let isHeld = true;
  const order = () => {
    if (!isInOrder) kept.sort((a, b) => a.at - b.at);
    isInOrder = true;
  };
  const hold = () => {
    let figures: Sample | undefined;
    for (const sample of isHeld ? [] : kept) {
      if (tells(sample)) figures = sample;
      else if (figures) holdOn(figures, sample);
    }
    isHeld = true;
  };
  return {
    add(sample: Sample): void {
      isInOrder &&= (kept.at(-1)?.at ?? 0) <= sample.at;
      kept.push(sample);
      isHeld = false;
      // Nobody may look for months.
      if (kept.length <= 2 * mostSamples) return;
      order();
      kept.splice(0, kept.length - mostSamples);
    },
    until(now: number): Sample[] {
      order();
      hold();
      const tooOld = kept.findIndex(({ at }) => at >= now - daysKept * dayMs);
      if (tooOld > 0) kept.splice(0, tooOld);
      return kept.filter(({ at }) => at <= now + aheadMs);
    },
  };
}

/** The newest tick, and the newest answer of each source and message to each destination. */
function lastRows() {
  let last: At<TickReport> | undefined;
  const answers = new Map<string, At<SourceReport>>();
  const messages = new Map<string, At<DestinationReport>>();
  let noted: At<TickReport>[] = [];
  /** Those of the last hour, or of the newest line alone where that says them all. */
  const lately = (): readonly TickReport[] => {
    if (!last) return [];
    const { at: until, row } = last;
    if (!isShort(row)) return [row];
    return noted.filter(({ at }) => at > until - saidMs && at <= until).map((each) => each.row);
  };
  return {
    last: () => last,
    remarks: () => unique(lately().flatMap(({ remarks = [] }) => remarks)),
    notes: ({ label }: SourceReport) =>
      unique(
        lately().flatMap(({ sources }) => sources.flatMap((row) => (row.label === label ? (row.notes ?? []) : []))),
      ),
    answerAt: (label: string) => answers.get(label)?.at,
    message: (label: string) => messages.get(label),
    add(at: number, report: TickReport): void {
      if (at >= (last?.at ?? 0)) last = { at, row: report };
      if (says(report) && at > (last?.at ?? 0) - saidMs) noted = [...noted.slice(1 - mostNoted), { at, row: report }];
      keepNewest(
        answers,
        at,
        report.sources.filter(({ result }) => result === 'read'),
      );
      keepNewest(
        messages,
        at,
        report.destinations.filter(({ outcome }) => outcome !== 'idle'),
      );
    },
    /** A clock that was ahead and was set back. */
    forgetAfter(time: number): void {
      if (last && last.at > time) last = undefined;
      for (const newest of [answers, messages])
        for (const [label, { at }] of newest) if (at > time) newest.delete(label);
    },
  };
}

/** A line of one of several homes, all being well: it does not say when a source is asked next, nor again what it has said within the hour. */
const isShort = ({ sources }: TickReport): boolean => sources.length > 0 && sources.every(({ next }) => !next);
const saidMs = 3_600_000;
/** More than an hour of ticks that each say something. */
const mostNoted = 100;

const says = ({ remarks = [], sources }: TickReport): boolean =>
  remarks.length > 0 || sources.some(({ notes = [] }) => notes.length > 0);

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

function keepNewest<Row extends { label: string }>(
  newest: Map<string, At<Row>>,
  at: number,
  rows: readonly Row[],
): void {
  for (const row of rows) if (at >= (newest.get(row.label)?.at ?? 0)) newest.set(row.label, { at, row });
}

const short = (text: string): string => plainText(text);

/** The terms that it has given lately, or is known by its settings to have. */
function hasOf(samples: readonly Sample[], now: number): Set<Term> {
  const recent = samples.filter(({ at }) => at > now - shapeMs);
  return new Set(
    terms.filter((term) =>
      recent.some(({ figures, lacking }) => figures?.[powerOf[term]] !== undefined || lacking.includes(term)),
    ),
  );
}

/** Since the first of the ticks without figures that end with the newest one. */
function failingSince(samples: readonly Sample[]): number {
  const lastGood = samples.findLastIndex(({ figures }) => figures !== undefined);
  return samples.slice(lastGood + 1).find(tells)?.at ?? 0;
}

function sourceView(row: SourceReport, at: number, lastAnswerAt: number | undefined, titles: Titles): SourceView {
  const { label, result, kind, error, lacking = [], notes = [], next } = row;
  return {
    label: short(label),
    title: short(titles.source(row)),
    state: result === 'failed' ? 'fails' : result === 'waiting' ? 'waiting' : 'answers',
    ...(lastAnswerAt === undefined ? {} : { lastAnswerAt }),
    ...(next ? { next: { at: at + next.in_s * 1000, why: short(next.why) } } : {}),
    ...(error === undefined ? {} : { error: { kind: kind ?? 'bug', says: short(error) } }),
    lacking: lacking.map(short),
    notes: notes.map(short),
  };
}

const taken = { pushed: 'took the figures', reported: 'was told the error', idle: 'was told nothing yet' };

/** @param message the last that it was told. @param now of the newest tick. */
function destinationView(
  now: DestinationReport,
  message: At<DestinationReport> | undefined,
  title: string,
): DestinationView {
  const { label, outcome, kind, error } = message?.row ?? now;
  return {
    label: short(label),
    title: short(title),
    outcome,
    ...(message ? { lastMessageAt: message.at } : {}),
    says: short(error ?? (outcome === 'failed' ? 'could not be told' : taken[outcome])),
    ...(error === undefined ? {} : { error: { ...(kind ? { kind } : {}), says: short(error) } }),
  };
}
