/** Stored settings as they are now: looked at once in a while, and after a failure, when the owner may be mending one. */
import { type ErrorKind, Failure } from '../core/failure.ts';
import type { TickReport } from '../core/report.ts';
import { nextTurnAt } from '../persistence/turns.ts';
import type { Clock } from '../platform/clock.ts';
import type { SettingTexts } from './settings-reader.ts';

export type StoredSettings = {
  /** @throws Failure `settings` or `unavailable` */
  load(): Promise<SettingTexts>;
  /** Whether one was changed, added or removed since. */
  hasChanged(): Promise<boolean>;
  /** 0 to 1, of a home that shares the calls to its store with others: when its turn comes, so that not all come at once. */
  phase?: number;
};

type Current = { texts?: SettingTexts | undefined; problem?: string };

/** How long stored settings are good without a look whether they have changed. */
const settingsLifeMs = 3_600_000;
const minuteMs = 60_000;
/** Where homes share a store, the looks after failures lie at most so far apart. */
const longestPauseMinutes = 15;
/** So long a tick waits for a look that has to wait for those of other homes; then it goes on with what is known. */
const lookMs = 2_000;
/** What nobody but the owner can end. Few homes have it at once, so all may be looked at every minute. */
const endedByOwner: readonly (ErrorKind | undefined)[] = ['settings', 'auth'];

export function keepSettings(stored: StoredSettings | undefined, clock: Clock) {
  if (!stored) return { current: async (): Promise<Current> => ({}), mayBeMended: () => {} };
  const { phase } = stored;
  const failing = failingHome(phase === undefined);
  let kept: { texts: SettingTexts; checkedAt: number } | undefined;
  let running: Promise<Current> | undefined;

  const isDue = (now: number): boolean => {
    if (!kept || failing.isDue(now)) return true;
    return now < kept.checkedAt || now >= nextTurnAt(kept.checkedAt, settingsLifeMs, phase);
  };
  const look = async (now: number): Promise<Current> => {
    try {
      const isKnown = kept !== undefined && !(await stored.hasChanged());
      kept = { texts: isKnown && kept ? kept.texts : await stored.load(), checkedAt: now };
      failing.lookedAt(now);
      return { texts: kept.texts };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { texts: kept?.texts, problem: error.message };
    }
  };
  /** One look at a time: a tick that comes while an earlier one's look still waits joins it. */
  const sharedLook = (now: number): Promise<Current> => {
    running ??= look(now).finally(() => {
      running = undefined;
    });
    return running;
  };
  const briefLook = async (now: number, texts: SettingTexts): Promise<Current> => {
    const over = new AbortController();
    const asKnown = async () => {
      await clock.sleep(lookMs, over.signal);
      return { texts };
    };
    try {
      return await Promise.race([sharedLook(now), asKnown()]);
    } finally {
      over.abort();
    }
  };

  return {
    async current(): Promise<Current> {
      const now = clock.now();
      if (kept && !isDue(now)) return { texts: kept.texts };
      if (phase === undefined) return look(now);
      return kept ? briefLook(now, kept.texts) : sharedLook(now);
    },
    mayBeMended(report: Pick<TickReport, 'outcome' | 'kind' | 'destinations'>): void {
      failing.told(report, clock.now());
    },
  };
}

/** When a look at the settings of a home is due because its last tick told an error or could not. */
function failingHome(isAlone: boolean) {
  let since: { at: number; looks: number; everyMinute: boolean } | undefined;
  return {
    told({ outcome, kind, destinations }: Pick<TickReport, 'outcome' | 'kind' | 'destinations'>, now: number): void {
      if (outcome === 'idle') return;
      const everyMinute = isAlone || endedByOwner.includes(kind) || endedByOwner.includes(destinations[0]?.kind);
      since = outcome === 'pushed' ? undefined : { at: now, looks: 0, ...since, everyMinute };
    },
    isDue(now: number): boolean {
      if (!since || since.everyMinute) return since !== undefined;
      const pauseMinutes = Math.min(2 ** since.looks, longestPauseMinutes);
      return now < since.at || now - since.at >= (pauseMinutes - 0.5) * minuteMs; // ticks come some seconds early or late
    },
    lookedAt(now: number): void {
      if (since) since = { ...since, at: now, looks: since.looks + 1 };
    },
  };
}
