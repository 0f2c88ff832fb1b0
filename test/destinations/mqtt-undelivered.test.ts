/** MQTT: a message that a broker does not take leaves its kind, its sentence, and nothing open. */
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import type { Packet } from 'mqtt-packet';
import { type BrokerScript, connackFor, playBroker, takesAllBut } from '../support/broker.ts';
import { tell } from '../support/destinations.ts';
import { brokerAt, fiveTopics, tellBroker, tellLeavingNothing } from '../support/mqtt.ts';
import { listen } from '../support/servers.ts';

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
      'by one that takes no more',
      at('publish', { cmd: 'disconnect', reasonCode: 149 }),
      'bad-response',
      /does not take what we send \(MQTT reason 149\)/,
    ],
    [
      'by one that is asked too often',
      at('publish', { cmd: 'disconnect', reasonCode: 150 }),
      'rate-limited',
      /has too much to do/,
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
      const { broker, row } = await tellBroker(t, script, {}, 400);
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
    const { row } = await tell(t, brokerAt(broker.url), fiveTopics, { signal: AbortSignal.abort() });
    await new Promise((resolve) => setTimeout(resolve, 50));
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
