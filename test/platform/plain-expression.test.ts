/** What is computed in place is what JSONata gives, held against JSONata itself. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import jsonata from 'jsonata';
import { plainExpression, unusual } from '../../functions/push-solar-data/platform/plain-expression.ts';

const root = JSON.parse(`{
  "em": { "pv": 500, "import": 100.5, "export": 900, "none": null, "text": "12", "yes": true, "no": false, "zero": 0,
    "much": 1e999, "a-b": 7, "then": 5, "in": 1, "true": 2, "__proto__": 3,
    "list": [1, 2], "one": [4], "empty": [], "deep": [[1, 2], [3]], "nulls": [null, { "v": 3 }],
    "phases": [{ "p": 10, "l": [1] }, { "p": 20 }], "object": { "v": 3 } }
}`);

const computed = [
  'em.pv',
  ' em . pv ',
  'em.`a-b`',
  '`em`.pv',
  'em.import - em.export',
  'em.import-em.export',
  'em.pv/1000',
  '2 + 3 * 4 - 5 / 2',
  '(2 + 3) * -(em.pv - 1)',
  '--em.pv',
  '-em.pv * 2',
  '-em.missing',
  '5',
  '1.5e3',
  '-0',
  '"12"',
  "em.text = '12'",
  'em.text = 12',
  'em.zero = 0',
  'em.yes = true',
  'em.yes = em.no',
  'em.none = null',
  'em.missing = null',
  'em.missing = em.missing',
  'em.pv + em.missing',
  'em.missing - 1',
  'em.missing.further',
  'missing.further',
  'em.none',
  'em.none.further',
  'em.pv.further',
  'em.text.length',
  'em.yes',
  'em.object',
  'em.much',
  'em.then',
  'em.__proto__',
  'em.toString',
  'em.pv[0]',
  'em.pv[-1]',
  'em.pv[1]',
  'em.none[0]',
  'em.missing[0]',
  'em.list[0]',
  'em.list[-1]',
  'em.list[2]',
  'em.list[-3]',
  'em.empty[0]',
  'em.nulls[0]',
  'em.nulls[1].v',
  'em.phases[0].p + em.phases[ -1 ].p',
  'em.phases[5].p',
  'em.phases[1].l',
  'em[0].pv',
  'em.pv / em.zero',
];

/** Valid or not: JSONata itself is asked. */
const left = [
  'em.list',
  'em.empty',
  'em.deep[0]',
  'em.phases.p',
  'em.phases[0].l',
  'em.list + 1',
  'em.none + 1',
  '1 + em.text',
  '-em.text',
  'em.much * 2',
  'em.object = em.object',
  'em.missing + em.text',
  '(em.pv / em.zero) * 2',
  'em.list[0][0]',
  'em.list[0.5]',
  'em.list[em.zero]',
  'em.in',
  'em.true',
  'true.a',
  'em."pv"',
  'em.pv = 1 = 1',
  'em.pv % 3',
  'em.*',
  '*',
  'em.pv /* note */',
  '$sum(em.list)',
  'em.pv > 3',
  'em.pv != 3',
  '1e999',
  '01',
  '1.',
  '5a',
  'aé',
  'em.pv\u00a0',
  'em.pv +',
  '(em.pv',
  'em.pv)',
  'em..pv',
  'em.``',
  '"a\\n"',
  '',
  `${'-'.repeat(250)}1`,
];

const byJsonata = (expression: string, input: unknown) => jsonata(expression, { stack: 200 }).evaluate(input);

describe('a plain expression', () => {
  for (const expression of computed)
    it(`gives what JSONata gives: ${expression}`, async () => {
      const plain = plainExpression(expression);
      assert.ok(plain, 'it is not computed in place');
      assert.deepEqual(plain(root), await byJsonata(expression, root));
    });

  for (const expression of left)
    it(`is left to JSONata: ${expression.slice(0, 40)}`, () => {
      assert.equal(plainExpression(expression)?.(root) ?? unusual, unusual);
    });

  it('gives what JSONata gives, whatever the expression and the input', async () => {
    let isComputed = 0;
    await fc.assert(
      fc.asyncProperty(expressions, inputs, async (expression, input) => {
        const value = plainExpression(expression)?.(input) ?? unusual;
        if (value === unusual) return;
        isComputed += 1;
        assert.deepEqual(value, await byJsonata(expression, input));
      }),
      { numRuns: 1_500 },
    );
    assert.ok(isComputed > 300, `only ${isComputed} were computed in place`);
  });

  it('is read as JSONata reads it, also where its parts stand in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...parts), { maxLength: 7 }), inputs, async (chosen, input) => {
        const expression = chosen.join('');
        const value = plainExpression(expression)?.(input) ?? unusual;
        if (value !== unusual) assert.deepEqual(value, await byJsonata(expression, input), expression);
      }),
      { numRuns: 5_000 },
    );
  });
});

const names = ['a', 'b', 'c'];
const parts = [
  ...names,
  '.',
  '-',
  '+',
  '*',
  '/',
  '=',
  '(',
  ')',
  '[0]',
  '[-1]',
  '[',
  ']',
  '0',
  '1.5',
  '"x"',
  "'x'",
  ' ',
  '`a`',
  'true',
  'in',
  'e',
  '\n',
];

const inputs = fc.dictionary(
  fc.constantFrom(...names),
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'medium' },
      fc.oneof(
        fc.integer({ min: -5, max: 5 }),
        fc.double({ noNaN: true }),
        fc.constantFrom(null, true, false, '', 'x', '1'),
      ),
      fc.dictionary(fc.constantFrom(...names), tie('value')),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  })).value,
);

const expressions = fc.letrec<{ expression: string; path: string }>((tie) => ({
  path: fc
    .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('', '', '', '[0]', '[1]', '[-1]')), {
      minLength: 1,
      maxLength: 3,
    })
    .map((steps) => steps.map((step) => step.join('')).join('.')),
  expression: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(tie('path'), tie('path'), fc.constantFrom('0', '2', '1.5', '1e3', '"x"', 'null', 'true')),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', ' * ', '/', '='), tie('expression'))
      .map((three) => three.join('')),
    tie('expression').map((inner) => `(${inner})`),
    tie('expression').map((inner) => `-${inner}`),
  ),
})).expression;
