/** Which plant and which devices of the account are the home's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { luxpower } from '../../functions/push-solar-data/adapters/luxpower.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  account,
  asked,
  gridBoss,
  hybrid,
  inverter,
  inverterPath,
  loggedIn,
  logIn,
  logInPath,
  now,
  plant,
} from '../conversations/luxpower.ts';
import type { Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { type Played, playAdapter } from '../support/home.ts';

const one = inverter('INVERTER01');

describe('LuxPower lists plants and devices', () => {
  const two = [plant(1, 'Home', one, inverter('INVERTER02')), plant(2, 'Barn', inverter('INVERTER03'))];
  const any = (path: string): Exchange => ({ ...asked(path, '', { json: { success: true, ...hybrid } }), form: {} });
  const serialsOf = ({ vendor }: Played) =>
    vendor.received.flatMap(({ body }) => (body as { serialNum?: string }).serialNum ?? []);
  const read = (plants: unknown, settings: Record<string, string> = {}) =>
    playAdapter(luxpower, {
      ...{ settings: { ...account, ...settings }, now },
      exchanges: [logIn(loggedIn(plants)), any(inverterPath)],
    });

  it('for the set-up', async () => {
    const settings = account;
    const found = await discover(luxpower, { settings, now, exchanges: [logIn(loggedIn(two))] });
    assert.deepEqual(found?.['plantId'], [
      { value: '1', title: 'Home' },
      { value: '2', title: 'Barn' },
    ]);
  });

  for (const [what, plants, settings, serials] of [
    ['the inverters of the only plant', two.slice(0, 1), {}, ['INVERTER01', 'INVERTER02']],
    ['those of the plant that is set', two, { plantId: '2' }, ['INVERTER03']],
    ['those that are named, each once', two, { plantId: '1', serials: 'INVERTER02, INVERTER02' }, ['INVERTER02']],
    [
      'inverters that are named beside a GridBOSS',
      [plant(1, 'Home', one, gridBoss('GRIDBOSS01'))],
      { serials: 'INVERTER01' },
      ['INVERTER01'],
    ],
  ] as [string, unknown, Record<string, string>, string[]][])
    it(`and reads ${what}`, async () => {
      const played = await read(plants, settings);
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.deepEqual(serialsOf(played), serials);
    });

  const many = Array.from({ length: 21 }, (_, nth) => inverter(`INVERTER${nth}`));
  for (const [what, plants, settings, sentence, kind] of [
    ['several plants', two, {}, /LUXPOWER_PLANT_ID to one of 1 \(Home\), 2 \(Barn\)/, 'auth'],
    ['no such plant', two, { plantId: '3' }, /LUXPOWER_PLANT_ID/, 'auth'],
    ['no plant', [], {}, /LUXPOWER_ACCOUNT/, 'auth'],
    ['no list of plants', null, {}, /LUXPOWER_ACCOUNT/, 'auth'],
    ['no device', [plant(1, 'Home')], {}, /no device/, 'auth'],
    ['a plant without a list', [{ plantId: 1, name: null }], {}, /no device/, 'auth'],
    ['no such device', two, { plantId: '1', serials: 'INVERTER03' }, /INVERTER03.*LUXPOWER_SERIALS/, 'auth'],
    ['two GridBOSS', [plant(1, 'Home', gridBoss('A'), gridBoss('B'))], {}, /LUXPOWER_SERIALS to one of A .*B/, 'auth'],
    ['too many', [plant(1, 'Home', ...many)], {}, /LUXPOWER_SERIALS/, 'settings'],
  ] as [string, unknown, Record<string, string>, RegExp, FailureKind][])
    it(`and says so where there is ${what}, without another call`, async () => {
      const played = await read(plants, settings);
      assert.equal(played.report.kind, kind, played.report.error);
      assert.match(played.report.error ?? '', sentence);
      assert.deepEqual(
        played.vendor.received.map(({ path }) => path),
        [logInPath],
      );
    });

  for (const [server, host] of Object.entries({
    eg4: 'monitor.eg4electronics.com',
    us: 'us.luxpowertek.com',
    na: 'na.luxpowertek.com',
    eu: 'eu.luxpowertek.com',
    sea: 'sea.luxpowertek.com',
    af: 'af.luxpowertek.com',
    cn: 'server.luxpowertek.com',
  }))
    it(`at ${host} for ${server}`, () => {
      assert.equal((luxpower.baseUrl as (settings: unknown) => string)({ server }), `https://${host}`);
    });
});
