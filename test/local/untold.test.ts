import assert from 'node:assert/strict';
import { it } from 'node:test';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { untold } from '../../functions/push-solar-data/local/untold.ts';
import { adapterOf, registryOf } from '../support/sources.ts';

const registries = { registry: registryOf(adapterOf()), destinations };
const mqtt = { DESTINATION: 'mqtt', MQTT_URL: 'mqtts://broker.example.com:8883' };

for (const [what, texts, expected, aws] of [
  ['Charge HQ without its key', {}, ['CHARGE_HQ_API_KEY is not set: nothing can be pushed yet.']],
  ['Charge HQ with it', { CHARGE_HQ_API_KEY: 'my-own-key' }, []],
  ['another one that has all it needs', mqtt, []],
  ['another one without its address', { DESTINATION: 'mqtt' }, ['MQTT_URL is not set: nothing can be pushed yet.']],
  [
    'one of several',
    { ...mqtt, DESTINATION: 'mqtt,charge-hq' },
    ['CHARGE_HQ_API_KEY is not set: nothing reaches Charge HQ yet.'],
  ],
  [
    'all of several',
    { DESTINATION: 'mqtt,log:webhook' },
    ['MQTT_URL is not set: nothing can be pushed yet.', 'LOG_URL is not set: nothing can be pushed yet.'],
  ],
  ['AWS IoT Core before the deployment', { DESTINATION: 'mqtt', MQTT_URL: 'aws-iot' }, [], true],
  [
    'AWS IoT Core on this machine',
    { DESTINATION: 'mqtt', MQTT_URL: 'aws-iot' },
    ['MQTT_BASE_URL is not set: nothing can be pushed yet.'],
  ],
] as const)
  it(`what cannot be told yet: ${what}`, async () => {
    assert.deepEqual(await untold({ VENDOR: 'example', ...texts }, registries, { aws: aws ?? false }), expected);
  });

it('what cannot be told for a setting that is wrong is told by that', async () => {
  const [sentence, ...others] = await untold({ VENDOR: 'example', ...mqtt, MQTT_URL: 'http://broker' }, registries);
  assert.match(sentence ?? '', /^MQTT_URL must be mqtts:/);
  assert.deepEqual(others, []);
});
