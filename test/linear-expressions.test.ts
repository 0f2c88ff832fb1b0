/** No regular expression of the bridge can be kept busy by a text: they are fed long rows of what they look for. */
import { ok } from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, Script } from 'node:vm';
import { expressionsIn } from './support/literals.ts';

const length = 300_000;
const mostMs = 50;
const units = '0|1 | |\t\n|a|ab |a=|a.|"|\\|":"|<|/|.|;|,|&a|%|-|{'.split('|');
const beginnings = ['', '"', '2026-06-15T13:05:00'];

/** Ends with what no expression expects, so that all that was begun is tried again. */
const row = (beginning: string, unit: string): string =>
  Buffer.from(`${beginning}${unit.repeat(length / unit.length)}\u0001`, 'latin1').toString('latin1');

type Rows = [what: string, text: string][];
const rowsOf = (some: string[], of: string[]): Rows =>
  some.flatMap((beginning) => of.map((unit): Rows[number] => [`${beginning}, then ${unit}`, row(beginning, unit)]));

const commonRows = rowsOf(beginnings, units);

/** The same for the words in an expression. */
const ownRows = ({ source }: RegExp): Rows =>
  (source.match(/[a-z]{3,}|[A-Z]{3,}/g) ?? []).flatMap((word) => rowsOf(['', '"', `${word} `], [word]));

/** In a context of its own, because only there can an expression be stopped. */
const context = createContext({ expression: /./, text: '' });
const run = new Script('text.replace(expression, "")');

/** Of the processor: others may have it in between. */
function milliseconds(expression: RegExp, text: string): number {
  Object.assign(context, { expression, text });
  const begun = process.cpuUsage();
  try {
    run.runInContext(context, { timeout: 20 * mostMs });
  } catch {
    // It was stopped: the time tells.
  }
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

for (const { file, expression } of expressionsIn('functions'))
  test(`${expression} reads any text in one pass (${file})`, () => {
    for (const [what, text] of [...commonRows, ...ownRows(expression)]) {
      const isQuick = [1, 2, 3].some(() => milliseconds(expression, text) < mostMs);
      ok(isQuick, `${JSON.stringify(what)} again and again keeps it busy`);
    }
  });
