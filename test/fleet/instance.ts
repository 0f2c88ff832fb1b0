/** One instance of a shard's function, as Lambda keeps it: it runs for the time of an invocation, and is frozen until the next. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import { type Connections, openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { timeHeaders } from './serving.ts';

/** Within an invocation time goes as it does; from one to the next it leaps. */
export type InstanceClock = Clock & {
  eventAt(): number;
  /** From now on it is so much after this event. */
  thaw(eventAt: number, laterMs: number): void;
  /** Nothing that waits goes on before it is thawed. */
  freeze(): void;
  /** Resolves while it is not frozen. */
  going(): Promise<void>;
};

export function instanceClock(): InstanceClock {
  let eventAt = 0;
  let ahead = 0;
  let frozenAt: number | undefined = 0;
  let waiting: (() => void)[] = [];
  const now = () => frozenAt ?? performance.now() + ahead;
  const going = () =>
    frozenAt === undefined ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve));
  return {
    now: () => Math.round(now()),
    stopwatch: now,
    eventAt: () => eventAt,
    going,
    async sleep(ms, signal) {
      await wait(ms, undefined, signal ? { signal } : {}).catch(() => {});
      await going();
    },
    thaw(at, laterMs) {
      eventAt = at;
      ahead = at + laterMs - performance.now();
      frozenAt = undefined;
      for (const resolve of waiting.splice(0)) resolve();
      waiting = [];
    },
    freeze() {
      frozenAt = now();
    },
  };
}

/** As in production, but that every request says what time it is in the fleet. */
export function fleetConnections(clock: InstanceClock): Connections {
  const connections = openConnections();
  const { agent } = connections;
  const dispatch = agent.dispatch.bind(agent);
  agent.dispatch = (options, handler) => {
    const times = { [timeHeaders.at]: String(clock.now()), [timeHeaders.eventAt]: String(clock.eventAt()) };
    return dispatch({ ...options, headers: { ...(options.headers as Record<string, string>), ...times } }, handler);
  };
  return connections;
}
