/** An adapter with a log-in and a state, as the tests of its memory open it. */
import * as z from 'zod/mini';
import {
  type OpenAdapterMemory,
  openAdapterMemory,
} from '../../functions/push-solar-data/persistence/adapter-memory.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';

export const now = Date.parse('2026-05-01T12:00:00Z');

const adapter = {
  session: z.object({ token: z.string() }),
  state: z.object({ plant: z.optional(z.string()), count: z.optional(z.number()) }),
};

export const open = (store: StateStore, remembered: { label?: string; identity?: string } = {}): OpenAdapterMemory =>
  openAdapterMemory(store, { label: 'roof', identity: 'identity', adapter, ...remembered });

export const tokenIn = async (store: StateStore): Promise<string | undefined> =>
  ((await store.read('session/roof')) as { value: { token: string } } | undefined)?.value.token;

/** Renews the log-in as a read does. */
export const renew = async (memory: OpenAdapterMemory, token: string, at = now): Promise<void> =>
  (await memory.load(now)).session.save({ token }, at);
