/** MQTT: its settings, and what a tick makes of them. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { mqtt } from '../../functions/push-solar-data/destinations/mqtt.ts';
import { playBroker } from '../support/broker.ts';
import { badCertificatesKey, certificate, certificateKey } from '../support/certificate.ts';
import { configured, figuresOf, type TellOptions, tell } from '../support/destinations.ts';

const url = 'mqtts://broker.example:8883';
const problemsOf = (settings: Record<string, string>) => configured(mqtt, { url, ...settings }).problems;

describe('the address', () => {
  for (const address of [
    url,
    'mqtts://broker.example',
    'MQTTS://broker.example:8883',
    'wss://broker.example/mqtt',
    'wss://broker.example:8084/mqtt?room=1',
    'mqtt://127.0.0.1:1883',
    'mqtt://localhost',
    'mqtt://[::1]:1883',
    'ws://127.0.0.1:9001/mqtt',
  ])
    it(`may be ${address}`, () => assert.deepEqual(problemsOf({ url: address }), []));

  for (const address of [
    'mqtt://broker.example:1883',
    'mqtt://192.168.1.5',
    'mqtt://127.0.0.1.example',
    'ws://broker.example/mqtt',
    'https://broker.example',
    'broker.example',
    'broker.example:8883',
    'mqtts:',
    'mqtts://',
    'mqtts:///path',
    'aws-iot-core',
  ])
    it(`may not be ${address}`, () => {
      const problems = problemsOf({ url: address });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^MQTT_URL must be mqtts:\/\/host:8883 or wss:/);
    });

  for (const [address, secret] of [
    ['mqtts://bridge:hidden-password@broker.example', 'hidden-password'],
    ['mqtts://hidden-name@broker.example', 'hidden-name'],
    ['wss://broker.example/mqtt?token=hidden-token', 'hidden-token'],
    ['mqtt://bridge:hidden-password@broker.example', 'hidden-password'],
  ] as const)
    it(`may hold no credential, which is not quoted: ${address.replace(secret, '…')}`, () => {
      const problems = problemsOf({ url: address });
      assert.match(problems.join(), /^MQTT_URL must hold no (user name or password|credential)/);
      assert.equal(problems.join().includes(secret), false);
    });

  it('is needed', () => assert.match(configured(mqtt, {}).problems.join(), /^MQTT_URL is missing/));

  it('aws-iot needs the endpoint of the account', () => {
    assert.match(problemsOf({ url: 'aws-iot' }).join(), /^MQTT_BASE_URL is missing/);
    assert.deepEqual(problemsOf({ url: 'aws-iot', baseUrl: 'https://a-ats.iot.eu-west-1.amazonaws.com' }), []);
  });
});

describe('a setting', () => {
  const refused: [string, Record<string, string>, RegExp][] = [
    ...['solar/#', '+/home', 'a+b', '$SYS/solar', '/solar', 'solar/', `${'a'.repeat(201)}`].map(
      (topic): [string, Record<string, string>, RegExp] => [
        `topic ${topic.slice(0, 20)}`,
        { topic },
        /^MQTT_TOPIC must be a topic/,
      ],
    ),
    ['discovery with a wildcard', { discovery: 'ha/#' }, /^MQTT_DISCOVERY must be a topic/],
    ['a time to live below 5 s', { expireSeconds: '4' }, /^MQTT_EXPIRE_SECONDS must be a number from 5/],
    ['one that is no number', { expireSeconds: 'soon' }, /^MQTT_EXPIRE_SECONDS must be a number from 5/],
    ['one beyond what MQTT can say', { expireSeconds: '4294967295' }, /^MQTT_EXPIRE_SECONDS must be a number from 5/],
    ['one of part of a second', { expireSeconds: '7.5' }, /^MQTT_EXPIRE_SECONDS must be whole seconds$/],
    ['another version of MQTT', { protocol: '3' }, /^MQTT_PROTOCOL must be 5 or 4/],
    ['other figures', { figures: 'none' }, /^MQTT_FIGURES must be json or both/],
    ['an authority that is none', { ca: 'my-ca.pem' }, /^MQTT_CA must be a certificate as PEM/],
    ['a mutilated authority', { ca: certificate.slice(0, 200) }, /^MQTT_CA must be a certificate as PEM/],
    ['a key as certificate', { cert: certificateKey, key: certificateKey }, /^MQTT_CERT must be a certificate as PEM/],
    ['a certificate as key', { cert: certificate, key: certificate }, /^MQTT_KEY must be a key as PEM/],
    [
      'the key of another certificate',
      { cert: certificate, key: badCertificatesKey },
      /^MQTT_KEY is not the key of MQTT_CERT$/,
    ],
    ['a certificate without key', { cert: certificate }, /^MQTT_KEY is missing/],
    ['a key without certificate', { key: certificateKey }, /^MQTT_CERT is missing/],
    ['a password without user name', { password: 'kept-from-everybody' }, /^MQTT_USER_NAME is missing/],
  ];
  for (const [what, settings, sentence] of refused)
    it(`is refused: ${what}`, () => {
      const problems = problemsOf(settings);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', sentence);
      assert.equal(problems.join().includes('PRIVATE KEY-----\nMHc'), false);
    });

  for (const topic of ['solar', 'solar/home', 'a b/c', 'sólar/größe', 'solar//home'])
    it(`is taken: topic ${topic}`, () => assert.deepEqual(problemsOf({ topic }), []));

  it('is a secret where it lets somebody in', () => {
    const { secrets } = configured(mqtt, {
      url,
      userName: 'me',
      password: 'kept-from-everybody',
      cert: certificate,
      key: certificateKey,
    });
    assert.deepEqual(secrets, ['kept-from-everybody', certificateKey.trim()]);
  });
});

describe('a value', () => {
  async function stands(t: TestContext, settings: Record<string, string>, home: TellOptions['home'] = {}) {
    const broker = await playBroker(t);
    const message = figuresOf({ production_kw: 1 });
    const { remarks } = await tell(t, configured(mqtt, { url: broker.url, discovery: 'off', ...settings }), message, {
      home,
    });
    const [connect] = broker.received;
    assert.ok(connect?.cmd === 'connect');
    const seconds = broker.publications().at(-1)?.properties?.messageExpiryInterval;
    assert.equal(connect.will?.properties?.willDelayInterval, seconds);
    assert.equal(connect.properties?.sessionExpiryInterval, seconds);
    return { seconds, remarks };
  }

  for (const [slowestPollSeconds, seconds] of [
    [60, 180],
    [61, 182],
    [300, 660],
    [900, 1860],
  ] as const)
    it(`stands ${seconds} s where figures come every ${slowestPollSeconds} s`, async (t) => {
      assert.deepEqual(await stands(t, {}, { slowestPollSeconds }), { seconds, remarks: [] });
    });

  it('stands as long as the owner says', async (t) => {
    assert.deepEqual(await stands(t, { expireSeconds: '61' }), { seconds: 61, remarks: [] });
  });

  it('that is gone before the next one comes is remarked on, not refused', async (t) => {
    const { seconds, remarks } = await stands(t, { expireSeconds: '60' });
    assert.equal(seconds, 60);
    assert.match(remarks.join(), /^MQTT_EXPIRE_SECONDS is no longer than the time between two messages/);
  });
});

it('tells below the topic that is set, else below the name of the home', async (t) => {
  const broker = await playBroker(t);
  const message = figuresOf({ production_kw: 1 });
  const common = { url: broker.url, discovery: 'off', figures: 'json' };
  await tell(t, configured(mqtt, common), message, { home: { site: 'beach' } });
  await tell(t, configured(mqtt, { ...common, topic: 'roof/south' }), message);
  assert.deepEqual(
    broker.published().map(([topic]) => topic),
    ['solar-cloud-bridge/beach/status', 'solar-cloud-bridge/beach/state', 'roof/south/status', 'roof/south/state'],
  );
});
