/** MQTT: what a broker's and the network's words mean for the owner. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DestinationErrorKind } from '../../functions/push-solar-data/destinations/destination.ts';
import { BrokerTrouble } from '../../functions/push-solar-data/destinations/mqtt/broker.ts';
import { refusalOf } from '../../functions/push-solar-data/destinations/mqtt/refusals.ts';
import { mqtt } from '../../functions/push-solar-data/destinations/mqtt.ts';
import { connackFor, playBroker, puback, takesAllBut } from '../support/broker.ts';
import { configured, figuresOf, sendingAt, tell } from '../support/destinations.ts';

const naming = {
  title: 'MQTT broker',
  settingName: (setting: string) => `MQTT_${setting.toUpperCase()}`,
  protocolVersion: 5 as const,
};
const figures = figuresOf({ production_kw: 4.2 });
type Row = [code: number, kind: DestinationErrorKind, sentence: RegExp];

const settings = { discovery: 'off', userName: 'bridge', password: 'kept-from-everybody' };

describe('at the door', () => {
  const rows: Row[] = [
    [128, 'unavailable', /^MQTT broker refuses \(MQTT reason 128\)$/],
    [129, 'bad-response', /does not take the name of this home/],
    [130, 'bad-response', /does not take the name of this home/],
    [131, 'unavailable', /refuses/],
    [132, 'settings', /does not speak this version of MQTT: set MQTT_PROTOCOL=4 \(MQTT reason 132\)$/],
    [133, 'bad-response', /does not take the name of this home \(MQTT reason 133\)$/],
    [134, 'auth', /^MQTT broker refuses MQTT_USER_NAME or MQTT_PASSWORD: check both \(MQTT reason 134\)$/],
    [135, 'auth', /refuses MQTT_USER_NAME or MQTT_PASSWORD/],
    [136, 'unavailable', /is not there at the moment/],
    [137, 'rate-limited', /has too much to do/],
    [138, 'auth', /has banned us/],
    [140, 'auth', /wants another way to log in than MQTT_USER_NAME and MQTT_PASSWORD/],
    [149, 'bad-response', /does not take/],
    [151, 'rate-limited', /used up our share/],
    [153, 'bad-response', /does not take/],
    [154, 'settings', /keeps no messages/],
    [155, 'settings', /QoS 1/],
    [156, 'unavailable', /is not there at the moment/],
    [157, 'gone', /has moved: MQTT_URL needs its new address/],
    [159, 'rate-limited', /has too much to do/],
  ];
  for (const [code, kind, sentence] of rows)
    it(`${code} is ${kind}`, async (t) => {
      const script = takesAllBut((packet) =>
        packet.cmd === 'connect' ? [connackFor(packet, code), 'hang up'] : undefined,
      );
      const broker = await playBroker(t, script);
      const { row } = await tell(t, configured(mqtt, { url: broker.url, ...settings }), figures);
      assert.match(row.error ?? '', sentence);
      assert.equal(row.kind, kind);
      assert.equal(broker.connections(), 1);
    });

  const ofOld: Row[] = [
    [1, 'settings', /does not speak this version of MQTT/],
    [2, 'bad-response', /does not take the name of this home/],
    [3, 'unavailable', /is not there at the moment/],
    [4, 'auth', /refuses MQTT_USER_NAME or MQTT_PASSWORD/],
    [5, 'auth', /refuses MQTT_USER_NAME or MQTT_PASSWORD/],
  ];
  for (const [code, kind, sentence] of ofOld)
    it(`${code} of version 3.1.1 is ${kind}`, async (t) => {
      const script = takesAllBut((packet) =>
        packet.cmd === 'connect' ? [connackFor(packet, code), 'hang up'] : undefined,
      );
      const broker = await playBroker(t, script);
      const { row } = await tell(t, configured(mqtt, { url: broker.url, ...settings, protocol: '4' }), figures);
      assert.match(row.error ?? '', sentence);
      assert.equal(row.kind, kind);
    });

  it('1 of a broker that knows version 3.1.1 alone asks for MQTT_PROTOCOL=4', async (t) => {
    const broker = await playBroker(
      t,
      takesAllBut(({ cmd }) => (cmd === 'connect' ? [Buffer.from([0x20, 2, 0, 1])] : undefined)),
    );
    const { row } = await tell(t, configured(mqtt, { url: broker.url, ...settings }), figures);
    assert.equal(row.kind, 'settings');
    assert.match(row.error ?? '', /set MQTT_PROTOCOL=4 \(MQTT reason 1\)$/);
  });

  it('a version that we have set down already is not asked for again', async (t) => {
    const broker = await playBroker(
      t,
      takesAllBut(({ cmd }) => (cmd === 'connect' ? [Buffer.from([0x20, 2, 0, 1])] : undefined)),
    );
    const { row } = await tell(t, configured(mqtt, { url: broker.url, ...settings, protocol: '4' }), figures);
    assert.doesNotMatch(row.error ?? '', /MQTT_PROTOCOL=4/);
  });

  it('with too much to do is left alone for a minute', async (t) => {
    const script = takesAllBut((packet) => (packet.cmd === 'connect' ? [connackFor(packet, 137)] : undefined));
    const broker = await playBroker(t, script);
    const destination = configured(mqtt, { url: broker.url, ...settings });
    const first = await tell(t, destination, figures);
    const second = await tell(t, destination, figures, { before: first.state });
    for (const { state } of [first, second]) assert.equal(state.failure?.retryAt, sendingAt + 60_000);
  });
});

describe('of a message', () => {
  const rows: Row[] = [
    [128, 'unavailable', /refuses/],
    [
      135,
      'auth',
      /^MQTT broker lets us in, but does not let us write solar-cloud-bridge\/home\/status: its access list must \(MQTT reason 135\)$/,
    ],
    [144, 'bad-response', /does not take solar-cloud-bridge\/home\/status/],
    [151, 'rate-limited', /used up our share/],
    [153, 'bad-response', /does not take solar-cloud-bridge\/home\/status/],
  ];
  for (const [code, kind, sentence] of rows)
    it(`${code} is ${kind}`, async (t) => {
      const broker = await playBroker(
        t,
        takesAllBut((packet) => (packet.cmd === 'publish' ? [puback(packet, code)] : undefined)),
      );
      const { row } = await tell(t, configured(mqtt, { url: broker.url, ...settings }), figures);
      assert.match(row.error ?? '', sentence);
      assert.equal(row.kind, kind);
    });

  it('names the topic that is refused, and not one that is taken', async (t) => {
    const script = takesAllBut((packet) =>
      packet.cmd === 'publish' ? [puback(packet, packet.topic.endsWith('/state') ? 135 : 0)] : undefined,
    );
    const broker = await playBroker(t, script);
    const { row } = await tell(t, configured(mqtt, { url: broker.url, ...settings }), figures);
    assert.match(row.error ?? '', /does not let us write solar-cloud-bridge\/home\/state:/);
  });
});

describe('the network', () => {
  const rows: [word: string, isConnected: boolean, kind: DestinationErrorKind, sentence: RegExp][] = [
    ['ENOTFOUND', false, 'gone', /^MQTT broker has an address that cannot be found \(ENOTFOUND\)$/],
    ['EAI_AGAIN', false, 'unavailable', /cannot be reached \(EAI_AGAIN\)$/],
    ['ECONNREFUSED', false, 'unavailable', /cannot be reached \(ECONNREFUSED\)$/],
    ['ETIMEDOUT', false, 'unavailable', /cannot be reached/],
    [
      'ECONNRESET',
      false,
      'unavailable',
      /ended the connection: is MQTT_URL the right port, mqtts:\/\/ for TLS\? \(ECONNRESET\)$/,
    ],
    ['ECONNRESET', true, 'unavailable', /ended the connection before it had taken everything/],
    ['EPIPE', true, 'unavailable', /ended the connection before it had taken everything/],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, 'settings', /is not trusted: set MQTT_CA to its authority/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'settings', /set MQTT_CA/],
    ['CERT_HAS_EXPIRED', false, 'settings', /set MQTT_CA/],
    ['CERT_NOT_YET_VALID', false, 'settings', /set MQTT_CA/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false, 'settings', /set MQTT_CA/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', false, 'settings', /set MQTT_CA/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'settings', /set MQTT_CA/],
    ['HOSTNAME_MISMATCH', false, 'settings', /set MQTT_CA/],
    ['INVALID_CA', false, 'settings', /set MQTT_CA/],
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      false,
      'auth',
      /does not take our certificate: check MQTT_CERT and MQTT_KEY/,
    ],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', true, 'auth', /does not take our certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', false, 'auth', /does not take our certificate/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, 'unavailable', /is MQTT_URL the right port\?/],
    ['EPROTO', false, 'unavailable', /is MQTT_URL the right port\?/],
    ['WS_ERR_INVALID_OPCODE', true, 'bad-response', /answers what is no WebSocket/],
  ];
  for (const [word, isConnected, kind, sentence] of rows)
    it(`${word}${isConnected ? ' in mid-way' : ''} is ${kind}`, () => {
      const cause = Object.assign(new Error(`connect ${word} of bridge:password`), { code: word });
      const refusal = refusalOf(new BrokerTrouble(cause, { isConnected }), naming);
      assert.equal(refusal.kind, kind);
      assert.match(refusal.message, sentence);
      assert.doesNotMatch(refusal.message, /password$/);
    });
});
