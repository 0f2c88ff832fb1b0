/** The log of a fleet as it is written, line by line: how much, of whom, and that nobody stands in another's line. */

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { deploymentMinutes, type LogTally, minuteMs } from './figures.ts';
import type { FleetHome } from './homes.ts';

/** @returns at the end of all logs. */
export async function readLog(
  logs: readonly Readable[],
  homes: readonly FleetHome[],
  { begins, minutes }: { begins: number; minutes: number },
): Promise<LogTally> {
  const bySite = new Map(homes.map((home) => [home.site, { home, lines: 0, hasTicked: false }]));
  const settledAt = begins + deploymentMinutes * minuteMs;
  const tally: LogTally = {
    ...{ homeLines: 0, firstTickSeconds: [], homeBytes: 0, otherBytes: 0, outcomes: {}, missed: 0 },
    ...{ leaks: [], storeTrouble: {}, bugs: [], errors: {} },
  };
  const read = (line: string) => {
    const bytes = Buffer.byteLength(line) + 1;
    const { report, at } = reportIn(line) ?? {};
    const own = report && bySite.get(report.site);
    if (!report || !own || at === undefined) {
      tally.otherBytes += bytes;
      return;
    }
    own.lines += 1;
    if (!own.hasTicked && report.outcome !== 'failed') {
      own.hasTicked = true;
      tally.firstTickSeconds.push((at - begins) / 1_000);
    }
    if (at >= settledAt) {
      tally.homeLines += 1;
      tally.homeBytes += bytes;
      count(tally.outcomes, report.outcome);
    }
    add(tally, report);
    if (own.home.secrets.some((secret) => line.includes(secret)) || isMixedUp(line, own.home.site))
      tally.leaks.push(line);
  };
  await Promise.all(
    logs.map(async (log) => {
      for await (const line of createInterface({ input: log })) read(line);
    }),
  );
  for (const { lines } of bySite.values()) tally.missed += Math.max(0, minutes - lines);
  return tally;
}

function reportIn(line: string): { report: TickReport; at: number } | undefined {
  try {
    const written = JSON.parse(line);
    const { success, data } = TickReport.safeParse(written);
    return success ? { report: data, at: Date.parse(written.timestamp) } : undefined;
  } catch {
    return undefined;
  }
}

const storeWords = /parameter store|could not be (saved|read)|store does not answer/i;

function add(tally: LogTally, { kind, error, remarks = [], problems = [], destinations }: TickReport): void {
  for (const text of [...remarks, ...problems, ...(error ? [error] : [])])
    if (storeWords.test(text)) count(tally.storeTrouble, text);
  if (kind === 'bug' || destinations.some((row) => row.kind === 'bug'))
    tally.bugs.push(JSON.stringify({ error, remarks }));
  if (error !== undefined) count(tally.errors, error);
}

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** Whether it holds anything of another home: secrets, tokens and addresses all carry a home's name or number. */
export const isMixedUp = (line: string, site: string): boolean =>
  [...line.matchAll(/home-(\d{5})|-8555-0{7}(\d{5})/g)].some(
    ([, named, numbered]) => !site.endsWith(named ?? numbered ?? ''),
  );
