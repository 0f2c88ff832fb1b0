/** What stands for the network behind a client of the AWS SDK. */
import { setTimeout as wait } from 'node:timers/promises';

export type AwsCall = { call: string; body: Readonly<Record<string, unknown>> };

type SdkRequest = { headers: Record<string, string>; body?: unknown };
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
  answering: (call: AwsCall) => { answer: SdkResponse; afterMs: number },
): SdkHandler => ({
  async handle({ headers, body }) {
    const call = (headers['x-amz-target'] ?? '').replace(prefix, '');
    const { answer, afterMs } = answering({ call, body: JSON.parse(String(body)) });
    await wait(afterMs);
    return { response: answer };
  },
});
