import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { solax } from '../../functions/push-solar-data/adapters/solax.ts';
import {
  conversation,
  hybrid,
  now,
  platform,
  platformConversation,
  platformSettings,
  realtime,
  settings,
  string,
} from '../conversations/solax.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(solax, conversation);
testAdapter(solax, platformConversation);

const play = (results: Record<string, unknown>[], options = {}) =>
  playAdapter(solax, {
    settings: { ...settings, registrationNumbers: results.map(({ sn }) => sn).join() },
    now,
    exchanges: results.map(realtime),
    ...options,
  });

describe('what is not there', () => {
  it('is no meter where all of its figures are 0', async () => {
    const { pushes } = await play([string]);
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 1.2 });
  });

  it('is a meter that is silent where only its power is missing', async () => {
    const { report } = await play([{ ...hybrid, feedinpower: null }]);
    assert.equal(report.kind, 'offline');
  });

  it('is the battery of a hybrid that says so', async () => {
    const { pushes } = await play([{ ...hybrid, batStatus: '2' }]);
    assert.equal('battery_discharge_kw' in (pushes[0]?.siteMeters ?? {}), false);
  });
});

describe('several inverters', () => {
  it('add up, with the meter of the one that has it', async () => {
    const { pushes } = await play([string, hybrid]);
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 5.4);
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -1.5);
  });

  it('are not stale because one without the meter fell asleep with the sun', async () => {
    const asleep = { ...string, uploadTime: '2026-05-01 10:00:00' };
    assert.equal((await play([hybrid, asleep])).pushes[0]?.siteMeters?.['production_kw'], 4.2);
    assert.equal((await play([asleep])).report.kind, 'stale');
    const { report } = await play([{ ...hybrid, uploadTime: '2026-05-01 10:00:00' }, string]);
    assert.equal(report.kind, 'stale');
  });
});

for (const [what, refusal, kind] of [
  ['a ban of an hour', { code: 1, exception: 'several violations in a row: calls are prohibited' }, 'rate-limited'],
  ['too many calls', { code: 104, exception: 'calls of this minute' }, 'rate-limited'],
  ['a logger that is off line', { exception: 'Query success!', result: 'this sn did not access!' }, 'offline'],
  ['another number', { exception: 'Query success!', result: 'no auth!' }, 'auth'],
  ['a wrong token', { code: 103, exception: 'invalid' }, 'auth'],
  ['what is not explained', { code: 2001, exception: 'error', result: null }, 'unavailable'],
] as const)
  it(`reports ${kind} for ${what}`, async () => {
    const exchange = { ...realtime(hybrid), answer: { json: { success: false, ...refusal } } };
    assert.equal((await play([], { settings, exchanges: [exchange] })).report.kind, kind);
  });

it('asks nothing for an hour after a ban', async () => {
  const ban = { success: false, code: 1, exception: 'several violations in a row: calls are prohibited' };
  const { vendor } = await play([], {
    ...{ settings, exchanges: [{ ...realtime(hybrid), answer: { json: ban } }] },
    ...{ ticks: 12, everySeconds: 299 },
  });
  assert.equal(vendor.received.length, 1);
});

describe('the developer platform', () => {
  it('is asked for a token and for lists once a day', async () => {
    const { vendor } = await playAdapter(solax, {
      ...{ settings: platformSettings, now, exchanges: platform, ticks: 2, everySeconds: 300 },
    });
    assert.deepEqual(
      vendor.received.map(({ path }) => path.split('/').at(-1)),
      ['token', 'page_plant_info', 'page_device_info', 'page_device_info', ...Array(4).fill('realtime_data')],
    );
  });

  it('shows its plants to choose from', async () => {
    const found = await discover(solax, { settings: platformSettings, now, exchanges: platform });
    assert.deepEqual(
      found?.['plantId']?.map(({ value, title }) => ({ value, title })),
      [{ value: '31', title: 'Home' }],
    );
  });

  it('gets one new token when the one it has is refused', async () => {
    const refused = { ...platform[1], answer: { json: { code: 10402, message: 'expired' } } } as never;
    const { report, vendor } = await playAdapter(solax, {
      ...{ settings: platformSettings, now, exchanges: [platform[0] as never, refused] },
    });
    assert.equal(report.kind, 'auth');
    assert.equal(vendor.received.length, 2);
  });
});
