/** AWS IoT Core of the bridge's own account: signed publications over HTTPS. It knows no will; what falls silent runs out. */
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { DestinationError, type DestinationErrorKind } from '../destination.ts';
import type { Publication } from './messages.ts';

const clients = new Map<string, IoTDataPlaneClient>();

/** @param endpoint the account's data endpoint, `https://<prefix>-ats.iot.<region>.amazonaws.com`. */
function clientFor(endpoint: string): IoTDataPlaneClient {
  const [, region] = /\.iot\.([a-z0-9-]+)\.amazonaws\./.exec(new URL(endpoint).host) ?? [];
  const client =
    clients.get(endpoint) ?? new IoTDataPlaneClient({ endpoint, maxAttempts: 1, ...(region ? { region } : {}) });
  clients.set(endpoint, client);
  return client;
}

/** One after the other, each once. @throws DestinationError */
export async function publishToAwsIot(
  endpoint: string,
  publications: readonly Publication[],
  { title, signal }: { title: string; signal: AbortSignal },
): Promise<void> {
  for (const { topic, text, isRetained, expireSeconds } of publications) {
    const publish = new PublishCommand({
      topic,
      payload: Buffer.from(text),
      qos: 1,
      retain: isRetained,
      ...(expireSeconds === undefined ? {} : { messageExpiry: expireSeconds }),
    });
    try {
      await clientFor(endpoint).send(publish, { abortSignal: signal });
    } catch (error) {
      throw refusal(error, title, topic);
    }
  }
}

type SdkError = Error & { code?: string; $metadata?: { httpStatusCode?: number } };

function refusal(cause: unknown, title: string, topic: string): DestinationError {
  const { name, code, $metadata } = cause as SdkError;
  const [kind, what] = meaningOf($metadata?.httpStatusCode, name, code);
  return new DestinationError(kind, `${title} at AWS IoT Core ${what} (${topic}: ${code ?? name})`, { cause });
}

type Meaning = [kind: DestinationErrorKind, what: string];

const noRight: Meaning = ['auth', "refuses us: deploy again, which gives the function's role the right to publish"];
const busy: Meaning = ['rate-limited', 'asks us to slow down'];
const trouble: Meaning = ['unavailable', 'has trouble'];

/** By the error's name, which the interface promises; its status follows where the name is none of these. */
const meanings: Record<string, Meaning> = {
  InvalidRequestException: ['bad-response', 'refuses the message'],
  UnauthorizedException: noRight,
  ForbiddenException: noRight,
  ThrottlingException: busy,
  InternalFailureException: trouble,
  InternalFailure: trouble,
  ServiceUnavailableException: trouble,
  GatewayTimeoutException: trouble,
  CredentialsProviderError: ['auth', 'wants AWS credentials, and there are none'],
};

function meaningOf(status: number | undefined, name: string, code: string | undefined): Meaning {
  const byName = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  if (byName) return byName;
  if (code === 'ENOTFOUND') return ['gone', 'is not at this address'];
  if (status === 401 || status === 403) return noRight;
  if (status === 429) return busy;
  if (status === undefined || status >= 500 || status === 408) return trouble;
  return status === 404 ? ['gone', 'is not at this address'] : ['bad-response', 'refuses the message'];
}
