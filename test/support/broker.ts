/** An MQTT broker on this machine that records what it is told and answers as a test says, however badly. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import mqttPacket, { type IConnectPacket, type IPublishPacket, type Packet } from 'mqtt-packet';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { listen } from './servers.ts';

/** A packet, bytes as they are, or the end of the connection. */
export type BrokerAnswer = Packet | Buffer | 'hang up';
/** What it answers to the nth packet (from 1) of a connection. */
export type BrokerScript = (packet: Packet, nth: number) => readonly BrokerAnswer[];

export type PlayedBroker = {
  port: number;
  url: string;
  received: Packet[];
  /** Of all that was published, in order, topic and text. */
  published(): [topic: string, text: string][];
  publications(): IPublishPacket[];
  connections(): number;
  open(): number;
};

/** Lets everybody in and takes everything. */
export const takesAll: BrokerScript = (packet) => {
  if (packet.cmd === 'connect') return [connackFor(packet)];
  return packet.cmd === 'publish' ? [puback(packet)] : packet.cmd === 'disconnect' ? ['hang up'] : [];
};

/** In the words of the client's version; with version 3.1.1 the code is one of its five. */
export const connackFor = (
  { protocolVersion }: IConnectPacket,
  code = 0,
  properties: NonNullable<Extract<Packet, { cmd: 'connack' }>['properties']> = {},
): Packet =>
  protocolVersion === 5
    ? { cmd: 'connack', reasonCode: code, sessionPresent: false, properties }
    : { cmd: 'connack', returnCode: code, sessionPresent: false };

export const puback = ({ messageId }: IPublishPacket, reasonCode = 0): Packet => ({
  cmd: 'puback',
  reasonCode,
  ...(messageId === undefined ? {} : { messageId }),
});

/** `takesAll`, but for what the test answers itself. */
export const takesAllBut =
  (own: (packet: Packet, nth: number) => readonly BrokerAnswer[] | undefined): BrokerScript =>
  (packet, nth) =>
    own(packet, nth) ?? takesAll(packet, nth);

export type BrokerOptions = {
  tls?: TlsOptions;
  webSocket?: boolean;
  /** It goes on sending after we have ended, and so does not hang up by itself. */
  allowHalfOpen?: boolean;
  /** What it listens on. */
  host?: string;
};

export async function playBroker(
  t: TestContext,
  script: BrokerScript = takesAll,
  { tls, webSocket = false, allowHalfOpen = false, host = '127.0.0.1' }: BrokerOptions = {},
): Promise<PlayedBroker> {
  const received: Packet[] = [];
  const attend = (socket: Duplex) => converse(socket, script, received);
  const plain = () => (tls ? createTlsServer(tls, attend) : createServer({ allowHalfOpen }, attend));
  const server = webSocket ? serverOfWebSockets(attend) : plain();
  server.on('tlsClientError', () => {});
  const { port, connections, open } = await listen(t, server as Server, host);
  const scheme = webSocket ? 'ws' : tls ? 'mqtts' : 'mqtt';
  const publications = () => received.filter((packet) => packet.cmd === 'publish');
  return {
    ...{ port, url: `${scheme}://127.0.0.1:${port}`, received, connections, open, publications },
    published: () => publications().map(({ topic, payload }) => [topic, String(payload)]),
  };
}

function converse(socket: Duplex, script: BrokerScript, received: Packet[]): void {
  const parser = mqttPacket.parser();
  let nth = 0;
  let protocolVersion = 4;
  const answer = (each: BrokerAnswer) => {
    if (each === 'hang up') socket.destroy();
    else if (!socket.destroyed)
      socket.write(Buffer.isBuffer(each) ? each : mqttPacket.generate(each, { protocolVersion }));
  };
  parser.on('error', () => socket.destroy());
  parser.on('packet', (packet: Packet) => {
    nth += 1;
    received.push(packet);
    if (packet.cmd === 'connect') protocolVersion = packet.protocolVersion ?? 4;
    for (const each of script(packet, nth)) answer(each);
  });
  socket.on('error', () => {}); // the other side may leave at any time
  socket.on('data', (bytes: Buffer) => parser.parse(bytes));
}

function serverOfWebSockets(attend: (socket: Duplex) => void): Server {
  const http = createHttpServer();
  const sockets = new WebSocketServer({ server: http, path: '/mqtt' });
  sockets.on('connection', (socket) => attend(createWebSocketStream(socket)));
  return http;
}
