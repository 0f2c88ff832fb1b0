/** An MQTT broker: status, a topic for each figure and the document, retained while they are fresh; Home Assistant finds the device by itself. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';
import { type MeterField, meterFields } from '../core/reading.ts';
import { isThisMachine } from '../platform/http.ts';
import { credentialInQuery, credentialsIn } from '../settings/written.ts';
import {
  address,
  type CommonDocument,
  choice,
  type DestinationHome,
  defineDestination,
  fit,
  number,
  reads,
  type SettingValues,
  secret,
  setting,
  text,
} from './destination.ts';
import { expirySeconds } from './expiry.ts';
import type { Broker } from './mqtt/broker.ts';
import { type Device, discoveryOf } from './mqtt/discovery.ts';
import { publicationsOf, statusOf, statusTopic } from './mqtt/messages.ts';

const awsIot = 'aws-iot';

/** mqtts or wss; plain only towards this machine. */
const brokerAddress = fit((text) => {
  if (text === awsIot) return undefined;
  if (credentialsIn(text).length > 0)
    return 'must hold no user name or password before an @: they have settings of their own';
  const name = credentialInQuery(text);
  if (name !== undefined)
    return `must hold no credential in its query (${name}): leave it out, an address is shown to many`;
  const { protocol = '', hostname = '' } = URL.canParse(text) ? new URL(text) : {};
  const isFit =
    hostname !== '' && (/^(mqtts|wss):$/.test(protocol) || (isThisMachine(hostname) && /^(mqtt|ws):$/.test(protocol)));
  if (isFit) return undefined;
  return `must be mqtts://host:8883 or wss://host/mqtt, plain mqtt:// towards this machine only, or the word ${awsIot}`;
});

/** A certificate or key as text; where line breaks cannot be written, \n stands for one. */
const pem = (wanted: string, read: (pem: string) => unknown) =>
  reads(wanted, (text) => {
    const lines = text.replaceAll('\\n', '\n');
    try {
      read(lines);
      return lines;
    } catch {
      return undefined;
    }
  });
const certificate = pem('a certificate as PEM: -----BEGIN CERTIFICATE-----…', (text) => new X509Certificate(text));
const privateKey = pem('a key as PEM, without a passphrase: -----BEGIN PRIVATE KEY-----…', createPrivateKey);

const topicName = z
  .string()
  .check(
    z.refine(
      (topic) => topic !== '' && topic.length <= 200 && !/[+#\0]|^[$/]|\/$/.test(topic),
      'must be a topic without + or #, that begins with no $ or / and ends with no /',
    ),
  );

/** MQTT counts seconds in four bytes, and means for ever by the highest number. */
const mostSeconds = 2 ** 32 - 2;

const settings = {
  url: setting(
    brokerAddress,
    'Address of the broker: mqtts://host:8883 or wss://host/mqtt. aws-iot: AWS IoT Core of the account in which the bridge runs',
  ),
  userName: setting(z.optional(text), 'User name at the broker'),
  password: secret(z.optional(text), 'Its password'),
  ca: setting(z.optional(certificate), 'PEM of the authority, for a broker with a certificate of its own making'),
  cert: setting(z.optional(certificate), 'PEM of a client certificate, where the broker asks for one'),
  key: secret(z.optional(privateKey), 'PEM of its key'),
  topic: setting(z.optional(topicName), 'Where the topics begin, default solar-cloud-bridge/<site>'),
  figures: setting(
    z.optional(choice('json', 'both')),
    'json: the document only; both: a topic for each figure too. Default both, at aws-iot json',
  ),
  discovery: setting(z._default(topicName, 'homeassistant'), "Prefix of Home Assistant's discovery; off for none"),
  expireSeconds: setting(
    z.optional(number({ min: 5, max: mostSeconds })),
    'How long a value stands when no new one comes; default: two polls of the slowest source and a minute, at least 180',
  ),
  protocol: setting(
    z._default(choice('5', '4'), '5'),
    '4 (MQTT 3.1.1) for an old broker, which then retains no figures',
  ),
  baseUrl: setting(z.optional(address), "For aws-iot: the account's data endpoint, which the deployment sets"),
};
type Values = SettingValues<typeof settings>;

/** What was ever told, the last discovery document and its day. */
const State = z.object({
  told: z.array(z.enum([...meterFields, 'tsms'])),
  discovery: z.optional(z.string()),
});
/** The last status, so that what is metered is told only when it changes. */
const Running = z.object({ status: z.string() });

export const mqtt = defineDestination({
  slug: 'mqtt',
  title: 'MQTT broker',
  homepage: 'https://mqtt.org',
  standing: 'recommended',
  takes: 'all figures, and errors; the broker itself says when the bridge has fallen silent',
  needs: 'a broker that the bridge can reach, or AWS IoT Core of your own account',
  settings,
  requires: ({ url, password, cert, key }) => [
    ...(url === awsIot ? (['baseUrl'] as const) : []),
    ...(password === undefined ? [] : (['userName'] as const)),
    ...(cert === undefined ? [] : (['key'] as const)),
    ...(key === undefined ? [] : (['cert'] as const)),
  ],
  problems: ({ expireSeconds, cert, key }, settingName) => [
    ...(Number.isInteger(expireSeconds ?? 0) ? [] : [`${settingName('expireSeconds')} must be whole seconds`]),
    ...(cert === undefined || key === undefined || new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
      ? []
      : [`${settingName('key')} is not the key of ${settingName('cert')}`]),
  ],
  state: State,
  running: Running,
  async push({ settings: values, settingName, title, document, state, running, home, signal, now, note }) {
    const device = deviceOf(values, home, expirySeconds({ settings: values, settingName, home, note }));
    const isAwsIot = values.url === awsIot;
    const told = toldAfter(state.told ?? [], document);
    const announced = discoveryOf(values.discovery, told, device);
    const announcement = `${announced.hash} ${new Date(now).toISOString().slice(0, 10)}`;
    const isAnnounced = values.discovery.toLowerCase() === 'off' || state.discovery === announcement;
    const publications = [
      ...(isAnnounced ? [] : [announced]),
      ...publicationsOf(document, {
        ...device,
        figures: values.figures ?? (isAwsIot ? 'json' : 'both'),
        knowsExpiry: values.protocol === '5' || isAwsIot,
        withStatus: !isAwsIot || running.status !== statusOf(document),
      }),
    ];
    if (isAwsIot) {
      const { publishToAwsIot } = await import('./mqtt/aws-iot.ts');
      await publishToAwsIot(values.baseUrl ?? '', publications, { title, signal });
    } else await publishToBroker(values, publications, { title, settingName, signal, device });
    state.told = told;
    if (!isAnnounced) state.discovery = announcement;
    running.status = statusOf(document);
    return undefined;
  },
});

const deviceOf = ({ topic }: Values, { site, vendors }: DestinationHome, expireSeconds: number): Device => ({
  site,
  vendors,
  topic: topic ?? `solar-cloud-bridge/${site}`,
  expireSeconds,
});

const toldAfter = (before: readonly (MeterField | 'tsms')[], document: CommonDocument): (MeterField | 'tsms')[] =>
  ([...meterFields, 'tsms'] as const).filter((field) => before.includes(field) || field in document);

async function publishToBroker(
  values: Values,
  publications: ReturnType<typeof publicationsOf>,
  {
    title,
    settingName,
    signal,
    device,
  }: { title: string; settingName(setting: string): string; signal: AbortSignal; device: Device },
): Promise<void> {
  const [{ BrokerTrouble, publishAll }, { refusalOf }] = await Promise.all([
    import('./mqtt/broker.ts'),
    import('./mqtt/refusals.ts'),
  ]);
  const { url, userName, password, ca, cert, key, protocol } = values;
  const protocolVersion = protocol === '5' ? 5 : 4;
  const broker: Broker = {
    ...{ url, userName, password, ca, cert, key },
    clientId: `solar-cloud-bridge-${device.site}`,
    protocolVersion,
    will: { topic: statusTopic(device.topic), text: 'offline', afterSeconds: device.expireSeconds },
  };
  try {
    await publishAll(broker, publications, signal);
  } catch (error) {
    throw error instanceof BrokerTrouble ? refusalOf(error, { title, settingName, protocolVersion }) : error;
  }
}
