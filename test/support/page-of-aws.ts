/** `npm run page` in this process, while a test looks at its page. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { request } from 'undici';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { Account } from '../../functions/push-solar-data/local/aws-account.ts';
import { openPageOfAws } from '../../infra/commands/page.ts';
import { fakeClock } from './home.ts';

export type GetOfPage = (path: string) => Promise<{ status: number; json: unknown }>;

/** @param now ms since the epoch. @returns what the command said, and what was seen; or the sentence with which it refused. */
export async function lookAtPage<Result>(
  { account, logs, now }: { account: Account; logs: CloudWatchLogsClient; now: number },
  look: (get: GetOfPage, clock: ReturnType<typeof fakeClock>) => Promise<Result>,
) {
  const clock = fakeClock(now);
  const said: string[] = [];
  const stop = new AbortController();
  let result: Result | undefined;
  let looking: Promise<void> | undefined;
  const browse = async (address: string) => {
    const get: GetOfPage = async (path) => {
      const { statusCode, body } = await request(`${address}${path}`);
      return { status: statusCode, json: await body.json() };
    };
    looking = look(get, clock)
      .then((found) => {
        result = found;
      })
      .finally(() => stop.abort());
  };
  const ports = { logs, now: clock.now, say: (sentence: string) => said.push(sentence), browse, signal: stop.signal };
  try {
    const code = await openPageOfAws(account, {}, ports);
    await looking;
    return { code, said, result };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { said, refused: error.message };
  }
}
