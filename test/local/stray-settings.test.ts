import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { strayRemarks } from '../../functions/push-solar-data/local/stray-settings.ts';

const home = { VENDOR: 'roof:foxess', DESTINATION: 'charge-hq' };
const remarks = (found: { file?: string[]; environment?: string[]; parameters?: string[] }) =>
  strayRemarks({ file: [], environment: [], ...found }, home, { registry: adapters, destinations });

describe('names that are no setting of the home', () => {
  it('are remarked in .env where they are meant for the bridge, and others are left alone', async () => {
    const others = ['POSTGRES_URL', 'OPENAI_API_KEY', 'PATH', 'MQTT_PORT'];
    const own = ['VENDOR', 'SITE', 'STATE_DIR', 'AWS_REGION', 'ROOF_API_KEY', 'ROOF_TAKE', 'ROOF_BASE_URL'];
    assert.deepEqual(await remarks({ file: [...own, ...others] }), []);
    assert.deepEqual(await remarks({ file: ['ROOF_DEVICE_SN', 'FOXESS_API_KEY', 'VENDORS', ...others] }), [
      'ROOF_DEVICE_SN is not a setting; did you mean ROOF_DEVICE_SNS?',
      'VENDORS is not a setting; did you mean VENDOR?',
      'FOXESS_API_KEY: not used, because VENDOR and DESTINATION name nothing that it belongs to',
    ]);
  });

  it('are remarked in the environment only where they are near to one of the home', async () => {
    assert.deepEqual(
      await remarks({ environment: ['ROOF_API_KEYS', 'ROOF_HOUSE_COLOUR_AND_MORE', 'VENDORS', 'FOXESS_API_KEY'] }),
      ['ROOF_API_KEYS is not a setting; did you mean ROOF_API_KEY?'],
    );
  });

  it("are all remarked among the site's parameters, which are the bridge's alone", async () => {
    assert.deepEqual(
      await remarks({ parameters: ['ROOF_API_KEYS', 'ROOF_API_KEY', 'POSTGRES_URL', 'FOXESS_API_KEY'] }),
      [
        'ROOF_API_KEYS is not a setting; did you mean ROOF_API_KEY?',
        'POSTGRES_URL, FOXESS_API_KEY: not used, because VENDOR and DESTINATION name nothing that they belong to',
      ],
    );
  });
});
