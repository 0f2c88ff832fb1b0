/** Owners' expressions (JSONata): plain ones are computed here, all others in a process that can be ended. */
import { createExpressionProcess } from './expression-process.ts';
import type { Question, Result } from './expression-runner.ts';
import { type Plain, plainExpression, unusual } from './plain-expression.ts';

export type { Result } from './expression-runner.ts';

/** What expressions see: a value of JSON, and its text. */
export type Input = { value: unknown; text(): string };

const evaluator = createExpressionProcess();
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
  if (!expressions.every(plain)) evaluator.start();
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
  const results = others.length === 0 ? [] : await evaluator.ask(questionOf(others, input, now), others.length);
  return values.map((value) => (value === unusual ? results.shift() : { value }) as Result);
}

/** In one line: a line break in JSON stands between its parts only. */
function questionOf(expressions: readonly string[], input: Input, now: number): string {
  const rest = JSON.stringify({ expressions, now } satisfies Omit<Question, 'root'>);
  return `{"root":${input.text()},${rest.slice(1)}`.replaceAll('\n', ' ');
}
