import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import {
  formOf,
  type Gathering,
  gather,
  type Slots,
} from '../../functions/push-solar-data/destinations/pvoutput/slots.ts';

const minuteMs = 60_000;
const zone = 'Australia/Sydney';
const fiveMinutes: Omit<Gathering, 'now'> = { consumption: 'home', intervalMs: 5 * minuteMs, timeZone: zone };
const at = (time: string) => Date.parse(`2026-07-18T${time}Z`);

/** The ticks at these times, each with what it reads; the slot that is to be sent after the last of them. */
function gathered(ticks: readonly [time: string, reading?: Reading][], slots: Partial<Slots> = {}, how = fiveMinutes) {
  let due: ReturnType<typeof gather>;
  for (const [time, reading] of ticks) due = gather(slots, reading, { ...how, now: at(time) });
  return due;
}

describe('a slot', () => {
  const reading = { production_kw: 4, consumption_kw: 2 };
  const measured = (time: string) => ({ ...reading, tsms: at(time) });

  it('is due in the first tick of a later one, whatever that tick has to tell', () => {
    assert.equal(
      gathered([
        ['02:35:03', reading],
        ['02:39:59', reading],
      ]),
      undefined,
    );
    for (const last of [reading, undefined])
      assert.equal(
        gathered([
          ['02:35:03', reading],
          ['02:40:00', last],
        ])?.begins,
        at('02:35:00'),
      );
  });

  it('holds what was measured in it, by the time of measurement', () => {
    const due = gathered([
      ['02:38:03', measured('02:36:00')],
      ['02:40:03', measured('02:38:00')],
      ['02:41:59', measured('02:39:59')],
      ['02:42:03', measured('02:40:00')],
    ]);
    assert.deepEqual([due?.begins, due?.generation?.count], [at('02:35:00'), 3]);
  });

  it('takes nothing any more once it is over', () => {
    const slots: Partial<Slots> = {};
    const due = gathered([['02:38:03', measured('02:36:00')], ['02:40:03'], ['02:41:03', measured('02:39:00')]], slots);
    assert.deepEqual([due?.begins, due?.generation?.count], [at('02:35:00'), 1]);
    assert.equal(slots.open, undefined);
  });

  it('without a reading is no slot', () => {
    assert.equal(gathered([['02:35:03'], ['02:40:03'], ['02:45:03']]), undefined);
  });

  it('of a cold start holds what came since, and no more', () => {
    assert.equal(
      gathered([
        ['02:38:03', reading],
        ['02:40:03', reading],
      ])?.generation?.count,
      1,
    );
  });

  it('waits with two more, the oldest first, while none can be sent', () => {
    const slots: Partial<Slots> = {};
    const times = ['02:35', '02:40', '02:45', '02:50', '02:55'];
    gathered(
      times.map((time) => [`${time}:03`, reading] as [string, Reading]),
      slots,
    );
    assert.deepEqual(
      slots.waiting?.map(({ begins }) => begins),
      ['02:40:00', '02:45:00', '02:50:00'].map(at),
    );
  });

  it('of a clock that was ahead is forgotten, and hinders nothing of now', () => {
    const slots: Partial<Slots> = {};
    gathered(
      [
        ['14:30:03', reading],
        ['14:36:03', reading],
        ['02:35:03', reading],
      ],
      slots,
    );
    assert.deepEqual([slots.open?.begins, slots.waiting], [at('02:35:00'), []]);
  });

  it("of a vendor's clock that is a little ahead stays", () => {
    const slots: Partial<Slots> = {};
    gathered(
      [
        ['02:36:03', measured('02:40:30')],
        ['02:37:03', measured('02:41:30')],
      ],
      slots,
    );
    assert.equal(slots.open?.generation?.count, 2);
  });
});

describe("a slot's beginning on the local clock", () => {
  for (const [timeZone, minutes, time, begins] of [
    ['Australia/Sydney', 5, '02:39:59', '12:35'],
    ['Australia/Sydney', 15, '02:44:59', '12:30'],
    ['Asia/Kathmandu', 10, '02:39:59', '08:20'], // +05:45
    ['Australia/Eucla', 10, '02:46:00', '11:30'], // +08:45
    ['Australia/Adelaide', 10, '02:39:59', '12:00'], // +09:30
    ['+10:00', 5, '02:39:59', '12:35'],
    ['UTC', 5, '00:04:59', '00:00'],
  ] as const)
    it(`is ${begins} at ${time} UTC in ${timeZone}, every ${minutes} minutes`, () => {
      const how = { ...fiveMinutes, intervalMs: minutes * minuteMs, timeZone };
      const slots: Partial<Slots> = {};
      const measured = { production_kw: 1, tsms: at(time) };
      gather(slots, measured, { ...how, now: at(time) });
      const slot = gather(slots, undefined, { ...how, now: at(time) + 15 * minuteMs });
      assert.equal(slot && formOf(slot, timeZone, false)?.['t'], begins);
    });

  for (const [what, utc, d, t] of [
    ['the last of winter time', '2026-10-03T15:55:00Z', '20261004', '01:55'],
    ['the first of summer time', '2026-10-03T16:00:00Z', '20261004', '03:00'],
    ['the doubled hour', '2027-04-03T15:00:00Z', '20270404', '02:00'],
    ['the doubled hour again', '2027-04-03T16:00:00Z', '20270404', '02:00'],
    ['midnight', '2026-12-31T13:00:00Z', '20270101', '00:00'],
  ] as const)
    it(`is right in ${what}`, () => {
      const begins = Date.parse(utc);
      const slots: Partial<Slots> = {};
      gather(slots, { production_kw: 1 }, { ...fiveMinutes, now: begins + 1 });
      const slot = gather(slots, undefined, { ...fiveMinutes, now: begins + 5 * minuteMs });
      assert.equal(slot?.begins, begins);
      assert.deepEqual(slot && formOf(slot, zone, false), { d, t, v2: '1000' });
    });
});
