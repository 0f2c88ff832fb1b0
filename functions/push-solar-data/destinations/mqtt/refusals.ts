/** What a broker's refusals mean, by MQTT's reason codes, HTTP's (in front of a WebSocket) and the network's. */
import { DestinationError, type DestinationErrorKind } from '../destination.ts';
import type { BrokerTrouble } from './broker.ts';

/** How sentences name the broker and its settings, and in which version we spoke. */
type Naming = { title: string; settingName(setting: string): string; protocolVersion: 4 | 5 };

type Meaning = readonly [kind: DestinationErrorKind, what: string];

/** How long a broker with too much to do is left alone, s. */
const busySeconds = 60;

/** By reason codes: those of version 5, and the five of version 3.1.1. `at`: what the broker does not take. */
function meanings({ settingName, protocolVersion }: Naming, at: string): Record<number, Meaning> {
  const [user, password, url] = [settingName('userName'), settingName('password'), settingName('url')];
  const logIn: Meaning = ['auth', `refuses ${user} or ${password}: check both`];
  const older = protocolVersion === 5 ? `: set ${settingName('protocol')}=4` : ', nor do we speak an older one';
  const version: Meaning = ['settings', `does not speak this version of MQTT${older}`];
  const message: Meaning = ['bad-response', `does not take ${at}`];
  const busy: Meaning = ['rate-limited', 'has too much to do, or we have used up our share'];
  const away: Meaning = ['unavailable', 'is not there at the moment'];
  return {
    ...{ 1: version, 132: version, 4: logIn, 5: logIn, 134: logIn, 135: logIn },
    ...{ 2: message, 129: message, 130: message, 133: message, 144: message, 147: message, 149: message, 153: message },
    ...{ 137: busy, 150: busy, 151: busy, 159: busy, 3: away, 136: away, 139: away, 142: away, 156: away },
    138: ['auth', 'has banned us'],
    140: ['auth', `wants another way to log in than ${user} and ${password}`],
    154: ['settings', 'keeps no messages: allow it there to retain them, or choose a broker that does'],
    155: [
      'settings',
      'takes no message that it would have to acknowledge: allow QoS 1 there, or choose another broker',
    ],
    157: ['gone', `has moved: ${url} needs its new address`],
  };
}

function byReason(code: number, { topic, isConnected }: BrokerTrouble, naming: Naming): Meaning {
  if (code === 135 && isConnected)
    return ['auth', `lets us in, but does not let us write ${topic ?? 'our topics'}: its access list must`];
  const at = topic ?? (isConnected ? 'what we send' : 'the name of this home');
  return meanings(naming, at)[code] ?? ['unavailable', 'refuses'];
}

/** Where a WebSocket should open. */
function byStatus(status: number): DestinationErrorKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408) return 'unavailable';
  return status === 404 || status === 410 || status < 400 ? 'gone' : 'bad-response';
}

/** An untrusted, expired or foreign certificate. */
const isCertificate = (word: string): boolean =>
  /^(?:ERR_TLS_)?CERT_|SELF_SIGNED_CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_CA$/.test(word);
/** What is wrong with ours, as the broker says in an alert. */
const isOurCertificate = (word: string): boolean => word.includes('_ALERT_') && /CERTIFICATE|UNKNOWN_CA/.test(word);

const closed: Meaning = [
  'unavailable',
  'ended the connection before it had taken everything, as some do that forbid a topic',
];
const isClosing = (word: string): boolean => word === 'ECONNRESET' || word === 'EPIPE';

/** By the network's words. */
function byWord(word: string, settingName: Naming['settingName']): Meaning {
  if (word === 'ENOTFOUND') return ['gone', 'has an address that cannot be found'];
  if (isOurCertificate(word)) {
    const own = `${settingName('cert')} and ${settingName('key')}`;
    return ['auth', `does not take our certificate: check ${own}`];
  }
  if (isCertificate(word))
    return ['settings', `has a certificate that is not trusted: set ${settingName('ca')} to its authority`];
  if (/^ERR_SSL_|^EPROTO$/.test(word))
    return ['unavailable', `speaks no TLS as we do: is ${settingName('url')} the right port?`];
  if (isClosing(word))
    return ['unavailable', `ended the connection: is ${settingName('url')} the right port, mqtts:// for TLS?`];
  if (word.startsWith('WS_ERR_')) return ['bad-response', 'answers what is no WebSocket'];
  return ['unavailable', 'cannot be reached'];
}

function bySilence({ silence, isConnected }: BrokerTrouble, { settingName, protocolVersion }: Naming): Meaning {
  const url = settingName('url');
  if (silence === 'setup')
    return [
      'settings',
      `cannot be asked: ${url}, ${settingName('ca')}, ${settingName('cert')} or ${settingName('key')} cannot be used`,
    ];
  if (silence === 'late') return ['unavailable', 'does not answer in time'];
  if (silence === undefined)
    return ['bad-response', `answers what is not MQTT: is ${url} the right port${isConnected ? '' : ' and path'}?`];
  if (isConnected) return closed;
  const older = protocolVersion === 5 ? ` An old broker wants ${settingName('protocol')}=4` : '';
  return ['unavailable', `ended the connection: is ${url} the right port?${older}`];
}

export function refusalOf(trouble: BrokerTrouble, naming: Naming): DestinationError {
  const { title, settingName } = naming;
  const { reasonCode, silence, isConnected, cause } = trouble;
  const error = ([kind, what]: Meaning, word = '') =>
    new DestinationError(kind, `${title} ${what}${word && ` (${word})`}`, {
      cause,
      ...(kind === 'rate-limited' ? { retryAfterSeconds: busySeconds } : {}),
    });
  if (reasonCode) return error(byReason(reasonCode, trouble, naming), `MQTT reason ${reasonCode}`);
  if (silence !== undefined) return error(bySilence(trouble, naming));
  const [, status] = /^Unexpected server response: (\d{3})$/.exec(trouble.message) ?? [];
  if (status !== undefined) {
    const what = `opens no WebSocket at this address: check ${settingName('url')}`;
    return error([byStatus(Number(status)), what], `HTTP ${status}`);
  }
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  if (typeof code !== 'string') return error(bySilence(trouble, naming));
  const meaning = isConnected && isClosing(code) ? closed : byWord(code, settingName);
  return error(meaning, code);
}
