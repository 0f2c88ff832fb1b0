/** MQTT: one connection for a message, and what goes through it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Packet } from 'mqtt-packet';
import { connackFor, playBroker, puback, takesAll, takesAllBut } from '../support/broker.ts';
import { tell } from '../support/destinations.ts';
import { brokerAt, brokerCredentials, fiveTopics, tellBroker, tellLeavingNothing } from '../support/mqtt.ts';

const connectOf = (packets: readonly Packet[]) => {
  const [packet] = packets;
  assert.ok(packet?.cmd === 'connect');
  return packet;
};

describe('a connection', () => {
  it('bears the name of the home, its credentials and the will, which the broker keeps for as long as figures stand', async (t) => {
    const { broker, row } = await tellBroker(t, takesAll, { expireSeconds: '240' });
    assert.equal(row.outcome, 'pushed');
    const { clientId, username, password: sent, clean, properties, will, protocolVersion } = connectOf(broker.received);
    assert.deepEqual(
      { clientId, username, password: String(sent), clean, properties, protocolVersion },
      {
        clientId: 'solar-cloud-bridge-home',
        username: 'bridge',
        password: brokerCredentials.password,
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
    const { broker } = await tellBroker(t, takesAll);
    const last = broker.received.at(-1);
    assert.equal(last?.cmd === 'disconnect' && last.reasonCode, 4);
    assert.equal(broker.connections(), 1);
  });

  it('of version 3.1.1 has no will, and ends', async (t) => {
    const { broker, row } = await tellBroker(t, takesAll, { protocol: '4' });
    assert.equal(row.outcome, 'pushed');
    const { will, protocolVersion } = connectOf(broker.received);
    assert.equal(will, undefined);
    assert.equal(protocolVersion, 4);
    assert.equal(broker.received.at(-1)?.cmd, 'disconnect');
  });

  it('publishes with quality 1, retained, and the document last', async (t) => {
    const { broker } = await tellBroker(t, takesAll);
    for (const { qos, retain } of broker.publications()) assert.deepEqual({ qos, retain }, { qos: 1, retain: true });
    assert.deepEqual(
      broker.published().map(([topic]) => topic.replace('solar-cloud-bridge/home/', '')),
      ['status', 'production_w', 'net_import_w', 'consumption_w', 'state'],
    );
  });

  it('has no more in flight than the broker takes', async (t) => {
    const slow = takesAllBut((packet) => {
      if (packet.cmd === 'connect') return [connackFor(packet, 0, { receiveMaximum: 2 })];
      return packet.cmd === 'publish' ? [] : undefined;
    });
    assert.equal((await tellBroker(t, slow, {}, 200)).broker.publications().length, 2);
    const quick = takesAllBut((packet) =>
      packet.cmd === 'connect' ? [connackFor(packet, 0, { receiveMaximum: 2 })] : undefined,
    );
    const { broker, row } = await tellBroker(t, quick);
    assert.equal(row.outcome, 'pushed');
    assert.equal(broker.publications().length, 5);
  });

  it('keeps its name whatever the address asks for', async (t) => {
    const broker = await playBroker(t);
    await tell(t, brokerAt(`${broker.url}/?clientId=another`), fiveTopics);
    assert.equal(connectOf(broker.received).clientId, 'solar-cloud-bridge-home');
  });

  it('through a WebSocket is the same', async (t) => {
    const broker = await playBroker(t, takesAll, { webSocket: true });
    const { row } = await tellLeavingNothing(t, `${broker.url}/mqtt`);
    assert.equal(row.outcome, 'pushed');
    assert.equal(broker.publications().length, 5);
    assert.equal(broker.received.at(-1)?.cmd, 'disconnect');
  });

  for (const [host, address] of [
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', 'localhost'],
    ['::1', '[::1]'],
  ] as const)
    it(`finds ${address}, through a WebSocket or not`, async (t) => {
      for (const webSocket of [false, true]) {
        const broker = await playBroker(t, takesAll, { webSocket, host });
        const path = webSocket ? '/mqtt?room=1' : '';
        const { row } = await tellLeavingNothing(t, `${webSocket ? 'ws' : 'mqtt'}://${address}:${broker.port}${path}`);
        assert.equal(row.outcome, 'pushed');
      }
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
    assert.equal((await tellBroker(t, script)).row.outcome, 'pushed');
  });

  it('counts a topic that nobody reads as told', async (t) => {
    const { row } = await tellBroker(
      t,
      takesAllBut((packet) => (packet.cmd === 'publish' ? [puback(packet, 16)] : undefined)),
    );
    assert.equal(row.outcome, 'pushed');
  });
});
