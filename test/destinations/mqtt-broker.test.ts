/** MQTT: one connection to a broker, however it behaves. */
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Packet } from 'mqtt-packet';
import { mqtt } from '../../functions/push-solar-data/destinations/mqtt.ts';
import { type BrokerScript, connackFor, playBroker, puback, takesAll, takesAllBut } from '../support/broker.ts';
import {
  badCertificatesKey,
  certificate,
  certificateKey,
  expiredCertificate,
  otherHostsCertificate,
} from '../support/certificate.ts';
import { configured, figuresOf, tell } from '../support/destinations.ts';
import { listen } from '../support/servers.ts';

const password = 'password-of-the-broker';
const credentials = { userName: 'bridge', password };
const figures = figuresOf({ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 }, ['consumption_kw']);

type Settings = Record<string, string>;

const towards = (url: string, settings: Settings = {}) =>
  configured(mqtt, { url, discovery: 'off', ...credentials, ...settings });

/** How one message ends at a broker that behaves so, and whether anything is left of it. */
async function tellTo(t: TestContext, script: BrokerScript, settings: Settings = {}, ms = 5_000) {
  const broker = await playBroker(t, script);
  const told = await tellLeavingNothing(t, broker.url, settings, ms);
  return { broker, ...told };
}

async function tellLeavingNothing(t: TestContext, url: string, settings: Settings = {}, ms = 5_000) {
  const before = resources();
  const told = await tell(t, towards(url, settings), figures, { signal: AbortSignal.timeout(ms) });
  assert.equal(JSON.stringify(told).includes(password), false);
  for (let tries = 0; tries < 40 && resources() > before; tries++)
    await new Promise((resolve) => setTimeout(resolve, 25).unref());
  assert.ok(resources() <= before, `left behind: ${process.getActiveResourcesInfo()}`);
  return told;
}

/** Sockets and timers that keep this process alive. */
const resources = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /Timeout|Socket|TCP|TLS|Pipe(Connect)/.test(kind)).length;

const connectOf = (packets: readonly Packet[]) => {
  const [packet] = packets;
  assert.ok(packet?.cmd === 'connect');
  return packet;
};

describe('a connection', () => {
  it('bears the name of the home, its credentials and the will, which the broker keeps for as long as figures stand', async (t) => {
    const { broker, row } = await tellTo(t, takesAll, { expireSeconds: '240' });
    assert.equal(row.outcome, 'pushed');
    const { clientId, username, password: sent, clean, properties, will, protocolVersion } = connectOf(broker.received);
    assert.deepEqual(
      { clientId, username, password: String(sent), clean, properties, protocolVersion },
      {
        clientId: 'solar-cloud-bridge-home',
        username: 'bridge',
        password,
        clean: false,
        properties: { sessionExpiryInterval: 240 },
        protocolVersion: 5,
      },
    );
    assert.deepEqual(
      { ...will, payload: String(will?.payload) },
      {
        topic: 'solar-cloud-bridge/home/status',
        payload: 'offline',
        qos: 1,
        retain: true,
        properties: { willDelayInterval: 240 },
      },
    );
  });

  it('ends with the will left armed, and is the only one', async (t) => {
    const { broker } = await tellTo(t, takesAll);
    const last = broker.received.at(-1);
    assert.equal(last?.cmd === 'disconnect' && last.reasonCode, 4);
    assert.equal(broker.connections(), 1);
  });

  it('of version 3.1.1 has no will, and ends', async (t) => {
    const { broker, row } = await tellTo(t, takesAll, { protocol: '4' });
    assert.equal(row.outcome, 'pushed');
    const { will, protocolVersion } = connectOf(broker.received);
    assert.equal(will, undefined);
    assert.equal(protocolVersion, 4);
    assert.equal(broker.received.at(-1)?.cmd, 'disconnect');
  });

  it('publishes with quality 1, retained, and the document last', async (t) => {
    const { broker } = await tellTo(t, takesAll);
    for (const { qos, retain } of broker.publications()) assert.deepEqual({ qos, retain }, { qos: 1, retain: true });
    assert.deepEqual(
      broker.published().map(([topic]) => topic.replace('solar-cloud-bridge/home/', '')),
      ['status', 'production_w', 'net_import_w', 'consumption_w', 'state'],
    );
  });

  it('has no more in flight than the broker takes', async (t) => {
    let [open, most] = [0, 0];
    const broker = await playBroker(t, (packet) => {
      if (packet.cmd === 'connect') return [connackFor(packet, 0, { receiveMaximum: 2 })];
      if (packet.cmd !== 'publish') return takesAll(packet, 0);
      most = Math.max(most, ++open);
      open -= 1;
      return [puback(packet)];
    });
    const { row } = await tell(t, towards(broker.url), figures);
    assert.equal(row.outcome, 'pushed');
    assert.ok(most <= 2);
    assert.equal(broker.publications().length, 5);
  });

  it('keeps its name whatever the address asks for', async (t) => {
    const broker = await playBroker(t);
    await tell(t, towards(`${broker.url}/?clientId=another`), figures);
    assert.equal(connectOf(broker.received).clientId, 'solar-cloud-bridge-home');
  });

  it('through a WebSocket is the same', async (t) => {
    const broker = await playBroker(t, takesAll, { webSocket: true });
    const { row } = await tellLeavingNothing(t, `${broker.url}/mqtt`);
    assert.equal(row.outcome, 'pushed');
    assert.equal(broker.publications().length, 5);
    assert.equal(broker.received.at(-1)?.cmd, 'disconnect');
  });

  it('is over when everything is acknowledged, also at a broker that does not hang up', async (t) => {
    const script = takesAllBut(({ cmd }) => (cmd === 'disconnect' ? [] : undefined));
    const broker = await playBroker(t, script, { allowHalfOpen: true });
    const { row } = await tellLeavingNothing(t, broker.url);
    assert.equal(row.outcome, 'pushed');
  });

  it('is delivered when the broker leaves after the last acknowledgement', async (t) => {
    const script = takesAllBut((packet) =>
      packet.cmd === 'publish' && packet.topic.endsWith('/state')
        ? [puback(packet), { cmd: 'disconnect', reasonCode: 139 }, 'hang up']
        : undefined,
    );
    assert.equal((await tellTo(t, script)).row.outcome, 'pushed');
  });

  it('counts a topic that nobody reads as told', async (t) => {
    const { row } = await tellTo(
      t,
      takesAllBut((packet) => (packet.cmd === 'publish' ? [puback(packet, 16)] : undefined)),
    );
    assert.equal(row.outcome, 'pushed');
  });
});

describe('a broker with TLS', () => {
  const tls = { cert: certificate, key: certificateKey };

  it('is trusted by MQTT_CA, with line breaks or \\n', async (t) => {
    const broker = await playBroker(t, takesAll, { tls });
    for (const ca of [certificate, certificate.replaceAll('\n', '\\n')])
      assert.equal((await tellLeavingNothing(t, broker.url, { ca })).row.outcome, 'pushed');
  });

  it('that asks for a certificate gets ours', async (t) => {
    const broker = await playBroker(t, takesAll, { tls: { ...tls, requestCert: true, ca: certificate } });
    const own = { cert: certificate, key: certificateKey.replaceAll('\n', '\\n') };
    assert.equal((await tellLeavingNothing(t, broker.url, { ca: certificate, ...own })).row.outcome, 'pushed');
  });

  it('that asks for a certificate, and gets none, refuses us: auth', async (t) => {
    const broker = await playBroker(t, takesAll, { tls: { ...tls, requestCert: true, ca: certificate } });
    const { row } = await tellLeavingNothing(t, broker.url, { ca: certificate });
    assert.equal(row.kind, 'auth');
    assert.match(row.error ?? '', /does not take our certificate: check MQTT_CERT and MQTT_KEY/);
  });

  const untrusted: [string, Settings, object, RegExp][] = [
    ['signed by itself', {}, tls, /DEPTH_ZERO_SELF_SIGNED_CERT/],
    [
      'that is expired',
      { ca: expiredCertificate },
      { cert: expiredCertificate, key: badCertificatesKey },
      /CERT_HAS_EXPIRED/,
    ],
    [
      'of another host',
      { ca: otherHostsCertificate },
      { cert: otherHostsCertificate, key: badCertificatesKey },
      /ERR_TLS_CERT_ALTNAME_INVALID/,
    ],
  ];
  for (const [what, settings, theirs, word] of untrusted)
    it(`and a certificate ${what} is told nothing: settings`, async (t) => {
      const broker = await playBroker(t, takesAll, { tls: theirs });
      const { row } = await tellLeavingNothing(t, broker.url, settings);
      assert.equal(row.kind, 'settings');
      assert.match(row.error ?? '', /has a certificate that is not trusted: set MQTT_CA to its authority/);
      assert.match(row.error ?? '', word);
      assert.deepEqual(broker.received, []);
    });

  it('at a port without is unavailable, and the sentence asks for the port', async (t) => {
    const broker = await playBroker(t);
    const { row } = await tellLeavingNothing(t, broker.url.replace('mqtt:', 'mqtts:'));
    assert.equal(row.kind, 'unavailable');
    assert.match(row.error ?? '', /MQTT_URL/);
  });

  it('spoken to without ends the connection, and the sentence asks for the port', async (t) => {
    const broker = await playBroker(t, takesAll, { tls });
    const { row } = await tellLeavingNothing(t, broker.url.replace('mqtts:', 'mqtt:'));
    assert.equal(row.kind, 'unavailable');
    assert.match(row.error ?? '', /ended the connection: is MQTT_URL the right port/);
  });
});

describe('a message that is not delivered', () => {
  const at = (cmd: Packet['cmd'], ...answers: ReturnType<BrokerScript>): BrokerScript =>
    takesAllBut((packet) => (packet.cmd === cmd ? answers : undefined));

  const rows: [string, BrokerScript, string, RegExp][] = [
    ['by a broker that never answers', () => [], 'unavailable', /does not answer in time/],
    [
      'by one that hangs up at once',
      at('connect', 'hang up'),
      'unavailable',
      /ended the connection: is MQTT_URL.*MQTT_PROTOCOL=4/,
    ],
    ['by one that never acknowledges', at('publish'), 'unavailable', /does not answer in time/],
    [
      'by one that hangs up in mid-way',
      at('publish', 'hang up'),
      'unavailable',
      /ended the connection before it had taken everything/,
    ],
    [
      'by one that hangs up in mid-packet',
      at('publish', Buffer.from([0x40, 0x05, 0x00]), 'hang up'),
      'unavailable',
      /before it had taken everything/,
    ],
    [
      'by one that shuts down in mid-way',
      at('publish', { cmd: 'disconnect', reasonCode: 139 }),
      'unavailable',
      /is not there at the moment \(MQTT reason 139\)/,
    ],
    [
      'by one that says good-bye in mid-way',
      at('publish', { cmd: 'disconnect', reasonCode: 0 }),
      'unavailable',
      /ended the connection before it had taken everything/,
    ],
    [
      'because another one of us has come',
      at('publish', { cmd: 'disconnect', reasonCode: 142 }),
      'unavailable',
      /MQTT reason 142/,
    ],
    [
      'by one that hangs up over an access list',
      at('publish', { cmd: 'disconnect', reasonCode: 135 }, 'hang up'),
      'auth',
      /lets us in, but does not let us write our topics/,
    ],
    [
      'by one that speaks HTTP',
      at('connect', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
      'bad-response',
      /answers what is not MQTT: is MQTT_URL the right port/,
    ],
    [
      'by one that sends 2 MB of nothing',
      at('connect', Buffer.alloc(2_000_000)),
      'bad-response',
      /answers what is not MQTT/,
    ],
    [
      'by one that begins a packet of 2 MB',
      at('connect', Buffer.concat([Buffer.from([0x30, 0x80, 0x89, 0x7a]), Buffer.alloc(2_000_000)])),
      'bad-response',
      /answers what is not MQTT/,
    ],
    [
      'by one that sends 2 MB of good packets',
      at('publish', Buffer.from('d000'.repeat(1_000_000), 'hex')),
      'bad-response',
      /answers what is not MQTT/,
    ],
    [
      'by one that lets us in twice',
      takesAllBut((packet) => (packet.cmd === 'connect' ? [connackFor(packet), connackFor(packet)] : undefined)),
      'bad-response',
      /MQTT reason 130/,
    ],
  ];
  for (const [what, script, kind, sentence] of rows)
    it(`${what}: ${kind}, and nothing is left open`, async (t) => {
      const { broker, row } = await tellTo(t, script, {}, 400);
      assert.equal(row.outcome, 'failed');
      assert.match(row.error ?? '', sentence);
      assert.equal(row.kind, kind);
      assert.equal(broker.connections(), 1);
    });

  it('because nobody listens: unavailable', async (t) => {
    const server = createServer();
    const { port } = await listen(t, server);
    await new Promise((resolve) => server.close(resolve));
    const { row } = await tellLeavingNothing(t, `mqtt://127.0.0.1:${port}`);
    assert.equal(row.kind, 'unavailable');
    assert.match(row.error ?? '', /^MQTT broker cannot be reached \(ECONNREFUSED\)$/);
  });

  it('because its time is over before it begins: nobody is asked', async (t) => {
    const broker = await playBroker(t);
    const { row } = await tell(t, towards(broker.url), figures, { signal: AbortSignal.abort() });
    assert.equal(row.kind, 'unavailable');
    assert.equal(broker.connections(), 0);
  });

  for (const [status, kind] of [
    [401, 'auth'],
    [403, 'auth'],
    [404, 'gone'],
    [429, 'rate-limited'],
    [200, 'gone'],
    [302, 'gone'],
    [400, 'bad-response'],
    [502, 'unavailable'],
  ] as const)
    it(`by HTTP ${status} where a WebSocket should open: ${kind}`, async (t) => {
      const server = createHttpServer((_request, response) => response.writeHead(status).end('no'));
      const { port } = await listen(t, server);
      const { row } = await tellLeavingNothing(t, `ws://127.0.0.1:${port}/mqtt`);
      assert.equal(row.kind, kind);
      assert.match(
        row.error ?? '',
        new RegExp(`opens no WebSocket at this address: check MQTT_URL \\(HTTP ${status}\\)`),
      );
    });

  it('by a WebSocket that never opens: unavailable, and nothing is left open', async (t) => {
    const { port } = await listen(
      t,
      createServer(() => {}),
    );
    const { row } = await tellLeavingNothing(t, `ws://127.0.0.1:${port}/mqtt`, {}, 300);
    assert.equal(row.kind, 'unavailable');
  });
});
