/** Mails that name the homes of a shard which are in trouble, and those in which it is over: each once, and few of them. */
import * as z from 'zod/mini';
import {
  endedTroubles,
  lastingTroubles,
  type Trouble,
  type TroubleKind,
  type TroubleWatch,
  troubleKinds,
  watchTroubles,
} from './core/home-troubles.ts';
import type { HomeMinute } from './core/home-watch.ts';
import { inTime } from './core/time.ts';
import type { StateStore } from './persistence/store.ts';

export type ShardMail = {
  /** After all homes of a minute are told. Never throws. @returns what went wrong with a mail, in a sentence. */
  after(minutes: readonly HomeMinute[], now: number): Promise<string | undefined>;
};

export type Mail = { subject: string; text: string };

export type ShardMailPorts = {
  /** Names the stack in the mail. */
  stack: string;
  send(mail: Mail): Promise<void>;
  /** Where is kept of a home what was told: a cold start must not tell it again. */
  storeOf(site: string): Pick<StateStore, 'read' | 'write'>;
};

/** Kept beside the state of a home: when each trouble was told last, ms since the epoch. */
const documentName = 'mail';
const Told = z.partialRecord(z.enum(troubleKinds), z.number());
type Told = z.output<typeof Told>;

type KnownHome = { watch: TroubleWatch; told?: Told };
type News = { site: string; kind: TroubleKind; trouble: Trouble | 'over' };

/** What goes on is told again after a day. */
const reminderMs = 24 * 3_600_000;
/** Where a maker's cloud is down, its homes follow each other into silence: they share a mail. */
const spacingMs = 5 * 60_000;
/** The invocation is paid while it waits. */
const storeMs = 3_000;

export function openShardMail({ stack, send, storeOf }: ShardMailPorts): ShardMail {
  const homes = new Map<string, KnownHome>();
  let triedAt: number | undefined;

  const toldOf = async (site: string, known: KnownHome): Promise<Told> => {
    if (known.told) return known.told;
    const stored = await inTime(storeMs, storeOf(site).read(documentName), () => new Error('late'));
    known.told = Told.safeParse(stored).data ?? {};
    return known.told;
  };

  const newsOf = async (minute: HomeMinute, now: number): Promise<News[]> => {
    const { site } = minute.report;
    const known = homes.get(site) ?? { watch: {} };
    homes.set(site, known);
    known.watch = watchTroubles(known.watch, minute, now);
    const lasting = lastingTroubles(known.watch, now);
    if (lasting.length === 0 && minute.report.outcome === 'idle') return [];
    const told = await toldOf(site, known);
    const isDue = (kind: TroubleKind) => {
      const at = told[kind];
      return at === undefined || now - at >= reminderMs || now < at;
    };
    const due = lasting.flatMap((kind) => {
      const trouble = known.watch[kind];
      return trouble && isDue(kind) ? [{ site, kind, trouble }] : [];
    });
    const ended = endedTroubles(Object.keys(told) as TroubleKind[], minute, now);
    return [...due, ...ended.map((kind) => ({ site, kind, trouble: 'over' as const }))];
  };

  const note = async (news: readonly News[], now: number): Promise<void> => {
    const sites = new Set(news.map(({ site }) => site));
    const writes = [...sites].map(async (site) => {
      const known = homes.get(site);
      if (!known) return;
      const told = { ...known.told };
      for (const each of news.filter((one) => one.site === site))
        if (each.trouble === 'over') delete told[each.kind];
        else told[each.kind] = now;
      known.told = told;
      await storeOf(site).write(documentName, told, { secret: false });
    });
    // What could not be noted may be told once more after a cold start.
    await inTime(storeMs, Promise.allSettled(writes), () => new Error('late')).catch(() => {});
  };

  return {
    async after(minutes, now) {
      const found = await Promise.allSettled(minutes.map((minute) => newsOf(minute, now)));
      const news = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
      const isTooSoon = triedAt !== undefined && now >= triedAt && now - triedAt < spacingMs;
      if (news.length === 0 || isTooSoon) return undefined;
      triedAt = now;
      try {
        await send(mailOf(stack, news));
      } catch (error) {
        return `The mail about ${namesOf(news)} could not be sent: ${error instanceof Error ? error.name : 'unknown error'}`;
      }
      await note(news, now);
      return undefined;
    },
  };
}

const sayings: Record<TroubleKind, { holds: (since: string) => string; over: string; what: string }> = {
  silent: {
    holds: (since) => `no figures have reached its first destination since ${since}`,
    over: 'figures arrive again',
    what: 'without figures',
  },
  doubtful: {
    holds: (since) => `its figures have looked doubtful since ${since}; they are told all the same`,
    over: 'its figures are no longer in doubt',
    what: 'in doubt',
  },
  untold: {
    holds: (since) => `a further destination has taken nothing since ${since}`,
    over: 'all its destinations take its figures again',
    what: 'with a destination that takes nothing',
  },
};

/** @param news at least one. */
function mailOf(stack: string, news: readonly News[]): Mail {
  const bad = news.filter(({ trouble }) => trouble !== 'over');
  const kinds = troubleKinds.filter((kind) => bad.some((each) => each.kind === kind));
  const whats = kinds.map((kind) => sayings[kind].what).join(', ');
  const what = bad.length > 0 ? `${namesOf(bad)} ${whats}` : `${namesOf(news)} well again`;
  const lines = news.map(({ site, kind, trouble }) =>
    trouble === 'over' ? `${site}: ${sayings[kind].over}.` : `${site}: ${lineOf(kind, trouble)}`,
  );
  return {
    subject: `Solar Cloud Bridge ${stack}: ${what}`.slice(0, 100),
    text: [...lines, '', bad.length > 0 ? advice : 'Nothing is to be done.'].join('\n'),
  };
}

const advice =
  'npm run status shows all homes, the worst first, and npm run status -- --site with the name of a home shows that one. ' +
  'docs/many-homes.md says what to do.';

const lineOf = (kind: TroubleKind, { since, why }: Trouble): string =>
  [`${sayings[kind].holds(timeOf(since))}.`, ...(why === undefined ? [] : [`  ${why}`])].join('\n');

const mostNamed = 3;
function namesOf(news: readonly News[]): string {
  const sites = [...new Set(news.map(({ site }) => site))];
  const more = sites.length - mostNamed;
  return more > 0 ? `${sites.slice(0, mostNamed).join(', ')} and ${more} more` : sites.join(', ');
}

const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
