/** The owner's expressions over the answers of http-json: what they give, as a number in Charge HQ's units or as a time. */
import { evaluateExpressions, type Result } from '../../platform/expressions.ts';
import { Failure } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import { numberIn } from '../quantities.ts';
import type { Body } from './call.ts';
import { type Extra, extras, type Field, type Fields, type Power, powers } from './settings.ts';

type Purpose = Power | Extra | 'okExpr' | 'timestamp';

export type Expression = {
  purpose: Purpose;
  text: string;
  /** The environment variable in which it stands. */
  setting: string;
};

type Settings = { fields: Fields; okExpr?: string | undefined; timestamp?: string | undefined };

/** In the order in which they count: behind one that must be ended no other is evaluated. */
export function expressionsOf(settings: Settings, settingName: (setting: string) => string): Expression[] {
  const known = expressionsBySettings.get(settings) ?? listed(settings, settingName);
  expressionsBySettings.set(settings, known);
  return known;
}

/** The settings are the same object in every tick. */
const expressionsBySettings = new WeakMap<Settings, Expression[]>();

function listed(settings: Settings, settingName: (setting: string) => string): Expression[] {
  const { fields, okExpr, timestamp } = settings;
  const among = (purpose: Power | Extra) => ({ purpose, text: fields[purpose]?.expr, setting: settingName('fields') });
  const all = [
    { purpose: 'okExpr' as const, text: okExpr, setting: settingName('okExpr') },
    ...powers.map(among),
    { purpose: 'timestamp' as const, text: timestamp, setting: settingName('timestamp') },
    ...extras.map(among),
  ];
  return all.flatMap(({ text, ...rest }) => (text === undefined ? [] : [{ ...rest, text }]));
}

/** What one expression gave. */
export type Given = {
  /** @throws Failure: `settings` where the expression must be changed, else `bad-response`. */
  value(): unknown;
  /** For a value that is of no use; `why` quotes nothing of the answer. */
  unusable(why: string): Failure;
};

/** @param answers by the ids of their requests. */
export async function evaluated(
  expressions: readonly Expression[],
  answers: readonly (readonly [id: string, Body])[],
  now: number,
): Promise<Partial<Record<Purpose, Given>>> {
  const input = {
    value: Object.fromEntries(answers.map(([id, { json }]) => [id, json])),
    text: () => `{${answers.map(([id, { text }]) => `"${id}":${text}`).join()}}`,
  };
  const texts = expressions.map(({ text }) => text);
  const results = await evaluateExpressions(texts, input, now);
  return Object.fromEntries(
    expressions.map((expression, index) => [expression.purpose, givenBy(expression, results[index])]),
  );
}

const longestQuotation = 100;

function givenBy({ purpose, text, setting }: Expression, result: Result | undefined): Given {
  const quoted = text.length > longestQuotation ? `${text.slice(0, longestQuotation)}…` : text;
  const unusable = (why: string) => new Failure('bad-response', `${purpose}: the expression ${quoted} ${why}`);
  return {
    unusable,
    value() {
      if (result?.problem === undefined) return result?.value;
      if (result.fault === 'input') throw unusable(result.problem);
      throw new Failure(
        'settings',
        `${setting} must be changed: ${purpose}: the expression ${quoted} ${result.problem}`,
      );
    },
  };
}

/** In kW or kWh or 0…1. Nothing and null are the owner's default if there is one, and an error if not. */
export function figureOf({ unit, invert, default: standIn }: Field, given: Given): number {
  const value = given.value() ?? standIn;
  const number = numberOf(value);
  if (number === undefined) throw given.unusable(`gives ${kindOf(value)}`);
  return (invert ? -number : number) * unit + 0;
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? numberIn(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** In words that quote nothing of the answer. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list instead of a number';
  if (typeof value === 'string') return 'a text that is not a number';
  return typeof value === 'object' ? 'an object instead of a number' : `no number (${typeof value})`;
}

export type TimeSettings = {
  timestampFormat: 'iso' | 'unix' | 'unixms';
  /** IANA zone for iso times that carry none. */
  timestampZone?: string | undefined;
};

/** How far the clock of an endpoint may run ahead of ours, ms. */
const aheadMs = 300_000;
/** More than five endpoints have. */
const mostTimes = 100;

/** @returns ms since the epoch; of several times the oldest. */
export function timeOf(given: Given, settings: TimeSettings, now: number): number {
  const values = [given.value()].flat();
  if (values.length > mostTimes) throw given.unusable(`gives more than ${mostTimes} times`);
  const times = values.map((time) => instantIn(time, settings, now) ?? Number.NaN);
  const [oldest, newest] = [Math.min(...times), Math.max(...times)];
  if (times.length === 0 || Number.isNaN(oldest)) {
    const hint = settings.timestampFormat === 'iso' ? ' with a zone (or set the timestamp zone)' : '';
    throw given.unusable(`gives no time in the format ${settings.timestampFormat}${hint}`);
  }
  // Seconds taken for ms, or the reverse, fall outside.
  if (oldest < Date.UTC(2015) || newest > now + aheadMs)
    throw given.unusable('gives a time before 2015 or in the future: check its format and zone');
  return oldest;
}

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:(Z)|([+-]\d\d):?(\d\d))?$/;

function instantIn(time: unknown, { timestampFormat, timestampZone }: TimeSettings, now: number): number | undefined {
  if (timestampFormat === 'unixms') return numberOf(time);
  if (timestampFormat === 'unix') return (numberOf(time) ?? Number.NaN) * 1000;
  const parts = typeof time === 'string' && time.length < 60 ? iso.exec(time.trim()) : null;
  if (!parts) return undefined;
  const [, date, clock, utc, hours, minutes] = parts;
  const local = `${date}T${clock}`;
  if (utc) return Date.parse(`${local}Z`);
  if (hours) return Date.parse(`${local}${hours}:${minutes}`);
  return timestampZone === undefined ? undefined : instantOf(local, timestampZone, now + aheadMs);
}
