/** What a broker's refusals mean, by MQTT's reason codes and the network's. */
import { DestinationError, type DestinationErrorKind } from '../destination.ts';
import type { BrokerTrouble } from './broker.ts';

type Naming = { title: string; settingName(setting: string): string };

type Meaning = readonly [kind: DestinationErrorKind, what: string];

/** By reason codes: those of version 5, and the five of version 3.1.1. `at`: what the broker does not take. */
function meanings(settingName: Naming['settingName'], at: string): Record<number, Meaning> {
  const [user, password] = [settingName('userName'), settingName('password')];
  const logIn: Meaning = ['auth', `refuses ${user} or ${password}: check both`];
  const version: Meaning = ['settings', `does not speak this version of MQTT: set ${settingName('protocol')}=4`];
  const message: Meaning = ['bad-response', `does not take ${at}`];
  const busy: Meaning = ['rate-limited', 'has too much to do, or we have used up our share'];
  const away: Meaning = ['unavailable', 'is not there at the moment'];
  return {
    ...{ 1: version, 132: version, 4: logIn, 5: logIn, 134: logIn, 135: logIn },
    ...{ 2: message, 133: message, 144: message, 149: message, 153: message },
    ...{ 137: busy, 151: busy, 159: busy, 3: away, 136: away, 139: away, 142: away },
    138: ['auth', 'has banned us'],
    140: ['auth', `wants another way to log in than ${user} and ${password}`],
    154: ['settings', `keeps no messages: choose a broker that does, or set ${settingName('protocol')}=4`],
  };
}

function byReason(code: number, topic: string | undefined, settingName: Naming['settingName']): Meaning {
  if (code === 135 && topic !== undefined)
    return ['auth', `lets us in, but does not let us write ${topic}: its access list must`];
  return meanings(settingName, topic ?? 'the name of this home')[code] ?? ['unavailable', 'refuses'];
}

/** An untrusted, expired or foreign certificate. */
const isCertificate = (code: string): boolean => /CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_CA$/.test(code);

export function refusalOf(trouble: BrokerTrouble, { title, settingName }: Naming): DestinationError {
  const { reasonCode, topic, cause } = trouble;
  if (reasonCode !== undefined && reasonCode > 0) {
    const [kind, what] = byReason(reasonCode, topic, settingName);
    return new DestinationError(kind, `${title} ${what} (MQTT reason ${reasonCode})`, { cause });
  }
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const word = typeof code === 'string' ? code : '';
  if (isCertificate(word)) {
    const sentence = `${title} has a certificate that is not trusted: set ${settingName('ca')} to its authority (${word})`;
    return new DestinationError('settings', sentence, { cause });
  }
  if (word === 'ENOTFOUND')
    return new DestinationError('gone', `${title} has an address that cannot be found`, { cause });
  if (word === 'ECONNRESET') {
    const sentence = `${title} ended the connection: is ${settingName('url')} the right port, mqtts:// for TLS? (${word})`;
    return new DestinationError('unavailable', sentence, { cause });
  }
  return new DestinationError('unavailable', `${title} cannot be reached${word === '' ? '' : ` (${word})`}`, { cause });
}
