/**
 * Errors that no promise and no caller takes: they would end the process, and with it the ticks of all homes in it. Here
 * each is noted for the home in whose work it arose.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import { framesOf } from '../core/failure.ts';
import { plainText } from '../core/plain-text.ts';

export type StrayErrors = {
  /** What arises of this work, then or later, is that home's. */
  within<Result>(home: string, work: () => Result): Result;
  /** What has arisen of a home since the last time, without any message: that may quote anything. */
  take(home: string): string[];
};

const events = ['uncaughtException', 'unhandledRejection'];
/** Of one home at a time. */
const mostErrors = 5;
const longestError = 1_500;

/** Takes the place of whoever listens already, and asks him where no home is known. */
export function noteStrayErrors(listening: EventEmitter): StrayErrors {
  const homes = new AsyncLocalStorage<string>();
  const errors = new Map<string, string[]>();
  for (const event of events) {
    const before = listening.listeners(event);
    listening.removeAllListeners(event);
    listening.on(event, (error: unknown, ...more: unknown[]) => {
      const home = homes.getStore();
      if (home === undefined) return passOn(before, error, more);
      const known = errors.get(home) ?? [];
      errors.set(home, known);
      if (known.length < mostErrors) known.push(plainText(framesOf(error), longestError));
    });
  }
  return {
    within: (home, work) => homes.run(home, work),
    take(home) {
      const known = errors.get(home) ?? [];
      errors.delete(home);
      return known;
    },
  };
}

function passOn(before: readonly unknown[], error: unknown, more: unknown[]): void {
  for (const listener of before) if (typeof listener === 'function') listener(error, ...more);
  if (before.length === 0) throw error;
}

/** Where the process is another's. */
export const noStrayErrors: StrayErrors = { within: (_home, work) => work(), take: () => [] };
