/**
 * The ticks of the last 31 days on one's own machine: a file of lines for each day of UTC, to which is only appended, and
 * which goes as a whole when its time is over.
 */
import { appendFile, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { TickReport } from '../core/report.ts';

/** A tick at a moment, ms since the epoch, or an invocation that ended without one. */
export type Told = { at: number; report: TickReport } | { at: number; trouble: string };

export type TickHistory = {
  /** In the order of the calls. Never throws. @returns why it could not be kept, in a sentence. */
  append(told: readonly Told[]): Promise<string | undefined>;
  /** Oldest first, a day at a time. What cannot be read is left out. */
  read(from: number, until: number): AsyncGenerator<Told[]>;
};

const Line = z.union([
  z.object({ at: z.number(), report: TickReport }),
  z.object({ at: z.number(), trouble: z.string() }),
]);

export const daysKept = 31;
const dayMs = 86_400_000;
/** Of one day. A tick a minute of a home with several sources and destinations writes 2 MB; more is a fault. */
const mostBytes = 8_000_000;

/** @param folder is made where it is missing. */
export function tickHistory(folder: string): TickHistory {
  let queue: Promise<string | undefined> = Promise.resolve(undefined);
  let tidied: string | undefined;
  const keep = async (told: readonly Told[]): Promise<string | undefined> => {
    try {
      for (const [day, lines] of byDay(told)) {
        await appendLines(folder, day, lines);
        if (tidied === day) continue;
        await tidy(folder, day);
        tidied = day;
      }
      return undefined;
    } catch (error) {
      return `The history in ${folder} could not be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): the page and the export will have a gap.`;
    }
  };
  return {
    append(told) {
      queue = queue.then(() => keep(told));
      return queue;
    },
    async *read(from, until) {
      for (const day of await daysIn(folder)) {
        const begin = Date.parse(day);
        if (begin + dayMs <= from || begin > until) continue;
        const told = (await linesOf(join(folder, fileOf(day)))).filter(({ at }) => at >= from && at <= until);
        if (told.length > 0) yield inOrder(told);
      }
    },
  };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const fileOf = (day: string): string => `${day}.jsonl`;

/** In names of files, which sort by time. */
async function daysIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => /^(\d{4}-\d\d-\d\d)\.jsonl$/.exec(name)?.[1] ?? []).sort();
}

function byDay(told: readonly Told[]): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const each of told) {
    const day = dayOf(each.at);
    const lines = days.get(day) ?? [];
    lines.push(JSON.stringify('report' in each ? { ...each, report: kept(each.report) } : each));
    days.set(day, lines);
  }
  return days;
}

/** What is long and for engineers stays in the terminal. */
function kept(report: TickReport): TickReport {
  const short = <Row extends { excerpt?: string | undefined; stack?: string | undefined }>({
    excerpt: _excerpt,
    stack: _stack,
    ...row
  }: Row) => row;
  return { ...report, sources: report.sources.map(short), destinations: report.destinations.map(short) };
}

/** One write, which begins with an end of line: whatever another process or a full disk has cut before stays on its own. */
async function appendLines(folder: string, day: string, lines: readonly string[]): Promise<void> {
  const path = join(folder, fileOf(day));
  const text = `\n${lines.join('\n')}\n`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(path, 'a', 0o600);
  try {
    if ((await file.stat()).size + text.length > mostBytes) throw Object.assign(new Error(path), { code: 'EFBIG' });
    await appendFile(file, text);
  } finally {
    await file.close();
  }
}

/**
 * Files are counted, not dated: a clock that is wrong for an hour would else take a month away. The one of today stays
 * whatever its date.
 */
async function tidy(folder: string, today: string): Promise<void> {
  const days = (await daysIn(folder)).filter((day) => day !== today);
  for (const day of days.slice(0, Math.max(0, days.length - daysKept)))
    await rm(join(folder, fileOf(day)), { force: true });
}

/** A line that is cut or not ours is passed over. */
async function linesOf(path: string): Promise<Told[]> {
  const text = await beginningOf(path).catch(() => '');
  const found = new Map<string, Told>();
  for (const line of text.split('\n')) {
    const parsed = line === '' ? undefined : Line.safeParse(json(line));
    if (parsed?.success) found.set(line, parsed.data);
  }
  return [...found.values()];
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, mostBytes)), 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const inOrder = (told: Told[]): Told[] => told.sort((a, b) => a.at - b.at);
