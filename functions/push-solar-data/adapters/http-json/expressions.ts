/** JSONata over the answers of http-json: what an expression gives, as a number in Charge HQ's units or as a time. */
import { Failure } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import type { Field } from './settings.ts';

/** Evaluates an expression. @param what whose expression it is, for the sentence. */
export type Evaluate = (what: string, expression: string) => Promise<unknown>;

/** Bounds for one expression: ms, depth, length of a list. A slow regular expression is not stopped by them. */
const guards = { timeout: 200, stack: 200, sequence: 10_000 };

/** @param root the answers by the ids of their requests. */
export async function openExpressions(root: Record<string, unknown>): Promise<Evaluate> {
  const { default: jsonata } = await import('jsonata'); // only for those who use it
  return async (what, expression) => {
    try {
      return await jsonata(expression, guards).evaluate(root);
    } catch (error) {
      // Its message may quote the answer; its code does not.
      const code = typeof error === 'object' && error !== null && 'code' in error ? ` (JSONata ${error.code})` : '';
      throw unusable(what, expression, `fails${code}`);
    }
  };
}

const unusable = (what: string, expression: string, why: string): Failure =>
  new Failure('bad-response', `${what}: the expression ${expression} ${why}`);

/** In kW, kWh or 0…1. Nothing and null are the owner's default if there is one, and an error if not. */
export async function figureOf(name: string, field: Field, evaluate: Evaluate): Promise<number> {
  const { expr, unit, invert, default: standIn } = field;
  const result = (await evaluate(name, expr)) ?? standIn;
  const number = numberOf(result);
  if (number === undefined) throw unusable(name, expr, `gives ${kindOf(result)}`);
  const value = (invert ? -number : number) * unit + 0;
  if (name === 'batterySoc' && (value < 0 || value > 1))
    throw unusable(name, expr, 'is outside 0…100 %: check its unit');
  return value;
}

const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

function numberOf(result: unknown): number | undefined {
  const number = typeof result === 'string' && decimal.test(result) ? Number(result) : result;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** In words that quote nothing of the answer. */
function kindOf(result: unknown): string {
  if (result === undefined || result === null) return 'nothing';
  if (Array.isArray(result)) return 'a list instead of a number';
  if (typeof result === 'string') return 'a text that is not a number';
  return typeof result === 'object' ? 'an object instead of a number' : `no number (${typeof result})`;
}

export type TimeSettings = {
  timestampFormat: 'iso' | 'unix' | 'unixms';
  /** IANA zone for iso times that carry none. */
  timestampZone?: string | undefined;
};

/** How far the clock of an endpoint may run ahead of ours, ms. */
const aheadMs = 300_000;

/** @returns ms since the epoch; of several times the oldest. */
export async function timeOf(expr: string, settings: TimeSettings, now: number, evaluate: Evaluate): Promise<number> {
  const result = await evaluate('timestamp', expr);
  const times = [result].flat().map((time) => instantIn(time, settings, now) ?? Number.NaN);
  const [oldest, newest] = [Math.min(...times), Math.max(...times)];
  if (times.length === 0 || Number.isNaN(oldest)) {
    const hint = settings.timestampFormat === 'iso' ? ' with a zone (or set the timestamp zone)' : '';
    throw unusable('timestamp', expr, `gives no time in the format ${settings.timestampFormat}${hint}`);
  }
  // Seconds taken for ms, or the reverse, fall outside.
  if (oldest < Date.UTC(2015) || newest > now + aheadMs)
    throw unusable('timestamp', expr, 'gives a time before 2015 or in the future: check its format and zone');
  return oldest;
}

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:(Z)|([+-]\d\d):?(\d\d))?$/;

function instantIn(time: unknown, { timestampFormat, timestampZone }: TimeSettings, now: number): number | undefined {
  if (timestampFormat === 'unixms') return numberOf(time);
  if (timestampFormat === 'unix') return (numberOf(time) ?? Number.NaN) * 1000;
  const parts = typeof time === 'string' ? iso.exec(time.trim()) : null;
  if (!parts) return undefined;
  const [, date, clock, utc, hours, minutes] = parts;
  const local = `${date}T${clock}`;
  if (utc) return Date.parse(`${local}Z`);
  if (hours) return Date.parse(`${local}${hours}:${minutes}`);
  return timestampZone === undefined ? undefined : instantOf(local, timestampZone, now + aheadMs);
}
