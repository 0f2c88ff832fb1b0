/** The second Lambda, where a home has a feed: a reader's request in, the last document out. It may read that one document and nothing else. */
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { feedAnswer } from '../push-solar-data/destinations/feed/answer.ts';
import { lastDocumentName } from '../push-solar-data/persistence/last-documents.ts';
import { createParameterStore } from '../push-solar-data/persistence/parameter-store.ts';
import { systemClock } from '../push-solar-data/platform/clock.ts';
import { keepRecord } from './record-reader.ts';

const site = process.env['SITE'] ?? 'home';
const label = process.env['FEED_LABEL'] ?? 'feed';
const { state } = createParameterStore(site);
// Kept from one invocation to the next.
const lastRecord = keepRecord(() => state.read(lastDocumentName(label)), systemClock);

export async function handler({
  rawPath,
  headers,
  requestContext,
}: LambdaFunctionURLEvent): Promise<LambdaFunctionURLResult> {
  const { method } = requestContext.http;
  const request = { method, path: rawPath, authorization: headers['authorization'] };
  const { record, problem } = await lastRecord();
  if (problem !== undefined) log(problem);
  const { status, ...answer } = feedAnswer(request, record, { now: systemClock.now(), site, isPublic: true });
  return { statusCode: status, ...answer, body: method === 'HEAD' ? '' : answer.body };
}

/** As CloudWatch wants a line, so that it knows its level. */
function log(message: string): void {
  const timestamp = new Date(systemClock.now()).toISOString();
  process.stderr.write(`${JSON.stringify({ timestamp, level: 'ERROR', message })}\n`);
}
