import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pvoutput } from '../../functions/push-solar-data/destinations/pvoutput.ts';
import { configured } from '../support/destinations.ts';
import { apiKey, at, failure, noon, oneSlot, played, type Tick, taken } from '../support/pvoutput.ts';

describe('a status', () => {
  it('is one form, when its slot is over', async (t) => {
    const { rows, received, forms } = await played(t, [
      ['02:35:03', noon],
      ['02:39:03', noon],
      ['02:40:03', noon],
    ]);
    assert.deepEqual(rows, ['idle', 'idle', 'pushed']);
    const [request, ...more] = received;
    assert.deepEqual(more, []);
    assert.deepEqual([request?.method, request?.path, request?.query], ['POST', '/service/r2/addstatus.jsp', '']);
    assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(request?.headers['x-pvoutput-apikey'], apiKey);
    assert.equal(request?.headers['x-pvoutput-systemid'], '12345');
    assert.equal(request?.headers['x-rate-limit'], '1');
    assert.deepEqual(forms, [{ d: '20260718', t: '12:35', v2: '4200', v4: '2000' }]);
  });

  it('is sent at a tick with an error, and at one with nothing new', async (t) => {
    for (const message of [failure, undefined]) {
      const { rows, slots } = await played(t, [
        ['02:35:03', noon],
        ['02:40:03', message],
        ['02:41:03', message],
      ]);
      assert.deepEqual([rows, slots], [['idle', 'pushed', 'idle'], ['12:35']]);
    }
  });

  it('is never sent of an error', async (t) => {
    const { rows, received } = await played(t, [
      ['02:35:03', failure],
      ['02:40:03', failure],
    ]);
    assert.deepEqual([rows, received], [['idle', 'idle'], []]);
  });

  it('with nothing that PVOutput takes is not sent, and does not wait', async (t) => {
    const ticks: Tick[] = [
      ['02:35:03', { net_import_kw: 1 }],
      ['02:40:03', noon],
      ['02:45:03', noon],
    ];
    const { rows, slots } = await played(t, ticks);
    assert.deepEqual([rows, slots], [['idle', 'idle', 'pushed'], ['12:40']]);
  });

  it('has the battery, and an interval of its own, if the owner says so', async (t) => {
    const settings = { battery: 'on', intervalMinutes: '15' };
    const { forms } = await played(
      t,
      [
        ['02:35:03', noon],
        ['02:44:03', noon],
        ['02:45:03', noon],
      ],
      [taken],
      settings,
    );
    assert.deepEqual(forms, [{ d: '20260718', t: '12:30', v2: '4200', v4: '2000', b1: '700', b2: '50' }]);
  });
});

describe('a slot that PVOutput could not take', () => {
  const trouble = { status: 503 };
  it('is sent at the next tick', async (t) => {
    const ticks: Tick[] = [
      ['02:35:03', noon],
      ['02:40:03', noon],
      ['02:41:03', noon],
      ['02:42:03', noon],
    ];
    const { rows, forms } = await played(t, ticks, [trouble, taken]);
    assert.deepEqual(rows, ['idle', 'unavailable', 'pushed', 'idle']);
    assert.deepEqual(forms[1], forms[0]);
  });

  it('comes before the slots since then, one in a tick', async (t) => {
    const ticks: Tick[] = [
      ['02:35:03', noon],
      ['02:40:03', noon],
      ['02:45:03', noon],
      ['02:46:03', noon],
      ['02:47:03', noon],
    ];
    const { rows, slots } = await played(t, ticks, [trouble, taken]);
    assert.deepEqual(rows, ['idle', 'unavailable', 'pushed', 'pushed', 'idle']);
    assert.deepEqual(slots, ['12:35', '12:35', '12:40']);
  });

  for (const [answer, seconds] of [
    [{ ...trouble, headers: { 'retry-after': '40' } }, 40],
    [{ ...trouble, headers: { 'retry-after': '86400' } }, 900],
  ] as const)
    it(`is left for ${seconds} s by a Retry-After of ${answer.headers['retry-after']}`, async (t) => {
      const { state } = await oneSlot(t, answer);
      assert.equal(state.failure?.retryAt, at('02:40:03') + seconds * 1000);
    });
});

describe('generation after sunset', () => {
  const moon = { status: 400, text: 'Bad request 400: Moon Powered' };
  it('is left out, once, without a word', async (t) => {
    const { rows, forms, remarks } = await played(
      t,
      [
        ['02:35:03', noon],
        ['02:40:03', noon],
      ],
      [moon, taken],
    );
    assert.deepEqual([rows, remarks.flat()], [['idle', 'pushed'], []]);
    assert.deepEqual(forms[1], { d: '20260718', t: '12:35', v4: '2000' });
  });

  it('without a consumption to tell is done', async (t) => {
    const ticks: Tick[] = [
      ['02:35:03', noon],
      ['02:40:03', noon],
      ['02:41:03', noon],
    ];
    const { rows, received } = await played(t, ticks, [moon], { consumption: 'off' });
    assert.deepEqual([rows, received.length], [['idle', 'pushed', 'idle'], 1]);
  });

  it('that is refused twice is done too', async (t) => {
    const { rows, received } = await oneSlot(t, moon);
    assert.deepEqual([rows, received.length], [['idle', 'pushed'], 2]);
  });
});

describe('battery figures of who is no donor', () => {
  const refused = { status: 403, text: 'Forbidden 403: Donation mode' };
  const ticks: Tick[] = [
    ['02:35:03', noon],
    ['02:40:03', noon],
    ['02:41:03', noon],
    ['02:45:03', noon],
  ];

  it('are said to be left out, and are left out from the next slot on', async (t) => {
    const { rows, forms, remarks, state } = await played(t, ticks, [refused, taken], { battery: 'on' });
    assert.deepEqual(rows, ['idle', 'settings', 'idle', 'pushed']);
    assert.deepEqual(
      forms.map(({ b1 }) => b1),
      ['700', undefined],
    );
    assert.deepEqual(remarks[3], ['PVOutput takes battery figures of donors only: set PVOUTPUT_BATTERY=off']);
    assert.deepEqual(state.kept, { withoutBatteryUntil: at('02:40:03') + 86_400_000 });
  });

  it('keep no reading waiting', async (t) => {
    const { last, state } = await played(t, ticks.slice(0, 2), [refused], { battery: 'on' });
    assert.equal(last?.error, 'PVOutput takes battery figures of donors only (HTTP 403): set PVOUTPUT_BATTERY=off');
    assert.equal(state.failure?.retryAt, undefined);
  });

  for (const [what, until, charge] of [
    ['are left out after a cold start', '2026-07-18T12:00:00Z', undefined],
    ['are tried again after a day', '2026-07-18T02:40:00Z', '700'],
    ['are tried in spite of a clock that was ahead', '2026-09-01T00:00:00Z', '700'],
  ] as const)
    it(what, async (t) => {
      const before = { kept: { withoutBatteryUntil: Date.parse(until) } };
      const { forms } = await played(t, ticks.slice(0, 2), [taken], { battery: 'on' }, before);
      assert.equal(forms[0]?.['b1'], charge);
    });
});

describe('settings', () => {
  const fit = { apiKey, systemId: '12345', timeZone: 'Australia/Sydney' };
  for (const [settings, problems] of [
    [{}, [/^PVOUTPUT_API_KEY is missing: /, /^PVOUTPUT_SYSTEM_ID is missing: /, /^PVOUTPUT_TIME_ZONE is missing: /]],
    [{ ...fit, apiKey: 'madeup0→key' }, [/^PVOUTPUT_API_KEY holds a character that no HTTP header may hold/]],
    [{ ...fit, systemId: 'my roof' }, [/^PVOUTPUT_SYSTEM_ID must be the number of a system \(it is "my roof"\)/]],
    [
      { ...fit, timeZone: 'Sydney' },
      [/^PVOUTPUT_TIME_ZONE must be a time zone such as Australia\/Sydney \(it is "Sydney"\)/],
    ],
    [{ ...fit, timeZone: 'Australia/Sydney,Australia/Perth' }, [/^PVOUTPUT_TIME_ZONE must be a time zone/]],
    [{ ...fit, intervalMinutes: '7' }, [/^PVOUTPUT_INTERVAL_MINUTES must be 5 or 10 or 15 \(it is "7"\)/]],
    [{ ...fit, battery: 'yes' }, [/^PVOUTPUT_BATTERY must be off or on \(it is "yes"\)/]],
    [{ ...fit, consumption: 'all' }, [/^PVOUTPUT_CONSUMPTION must be home or net-of-battery or off/]],
    [{ ...fit, baseUrl: 'http://pvoutput.org' }, [/^PVOUTPUT_BASE_URL must be an address that begins with https:/]],
  ] as const)
    it(`${JSON.stringify(settings)} are refused by name, without the key`, () => {
      const found = configured(pvoutput, settings).problems;
      assert.equal(found.length, problems.length, found.join());
      for (const [index, problem] of problems.entries()) assert.match(found[index] ?? '', problem);
      assert.doesNotMatch(found.join(), /madeup0/);
    });

  it('are few for most', () => {
    assert.deepEqual(configured(pvoutput, fit).problems, []);
    assert.equal(configured(pvoutput, fit).baseUrl, 'https://pvoutput.org');
  });
});
