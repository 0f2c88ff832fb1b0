/** An MQTT broker that misbehaves as told, until it is mended: then it takes everything. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';
import type { FailingServer } from './tested-destination.ts';

export type Reply = {
  send(packet: Packet): void;
  socket: Socket;
  /** What a broker does that behaves. */
  usual(): void;
};

/** What it does with a packet instead of the usual. */
export type Misbehaviour = (packet: Packet, reply: Reply) => void;

/** @param greet what it does with a connection before any packet. */
export async function openBrokenBroker(
  misbehave: Misbehaviour,
  greet: (socket: Socket) => void = () => {},
): Promise<FailingServer> {
  let failing = true;
  let made = 0;
  const open = new Set<Socket>();
  const messages: (number | undefined)[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    made += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {}); // the bridge may leave at any time
    if (failing) greet(socket);
    hear(socket, (packet, reply) => {
      if (packet.cmd === 'publish' && packet.topic.endsWith('/state')) messages.push(productionIn(packet.payload));
      if (failing) misbehave(packet, reply);
      else reply.usual();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: () => url,
    messages,
    secrets: () => [],
    misconduct: () => [],
    connections: { made: () => made, open: () => open.size },
    mend() {
      failing = false;
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function hear(socket: Socket, onPacket: (packet: Packet, reply: Reply) => void): void {
  const parser = mqttPacket.parser();
  let protocolVersion = 5;
  const send = (packet: Packet) => void socket.write(mqttPacket.generate(packet, { protocolVersion }));
  parser.on('packet', (packet) => {
    if (packet.cmd === 'connect') protocolVersion = packet.protocolVersion ?? 4;
    onPacket(packet, { send, socket, usual: () => answer(packet, send, socket) });
  });
  socket.on('data', (bytes) => parser.parse(bytes));
}

function answer(packet: Packet, send: Reply['send'], socket: Socket): void {
  if (packet.cmd === 'connect') send({ cmd: 'connack', reasonCode: 0, returnCode: 0, sessionPresent: false });
  if (packet.cmd === 'publish') send({ cmd: 'puback', ...idOf(packet), reasonCode: 0 });
  if (packet.cmd === 'disconnect') socket.end();
}

export const idOf = ({ messageId }: Packet): { messageId?: number } => (messageId === undefined ? {} : { messageId });

function productionIn(payload: string | Buffer): number | undefined {
  return (JSON.parse(payload.toString()) as { production_kw?: number }).production_kw;
}
