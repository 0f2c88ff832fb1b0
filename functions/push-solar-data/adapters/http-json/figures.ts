/** What the owner's expressions give, as a number in Charge HQ's units or as a time. */
import type { Expression, Given } from '../../platform/expressions.ts';
import { instantOf } from '../local-time.ts';
import { numberOf } from '../quantities.ts';
import { utc } from '../units.ts';
import { extras, type Fields, powers } from './settings.ts';

type Name = keyof Fields;
export const figures = Object.entries({ ...powers, ...extras }) as [Name, (typeof powers & typeof extras)[Name]][];

type Purpose = Name | 'okExpr' | 'timestamp';
type Texts = { fields: Fields; okExpr?: string | undefined; timestamp?: string | undefined };

/** In the order in which they count: behind one that must be ended no other is evaluated. */
export function expressionsOf(texts: Texts, settingName: (setting: string) => string): Expression<Purpose>[] {
  const { fields } = texts;
  const order = ['okExpr', ...Object.keys(powers), 'timestamp', ...Object.keys(extras)] as Purpose[];
  return order.flatMap((purpose): Expression<Purpose>[] => {
    const [text, setting] =
      purpose === 'okExpr' || purpose === 'timestamp' ? [texts[purpose], purpose] : [fields[purpose]?.expr, 'fields'];
    return text === undefined ? [] : [{ purpose, text, setting: settingName(setting) }];
  });
}

/** In kW or kWh or 0…1. Nothing and null are the owner's default if there is one, and an error if not. */
export function figureOf({ unit, invert, default: standIn }: NonNullable<Fields[Name]>, given: Given): number {
  const value = given.value() ?? standIn;
  const number = numberOf(value);
  if (typeof number === 'number') return (invert ? -number : number) * unit + 0;
  throw given.unusable(
    `gives ${Array.isArray(value) ? 'a list instead of a number' : kinds[typeof (value ?? undefined)]}`,
  );
}

/** By the type of a value that is no number, in words that quote nothing of the answer. */
const kinds: Record<string, string> = {
  undefined: 'nothing',
  string: 'a text that is not a number',
  object: 'an object instead of a number',
  boolean: 'true or false instead of a number',
  number: 'a number without end',
};

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

function instantIn(time: unknown, { timestampFormat, timestampZone }: TimeSettings, now: number): number | undefined {
  if (timestampFormat !== 'iso') return Number(numberOf(time)) * (timestampFormat === 'unix' ? 1000 : 1);
  if (typeof time !== 'string' || time.length > 60) return undefined;
  const text = time.trim().replace(/(\.\d{3})\d+/, '$1'); // nobody reads more than milliseconds
  if (/(?:Z|[+-]\d\d:?\d\d)$/.test(text)) return utc.parse(text);
  return timestampZone === undefined ? undefined : instantOf(text, timestampZone, now + aheadMs);
}
