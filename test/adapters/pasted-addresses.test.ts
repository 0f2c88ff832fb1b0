/** Addresses of portals as their owners see them in the browser, pasted whole where a number stands in them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';

const guid = '12345678-9abc-def0-1234-56789abcdef0';

for (const [vendor, setting, address, meant] of [
  ['enphase', 'systemId', 'https://enlighten.enphaseenergy.com/systems/123456/today', 123456],
  ['enphase', 'systemId', 'https://enlighten.enphaseenergy.com/web/123456/today', 123456],
  ['fronius-solarweb', 'pvSystemId', `https://www.solarweb.com/Home?pvSystemId=${guid}`, guid],
  ['isolarcloud', 'applicationId', 'https://web3.isolarcloud.eu/#/authorized-app?cloudId=3&applicationId=987', '987'],
  ['selectronic', 'systemId', 'https://select.live/dashboard/1234', 1234],
  ['sma', 'plantId', 'https://ennexos.sunnyportal.com/7654321/dashboard', '7654321'],
  ['solaredge', 'siteId', 'http://127.0.0.1:8917/consent?code=abc&site_id=2468', '2468'],
  ['sonnen', 'clientId', 'https://account.sonnen.de/log-in?client_id=abc-123_X&response_type=code', 'abc-123_X'],
  ['sunsynk', 'plantId', 'https://portal.example.com/plants/overview/123456/2', 123456],
  ['victron-vrm', 'idSite', 'https://vrm.victronenergy.com/installation/374891/dashboard', 374891],
] as const)
  it(`${vendor} takes ${meant} out of ${address}`, async () => {
    const schema = (await adapters[vendor]?.())?.settings[setting]?.schema;
    assert.equal(schema?.safeParse(address).data, meant);
    assert.equal(schema?.safeParse(String(meant)).data, meant);
    assert.equal(schema?.safeParse('https://example.com/nothing/of/it').success, false);
  });
