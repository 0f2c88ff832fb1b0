/** What stands for the network behind a client of the AWS SDK. */
import type { InstanceClock } from './instance.ts';

export type AwsCall = { call: string; body: Readonly<Record<string, unknown>> };

type SdkRequest = { headers: Record<string, string>; body?: Uint8Array };
type SdkResponse = { statusCode: number; headers: Record<string, string>; body: Uint8Array };

export type SdkHandler = { handle(request: SdkRequest): Promise<{ response: SdkResponse }> };

export const answered = (statusCode: number, json: unknown): SdkResponse => ({
  statusCode,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: Buffer.from(JSON.stringify(json)),
});

/** @param prefix of the names of its calls. */
export const sdkHandler = (
  prefix: string,
  clock: InstanceClock,
  answering: (call: AwsCall) => { answer: SdkResponse; afterMs: number },
): SdkHandler => ({
  async handle({ headers, body }) {
    const call = (headers['x-amz-target'] ?? '').replace(prefix, '');
    await clock.going();
    const { answer, afterMs } = answering({ call, body: JSON.parse(new TextDecoder().decode(body)) });
    await clock.sleep(afterMs);
    return { response: answer };
  },
});
