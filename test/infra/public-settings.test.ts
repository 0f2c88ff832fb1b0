import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { publicSettings, slowestPollSeconds } from '../../infra/public-settings.ts';

describe('the settings in the function’s environment', () => {
  it('are those of the chosen sources that are no secrets', async () => {
    const settings = await publicSettings({
      VENDOR: 'roof:victron-vrm',
      ROOF_ID_SITE: '7',
      ROOF_TAKE: 'production',
      ROOF_ACCESS_TOKEN: 'secret-token',
      CHARGE_HQ_API_KEY: 'secret-key',
      VICTRON_VRM_ID_SITE: 'of another',
      PATH: '/usr/bin',
    });
    assert.deepEqual(settings, { VENDOR: 'roof:victron-vrm', ROOF_ID_SITE: '7', ROOF_TAKE: 'production' });
  });
});

describe('the settings of destinations in the function’s environment', () => {
  it('are those that are no secrets, of the chosen ones alone', async () => {
    const settings = await publicSettings({
      VENDOR: 'evcc',
      DESTINATION: 'charge-hq,car:mqtt',
      CHARGE_HQ_API_KEY: 'secret-key',
      CHARGE_HQ_URL: 'https://example.com/push',
      CAR_URL: 'mqtts://broker.example.com:8883',
      CAR_USER_NAME: 'bridge',
      CAR_PASSWORD: 'secret-password',
      CAR_BASE_URL: 'https://example.com',
      MQTT_URL: 'mqtts://of-another.example.com',
    });
    assert.deepEqual(settings, {
      VENDOR: 'evcc',
      DESTINATION: 'charge-hq,car:mqtt',
      CHARGE_HQ_URL: 'https://example.com/push',
      CAR_URL: 'mqtts://broker.example.com:8883',
      CAR_USER_NAME: 'bridge',
      CAR_BASE_URL: 'https://example.com',
    });
  });
});

describe('credentials among the settings for the function’s environment', () => {
  const rows: [string, Record<string, string>][] = [
    ['CHARGE_HQ_URL', { CHARGE_HQ_URL: 'https://ada:made-up@example.net/push' }],
    ['ROOF_BASE_URL', { VENDOR: 'roof:evcc', ROOF_BASE_URL: 'https://ada:made-up@evcc.example.net' }],
    ['ROOF_AUTH_URL', { VENDOR: 'roof:sma', ROOF_AUTH_URL: 'https://sma.example.net/?token=made-up' }],
    [
      'ROOF_REQUESTS',
      {
        VENDOR: 'roof:http-json',
        ROOF_REQUESTS: '[{"id":"em","url":"https://em.example.net","auth":{"type":"bearer","token":"made-up"}}]',
        ROOF_FIELDS: '{"production":{"expr":"em.p","unit":"W"}}',
      },
    ],
  ];
  for (const [name, texts] of rows)
    it(`are refused, and not told: ${name}`, async () => {
      const refused = await publicSettings(texts).then(String, (error: Error) => error.message);
      assert.match(refused, new RegExp(`^Nothing was deployed\\.\n- ${name} `));
      assert.doesNotMatch(refused, /made-up/);
    });
});

describe('the slowest poll of a site', () => {
  it('is that of its slowest cloud, or what the owner set', async () => {
    assert.equal(await slowestPollSeconds({ VENDOR: 'victron-vrm' }), 60);
    assert.equal(await slowestPollSeconds({ VENDOR: 'a:victron-vrm,b:foxess' }), 300);
    assert.equal(await slowestPollSeconds({ VENDOR: 'foxess', FOXESS_POLL_SECONDS: '120' }), 120);
  });
});
