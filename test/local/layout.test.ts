import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import stringWidth from 'fast-string-width';
import { beside, columnsOf, pairs, sayOn, table, wrapped } from '../../functions/push-solar-data/local/layout.ts';

const lines = (...each: string[]) => each.join('\n');

describe('a text in a terminal', () => {
  for (const [what, text, shown] of [
    ['stays as it is where it fits', 'It all fits into one line here', lines('It all fits into one line here')],
    [
      'wraps between words',
      'The quick brown fox jumps over the dog',
      lines('The quick brown fox jumps over', 'the dog'),
    ],
    [
      'keeps a number and its unit together',
      'It exports in this moment 1.50 kW',
      lines('It exports in this moment', '1.50 kW'),
    ],
    ['keeps its own lines', 'one\n\ntwo', lines('one', '', 'two')],
    [
      'goes on below its first word',
      '! roof: this is a note about it all',
      lines('! roof: this is a note about', '  it all'),
    ],
    [
      'keeps an indentation',
      '  - FOXESS_API_KEY: a key of the portal',
      lines('  - FOXESS_API_KEY: a key of', '    the portal'),
    ],
    [
      'moves a word left that has no room',
      '- https://example.com/an/a-page',
      lines('-', ' https://example.com/an/a-page'),
    ],
    [
      'leaves an address whole',
      'See https://example.com/a/long/address now',
      lines('See', 'https://example.com/a/long/address', 'now'),
    ],
    ['counts wide characters twice', '太陽光 発電 システム 太陽光 発電', lines('太陽光 発電 システム 太陽光', '発電')],
    [
      'counts colours as nothing',
      '\u001b[32mone two three four five six\u001b[39m',
      '\u001b[32mone two three four five six\u001b[39m',
    ],
    [
      'continues a command as a shell does',
      '    aws ssm put-parameter --name a',
      lines('    aws ssm put-parameter \\', '      --name a'),
    ],
  ] as const)
    it(what, () => assert.equal(wrapped(text, 30), shown));

  it('stands below its head where there is no room beside it', () => {
    assert.equal(beside('12:03:00  pushed  ', 'one two', 60), '12:03:00  pushed  one two');
    assert.equal(beside('12:03:00  pushed  ', 'one two', 44), lines('12:03:00  pushed', '  one two'));
  });

  it('is as long as it is where no terminal reads it', () => {
    assert.equal(columnsOf({ write: () => true, columns: 30 }), Number.POSITIVE_INFINITY);
    assert.equal(wrapped('word '.repeat(40), Number.POSITIVE_INFINITY), 'word '.repeat(40));
  });

  it('has 80 columns where the terminal knows none', () => {
    assert.equal(columnsOf({ write: () => true, isTTY: true, columns: 0 }), 80);
  });

  it('steers nothing when it is said', () => {
    const said: unknown[] = [];
    sayOn({ write: (text: string | Uint8Array) => said.push(text) > 0, isTTY: true, columns: 10 })('a\u001b[2Jb c\td');
    assert.deepEqual(said, ['a [2Jb c d\n']);
  });
});

describe('a table in a terminal', () => {
  const rows = [
    ['', 'roof', 'home', ''],
    ['solar', '4.20 kW', '4.20 kW', 'measured'],
    ['grid', '–', 'exporting 1.50 kW', ''],
  ];

  it('has columns where they fit', () => {
    assert.equal(
      table(rows, 44),
      lines('       roof     home', 'solar  4.20 kW  4.20 kW            measured', 'grid   –        exporting 1.50 kW'),
    );
  });

  it('has a block for each row where they do not', () => {
    assert.equal(
      table(rows, 42),
      lines('solar', '  roof: 4.20 kW', '  home: 4.20 kW, measured', 'grid', '  roof: –', '  home: exporting 1.50 kW'),
    );
  });

  it('has a line for each row of one value', () => {
    const one = rows.map(([name = '', , ...rest]) => [name, ...rest]);
    assert.equal(table(one, 30), lines('solar: 4.20 kW, measured', 'grid: exporting 1.50 kW'));
  });

  it('of names and texts has two columns where the texts have room', () => {
    const makers = [
      ['victron-vrm', 'Victron, Cerbo GX, MultiPlus, Quattro'],
      ['saj', 'SAJ'],
    ] as const;
    assert.equal(
      pairs(makers, 44),
      lines('victron-vrm  Victron, Cerbo GX, MultiPlus,', '             Quattro', 'saj          SAJ'),
    );
    assert.equal(pairs(makers, 40), lines('victron-vrm: Victron, Cerbo GX,', '  MultiPlus, Quattro', 'saj: SAJ'));
  });
});

describe('at any width', () => {
  const columns = fc.integer({ min: 30, max: 200 });
  const word = fc.oneof(
    fc.stringMatching(/^[a-zé–.,:✗/-]{1,12}$/),
    fc.stringMatching(/^[日本光]{1,8}$/),
    fc.constantFrom(
      '🏠',
      'e\u0301t',
      '\u001b[33mwarned\u001b[39m',
      'https://example.com/a/very/long/address/of/a/page',
    ),
  );
  const text = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(' '));
  const cell = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
  const rows = fc
    .integer({ min: 2, max: 6 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 6 }));
  const words = (shown: string) => shown.normalize().split(/\s+/).filter(Boolean);

  /** Longer than the terminal is only what has no place to wrap. */
  const fits = (shown: string, width: number) => {
    for (const line of shown.split('\n'))
      assert.ok(stringWidth(line) <= width || words(line).length === 1, `${width}: ${line}`);
  };

  it('no line is too long, and no word is broken or lost', () => {
    fc.assert(
      fc.property(text, columns, (sentence, width) => {
        for (const shown of [
          wrapped(sentence, width),
          wrapped(`- ${sentence}`, width),
          beside('12:03:00  ', sentence, width),
        ])
          fits(shown, width);
        assert.deepEqual(words(wrapped(sentence, width)), words(sentence));
      }),
    );
  });

  it('a command stays what it was for a shell', () => {
    fc.assert(
      fc.property(text, columns, (line, width) => {
        const shown = wrapped(`    ${line}`, width);
        assert.deepEqual(words(shown.replaceAll('\\\n', '')), words(line));
        for (const each of shown.split('\n')) assert.ok(stringWidth(each) <= width || words(each).length <= 2, each);
      }),
    );
  });

  it('no table is too wide, and none loses a value', () => {
    fc.assert(
      fc.property(rows, columns, (cells, width) => {
        const shown = table(cells, width);
        fits(shown, width);
        for (const value of cells.slice(1).flat())
          assert.ok(words(shown).join(' ').includes(words(value).join(' ')), `${value} is not in\n${shown}`);
      }),
    );
  });
});
