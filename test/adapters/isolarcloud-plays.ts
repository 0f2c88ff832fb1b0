/** Polls of an iSolarCloud with one hybrid inverter, five minutes apart, for all its tests. */
import { isolarcloud } from '../../functions/push-solar-data/adapters/isolarcloud.ts';
import {
  account,
  consented,
  device,
  hybrid,
  logIn,
  now,
  refresh,
  row,
  rows,
  shownAfter,
  v1Devices,
  v1Live,
  v1Plants,
  v2Devices,
  v2Plants,
} from '../conversations/isolarcloud.ts';
import type { Exchange } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';

export type Options = Partial<Parameters<typeof playAdapter>[1]>;
export const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(isolarcloud, { settings: account, now, exchanges, everySeconds: 300, ...options });
export const playConsented = (exchanges: Exchange[], options: Options = {}) =>
  play(exchanges, { settings: consented, ...options });

/** Figures that are 4 minutes old at the nth poll. */
export const figures = (minutes = 0) => rows(row(14, 1, { ...hybrid, device_time: shownAfter(minutes) }));
/** What is asked before the first figures, by account and by consent. */
export const one = [logIn(), v1Plants(), v1Devices(device(14, 1))];
export const first = [refresh(), v2Plants, v2Devices(device(14, 1))];
/** One hybrid inverter that gives this, in one answer after the other. */
export const playHybrid = (answers: object[], options: Options = {}) =>
  play(
    [
      ...one,
      ...answers.map((points, nth) => v1Live(14, rows(row(14, 1, { device_time: shownAfter(5 * nth), ...points })))),
    ],
    { ticks: answers.length, ...options },
  );
