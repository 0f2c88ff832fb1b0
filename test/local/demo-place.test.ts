import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sunAt } from '../../functions/push-solar-data/adapters/simulator.ts';
import { firstSunOf, latitudeInWords, placeOf } from '../../functions/push-solar-data/local/demo-place.ts';

const hourMs = 3_600_000;

describe('the place of a time zone', () => {
  for (const [zone, latitude, hoursAhead] of [
    ['Europe/Berlin', '50° north', 1],
    ['Europe/London', '50° north', 0],
    ['America/New_York', '39° north', -5],
    ['America/Argentina/Buenos_Aires', '34° south', -3],
    ['Australia/Adelaide', '34° south', 9.5],
    ['Pacific/Auckland', '40° south', 12],
    ['Africa/Johannesburg', '25° south', 2],
    ['Asia/Kolkata', '33° north', 5.5],
    ['UTC', '50° north', 0],
  ] as const)
    it(`${zone} lies at ${latitude}, by its standard time also in summer`, () => {
      for (const date of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z']) {
        const place = placeOf(zone, Date.parse(date));
        assert.deepEqual([latitudeInWords(place), place.aheadMs / hourMs], [latitude, hoursAhead]);
      }
    });
});

describe('the sun of the simulated home', () => {
  const hours = (zone: string, date: string) => {
    const place = placeOf(zone, Date.parse(date));
    const day = Array.from({ length: 96 }, (_, quarter) => Date.parse(date) - place.aheadMs + (quarter * hourMs) / 4);
    return day.filter((at) => sunAt(at, { seed: 1, peakKw: 8, place }) > 0).length / 4;
  };

  for (const [what, zone, date, expected] of [
    ['a day of winter in the north', 'Europe/Berlin', '2026-12-21', 7.75],
    ['a day of summer in the north', 'Europe/Berlin', '2026-06-21', 16.25],
    ['a day of summer in the south', 'Australia/Sydney', '2026-12-21', 14.25],
    ['a day of winter in the south', 'Australia/Sydney', '2026-06-21', 9.75],
  ] as const)
    it(`shines for ${expected} h on ${what}`, () => assert.equal(hours(zone, `${date}T00:00:00Z`), expected));

  it('is highest at noon of the standard time', () => {
    const place = placeOf('Asia/Tokyo', Date.parse('2026-03-20T00:00:00Z'));
    const heights = [10, 12, 14].map((hour) => {
      const at = Date.parse(`2026-03-20T${hour}:00:00+09:00`);
      return sunAt(at, { seed: 1, peakKw: 8, place });
    });
    assert.equal(Math.max(...heights), heights[1]);
  });
});

describe('the first sun of a day', () => {
  for (const hour of ['00:10', '11:00', '23:50'])
    it(`is that of the visitor's own day, at ${hour}`, () => {
      const now = Date.parse(`2026-11-27T${hour}:00+10:00`);
      const first = firstSunOf(now, placeOf('Australia/Brisbane', now));
      assert.equal(new Date(first).toISOString(), '2026-11-26T20:30:00.000Z');
    });

  it('is at 6 where there is none', () => {
    const first = firstSunOf(Date.parse('2026-12-21T20:00:00Z'), { latitude: 80, aheadMs: 0 });
    assert.equal(new Date(first).toISOString(), '2026-12-21T06:00:00.000Z');
  });
});
