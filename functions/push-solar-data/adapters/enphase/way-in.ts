/** What the two ways to Enphase's cloud have in common. */
import * as z from 'zod/mini';
import type { AdapterReading, Http, ReadContext, SettingValues } from '../adapter.ts';
import { Cookies } from '../cookies.ts';
import { TokenSession } from '../oauth.ts';
import type { Choice } from '../only.ts';
import type { settings } from './settings.ts';

/** Times in ms. */
export const State = z.object({
  systemId: z.string(),
  /** When each channel and battery was last there. */
  seen: z.record(z.string(), z.number()),
  /** How many log-ins in a row were refused, and until when none is tried. */
  refusedLogIns: z.number(),
  noLogInBefore: z.number(),
});
export const Session = z.extend(TokenSession, { cookies: z.optional(Cookies) });
export type Session = z.output<typeof Session>;
export type EnphaseContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const whose = { title: 'Enphase', noun: 'system' };

export type Get = Http['get'];
export type WayIn = {
  withLogIn<Result>(context: EnphaseContext, read: (get: Get) => Promise<Result>): Promise<Result>;
  systems(get: Get): Promise<Choice[]>;
  newest(get: Get, systemId: string, context: EnphaseContext): Promise<AdapterReading>;
};
