import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import {
  address,
  choice,
  flag,
  headers,
  headerText,
  json,
  list,
  number,
  orInAddress,
  secret,
  setting,
  text,
  timeZone,
  wordsOf,
} from '../../functions/push-solar-data/settings/setting.ts';

/** What a schema makes of each text; a pattern for the sentence with which it refuses. */
type Row = [written: string | undefined, expected: unknown];

const schemas: [string, z.ZodMiniType, Row[]][] = [
  [
    'text',
    text,
    [
      ['abc', 'abc'],
      [undefined, /is missing/],
    ],
  ],
  [
    'headerText',
    headerText,
    [
      ['Überschuß 1', 'Überschuß 1'],
      ['tok→en', /^holds a character that no HTTP header may hold$/],
      ['to\nken', /^holds a character that no HTTP header may hold$/],
      [undefined, /is missing/],
    ],
  ],
  [
    'headers',
    headers,
    [
      ['{"X-Key":"a","cookie":"b=c"}', { 'X-Key': 'a', cookie: 'b=c' }],
      ['{}', {}],
      ['X-Key: a', /^must be a JSON object of headers that HTTP allows: /],
      ['["a"]', /^must be a JSON object of headers/],
      ['{"X-Key":5}', /^must be a JSON object of headers/],
      ['{"X Key":"a"}', /^must be a JSON object of headers/],
      ['{"":"a"}', /^must be a JSON object of headers/],
      ['{"X-Key":"→"}', /^must be a JSON object of headers/],
      ['{"X-Key":"a\\r\\nX-Other: b"}', /^must be a JSON object of headers/],
      ['{"Content-Length":"5"}', /^must be a JSON object of headers/],
      ['{"transfer-encoding":"chunked"}', /^must be a JSON object of headers/],
      [undefined, /is missing/],
    ],
  ],
  [
    'orInAddress',
    z.optional(orInAddress(/\/installation\/(\d+)/, number({ min: 1 }))),
    [
      ['374891', 374891],
      ['https://vrm.victronenergy.com/installation/374891/dashboard', 374891],
      ['vrm.victronenergy.com/installation/374891', 374891],
      ['https://vrm.victronenergy.com/installation/0/dashboard', /^must be a number of at least 1$/],
      ['https://vrm.victronenergy.com/installations', /^is an address in which it does not stand$/],
      ['abc', /^must be a number of at least 1$/],
      [undefined, undefined],
    ],
  ],
  [
    'number',
    number(),
    [
      ['4711', 4711],
      ['-1.5', -1.5],
      ['0', 0],
      ['', /^must be a number$/],
      ['12,5', /^must be a number$/],
      ['12 kW', /^must be a number$/],
      ['Infinity', /^must be a number$/],
      ['NaN', /^must be a number$/],
      [undefined, /is missing/],
    ],
  ],
  [
    'number({ min: 1, max: 10 })',
    number({ min: 1, max: 10 }),
    [
      ['1', 1],
      ['10', 10],
      ['0.9', /^must be a number from 1 to 10$/],
      ['10.1', /^must be a number from 1 to 10$/],
    ],
  ],
  ['number({ min: 1 })', number({ min: 1 }), [['0', /^must be a number of at least 1$/]]],
  ['number({ max: 1 })', number({ max: 1 }), [['2', /^must be a number of at most 1$/]]],
  [
    'number with a default',
    z._default(number(), 7),
    [
      [undefined, 7],
      ['8', 8],
      ['eight', /^must be a number$/],
    ],
  ],
  [
    'flag',
    flag,
    [
      ['true', true],
      ['FALSE', false],
      ['yes', /^must be true or false$/],
      ['1', /^must be true or false$/],
      ['constructor', /^must be true or false$/],
      ['__proto__', /^must be true or false$/],
    ],
  ],
  [
    "choice('eu', 'northAmerica')",
    choice('eu', 'northAmerica'),
    [
      ['eu', 'eu'],
      ['EU', 'eu'],
      ['northamerica', 'northAmerica'],
      ['asia', /^must be eu or northAmerica$/],
    ],
  ],
  [
    'list',
    list,
    [
      ['a', ['a']],
      ['a, b ,c', ['a', 'b', 'c']],
      ['a,,b', /^must be a list, separated by commas$/],
      ['', /^must be a list/],
      [',', /^must be a list/],
    ],
  ],
  [
    'address',
    address,
    [
      ['https://hub.example.com/api', 'https://hub.example.com/api'],
      ['http://127.0.0.1:8123', 'http://127.0.0.1:8123'],
      ['hub.example.com', /^must be an address that begins with https:\/\/$/],
      ['https://', /^must be an address/],
      ['ftp://hub.example.com', /^must be an address/],
      ['javascript:alert(1)', /^must be an address/],
    ],
  ],
  [
    'timeZone',
    timeZone,
    [
      ['Australia/Sydney', 'Australia/Sydney'],
      ['europe/berlin', 'Europe/Berlin'],
      ['UTC', 'UTC'],
      ['Sydney', /^must be a time zone such as Australia\/Sydney$/],
      ['', /^must be a time zone/],
    ],
  ],
  [
    'json of headers',
    json(z.record(z.string(), z.string()), 'JSON with headers'),
    [
      ['{"a":"b"}', { a: 'b' }],
      ['{"a":1}', /^must be JSON with headers$/],
      ['{"a"', /^is not JSON from line 1, column 5 on: it ends too early/],
      ['"a"', /^must be JSON with headers$/],
      ['', /^must be JSON with headers$/],
    ],
  ],
];

for (const [name, schema, rows] of schemas)
  describe(name, () => {
    for (const [written, expected] of rows)
      it(`${JSON.stringify(written)} ${expected instanceof RegExp ? 'is refused' : `is ${JSON.stringify(expected)}`}`, () => {
        const parsed = schema.safeParse(written);
        if (expected instanceof RegExp) assert.match(parsed.error?.issues[0]?.message ?? 'taken', expected);
        else assert.deepEqual(parsed.data, expected);
      });
  });

it('a setting is known to others, a secret is not', () => {
  assert.deepEqual(setting(text, 'help'), { schema: text, help: 'help', secret: false });
  assert.deepEqual(secret(text, 'help'), { schema: text, help: 'help', secret: true });
});

describe('the words of a setting', () => {
  for (const [what, schema, expected] of [
    ['a choice', choice('eu', 'us'), { eu: '', us: '' }],
    [
      'a choice with a default, described',
      z._default(choice({ v4: 'the new one', v1: 'the old one' }), 'v4'),
      { v4: 'the new one', v1: 'the old one' },
    ],
    ['a flag that may be left out', z.optional(flag), { true: 'yes', false: 'no' }],
    ['any other', z.optional(number()), undefined],
  ] as const)
    it(`are known of ${what}`, () => {
      const words = wordsOf(schema);
      assert.deepEqual(words && Object.fromEntries(words), expected);
    });
});
