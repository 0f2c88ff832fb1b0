import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { balance } from '../../functions/push-solar-data/core/balance.ts';
import { chargeHq, chargeHqBody } from '../../functions/push-solar-data/destinations/charge-hq.ts';
import type { DestinationErrorKind, Message } from '../../functions/push-solar-data/destinations/destination.ts';
import { type Answer, playChargeHq } from '../support/conversation.ts';
import { configured, figuresOf as figures, sendingAt, tell } from '../support/destinations.ts';
import { serveHttp } from '../support/servers.ts';
import { powersOf, truths } from '../support/truth.ts';

const key = '00000000-test-4000-8000-000000000000';
const reading = { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 };

describe('the body', () => {
  it('holds the key and the figures', () => {
    assert.deepEqual(chargeHqBody(key, figures(reading)), { apiKey: key, siteMeters: reading });
  });

  it('holds every documented field, and no other', () => {
    const meters = {
      ...powersOf({ p: 4200, n: -1500, b: -500 }),
      battery_soc: 0.5,
      battery_energy_kwh: 5,
      imported_kwh: 100,
      exported_kwh: 200,
    };
    assert.deepEqual(chargeHqBody(key, figures({ ...meters, battery_capacity_kwh: 10 })).siteMeters, meters);
  });

  it('holds the time of measurement in whole ms where it is known', () => {
    assert.equal(chargeHqBody(key, figures({ ...reading, tsms: 1_777_636_800_000.4 })).tsms, 1_777_636_800_000);
    assert.equal('tsms' in chargeHqBody(key, figures(reading)), false);
  });

  it('holds an error without figures', () => {
    assert.deepEqual(chargeHqBody(key, { error: 'No figures', kind: 'offline' }), { apiKey: key, error: 'No figures' });
  });

  it('holds no more digits than are meant', () => {
    const { siteMeters } = chargeHqBody(
      key,
      figures({ production_kw: 1.2344, battery_soc: 0.61548, battery_energy_kwh: 6.12345, imported_kwh: 1.0004 }),
    );
    assert.deepEqual(siteMeters, {
      production_kw: 1.234,
      battery_soc: 0.6155,
      battery_energy_kwh: 6.123,
      imported_kwh: 1,
    });
  });

  const refused: [string, Message, RegExp][] = [
    [
      'figures that miss the balance by a watt',
      figures({ ...reading, consumption_kw: 2.701 }),
      /the power values are inconsistent/,
    ],
    [
      'figures that miss it by the battery',
      figures({ ...reading, battery_discharge_kw: 0.5 }),
      /the power values are inconsistent/,
    ],
    ['a state of charge beyond 1', figures({ battery_soc: 1.01 }), /battery_soc/],
    ['a state of charge below 0', figures({ battery_soc: -0.01 }), /battery_soc/],
    ['no number', figures({ production_kw: Number.NaN }), /production_kw/],
    ['no time', figures({ ...reading, tsms: Number.NaN }), /tsms/],
  ];
  for (const [what, message, sentence] of refused)
    it(`refuses ${what}: that is our error, found before it is sent`, () => {
      assert.throws(() => chargeHqBody(key, message), sentence);
    });

  it('refuses an empty key', () => {
    assert.throws(() => chargeHqBody('', figures(reading)), /apiKey/);
  });

  it('takes figures of which not all terms are known', () => {
    const part = { production_kw: 4.2, net_import_kw: -1.5, battery_soc: 0.5 };
    assert.deepEqual(chargeHqBody(key, figures(part)).siteMeters, part);
  });

  it('balances as JSON, to the last digit, for any home', () => {
    fc.assert(
      fc.property(truths, fc.double({ min: -0.0004, max: 0.0004, noNaN: true }), (truth, noise) => {
        const { consumption_kw: _, ...measured } = powersOf(truth);
        const balanced = balance({ ...measured, production_kw: measured.production_kw + noise }).reading;
        const sent = JSON.stringify(chargeHqBody(key, figures(balanced)));
        // As decimal fractions, which binary ones only approach.
        const watts = (field: string) => {
          const [, digits = ''] = sent.match(new RegExp(`"${field}":(-?[0-9.]+)`)) ?? [];
          assert.match(digits, /^-?\d+(\.\d{1,3})?$/);
          return BigInt(Math.round(Number(digits) * 1000));
        };
        const sum = watts('production_kw') + watts('net_import_kw') + watts('battery_discharge_kw');
        assert.equal(watts('consumption_kw'), sum);
      }),
    );
  });
});

const towards = (url: string) => configured(chargeHq, { apiKey: key, url });

/** How one push ends at a Charge HQ that answers so. */
async function pushTo(t: TestContext, answer: Answer) {
  const stage = await playChargeHq(() => answer);
  t.after(() => stage.close());
  return tell(t, towards(`${stage.url}/push`), figures(reading));
}

describe('a push', () => {
  it('is one POST of JSON to the whole address', async (t) => {
    const stage = await playChargeHq();
    t.after(() => stage.close());
    await tell(t, towards(`${stage.url}/api/push?a=1`), figures(reading));
    const [received, ...more] = stage.received;
    assert.deepEqual(more, []);
    assert.equal(received?.method, 'POST');
    assert.equal(received?.path, '/api/push');
    assert.deepEqual(received?.query, { a: '1' });
    assert.equal(received?.headers['content-type'], 'application/json');
    assert.deepEqual(received?.body, { apiKey: key, siteMeters: reading });
  });

  const accepted: [string, Answer][] = [
    ['200 with JSON', { json: { ok: true } }],
    ['200 with nothing', {}],
    ['200 with a word', { text: 'OK' }],
    ['201', { status: 201, json: {} }],
    ['204', { status: 204 }],
  ];
  for (const [what, answer] of accepted)
    it(`is delivered with ${what}`, async (t) => {
      assert.deepEqual((await pushTo(t, answer)).row, { label: 'charge-hq', outcome: 'pushed' });
    });

  const html = '<!doctype html><html><body>Hello</body></html>';
  const rows: [string, Answer, DestinationErrorKind, RegExp][] = [
    ['400', { status: 400, json: {} }, 'bad-response', /^Charge HQ refuses the message \(HTTP 400\)$/],
    ['401', { status: 401, json: {} }, 'auth', /^Charge HQ refuses the key \(HTTP 401\): check CHARGE_HQ_API_KEY$/],
    ['403', { status: 403, json: {} }, 'auth', /HTTP 403\): check CHARGE_HQ_API_KEY$/],
    ['404', { status: 404, json: {} }, 'gone', /^Charge HQ is not at this address any more \(HTTP 404\)$/],
    ['410', { status: 410, json: {} }, 'gone', /HTTP 410/],
    ['a redirect', { status: 302, headers: { location: 'https://example.com' } }, 'gone', /HTTP 302/],
    ['a lasting redirect', { status: 308, headers: { location: '{server}/elsewhere' } }, 'gone', /HTTP 308/],
    ['a web page with 200', { text: html }, 'gone', /HTTP 200/],
    ['a web page with 404', { status: 404, text: html }, 'gone', /HTTP 404/],
    ['429', { status: 429, json: {} }, 'rate-limited', /^Charge HQ asks us to slow down \(HTTP 429\)$/],
    ['429 as a web page', { status: 429, text: html }, 'rate-limited', /slow down \(HTTP 429\)$/],
    ['500', { status: 500, json: {} }, 'unavailable', /^Charge HQ has trouble \(HTTP 500\)$/],
    ['502 as a web page', { status: 502, text: html }, 'unavailable', /HTTP 502/],
    ['503', { status: 503, json: {} }, 'unavailable', /HTTP 503/],
  ];
  for (const [what, answer, kind, sentence] of rows)
    it(`is not delivered with ${what}: ${kind}`, async (t) => {
      const { row } = await pushTo(t, answer);
      assert.equal(row.outcome, 'failed');
      assert.equal(row.kind, kind);
      assert.match(row.error ?? '', sentence);
    });

  for (const [status, text] of [
    [429, '{}'],
    [429, html],
    [503, '{}'],
  ] as const)
    it(`is to wait as Retry-After of a ${status} says (${text.slice(0, 5)})`, async (t) => {
      const { state } = await pushTo(t, { status, text, headers: { 'retry-after': '120' } });
      assert.equal(state.failure?.retryAt, sendingAt + 120_000);
    });

  it('keeps the structure of an answer for the log', async (t) => {
    const { row } = await pushTo(t, { status: 400, text: '{"error":"no such key","code":7}' });
    assert.equal(row.excerpt, '{"error":text(11),"code":7}');
  });

  it('follows no redirect: the key goes nowhere else', async (t) => {
    const elsewhere = await serveHttp(t, (_request, response) => response.end());
    await pushTo(t, { status: 307, headers: { location: elsewhere.url } });
    assert.equal(elsewhere.connections(), 0);
  });

  it('never tells the key', async (t) => {
    for (const status of [200, 302, 400, 401, 429, 500]) {
      const told = await pushTo(t, { status, text: `<html>no ${key}</html>` });
      assert.equal(JSON.stringify(told).includes(key), false);
    }
  });

  it('that nobody answers is not delivered: unavailable', async (t) => {
    const { url } = await serveHttp(t, () => {});
    const { row } = await tell(t, towards(url), figures(reading), { signal: AbortSignal.timeout(100) });
    assert.equal(row.kind, 'unavailable');
  });
});

it('refuses plain http to another machine before anything is sent', () => {
  const [problem] = towards('http://hq.example/push').problems;
  assert.match(problem ?? '', /^CHARGE_HQ_URL must be an address that begins with https:/);
});

it('wants half a minute between two messages', () => {
  assert.equal(towards('https://hq.example').minSecondsBetween, 30);
});
