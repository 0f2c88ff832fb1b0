/** A broker by MQTT.js: one connection for one message, which leaves the will armed, so that the broker says `offline` when no next one comes. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Publication } from './messages.ts';

export type Broker = {
  url: string;
  clientId: string;
  userName?: string | undefined;
  password?: string | undefined;
  /** PEM. */
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  protocolVersion: 4 | 5;
  /** What the broker publishes by itself when nothing has come for so many seconds. Not with version 4. */
  will: { topic: string; text: string; afterSeconds: number };
};

const connectTimeoutMs = 8_000;
/** How long a broker that has taken everything may take to hang up. */
const leavingMs = 1_000;
/** Some ten acknowledgements of a few bytes each, and nothing else was asked for. */
const mostBytesHeard = 65_536;
const mostPacketsHeard = 100;

/** Where it went wrong without a word of the broker's or of the network's. */
export type BrokerSilence = 'late' | 'closed' | 'setup';

type About = { silence?: BrokerSilence; isConnected?: boolean; topic?: string };

/** What went wrong at a broker. */
export class BrokerTrouble extends Error {
  /** The broker's own word. */
  readonly reasonCode: number | undefined;
  readonly silence: BrokerSilence | undefined;
  /** Whether it had let us in. */
  readonly isConnected: boolean;
  /** What it was about. */
  readonly topic: string | undefined;

  constructor(cause: unknown, { silence, isConnected = false, topic }: About = {}) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'BrokerTrouble';
    const { code } = (cause ?? {}) as { code?: unknown };
    this.reasonCode = typeof code === 'number' ? code : undefined;
    this.silence = silence;
    this.isConnected = isConnected;
    this.topic = topic;
  }
}

/** @throws BrokerTrouble */
export async function publishAll(
  broker: Broker,
  publications: readonly Publication[],
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw new BrokerTrouble('the time was up before it began', { silence: 'late' });
  const client = opened(broker);
  const delivery = Promise.withResolvers<void>();
  const fail = (cause: unknown, about: About = {}) =>
    delivery.reject(new BrokerTrouble(cause, { isConnected: client.connected, ...about }));
  const giveUp = () => fail('it does not answer in time', { silence: 'late' });
  signal.addEventListener('abort', giveUp, { once: true });
  watch(client, fail);
  send(client, broker, publications, { delivered: delivery.resolve, fail });
  try {
    await delivery.promise;
  } catch (error) {
    client.end(true);
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  await leave(client, broker);
}

/** A certificate or key that cannot be used shows at once. */
function opened(broker: Broker): MqttClient {
  try {
    return mqtt.connect(optionsOf(broker));
  } catch (error) {
    throw new BrokerTrouble(error, { silence: 'setup' });
  }
}

/** The address in parts: MQTT.js itself takes one apart in a way that Node warns of, and its query for the client's name. */
function placeOf(url: string): IClientOptions {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const isWebSocket = protocol.startsWith('ws');
  return {
    protocol: protocol.slice(0, -1) as NonNullable<IClientOptions['protocol']>,
    host: isWebSocket ? hostname : hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(isWebSocket ? { path: `${pathname}${search}` } : {}),
  };
}

function optionsOf(broker: Broker): IClientOptions {
  const { url, clientId, userName, password, ca, cert, key, protocolVersion, will } = broker;
  const { topic, text, afterSeconds } = will;
  return {
    ...placeOf(url),
    clientId,
    log: () => {}, // the library's own tells whole packets, the password in them, to whoever sets DEBUG
    ...(userName === undefined ? {} : { username: userName }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    protocolVersion,
    reconnectPeriod: 0,
    connectTimeout: connectTimeoutMs,
    ...(protocolVersion === 5
      ? {
          clean: false,
          properties: { sessionExpiryInterval: afterSeconds },
          will: {
            topic,
            payload: Buffer.from(text),
            qos: 1 as const,
            retain: true,
            properties: { willDelayInterval: afterSeconds },
          },
        }
      : {}),
  };
}

type Fail = (cause: unknown, about?: About) => void;

/** The first trouble counts, and none after the last acknowledgement. */
function watch(client: MqttClient, fail: Fail): void {
  client.on('error', (error) => fail(error, error.message === 'connack timeout' ? { silence: 'late' } : {}));
  client.on('disconnect', ({ reasonCode }) => fail({ code: reasonCode }, reasonCode ? {} : { silence: 'closed' }));
  // Before it counts as not connected any more.
  client.prependListener('close', () => fail('it closed the connection', { silence: 'closed' }));
  const { stream } = client;
  stream.on('error', (error: Error) => fail(error)); // MQTT.js itself passes those without a code over
  let [bytes, packets] = [0, 0];
  const hear = (more: { bytes: number; packets: number }) => {
    bytes += more.bytes;
    packets += more.packets;
    if ((bytes <= mostBytesHeard && packets <= mostPacketsHeard) || stream.destroyed) return;
    fail(new Error('it sends what nobody has asked for'));
    client.end(true);
  };
  stream.on('data', ({ length }: Buffer) => hear({ bytes: length, packets: 0 }));
  client.on('packetreceive', () => hear({ bytes: 0, packets: 1 }));
}

/** All in flight together, unless the broker takes fewer at a time. */
function send(
  client: MqttClient,
  { protocolVersion }: Broker,
  publications: readonly Publication[],
  { delivered, fail }: { delivered(): void; fail: Fail },
): void {
  const waiting = [...publications];
  let unacknowledged = publications.length;
  const next = () => {
    const publication = waiting.shift();
    if (publication === undefined) return;
    const { topic, text, isRetained, expireSeconds } = publication;
    const doesExpire = protocolVersion === 5 && expireSeconds !== undefined;
    const properties = doesExpire ? { properties: { messageExpiryInterval: expireSeconds } } : {};
    client.publish(topic, text, { qos: 1, retain: isRetained, ...properties }, (error) => {
      if (error) return fail(error, { topic });
      unacknowledged -= 1;
      if (unacknowledged === 0) delivered();
      next();
    });
  };
  client.once('connect', ({ properties }) => {
    const atOnce = Math.min(properties?.receiveMaximum ?? waiting.length, waiting.length);
    for (let sent = 0; sent < atOnce; sent++) next();
  });
}

/** Reason 4: "disconnect with will". What it has acknowledged is delivered, however it takes the farewell. */
async function leave(client: MqttClient, { protocolVersion }: Broker): Promise<void> {
  const { stream } = client;
  const { promise: left, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    stream.destroy();
    resolve();
  }, leavingMs);
  stream.once('close', resolve);
  client.end(false, protocolVersion === 5 ? { reasonCode: 4 } : {});
  await left;
  clearTimeout(timer);
}
