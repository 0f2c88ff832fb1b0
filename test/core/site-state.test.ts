import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SiteState, siteDocument, siteStateFrom } from '../../functions/push-solar-data/core/site-state.ts';

const now = Date.parse('2026-05-01T12:00:00Z');

const state: SiteState = {
  sources: {
    roof: {
      settingsHash: 'settings',
      polledAt: now,
      shape: {
        terms: { production: now },
        soc: now,
        lastProduction_kw: 4.2,
        devices: { '66S3': { terms: { production: now } } },
      },
      last: { reading: { production_kw: 4.2, tsms: now }, lacking: [{ what: 'grid', device: 'M1' }], at: now },
      unchanged: { since: now, answers: 2 },
      counters: { imported_kwh: { kwh: 100, at: now } },
      failure: { kind: 'bug', message: 'a sentence', retryAt: now, consecutive: 1 },
    },
  },
  destinations: {
    'charge-hq': {
      settingsHash: 'settings',
      sentAt: now,
      pending: { reading: { production_kw: 4.2 }, derived: ['consumption_kw'], freshUntil: now },
      failure: { kind: 'gone', message: 'a sentence', consecutive: 4, retryAt: now },
    },
  },
  baseline: { contradictions: 4, usual_kw: 1, ticks: 30, highest_kw: 9 },
};

it('a stored state is read as it was', () => {
  assert.deepEqual(siteStateFrom(JSON.parse(JSON.stringify(siteDocument(state)))), state);
});

describe('a stored state', () => {
  const document = siteDocument(state);
  const { roof } = state.sources;
  const others: [string, unknown][] = [
    ['of another version', { ...document, version: 1 }],
    ['without sources', { version: 2, destinations: {} }],
    ['without destinations', { version: 2, sources: {} }],
    ['with null for sources', { ...document, sources: null }],
    ['that is null', null],
    ['that is a text', 'state'],
    ['that is a list', []],
    ['with a source that is none', { ...document, sources: { roof, grid: null } }],
    ['with a time that is none', { ...document, sources: { roof: { ...roof, polledAt: Number.NaN } } }],
    [
      'with a kind of failure that there is not',
      { ...document, sources: { roof: { ...roof, failure: { ...roof?.failure, kind: 'bad luck' } } } },
    ],
  ];
  for (const [what, stored] of others)
    it(`${what} is empty`, () => {
      assert.deepEqual(siteStateFrom(stored), { sources: {}, destinations: {} });
    });
});
