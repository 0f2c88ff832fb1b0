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

function meaningOf(status: number | undefined, name: string, code: string | undefined): [DestinationErrorKind, string] {
  if (code === 'ENOTFOUND') return ['gone', 'is not at this address'];
  if (name === 'CredentialsProviderError') return ['auth', 'wants AWS credentials, and there are none'];
  if (status === 401 || status === 403)
    return ['auth', "refuses us: deploy again, which gives the function's role the right to publish"];
  if (status === 429) return ['rate-limited', 'asks us to slow down'];
  if (status === undefined || status >= 500 || status === 408) return ['unavailable', 'has trouble'];
  return status === 404 ? ['gone', 'is not at this address'] : ['bad-response', 'refuses the message'];
}
