import assert from 'node:assert/strict';
import { it } from 'node:test';
import { summary } from '../../docs/generate.ts';

const missing = ['acme has no page for owners: add docs/adapters/acme.md'];
const outdated = ['README.md', 'docs/operations.md'];
const rows: [
  what: string,
  found: Parameters<typeof summary>[0],
  isCheck: boolean,
  lines: string[],
  isWrong: boolean,
][] = [
  ['what it wrote', { outdated, missing: [] }, false, ['Wrote README.md, docs/operations.md.'], false],
  [
    'that nothing was to do',
    { outdated: [], missing: [] },
    false,
    ['Nothing to write: everything is up to date.'],
    false,
  ],
  [
    'what it cannot write, and goes on',
    { outdated: [], missing },
    false,
    ['Nothing to write: everything is up to date.', `Missing: ${missing[0]}.`],
    false,
  ],
  ['nothing where a check finds nothing', { outdated: [], missing: [] }, true, [], false],
  [
    'what a check finds out of date',
    { outdated, missing: [] },
    true,
    ['Out of date: README.md, docs/operations.md. Run: npm run generate'],
    true,
  ],
  [
    'what is not what it should become, without failing for it',
    { outdated: [], missing: [], unfinished: ['acme is still the example'] },
    true,
    ['Unfinished: acme is still the example.'],
    false,
  ],
  ['what a check finds missing', { outdated: [], missing }, true, [`Missing: ${missing[0]}.`], true],
];

for (const [what, found, isCheck, lines, isWrong] of rows)
  it(`says ${what}`, () => assert.deepEqual(summary(found, isCheck), { lines, isWrong }));
