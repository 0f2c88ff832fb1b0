import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { patternOfAll, patternsOf } from '../../../infra/commands/log-filter.ts';

const namesIn = (pattern: string) => [...pattern.matchAll(/\$\.site = "([^"]+)"/g)].map(([, name]) => name);

describe('what AWS is to send of a log', () => {
  it('of a home alone is every tick, and what broke off', () =>
    assert.equal(
      patternOfAll(),
      '{ ($.outcome = "pushed") || ($.outcome = "reported") || ($.outcome = "idle") || ($.outcome = "failed") || (($.type = "platform.report") && ($.record.status != "success")) }',
    ));

  it('of one of several is the same of it alone', () =>
    assert.deepEqual(patternsOf(['cabin'], ['pushed', 'failed']), [
      '{ ((($.site = "cabin")) && (($.outcome = "pushed") || ($.outcome = "failed"))) || (($.type = "platform.report") && ($.record.status != "success")) }',
    ]));

  for (const length of [1, 8, 41])
    it(`names each home once, in patterns that AWS takes, with names of ${length} letters`, () => {
      const sites = Array.from({ length: 36 }, (_, nth) => nth.toString(36).padStart(length, 'a'));
      const patterns = patternsOf(sites);
      assert.deepEqual(patterns.flatMap(namesIn), sites);
      for (const pattern of patterns) assert.ok(pattern.length <= 1_024, `${pattern.length}`);
      for (const pattern of patterns.slice(0, -1)) assert.ok(pattern.length > 950, 'there was room for another home');
    });

  it('of nobody is nothing', () => assert.deepEqual(patternsOf([]), []));
});
