import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openStandIn, verdict } from '../../functions/push-solar-data/local/stand-in.ts';
import { unwelcomeGuests } from './guests.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const figures = { production_kw: 3, net_import_kw: -2, consumption_kw: 1 };
const message = (more: object) => JSON.stringify({ apiKey: 'k', ...more });

async function standing(t: TestContext) {
  const told: string[] = [];
  const { url, close } = await openStandIn((sentence) => told.push(sentence));
  t.after(close);
  const push = async (body: string) => (await fetch(url, { method: 'POST', body })).status;
  return { url: new URL(url), told, push };
}

describe('the stand-in for Charge HQ', () => {
  it('says what it thinks of a push', async (t) => {
    const { push, told } = await standing(t);
    assert.equal(await push(message({ siteMeters: figures })), 200);
    assert.deepEqual(told, ['accepted, balanced: 2.00 kW of sun to spare for the car']);
  });

  it('lives on whatever connects, and takes none of it for a push', async (t) => {
    const { url, push, told } = await standing(t);
    await unwelcomeGuests(Number(url.port), '/other');
    assert.equal((await fetch(url)).status, 404);
    assert.deepEqual(told, []);
    assert.equal(await push(message({ siteMeters: figures })), 200);
    assert.match(told.join(), /^accepted/);
  });

  it('lives on when somebody leaves in the middle of a push', async (t) => {
    const { url, push, told } = await standing(t);
    await unwelcomeGuests(Number(url.port), url.pathname);
    assert.equal(await push(message({ siteMeters: figures })), 200);
    assert.ok(told.length >= 1);
  });

  it('refuses a body without end', async (t) => {
    const { push, told } = await standing(t);
    assert.equal(await push('x'.repeat(100_000)), 413);
    assert.deepEqual(told, []);
  });

  it('says it on one line that steers no terminal', async (t) => {
    const { push, told } = await standing(t);
    await push(message({ error: 'one\n\u001b[2Jtwo' }));
    assert.deepEqual(told, ['no data from the solar equipment: one [2Jtwo']);
  });
});

describe('its verdict', () => {
  for (const [what, body, sentence] of [
    ['old figures', { siteMeters: figures, tsms: now - 600_000 }, /^accepted, balanced, 10 min old: 2\.00 kW/],
    ['figures of a clock that is ahead', { siteMeters: figures, tsms: now + 30_000 }, /^accepted, balanced, 0 s old/],
    ['figures that do not balance', { siteMeters: { ...figures, consumption_kw: 5 } }, /inconsistent/],
    ['an error', { error: 'no sun' }, /^no data from the solar equipment: no sun$/],
    ['nothing', {}, /^no figures/],
  ] as const)
    it(`on ${what}`, () => assert.match(verdict(message(body), now), sentence));

  it('on a message within 30 s of the one before', () => {
    assert.match(verdict(message({ siteMeters: figures }), now, now - 29_000), /^too often/);
  });
});
