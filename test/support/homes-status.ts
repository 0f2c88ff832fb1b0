/** `npm run status` of a stack of several homes in this process, against their log. */
import { accountOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { showStatus } from '../../infra/commands/status.ts';
import { failingBy, type HomesLog, homeLine, idleBy, type LogEvent, pushedBy } from './homes-log.ts';

export const now = Date.parse('2026-05-01T12:00:00Z');
export const minuteMs = 60_000;
export const minutesAgo = (minutes: number) => now - minutes * minuteMs;
export const refusal = 'FoxESS Cloud refuses the API key: check FOXESS_API_KEY';

export type StatusOptions = {
  /** Of `--site`. */
  site?: string;
  json?: boolean;
  isTTY?: boolean;
  columns?: number;
  deployedAt?: number;
  /** What each look at the clock takes. */
  slowMs?: number;
  /** Lines that are written while the command waits. */
  later?: readonly LogEvent[];
};

/** What the command prints, and how it ends. */
export async function statusIn(
  log: HomesLog,
  SITE: string,
  { site, json = false, isTTY = true, columns = 120, deployedAt = 0, slowMs = 0, later = [] }: StatusOptions = {},
) {
  let time = now;
  const clock = {
    now: () => {
      time += slowMs;
      return time;
    },
    sleep: async (ms: number) => {
      time += ms;
      log.events.push(...later.filter(({ timestamp }) => timestamp <= time && timestamp > time - ms));
    },
  };
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  const said: string[] = [];
  const ports = {
    logs: log.client,
    lookUpStack: async () => ({ changedAt: deployedAt }),
    clock,
    say: (sentence: string) => said.push(sentence),
    output: { isTTY, columns, write },
  };
  try {
    const code = await showStatus(accountOf({ AWS_REGION: 'eu-central-1', SITE }, [], site), ports, { json });
    return { code, text, said, waited_s: (time - now) / 1000 };
  } catch (error) {
    return { text, said, refused: (error as Error).message };
  }
}

export const inOrder = (log: HomesLog, events: LogEvent[]) =>
  log.events.push(...events.sort((a, b) => a.timestamp - b.timestamp));

const eachMinute = (from: number, until: number, lineAt: (at: number) => LogEvent) =>
  Array.from({ length: from - until + 1 }, (_, nth) => lineAt(minutesAgo(from - nth)));

/** One of each kind. @returns SITE. */
export function playVillage(log: HomesLog): string {
  inOrder(log, [
    ...eachMinute(30, 0, (at) => homeLine(at, pushedBy('home'))),
    ...eachMinute(30, 9, (at) => homeLine(at, pushedBy('cabin'))),
    ...eachMinute(30, 13, (at) => homeLine(at, pushedBy('barn'))),
    ...eachMinute(12, 0, (at) => homeLine(at, failingBy('barn', refusal))),
    homeLine(minutesAgo(1), pushedBy('beach', { warnings: ['production of 4.2 kW in the night'] })),
    homeLine(
      minutesAgo(2),
      pushedBy('mill', {
        destinations: [
          { label: 'charge-hq', outcome: 'pushed' },
          { label: 'mqtt', outcome: 'failed', kind: 'auth', error: 'MQTT broker refuses the password' },
        ],
      }),
    ),
    homeLine(minutesAgo(1), idleBy('mill')),
    homeLine(minutesAgo(0.5), idleBy('new')),
  ]);
  return 'home,cabin,barn,beach,mill,new,unborn';
}
