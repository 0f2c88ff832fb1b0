/** Mails that name the homes of a shard which are in trouble, and those in which it is over: each once, and few of them. */
import * as z from 'zod/mini';
import {
  begunTroubles,
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
import { type StateStore, WrittenMeanwhile } from './persistence/store.ts';

export type ShardMail = {
  /** After all homes of a minute are told. Never throws. @returns what went wrong with a mail, in a sentence. */
  after(minutes: readonly HomeMinute[], now: number): Promise<string | undefined>;
};

export type Mail = { subject: string; text: string };

export type ShardMailPorts = {
  /** Names the stack in the mail. */
  stack: string;
  send(mail: Mail): Promise<void>;
  /** Where is kept of a home what has begun and what was told: a cold start must neither forget it nor tell it again. */
  storeOf(site: string): Pick<StateStore, 'read' | 'write'>;
};

/** Kept beside the state of a home: since when each trouble holds, and when it was told last, ms since the epoch. */
const documentName = 'mail';
const Noted = z.partialRecord(z.enum(troubleKinds), z.object({ since: z.number(), toldAt: z.optional(z.number()) }));
type Noted = z.output<typeof Noted>;

type KnownHome = {
  watch: TroubleWatch;
  noted?: Noted;
  /** Since when what was told holds no more, ms since the epoch. */
  goodSince: { [Kind in TroubleKind]?: number | undefined };
  /** What was noted, asked of the store; one that is late is waited for once. */
  asked?: { stored: Promise<unknown>; isLate: boolean } | undefined;
  /** Since when the store gives no answer, ms since the epoch. */
  unreadSince?: number;
};
type News = { site: string; kind: TroubleKind; trouble: Trouble | 'over' };

/** What goes on is told again after a day. */
const reminderMs = 24 * 3_600_000;
/** It is over when it has been for so long: a home with a figure now and then would else have many mails a day. */
const calmMs = 30 * 60_000;
/** Where a maker's cloud is down, its homes follow each other into silence: they share a mail. */
const spacingMs = 5 * 60_000;
/** A home whose store cannot be read for so long is told of all the same, even if a cold start then tells it again. */
const unreadMs = 3_600_000;
/** The invocation is paid while it waits. */
const storeMs = 3_000;

export function openShardMail({ stack, send, storeOf }: ShardMailPorts): ShardMail {
  const homes = new Map<string, KnownHome>();
  /** Homes of which something is noted that was not written yet. */
  const unkept = new Set<string>();
  let triedAt: number | undefined;

  const storedOf = async (site: string, known: KnownHome, now: number): Promise<unknown> => {
    known.asked ??= { stored: storeOf(site).read(documentName), isLate: false };
    const { asked } = known;
    const late = () => {
      asked.isLate = true;
      return new Error('late');
    };
    try {
      return await inTime(asked.isLate ? 0 : storeMs, asked.stored, late);
    } catch (error) {
      if (!asked.isLate) known.asked = undefined;
      known.unreadSince ??= now;
      if (now - known.unreadSince >= unreadMs) return undefined;
      throw error;
    }
  };

  /** After a cold start, what was noted goes on. @returns undefined where it is not needed yet. */
  const watched = async (known: KnownHome, minute: HomeMinute, now: number): Promise<Noted | undefined> => {
    known.watch = watchTroubles(known.watch, minute, now);
    if (known.noted) return known.noted;
    if (minute.report.outcome === 'idle' && lastingTroubles(known.watch, now).length === 0) return undefined;
    known.noted = Noted.safeParse(await storedOf(minute.report.site, known, now)).data ?? {};
    known.watch = watchTroubles(goingOn(known.watch, known.noted), minute, now);
    return known.noted;
  };

  const newsOf = async (minute: HomeMinute, now: number): Promise<News[]> => {
    const { site } = minute.report;
    const known = homes.get(site) ?? { watch: {}, goodSince: {} };
    homes.set(site, known);
    const noted = await watched(known, minute, now);
    if (!noted) return [];
    const isDue = (kind: TroubleKind) => {
      const at = noted[kind]?.toldAt;
      return at === undefined || now - at >= reminderMs || now < at;
    };
    const due = lastingTroubles(known.watch, now).flatMap((kind) => {
      const trouble = known.watch[kind];
      return trouble && isDue(kind) ? [{ site, kind, trouble }] : [];
    });
    for (const kind of begunTroubles(known.watch, now)) {
      const { since = now } = known.watch[kind] ?? {};
      if (!noted[kind]) noteOf(site, kind, { since });
    }
    const ended = endedTroubles(Object.keys(noted) as TroubleKind[], minute, now);
    const wasTold = (kind: TroubleKind) => noted[kind]?.toldAt !== undefined;
    for (const kind of ended.filter((each) => !wasTold(each))) noteOf(site, kind, undefined);
    const over = calmOf(known, ended.filter(wasTold), now);
    return [...due, ...over.map((kind) => ({ site, kind, trouble: 'over' as const }))];
  };

  /** @param ended what was told, and does not hold now. @returns what has not held for long enough. */
  const calmOf = ({ watch, noted = {}, goodSince }: KnownHome, ended: TroubleKind[], now: number): TroubleKind[] => {
    for (const kind of troubleKinds) if (watch[kind] || !noted[kind]) goodSince[kind] = undefined;
    for (const kind of ended) goodSince[kind] ??= now;
    return ended.filter((kind) => now - (goodSince[kind] ?? now) >= calmMs);
  };

  const noteOf = (site: string, kind: TroubleKind, note: Noted[TroubleKind]): void => {
    const { [kind]: _before, ...others } = homes.get(site)?.noted ?? {};
    const known = homes.get(site);
    if (known) known.noted = note ? { ...others, [kind]: note } : others;
    unkept.add(site);
  };

  /** @returns what went wrong. */
  const tell = async (news: readonly News[], now: number): Promise<string | undefined> => {
    triedAt = now;
    try {
      await send(mailOf(stack, news));
    } catch (error) {
      return `The mail about ${namesOf(news)} could not be sent: ${error instanceof Error ? error.name : 'unknown error'}`;
    }
    for (const { site, kind, trouble } of news)
      noteOf(site, kind, trouble === 'over' ? undefined : { since: trouble.since, toldAt: now });
    return undefined;
  };

  const keep = async (site: string): Promise<void> => {
    const store = storeOf(site);
    const write = () => store.write(documentName, homes.get(site)?.noted, { secret: false });
    try {
      await write();
    } catch (error) {
      if (!(error instanceof WrittenMeanwhile)) throw error;
      await store.read(documentName); // so that a store that minds what was read last lets it be overwritten
      await write();
    }
  };

  /** What cannot be kept may be told once more after a cold start. */
  const keepNotes = async (): Promise<void> => {
    const writes = [...unkept].map(keep);
    unkept.clear();
    if (writes.length > 0) await inTime(storeMs, Promise.allSettled(writes), () => new Error('late')).catch(() => {});
  };

  return {
    async after(minutes, now) {
      const found = await Promise.allSettled(minutes.map((minute) => newsOf(minute, now)));
      const news = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
      const isTooSoon = triedAt !== undefined && now >= triedAt && now - triedAt < spacingMs;
      const complaint = news.length === 0 || isTooSoon ? undefined : await tell(news, now);
      await keepNotes();
      return complaint;
    },
  };
}

const goingOn = (watch: TroubleWatch, noted: Noted): TroubleWatch => ({
  ...watch,
  ...Object.fromEntries(
    Object.entries(noted).map(([kind, { since }]) => [kind, { ...watch[kind as TroubleKind], since }]),
  ),
});

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

/** SNS takes fewer than 100 characters (docs.aws.amazon.com/sns/latest/api/API_Publish.html). */
const longestSubject = 99;

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
    subject: `Solar Cloud Bridge ${stack}: ${what}`.slice(0, longestSubject),
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
