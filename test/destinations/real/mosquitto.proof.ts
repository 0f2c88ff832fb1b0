/** MQTT against a real broker: what a reader finds, for how long, and what it is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { mqtt } from '../../../functions/push-solar-data/destinations/mqtt.ts';
import { otherHostsCertificate } from '../../support/certificate.ts';
import { configured, figuresOf, tell } from '../../support/destinations.ts';
import { lackOfMosquitto } from './install-mosquitto.ts';
import { type Mosquitto, startMosquitto, users } from './mosquitto.ts';

const figures = figuresOf({ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7, battery_soc: 0.555 }, [
  'consumption_kw',
]);

describe('mosquitto', { skip: lackOfMosquitto() }, () => {
  let broker: Mosquitto;
  before(async () => {
    broker = await startMosquitto();
  });
  after(() => broker.stop());

  /** Below a topic of the test's own, which no other test reads. */
  const telling = (
    t: TestContext,
    settings: Record<string, string> = {},
    message: Parameters<typeof tell>[2] = figures,
  ) => {
    const usual = { url: broker.url, userName: 'bridge', password: users.bridge };
    return tell(t, configured(mqtt, { ...usual, ...settings }), message);
  };

  const ways: [string, () => Record<string, string>][] = [
    ['over plain loopback', () => ({})],
    ['over TLS', () => ({ url: broker.tlsUrl, ca: broker.ca })],
    ['over TLS, with line breaks as \\n', () => ({ url: broker.tlsUrl, ca: broker.ca.replaceAll('\n', '\\n') })],
    ['over TLS with a certificate of our own', () => ({ url: broker.mutualUrl, ca: broker.ca, ...broker.client })],
  ];
  for (const [index, [way, settings]] of ways.entries())
    it(`is told ${way}, and keeps it for a reader that comes later`, async (t) => {
      const topic = `solar-cloud-bridge/way-${index}`;
      const { row } = await telling(t, { ...settings(), topic });
      assert.deepEqual(row, { label: 'mqtt', outcome: 'pushed' });
      const kept = await broker.kept(`${topic}/#`);
      assert.deepEqual(
        Object.fromEntries(Object.entries(kept).map(([each, { text }]) => [each.replace(`${topic}/`, ''), text])),
        {
          status: 'online',
          production_w: '4200',
          net_import_w: '-1500',
          consumption_w: '2700',
          battery_soc_percent: '55.5',
          state: kept[`${topic}/state`]?.text,
        },
      );
      assert.equal(JSON.parse(kept[`${topic}/state`]?.text ?? '').net_import_kw, -1.5);
      for (const [each, { expireSeconds = 0 }] of Object.entries(kept))
        assert.equal(expireSeconds > 170 && expireSeconds <= 180, !each.endsWith('/status'), each);
    });

  it('keeps the discovery without an end', async (t) => {
    await telling(t);
    const config = (await broker.kept('homeassistant/#'))['homeassistant/device/solar_cloud_bridge_home/config'];
    assert.equal(config?.expireSeconds, undefined);
    assert.deepEqual(Object.keys(JSON.parse(config?.text ?? '').components), [
      'production',
      'net_import',
      'consumption',
      'battery_soc',
      'problem',
    ]);
  });

  it('keeps no figure beside an error for longer than it stands, and says offline at once', async (t) => {
    const topic = 'solar-cloud-bridge/error';
    await telling(t, { topic, expireSeconds: '5' });
    const { row } = await telling(t, { topic, expireSeconds: '5' }, { error: 'No figures', kind: 'offline' });
    assert.equal(row.outcome, 'reported');
    const first = await broker.kept(`${topic}/#`);
    assert.equal(first[`${topic}/status`]?.text, 'offline');
    assert.equal(JSON.parse(first[`${topic}/state`]?.text ?? '').error, 'No figures');
    await wait(5_500);
    assert.deepEqual(Object.keys(await broker.kept(`${topic}/#`)), [`${topic}/status`]);
  });

  it('says offline by itself when the bridge has fallen silent, and not before', async (t) => {
    const topic = 'solar-cloud-bridge/silence';
    const status = async () => (await broker.kept(`${topic}/#`))[`${topic}/status`]?.text;
    for (let message = 0; message < 3; message++) {
      await telling(t, { topic, expireSeconds: '5' });
      await wait(2_000);
      assert.equal(await status(), 'online');
    }
    await wait(5_500);
    assert.equal(await status(), 'offline');
    assert.deepEqual(Object.keys(await broker.kept(`${topic}/#`)), [`${topic}/status`]);
  });

  it('with version 3.1.1 keeps the status and the discovery alone', async (t) => {
    const topic = 'solar-cloud-bridge/old';
    const { row } = await telling(t, { topic, protocol: '4' });
    assert.equal(row.outcome, 'pushed');
    assert.deepEqual(Object.keys(await broker.kept(`${topic}/#`)), [`${topic}/status`]);
  });

  const refused: [string, () => Record<string, string>, string, RegExp][] = [
    [
      'a wrong password',
      () => ({ password: 'a wrong password' }),
      'auth',
      /refuses MQTT_USER_NAME or MQTT_PASSWORD.*\(MQTT reason 135\)/,
    ],
    [
      'a wrong password, with version 3.1.1',
      () => ({ password: 'a wrong password', protocol: '4' }),
      'auth',
      /\(MQTT reason 5\)/,
    ],
    [
      'a topic beyond the access list',
      () => ({ userName: 'narrow', password: users.narrow, discovery: 'off' }),
      'auth',
      /lets us in, but does not let us write solar-cloud-bridge\/home\/production_w: its access list must/,
    ],
    ['an authority that is not set', () => ({ url: broker.tlsUrl }), 'settings', /not trusted: set MQTT_CA/],
    [
      'another authority',
      () => ({ url: broker.tlsUrl, ca: otherHostsCertificate }),
      'settings',
      /not trusted: set MQTT_CA/,
    ],
    [
      'no certificate of ours',
      () => ({ url: broker.mutualUrl, ca: broker.ca }),
      'auth',
      /does not take our certificate/,
    ],
    [
      'TLS at a port without',
      () => ({ url: broker.url.replace('mqtt:', 'mqtts:'), ca: broker.ca }),
      'unavailable',
      /MQTT_URL/,
    ],
    ['no TLS at a port with it', () => ({ url: broker.tlsUrl.replace('mqtts:', 'mqtt:') }), 'unavailable', /MQTT_URL/],
  ];
  for (const [what, settings, kind, sentence] of refused)
    it(`refuses ${what}: ${kind}`, async (t) => {
      const { row } = await telling(t, settings());
      assert.equal(row.outcome, 'failed');
      assert.match(row.error ?? '', sentence);
      assert.equal(row.kind, kind);
    });

  it('drops without a word, with version 3.1.1, what the access list forbids', async (t) => {
    const { row } = await telling(t, { userName: 'narrow', password: users.narrow, protocol: '4', topic: 'elsewhere' });
    assert.equal(row.outcome, 'pushed');
    assert.deepEqual(await broker.kept('elsewhere/#'), {});
  });
});
