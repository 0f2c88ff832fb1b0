/** Owners' expressions (JSONata): plain ones are computed here, all others in a process that can be ended. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Failure } from '../core/failure.ts';
import { createExpressionProcess, type Evaluator } from './expression-process.ts';
import type { Question, Result } from './expression-runner.ts';
import { type Plain, plainExpression, unusual } from './plain-expression.ts';

export type { Result } from './expression-runner.ts';

/** What expressions see: a value of JSON, and its text. */
export type Input = { value: unknown; text(): string };

const usual = createExpressionProcess();
const evaluators = new AsyncLocalStorage<Evaluator>();
const current = (): Evaluator => evaluators.getStore() ?? usual;

/** What is evaluated within `work` is asked of this evaluator: of a home's own, where several share our process. */
export const evaluatedBy = <Result>(evaluator: Evaluator, work: () => Result): Result =>
  evaluators.run(evaluator, work);

const keptExpressions = 200;
const plainOnes = new Map<string, Plain | undefined>();

function plain(expression: string): Plain | undefined {
  if (plainOnes.has(expression)) return plainOnes.get(expression);
  if (plainOnes.size >= keptExpressions) plainOnes.clear();
  const found = plainExpression(expression);
  plainOnes.set(expression, found);
  return found;
}

/** Lets the process start for expressions that will need it, while their input is still being fetched. */
export function prepareExpressions(expressions: readonly string[]): void {
  if (!expressions.every(plain)) current().start();
}

/**
 * Evaluates expressions over the same input: all that are not plain in one round trip to the process, each of them
 * within a second. Behind one that had to be ended no other is evaluated.
 *
 * @param now for `$now` and `$millis`, ms since the epoch.
 * @returns what they give, in their order.
 * @throws Failure `unavailable` where no process can be had.
 *
 * @example
 * const em = { pv: 500 };
 * await evaluateExpressions(['em.pv / 1000'], { value: { em }, text: () => '{"em":{"pv":500}}' }, now); // [{ value: 0.5 }]
 */
export async function evaluateExpressions(
  expressions: readonly string[],
  input: Input,
  now: number,
): Promise<Result[]> {
  const values = expressions.map((expression) => {
    const compute = plain(expression);
    return compute ? compute(input.value) : unusual;
  });
  const others = expressions.filter((_, index) => values[index] === unusual);
  const results = others.length === 0 ? [] : await current().ask(questionOf(others, input, now), others.length);
  return values.map((value) => (value === unusual ? results.shift() : { value }) as Result);
}

/** An expression where its owner wrote it. */
export type Expression<Purpose extends string = string> = {
  /** JSONata. */
  text: string;
  /** The environment variable in which it stands. */
  setting: string;
  /** What it is for, such as `production`. */
  purpose: Purpose;
};

/** What an expression gave. */
export type Given = {
  /** undefined is nothing. @throws Failure: `settings` where the expression must be changed, else `bad-response`. */
  value(): unknown;
  /** For a value that is of no use; `why` quotes nothing of the input. */
  unusable(why: string): Failure;
};

/**
 * What {@link evaluateExpressions} gives, by purpose, with sentences for the owner in place of problems.
 *
 * @example
 * const { production } = await givenBy([{ purpose: 'production', text: 'em.pv', setting: 'HTTP_JSON_FIELDS' }], input, now);
 * production?.value(); // 500
 */
export async function givenBy<Purpose extends string>(
  expressions: readonly Expression<Purpose>[],
  input: Input,
  now: number,
): Promise<{ [Each in Purpose]?: Given }> {
  const texts = expressions.map(({ text }) => text);
  const results = await evaluateExpressions(texts, input, now);
  const given: { [Each in Purpose]?: Given } = {};
  for (const [index, result] of results.entries()) {
    const expression = expressions[index];
    if (expression) given[expression.purpose] = givenAs(expression, result);
  }
  return given;
}

const longestQuotation = 100;

function givenAs({ purpose, text, setting }: Expression, result: Result): Given {
  const quoted = text.length > longestQuotation ? `${text.slice(0, longestQuotation)}…` : text;
  const which = `${purpose}: the expression ${quoted}`;
  const unusable = (why: string) => new Failure('bad-response', `${which} ${why}`);
  return {
    unusable,
    value() {
      if (result.problem === undefined) return result.value;
      if (result.fault === 'input') throw unusable(result.problem);
      throw new Failure('settings', `${setting} must be changed: ${which} ${result.problem}`);
    },
  };
}

/** In one line: a line break in JSON stands between its parts only. */
function questionOf(expressions: readonly string[], input: Input, now: number): string {
  const rest = JSON.stringify({ expressions, now } satisfies Omit<Question, 'root'>);
  return `{"root":${input.text()},${rest.slice(1)}`.replaceAll('\n', ' ');
}
