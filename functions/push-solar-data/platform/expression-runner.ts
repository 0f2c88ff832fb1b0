/** The program of the process in which owners' expressions (JSONata) run: a line of JSON asks, a line for each expression answers. */
import { writeSync } from 'node:fs';
import jsonata from 'jsonata';

export type Question = {
  expressions: readonly string[];
  /** For `$now` and `$millis`, ms since the epoch. */
  now: number;
  /** What the expressions see. */
  root: unknown;
};

/** What an expression gives (undefined is nothing), or why it gives none, in words that quote nothing of the input. */
export type Result =
  | { value?: unknown; problem?: never }
  /** `fault`: whether the expression must be changed, or only does not fit what it was given. */
  | { problem: string; fault: 'expression' | 'input' };

/** ms, depth, length of a list: what JSONata itself ends. The rest the process is ended for. */
const guards = { timeout: 900, stack: 200, sequence: 10_000 };
const longestValue = 1_000_000;
const keptExpressions = 200;

const compiled = new Map<string, jsonata.Expression>();
const fromMillis = jsonata('$fromMillis($at, $picture, $zone)');
let now = 0;

function compile(text: string): jsonata.Expression {
  const known = compiled.get(text);
  if (known) return known;
  const expression = jsonata(text, guards);
  expression.registerFunction('millis', () => now, '<:n>');
  const clockText = (picture?: string, zone?: string) => fromMillis.evaluate({}, { at: now, picture, zone });
  expression.registerFunction('now', clockText, '<s?s?:s>');
  if (compiled.size >= keptExpressions) compiled.clear();
  compiled.set(text, expression);
  return expression;
}

async function answer(text: string, root: unknown): Promise<string> {
  try {
    return lineOf(await compile(text).evaluate(root));
  } catch (error) {
    return JSON.stringify(failure(error));
  }
}

function lineOf(value: unknown): string {
  const problem = unfit(value);
  if (problem) return JSON.stringify({ problem, fault: 'input' } satisfies Result);
  const line = JSON.stringify({ value } satisfies Result);
  if (line.length <= longestValue) return line;
  return JSON.stringify({ problem: 'gives more than a million characters', fault: 'expression' } satisfies Result);
}

/** JSON would make null or nothing of these, for which an owner may have given a default. */
function unfit(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'gives a number without end';
  const isFunction =
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && ('_jsonata_function' in value || '_jsonata_lambda' in value));
  return isFunction ? 'gives a function' : undefined;
}

/** Syntax, calls of what is no function, and the guards: no input would make such an expression right. */
const faultOfExpression = /^(S\d|T100[5-8]$|D101[12]$|D201[45]$|RangeError$|ERR_)/;

/** Of an error its code alone: its message may quote the input. */
function failure(error: unknown): Result {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : nameOf(error);
  const problem = code === 'D1012' ? 'does not end within a second' : `fails (JSONata ${code})`;
  return { problem, fault: faultOfExpression.test(code) ? 'expression' : 'input' };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'error');

/** Whoever asks waits for all lines before the next question, and writes no line break into one. */
async function serve(): Promise<void> {
  process.stdin.setEncoding('utf8');
  let received: string[] = [];
  writeSync(1, 'ready\n');
  for await (const chunk of process.stdin) {
    received.push(chunk);
    if (!chunk.endsWith('\n')) continue;
    const question: Question = JSON.parse(received.join(''));
    received = [];
    now = question.now;
    for (const text of question.expressions) writeSync(1, `${await answer(text, question.root)}\n`);
  }
}

await serve();
