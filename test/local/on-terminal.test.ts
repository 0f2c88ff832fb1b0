import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { diagnosisTable } from '../../functions/push-solar-data/local/diagnosis.ts';
import { onOneLine, onTerminal } from '../../functions/push-solar-data/local/on-terminal.ts';
import { printReport } from '../../functions/push-solar-data/local/print.ts';

const steering = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const evil = 'a\u001b\u001b[31m[2J\r\n12:00:00  pushed\u202e \u009d0;title\u0007b';

describe('on a terminal', () => {
  it('lines stay, and nothing in them steers it', () => {
    assert.equal(onTerminal('one\n  two\u001b[2J\r\u009b1A'), 'one\n  two [2J  1A');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !steering.test(onTerminal(text))));
  });

  it('a text of others begins no line', () => {
    assert.deepEqual(onOneLine({ a: [evil], b: 1, c: null, d: undefined }), {
      a: ['a [31m[2J 12:00:00  pushed 0;title b'],
      b: 1,
      c: null,
      d: undefined,
    });
  });

  it('a report shows its texts so, in words and as JSON', () => {
    for (const isTTY of [true, false]) {
      let shown = '';
      const write = (text: string | Uint8Array) => {
        shown += text;
        return true;
      };
      const output = { isTTY, write };
      const report = {
        outcome: 'reported',
        site: 'home',
        error: evil,
        warnings: [evil],
        problems: [evil],
        sources: [],
        destinations: [],
        ms: 1,
      };
      printReport({ ...report, outcome: 'reported' }, output);
      const row = { label: 'charge-hq', outcome: 'failed', error: evil } as const;
      printReport({ ...report, outcome: 'failed', destinations: [row] }, output);
      assert.doesNotMatch(shown, steering);
      assert.doesNotMatch(shown, /\n12:00:00/);
    }
  });

  it('so does a diagnosis', () => {
    const failure = { kind: 'auth', message: evil } as const;
    const source = { label: 'roof', vendor: 'foxess', polled: true, notes: [evil], failure };
    const output = { isTTY: true, columns: 80, write: () => true };
    const shown = diagnosisTable(
      { site: evil, sources: [source], remarks: [evil], error: evil, warnings: [evil] },
      0,
      output,
    );
    assert.doesNotMatch(shown, steering);
    assert.doesNotMatch(shown, /\n12:00:00/);
  });
});
