/** The stand-ins for the stores on AWS, each with a client that talks to it, for as long as a test runs. */
import type { TestContext } from 'node:test';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type ParameterStage, playParameterStore } from './parameter-store.ts';
import { playTable, type TableStage } from './table.ts';

/** @param initial values by full name. */
export async function parametersFor(
  t: Pick<TestContext, 'after'>,
  initial: Record<string, string> = {},
): Promise<{ stage: ParameterStage; client: SSMClient }> {
  const stage = await playParameterStore(initial);
  const client = new SSMClient({
    region: 'eu-central-1',
    endpoint: stage.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  t.after(async () => {
    client.destroy();
    await stage.close();
  });
  return { stage, client };
}

export async function tableFor(
  t: Pick<TestContext, 'after'>,
): Promise<{ stage: TableStage; client: TableStage['client'] }> {
  const stage = await playTable();
  t.after(() => stage.close());
  return { stage, client: stage.client };
}

/** Where commands of this process find AWS: its stand-ins, by the names of their services, for as long as a test runs. */
export function pointAwsAt(t: Pick<TestContext, 'after'>, stages: Record<string, { url: string }>): void {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'made-up',
    AWS_SECRET_ACCESS_KEY: 'made-up',
    ...Object.fromEntries(Object.entries(stages).map(([service, { url }]) => [`AWS_ENDPOINT_URL_${service}`, url])),
  });
  t.after(() => {
    process.env = before;
  });
}
