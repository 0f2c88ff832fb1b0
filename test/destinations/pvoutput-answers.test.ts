import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apiKey, at, noon, oneSlot, played, type Tick, taken } from '../support/pvoutput.ts';

const page = { headers: { 'content-type': 'text/html' }, text: '<html>maintenance</html>' };

describe('an answer', () => {
  const check = /^PVOutput refuses the key or the system \(HTTP 401\): check PVOUTPUT_API_KEY and PVOUTPUT_SYSTEM_ID$/;
  const hour = 'Forbidden 403: Exceeded number requests per hour';
  for (const [what, answer, kind, sentence, again] of [
    [
      'of an old date, with 200',
      { text: 'Bad request 400: Date is older than 14 days' },
      'bad-response',
      /^PVOutput refuses the date of the status \(HTTP 200\): check PVOUTPUT_TIME_ZONE$/,
      false,
    ],
    ['of nothing, with 200', { text: '' }, 'bad-response', /^PVOutput refuses the status \(HTTP 200\)$/, false],
    [
      'of too much power',
      { status: 400, text: 'Bad request 400: Power value [5000] too high for system size [4000]' },
      'bad-response',
      /size of the system \(HTTP 400\): correct the size there$/,
      false,
    ],
    [
      'of a power',
      { status: 400, text: 'Bad Request 400: Invalid power value [-399]\n' },
      'bad-response',
      /^PVOutput refuses the status \(HTTP 400\)$/,
      false,
    ],
    ['of an unknown system', { status: 401, text: 'Unauthorized 401: Invalid System ID' }, 'auth', check, false],
    ['of an unknown key', { status: 401, text: `Unauthorized 401: Invalid API Key ${apiKey}` }, 'auth', check, false],
    [
      'of a key that may read',
      { status: 403, text: 'Forbidden 403: Read only key' },
      'auth',
      /^PVOutput refuses a key that may only read \(HTTP 403\): make another, and set PVOUTPUT_API_KEY$/,
      false,
    ],
    ['of another refusal', { status: 403, text: 'Forbidden 403' }, 'auth', /HTTP 403/, false],
    [
      'of the quota',
      { status: 403, text: hour },
      'rate-limited',
      /^PVOutput has had this hour's requests \(HTTP 403\)$/,
      false,
    ],
    ['of the quota by its number', { status: 429 }, 'rate-limited', /HTTP 429/, false],
    [
      'of no such page',
      { status: 404, text: 'Not found' },
      'gone',
      /^PVOutput is not at this address any more \(HTTP 404\)$/,
      true,
    ],
    ['of a redirect', { status: 302, headers: { location: 'https://elsewhere.example' } }, 'gone', /HTTP 302/, true],
    ['of a web page', page, 'gone', /HTTP 200/, true],
    ['of a web page that refuses', { status: 401, ...page }, 'gone', /HTTP 401/, true],
    [
      'of trouble',
      { status: 500, text: 'OK 200: Added Status' },
      'unavailable',
      /^PVOutput has trouble \(HTTP 500\)$/,
      true,
    ],
    ['of trouble, as a web page', { status: 503, ...page }, 'unavailable', /HTTP 503/, true],
  ] as const)
    it(`${what} is ${kind}; the slot is ${again ? '' : 'not '}sent again`, async (t) => {
      const { last, state } = await oneSlot(t, answer);
      assert.deepEqual([last?.outcome, last?.kind], ['failed', kind]);
      assert.match(last?.error ?? '', sentence);
      assert.doesNotMatch(JSON.stringify([last, state]), /madeup0/);
      assert.equal((state.running as { waiting: unknown[] }).waiting.length, again ? 1 : 0);
    });

  for (const text of ['OK 200: Added Status', 'OK 200: Updated Status', '\nOK 200: Added Status\r\n', 'ok 200'])
    it(`of ${JSON.stringify(text)} is taken`, async (t) => {
      assert.deepEqual((await oneSlot(t, { text })).rows, ['idle', 'pushed']);
    });
});

describe("the hour's requests", () => {
  const reset = String(at('03:00:00') / 1000);
  const exceeded = { status: 403, text: 'Forbidden 403: Exceeded number requests per hour' };
  for (const [what, headers, until] of [
    ['until the answer says', { 'x-rate-limit-reset': String(at('02:50:00') / 1000) }, '02:50:00'],
    ['until the full hour, without a word', {}, '03:00:00'],
    [
      'until the full hour, if the answer says the past',
      { 'x-rate-limit-reset': String(at('02:00:00') / 1000) },
      '03:00:00',
    ],
    [
      'until the full hour, if the answer says days',
      { 'x-rate-limit-reset': String(at('23:00:00') / 1000) },
      '03:00:00',
    ],
  ] as const)
    it(`that are used up are waited for ${what}`, async (t) => {
      const { state } = await oneSlot(t, {
        ...exceeded,
        headers: { 'retry-after': '5', ...headers } as Record<string, string>,
      });
      const { retryAt = 0 } = state.failure ?? {};
      assert.ok(retryAt >= at(until) && retryAt < at(until) + 1_000, new Date(retryAt).toISOString());
    });

  const ticks: Tick[] = [
    ['02:35:03', noon],
    ['02:40:03', noon],
    ['02:45:03', noon],
    ['02:50:03', noon],
    ['03:00:03', noon],
    ['03:05:03', noon],
  ];
  for (const [remaining, slots] of [
    ['4', ['12:35', '12:50', '13:00']],
    ['0', ['12:35', '12:50', '13:00']],
    ['5', ['12:35', '12:40', '12:45', '12:50', '13:00']],
  ] as const)
    it(`of which ${remaining} are left are ${slots.length > 3 ? 'used' : "the others'"}; after a wait the last slot is sent`, async (t) => {
      const scarce = { ...taken, headers: { 'x-rate-limit-remaining': remaining, 'x-rate-limit-reset': reset } };
      assert.deepEqual((await played(t, ticks, [scarce, taken])).slots, slots);
    });

  it('were promised nothing by a clock that was ahead', async (t) => {
    const before = { running: { quietUntil: at('14:00:00') } };
    const { rows } = await played(
      t,
      [
        ['02:35:03', noon],
        ['02:40:03', noon],
      ],
      [taken],
      {},
      before,
    );
    assert.deepEqual(rows, ['idle', 'pushed']);
  });
});
