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

/** What went wrong at a broker: `reasonCode` is the broker's own word, `topic` what it was about. */
export class BrokerTrouble extends Error {
  readonly reasonCode: number | undefined;
  readonly topic: string | undefined;

  constructor(cause: unknown, topic?: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'BrokerTrouble';
    const { code } = (cause ?? {}) as { code?: unknown };
    this.reasonCode = typeof code === 'number' ? code : undefined;
    this.topic = topic;
  }
}

/** @throws BrokerTrouble */
export async function publishAll(
  broker: Broker,
  publications: readonly Publication[],
  signal: AbortSignal,
): Promise<void> {
  const client = mqtt.connect(broker.url, optionsOf(broker));
  const trouble = new Promise<never>((_, reject) => {
    const fail = (error: Error) => reject(new BrokerTrouble(error));
    client.on('error', fail);
    client.on('disconnect', ({ reasonCode }) =>
      fail(Object.assign(new Error('it ends the connection'), { code: reasonCode })),
    );
    client.on('close', () => fail(new Error('it closed the connection')));
    signal.addEventListener('abort', () => fail(new Error('it does not answer in time')), { once: true });
  });
  trouble.catch(() => {}); // what comes after the end is nobody's
  try {
    const connack = await Promise.race([connected(client), trouble]);
    await Promise.race([send(client, broker, publications, connack), trouble]);
    client.removeAllListeners('close'); // which is what we ask for now
    await Promise.race([leave(client, broker), trouble]);
  } catch (error) {
    client.end(true);
    throw error;
  }
}

function optionsOf({ clientId, userName, password, ca, cert, key, protocolVersion, will }: Broker): IClientOptions {
  const { topic, text, afterSeconds } = will;
  return {
    clientId,
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

type Connack = { properties?: { receiveMaximum?: number } };

const connected = (client: MqttClient): Promise<Connack> =>
  new Promise((resolve) => client.once('connect', (connack) => resolve(connack as Connack)));

/** All in flight together, unless the broker takes fewer at a time. */
async function send(
  client: MqttClient,
  { protocolVersion }: Broker,
  publications: readonly Publication[],
  connack: Connack,
) {
  const one = async ({ topic, text, isRetained, expireSeconds }: Publication) => {
    const properties =
      protocolVersion === 5 && expireSeconds !== undefined
        ? { properties: { messageExpiryInterval: expireSeconds } }
        : {};
    try {
      await client.publishAsync(topic, text, { qos: 1, retain: isRetained, ...properties });
    } catch (error) {
      throw new BrokerTrouble(error, topic);
    }
  };
  const atOnce = connack.properties?.receiveMaximum ?? Number.POSITIVE_INFINITY;
  if (publications.length <= atOnce) await Promise.all(publications.map(one));
  else for (const publication of publications) await one(publication);
}

/** Reason 4: "disconnect with will". */
const leave = (client: MqttClient, { protocolVersion }: Broker): Promise<void> =>
  client.endAsync(false, protocolVersion === 5 ? { reasonCode: 4 } : {});
