/** Homes at LuxPower's portal that are polled, with what each poll is answered. */
import assert from 'node:assert/strict';
import { luxpower } from '../../functions/push-solar-data/adapters/luxpower.ts';
import {
  account,
  box,
  boxRuntime,
  group,
  hybrid,
  inverter,
  logInTo,
  logInToGridBoss,
  measuredAt,
  now,
  runtime,
  timeText,
  type Values,
} from '../conversations/luxpower.ts';
import type { Exchange } from '../support/conversation.ts';
import { type Played, playAdapter } from '../support/home.ts';

export type Settings = Record<string, string>;
export type Figures = Record<string, number | undefined> | string;

const everySeconds = 60;
const at = (nth: number) => ({ serverTime: timeText(measuredAt + nth * everySeconds * 1000) });
const play = (exchanges: Exchange[], settings: Settings, ticks: number) =>
  playAdapter(luxpower, { settings: { ...account, ...settings }, now, exchanges, ticks, everySeconds });
const told = ({ pushes, report }: Played) => (report.outcome === 'pushed' ? pushes.at(-1)?.siteMeters : report.kind);

/** What each inverter tells at each poll in turn. */
export const playInverters = (polls: readonly Record<string, Values>[], settings: Settings = {}) => {
  const names = Object.keys(polls[0] ?? {});
  const answers = polls.flatMap((units, nth) =>
    Object.entries(units).map(([sn, values]) => runtime(sn, { ...values, ...at(nth), ...own(values) })),
  );
  return play([logInTo(...names.map((sn) => inverter(sn))), ...answers], settings, polls.length);
};
/** A time that is not the usual one stays. */
const own = ({ serverTime }: Values) => (serverTime === hybrid['serverTime'] ? {} : { serverTime });

export const playBox = (
  polls: readonly { box?: Values; group?: Values | null; more?: Values }[],
  settings: Settings = {},
) => {
  const answers = polls.map(({ more, ...poll }, nth) =>
    boxRuntime({ ...box, ...at(nth), ...poll.box }, poll.group === null ? null : { ...group, ...poll.group }, more),
  );
  return play([logInToGridBoss, ...answers], settings, polls.length);
};

export function assertFigures(played: Played, figures: Figures): void {
  const all = told(played);
  if (typeof figures === 'string' || typeof all === 'string') assert.equal(all, figures, played.report.error);
  else assert.deepEqual(Object.fromEntries(Object.keys(figures).map((field) => [field, all?.[field]])), figures);
}

export const noBattery = { battery_discharge_kw: undefined, battery_soc: undefined };
export const nothing = { pCharge: null, pDisCharge: null, batPower: null };
