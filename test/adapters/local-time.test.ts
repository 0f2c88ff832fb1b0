import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instantOf } from '../../functions/push-solar-data/adapters/local-time.ts';

const iso = (local: string, zone: string, now = '2030-01-01T00:00:00Z') => {
  const instant = instantOf(local, zone, Date.parse(now));
  return instant === undefined ? undefined : new Date(instant).toISOString().replace('.000Z', 'Z');
};

describe('a local time', () => {
  for (const [local, zone, expected] of [
    ['2026-06-15T13:05:00', 'Europe/Brussels', '2026-06-15T11:05:00Z'],
    ['2026-02-12T14:55:00', 'Europe/Brussels', '2026-02-12T13:55:00Z'],
    ['2026-06-15 13:05', 'Europe/Berlin', '2026-06-15T11:05:00Z'],
    ['2026-01-01T00:10:00', 'Australia/Sydney', '2025-12-31T13:10:00Z'],
    ['2026-01-01T00:10:00', 'Australia/Adelaide', '2025-12-31T13:40:00Z'],
    ['2026-07-01T12:00:00', 'America/St_Johns', '2026-07-01T14:30:00Z'],
    ['2026-07-01T12:00:00', 'Pacific/Kiritimati', '2026-06-30T22:00:00Z'],
    ['2026-07-01T12:00:00.0', 'UTC', '2026-07-01T12:00:00Z'],
    ['2026-03-29T01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59Z'],
    ['2026-03-29T03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
  ] as const)
    it(`${local} in ${zone} is ${expected}`, () => {
      assert.equal(iso(local, zone), expected);
    });

  for (const [local, zone, now, expected] of [
    ['2026-10-25T02:30:00', 'Europe/Brussels', '2026-10-25T00:32:00Z', '2026-10-25T00:30:00Z'],
    ['2026-10-25T02:30:00', 'Europe/Brussels', '2026-10-25T01:20:00Z', '2026-10-25T00:30:00Z'],
    ['2026-10-25T02:30:00', 'Europe/Brussels', '2026-10-25T01:32:00Z', '2026-10-25T01:30:00Z'],
    ['2026-10-25T02:30:00', 'Europe/Brussels', '2026-10-25T00:29:00Z', '2026-10-25T00:30:00Z'],
    ['2026-04-05T01:45:00', 'Australia/Lord_Howe', '2026-04-04T14:50:00Z', '2026-04-04T14:45:00Z'],
    ['2026-04-05T01:45:00', 'Australia/Lord_Howe', '2026-04-04T15:20:00Z', '2026-04-04T15:15:00Z'],
  ] as const)
    it(`${local} in ${zone}, which comes twice, seen at ${now} is ${expected}`, () => {
      assert.equal(iso(local, zone, now), expected);
    });

  for (const text of [
    '',
    'yesterday',
    '2026-06-15',
    '2026-06-15T13:05:00Z',
    '2026-06-15T13:05:00+02:00',
    '2026-13-01T00:00',
  ])
    it(`is not read from "${text}"`, () => {
      assert.equal(iso(text, 'UTC'), undefined);
    });
});

it('is no moment in a zone that nobody knows: a cloud may say anything', () => {
  for (const zone of ['10', 'Mars/Olympus', ''])
    assert.equal(instantOf('2026-06-15T13:05:00', zone, Date.parse('2026-06-15T12:00:00Z')), undefined, zone);
});
