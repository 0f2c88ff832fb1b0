/** Which inverters are asked: the list of them, and when it is read. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { soliscloud } from '../../functions/push-solar-data/adapters/soliscloud.ts';
import {
  conversation,
  detailPath,
  envelope,
  hybrid,
  inverter,
  key,
  listed,
  listPath,
  now,
  type Values,
} from '../conversations/soliscloud.ts';
import type { Exchange } from '../support/conversation.ts';
import { type Played, playAdapter } from '../support/home.ts';

describe('SolisCloud lists the inverters', () => {
  const refused = (code: string, msg: string): Exchange => ({
    method: 'POST',
    path: detailPath,
    answer: envelope(null, code, msg),
  });
  /** Always four minutes old. */
  const live: Exchange = {
    method: 'POST',
    path: detailPath,
    answer: ({ headers, body }) =>
      envelope({ ...hybrid, ...(body as Values), dataTimestamp: Date.parse(headers['date'] ?? '') - 240_000 }),
  };
  const playListed = (
    exchanges: Exchange[],
    { settings = {}, ...timing }: { settings?: Record<string, string>; ticks?: number; everySeconds?: number } = {},
  ) => playAdapter(soliscloud, { settings: { ...key, ...settings }, now, exchanges, ...timing });
  const callsOf = ({ vendor }: Played) =>
    vendor.received.map(({ path, body }) => (path === listPath ? 'list' : (body as Values)['sn']));

  it('once a day, also over midnight', async () => {
    const played = await playListed([listed(inverter('ONE')), live], { ticks: 4, everySeconds: 8 * 3600 });
    assert.deepEqual(callsOf(played), ['list', 'ONE', 'ONE', 'ONE', 'list', 'ONE']);
    assert.deepEqual(played.pushes.at(-1)?.siteMeters, conversation.push.siteMeters);
  });

  it('of the plant that the owner chooses', async () => {
    const settings = { stationId: '1298765432101234502' };
    const { vendor } = await playListed([listed(inverter('ONE')), live], { settings });
    assert.deepEqual(vendor.received[0]?.body, { pageNo: 1, pageSize: 100, stationId: '1298765432101234502' });
  });

  it('of one plant, and asks which if there are several', async () => {
    const barn = inverter('TWO', { stationId: '1298765432101234503', stationName: 'Barn' });
    const { report } = await playListed([listed(inverter('ONE'), barn), live]);
    assert.equal(report.kind, 'settings');
    assert.match(
      report.error ?? '',
      /set SOLISCLOUD_STATION_ID to one of 1298765432101234502 \(Home\), 1298765432101234503 \(Barn\)/,
    );
  });

  it('also where they tell no plant, and those that are offline', async () => {
    const exchanges = [
      listed(inverter('ONE', { stationId: null }), inverter('TWO', { stationId: null, state: 2 })),
      live,
    ];
    assert.deepEqual(callsOf(await playListed(exchanges)), ['list', 'ONE', 'TWO']);
  });

  it('page by page with a pause', async () => {
    const page = (pageNo: number, sn: string): Exchange => ({
      ...{ method: 'POST', path: listPath, json: { pageNo } },
      answer: envelope({ page: { records: [inverter(sn)], total: 2, current: pageNo, pages: 2 } }),
    });
    const played = await playListed([page(1, 'ONE'), page(2, 'TWO'), live]);
    assert.deepEqual(callsOf(played), ['list', 'list', 'ONE', 'TWO']);
    assert.deepEqual(played.slept, [600, 600]);
  });

  it('and says what to do where there is none, or far too many', async () => {
    const none = await playListed([listed()]);
    assert.equal(none.report.kind, 'settings');
    const many = await playListed([listed(...Array.from({ length: 21 }, (_, nth) => inverter(`SN${nth}`))), live]);
    assert.equal(many.report.kind, 'settings');
    assert.match(many.report.error ?? '', /SOLISCLOUD_INVERTER_SNS/);
  });

  it('again at once when a kept one is refused, and reads with the new list', async () => {
    const gone = { ...refused('B0049', 'no permission'), json: { sn: 'OLD' } };
    const exchanges = [
      listed(inverter('OLD')),
      { ...live, json: { sn: 'OLD' } },
      gone,
      listed(inverter('NEW')),
      { ...live, json: { sn: 'NEW' } },
    ];
    const played = await playListed(exchanges, { ticks: 2, everySeconds: 300 });
    assert.deepEqual(callsOf(played), ['list', 'OLD', 'OLD', 'list', 'NEW']);
  });

  it('not again where it is asked too often, or has just listed them', async () => {
    const busy = refused('R0000', 'No authority: too many request');
    const often = await playListed([listed(inverter('ONE')), live, busy], { ticks: 2, everySeconds: 300 });
    assert.deepEqual([often.report.kind, callsOf(often)], ['rate-limited', ['list', 'ONE', 'ONE']]);
    const foreign = await playListed([listed(inverter('ONE')), refused('R0000', 'No authority')]);
    assert.deepEqual([foreign.report.kind, callsOf(foreign)], ['auth', ['list', 'ONE']]);
  });
});
