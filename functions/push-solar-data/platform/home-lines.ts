/** The line of each home of a shard in the log: short while all is well, everything once something is wrong. */
import { isBug, levelOf, type SourceReport, type TickReport } from '../core/report.ts';

export type HomeLines = {
  /** @param at ms since the epoch. */
  tell(report: TickReport, at: number): void;
  /** Of no home in particular: what did not work. */
  say(sentence: string, at: number): void;
};

/** How long a note or remark is not said again in a home's short lines, ms. */
const saidMs = 3_600_000;
/** Of one home; beyond them the oldest are forgotten, and said again. */
const keptTexts = 200;

/** @param write takes one line with its end; Lambda passes on what is JSON with `level` and `timestamp`. */
export function createHomeLines(write: (line: string) => void): HomeLines {
  /** By home, when a text last stood in its line. */
  const said = new Map<string, Map<string, number>>();
  const timeOf = (at: number) => new Date(at).toISOString();
  return {
    say: (message, at) => write(`${JSON.stringify({ level: 'WARN', timestamp: timeOf(at), message })}\n`),
    tell(report, at) {
      const before = said.get(report.site) ?? new Map<string, number>();
      said.set(report.site, before);
      const isNew = (text: string): boolean => {
        const last = before.get(text);
        return last === undefined || at < last || at - last >= saidMs;
      };
      const line = isAllWell(report) ? shortOf(report, isNew) : report;
      for (const text of textsOf(line)) remember(before, text, at, isNew(text));
      const { outcome, ...rest } = line;
      const begin = { level: levelOf(report).toUpperCase(), timestamp: timeOf(at), outcome };
      write(`${JSON.stringify({ ...begin, ...rest })}\n`);
    },
  };
}

/** A text that still counts as said keeps its time, so that it comes again after an hour however often it is meant. */
function remember(said: Map<string, number>, text: string, at: number, isNew: boolean): void {
  if (!isNew) return;
  said.delete(text);
  said.set(text, at);
  const [oldest] = said.keys();
  if (said.size > keptTexts && oldest !== undefined) said.delete(oldest);
}

function isAllWell(report: TickReport): boolean {
  const { outcome, warnings = [], problems = [], error, sources, destinations } = report;
  const isCalm = outcome === 'pushed' || outcome === 'idle';
  return (
    isCalm &&
    error === undefined &&
    warnings.length + problems.length === 0 &&
    sources.every(({ result }) => result !== 'failed') &&
    destinations.every((row) => row.outcome !== 'failed') &&
    !isBug(report)
  );
}

const textsOf = ({ sources, remarks = [] }: TickReport): string[] => [
  ...remarks.map((remark) => keyOf(undefined, remark)),
  ...sources.flatMap(({ label, notes = [] }) => notes.map((note) => keyOf(label, note))),
];

const keyOf = (label: string | undefined, text: string): string => `${label ?? ''} ${text}`;

function shortOf({ remarks, ...report }: TickReport, isNew: (key: string) => boolean): TickReport {
  const news = (remarks ?? []).filter((remark) => isNew(keyOf(undefined, remark)));
  const sources = report.sources.map(({ next: _next, notes, ...source }): SourceReport => {
    const fresh = (notes ?? []).filter((note) => isNew(keyOf(source.label, note)));
    return fresh.length > 0 ? { ...source, notes: fresh } : source;
  });
  const { warnings: _none, problems: _neither, derived, ...rest } = report;
  return {
    ...rest,
    ...(derived && derived.length > 0 ? { derived } : {}),
    sources,
    ...(news.length > 0 ? { remarks: news } : {}),
  };
}
