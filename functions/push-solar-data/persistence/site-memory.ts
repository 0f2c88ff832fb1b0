/** What a site remembers: read from its store once, written only when it matters. */

import {
  afterColdStart,
  mustBeKept,
  type Schedule,
  scheduleFrom,
  withPollsAhead,
  worthKeeping,
  writeSpacingMs,
} from '../core/source-state.ts';
import type { Site, Source } from '../settings/site.ts';
import type { StateStore } from './store.ts';

/** An adapter's state as stored: of no use to other settings than those it came from. */
type Kept = { identity: string; state: Record<string, unknown> };

export type Memory = {
  /** The schedule; change it in place and `saveSchedule`. */
  schedule(site: Site, now: number): Promise<Schedule>;
  saveSchedule(site: Site, now: number): Promise<void>;
  /** The adapter's state of a source; change it in place and `saveState`. */
  state(source: Source): Promise<Record<string, unknown>>;
  saveState(source: Source): Promise<void>;
  /**
   * The same at the end of a tick, when nothing presses: where writes are counted, at most once an hour. What must not
   * be lost (a token that replaced another one) its adapter has saved already.
   */
  keepState(source: Source, now: number): Promise<void>;
  /** Takes over the stored state into the object that `state` returned. */
  reloadState(source: Source): Promise<void>;
};

/** Least time between two writes of a state in which nothing presses, where writes are counted. */
const stateSpacingMs = 3_600_000;

/** Lives as long as the process: a warm invocation finds what the one before knew. */
export function createMemory(store: StateStore): Memory {
  const states = new Map<string, Kept>();
  const written = new Map<string, string>();
  const stateWrittenAt = new Map<string, number>();
  let schedule: Schedule | undefined;
  /** Of the schedule, as last read or written. */
  let kept: { text: string; urgent: string; writtenAt: number } | undefined;

  const write = async (name: string, document: unknown): Promise<void> => {
    const text = JSON.stringify(document);
    if (written.get(name) === text) return;
    await store.write(name, document);
    written.set(name, text);
  };
  const read = async (name: string): Promise<unknown> => {
    const document = await store.read(name);
    if (document !== undefined) written.set(name, JSON.stringify(document));
    return document;
  };
  const readState = async ({ label, identity, adapter }: Source): Promise<Record<string, unknown>> => {
    const kept = (await read(label)) as Partial<Kept> | undefined;
    if (kept?.identity !== identity) return {};
    const parsed = adapter.state?.safeParse(kept.state);
    return parsed?.success ? parsed.data : {};
  };
  const scheduleName = 'schedule';

  return {
    async schedule(site, now) {
      if (schedule) return schedule;
      schedule = scheduleFrom(await read(scheduleName));
      if (!store.frugal) return schedule;
      kept = described(worthKeeping(schedule, site.sources), 0);
      return afterColdStart(schedule, site.sources, now);
    },
    async saveSchedule(site, now) {
      if (!schedule) return;
      if (!store.frugal) return write(scheduleName, schedule);
      if (site.problems.length > 0) return; // its sources are not all here
      const worth = worthKeeping(schedule, site.sources);
      const next = described(worth, now);
      if (next.text === kept?.text) return;
      if (next.urgent === kept?.urgent && now - kept.writtenAt < writeSpacingMs) return;
      await write(scheduleName, withPollsAhead(worth, site.sources, now));
      kept = next;
    },
    async state(source) {
      const known = states.get(source.label);
      if (known?.identity === source.identity) return known.state;
      const state = await readState(source);
      states.set(source.label, { identity: source.identity, state });
      return state;
    },
    async keepState(source, now) {
      const last = stateWrittenAt.get(source.label);
      if (store.frugal && last !== undefined && now - last < stateSpacingMs) return;
      await this.saveState(source);
      if (written.has(source.label)) stateWrittenAt.set(source.label, now);
    },
    async saveState({ label }) {
      const kept = states.get(label);
      if (kept && (written.has(label) || Object.keys(kept.state).length > 0)) await write(label, kept);
    },
    async reloadState(source) {
      const state = await this.state(source);
      const stored = await readState(source);
      for (const key of Object.keys(state)) delete state[key];
      Object.assign(state, stored);
    },
  };
}

const described = (worth: Schedule, writtenAt: number) => ({
  text: JSON.stringify(worth),
  urgent: JSON.stringify(mustBeKept(worth)),
  writtenAt,
});
