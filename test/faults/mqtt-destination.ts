/** An MQTT broker under every fault that a broker can have. */
import type { Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { disguises } from '../support/disguises.ts';
import type { DeadAddress } from './addresses.ts';
import { idOf, type Misbehaviour, openBrokenBroker, type Reply } from './broken-broker.ts';
import type { Ending } from './fault.ts';
import type { DestinationFault, FailingServer, TestedDestination } from './tested-destination.ts';
import { repeated, steering, units } from './texts.ts';

const password = 'Gr&n=<Wärme>\'25"\\+%/?';

type Cmd = Packet['cmd'];
/** Does so at the first packet of a kind, and what is usual at all others. */
const at =
  (cmd: Cmd, act: (reply: Reply, packet: Packet) => void): Misbehaviour =>
  (packet, reply) =>
    packet.cmd === cmd ? act(reply, packet) : reply.usual();

const fault = (
  name: string,
  ends: readonly Ending[],
  misbehave: Misbehaviour,
  greet?: (socket: Socket) => void,
): DestinationFault => ({
  ...{ name: `broker: ${name}`, alone: true, ends },
  open: () => openBrokenBroker(misbehave, greet),
});

const usual: Misbehaviour = (_packet, { usual: asUsual }) => asUsual();
const nothing: Misbehaviour = () => {};
const bytesOf = (packet: Packet): Buffer => mqttPacket.generate(packet, { protocolVersion: 5 });
const connack = { cmd: 'connack', reasonCode: 0, sessionPresent: false } as const;
const publication = (payload: Buffer): Packet => ({
  ...{ cmd: 'publish', topic: 'a', payload, qos: 0, dup: false, retain: false },
});
const twoMegabytes = Buffer.alloc(2 * 1024 * 1024, 0x78);
const halfOf = (packet: Packet): Buffer => bytesOf(packet).subarray(0, -1);

const transport: DestinationFault[] = [
  fault('closes at once', ['unavailable'], nothing, (socket) => socket.end()),
  fault('resets at once', ['unavailable'], nothing, (socket) => socket.resetAndDestroy()),
  fault('closes in the middle of CONNACK', ['unavailable'], ({ cmd }, { socket }) => {
    if (cmd === 'connect') socket.end(halfOf(connack));
  }),
  fault('never answers CONNECT', ['unavailable'], nothing),
  fault(
    'never acknowledges',
    ['unavailable'],
    at('publish', () => {}),
  ),
  fault(
    'half of CONNACK, and no more',
    ['unavailable'],
    at('connect', ({ socket }) => socket.write(halfOf(connack))),
  ),
  fault(
    'closes in the middle of PUBACK',
    ['unavailable'],
    at('publish', ({ socket }, packet) => {
      socket.end(halfOf({ cmd: 'puback', ...idOf(packet), reasonCode: 0 }));
    }),
  ),
  fault(
    'resets at the first message',
    ['unavailable'],
    at('publish', ({ socket }) => socket.resetAndDestroy()),
  ),
  fault(
    'never closes after DISCONNECT',
    ['told'],
    at('disconnect', () => {}),
  ),
  fault('speaks HTTP', ['bad-response'], nothing, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
  fault(
    'garbage instead of CONNACK',
    ['bad-response'],
    at('connect', ({ socket }) => {
      socket.write(Buffer.from('ff00ff7f0badc0ffee', 'hex'));
    }),
  ),
  fault(
    'garbage after CONNACK',
    ['bad-response'],
    at('publish', ({ socket }) => {
      socket.write(Buffer.from('f0ffffffffffffffff', 'hex'));
    }),
  ),
  fault(
    '2 MB before CONNACK',
    ['told', 'bad-response'],
    at('connect', ({ send, usual: asUsual }) => {
      send(publication(twoMegabytes));
      asUsual();
    }),
  ),
  fault(
    '2 MB after CONNACK',
    ['told', 'bad-response'],
    at('connect', ({ send, usual: asUsual }) => {
      asUsual();
      send(publication(twoMegabytes));
    }),
  ),
  {
    ...fault(
      '250 MB in one packet',
      ['bad-response'],
      at('connect', ({ usual: asUsual, socket }) => {
        asUsual();
        socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
        pour(socket);
      }),
    ),
    weigh: 'most',
  },
  {
    ...fault(
      'messages without end',
      ['bad-response', 'told'],
      at('connect', ({ usual: asUsual, socket }) => {
        asUsual();
        pour(socket, bytesOf(publication(Buffer.alloc(60_000))));
      }),
    ),
    weigh: 'most',
  },
  fault(
    'an acknowledgement of nothing',
    ['told', 'unavailable'],
    at('publish', ({ send, usual: asUsual }) => {
      send({ cmd: 'puback', messageId: 65_000, reasonCode: 0 });
      asUsual();
    }),
  ),
  fault(
    'CONNACK twice',
    ['told', 'unavailable', 'bad-response'],
    at('connect', ({ usual: asUsual }) => {
      asUsual();
      asUsual();
    }),
  ),
  fault(
    'takes one at a time',
    ['told'],
    at('connect', ({ send }) => {
      send({ ...connack, properties: { receiveMaximum: 1 } });
    }),
  ),
  fault(
    'takes nothing but tiny packets, and does not enforce it',
    ['told'],
    at('connect', ({ send }) => {
      send({ ...connack, properties: { maximumPacketSize: 20 } });
    }),
  ),
  fault(
    'wants a log-in in steps',
    ['auth', 'unavailable', 'bad-response'],
    at('connect', ({ send }) => {
      send({ cmd: 'auth', reasonCode: 24, properties: { authenticationMethod: 'X' } });
    }),
  ),
];

/** As fast as it is taken. */
function pour(socket: Socket, piece: Buffer = Buffer.alloc(64 * 1024)): void {
  const go = () => {
    while (!socket.destroyed && socket.write(piece));
    socket.once('drain', go);
  };
  go();
}

/** What each reason code means, by MQTT 5; those that are not named are some trouble. */
const kinds: Readonly<Record<number, Ending>> = {
  ...{ 132: 'settings', 133: 'bad-response', 134: 'auth', 135: 'auth', 136: 'unavailable', 137: 'rate-limited' },
  ...{ 138: 'auth', 139: 'unavailable', 140: 'auth', 142: 'unavailable', 144: 'bad-response', 149: 'bad-response' },
  ...{
    129: 'bad-response',
    130: 'bad-response',
    147: 'bad-response',
    150: 'rate-limited',
    155: 'settings',
    157: 'gone',
  },
  ...{ 151: 'rate-limited', 153: 'bad-response', 154: 'settings', 159: 'rate-limited' },
};
const ofConnack = [
  128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 140, 144, 149, 151, 153, 154, 155, 156, 157, 159,
];
const ofPuback = [16, 128, 131, 135, 144, 145, 151, 153];
const ofDisconnect = [
  0, 128, 129, 130, 131, 135, 137, 139, 141, 142, 143, 144, 147, 149, 150, 151, 152, 153, 154, 156, 160,
];
const endOf = (code: number): Ending => (code === 16 ? 'told' : (kinds[code] ?? 'unavailable'));

const refusals: DestinationFault[] = [
  ...ofConnack.map((code) =>
    fault(
      `CONNACK ${code}`,
      [endOf(code)],
      at('connect', ({ send, socket }) => {
        send({ ...connack, reasonCode: code });
        socket.end();
      }),
    ),
  ),
  ...ofPuback.map((code) =>
    fault(
      `PUBACK ${code}`,
      [endOf(code)],
      at('publish', ({ send }, packet) => {
        send({ cmd: 'puback', ...idOf(packet), reasonCode: code });
      }),
    ),
  ),
  ...ofDisconnect.map((code) =>
    fault(
      `DISCONNECT ${code}`,
      [endOf(code)],
      at('publish', ({ send, socket }) => {
        send({ cmd: 'disconnect', reasonCode: code });
        socket.end();
      }),
    ),
  ),
];

/** A text in each place of a refusal that somebody may repeat. */
const saying = (name: string, text: string): DestinationFault[] => {
  const reasonString = text.slice(0, 15_000);
  const properties = { reasonString, userProperties: { [text.slice(0, 100)]: reasonString } };
  return [
    fault(
      name,
      ['auth'],
      at('connect', ({ send }) => send({ ...connack, reasonCode: 135, properties })),
    ),
    fault(
      name,
      ['auth'],
      at('publish', ({ send }, packet) => {
        send({ cmd: 'puback', ...idOf(packet), reasonCode: 135, properties });
      }),
    ),
    fault(
      name,
      ['rate-limited'],
      at('publish', ({ send }) => {
        send({ cmd: 'disconnect', reasonCode: 151, properties: { ...properties, serverReference: reasonString } });
      }),
    ),
  ];
};

const words: DestinationFault[] = [
  ...Object.entries(disguises).flatMap(([name, disguise]) => saying(`echo: ${name}`, disguise(password))),
  ...saying('steering characters', steering),
  ...Object.entries(units).flatMap(([name, unit]) => saying(`15 KB of ${name}`, repeated(unit))),
];

/** A broker that behaves, behind an address at which nobody is, until it is mended. */
async function openElsewhere(url: string): Promise<FailingServer> {
  const server = await openBrokenBroker(usual);
  let isThere = false;
  return {
    ...server,
    url: () => (isThere ? server.url() : url),
    mend() {
      isThere = true;
    },
  };
}

function endAt(name: string): Ending {
  if (name.includes('DNS')) return 'gone';
  return name.startsWith('certificate') ? 'settings' : 'unavailable';
}

export const mqttDestination: TestedDestination = {
  name: 'mqtt',
  settings: { DESTINATION: 'mqtt', MQTT_URL: '{server}', MQTT_USER_NAME: 'a-home', MQTT_PASSWORD: password },
  secrets: [password],
  faults: (addresses: readonly DeadAddress[]) => [
    ...addresses.map(
      ({ name, url }): DestinationFault => ({
        ...{ name, alone: true, ends: [endAt(name)] },
        open: () => openElsewhere(url.replace(/^https?/, (scheme) => (scheme === 'https' ? 'mqtts' : 'mqtt'))),
      }),
    ),
    ...transport,
    ...refusals,
    ...words,
  ],
};
