/** What a reader of the feed is told: the last document while it is good, else why there is none, and never an old figure. Pure. */
import { inWords } from '../../core/freshness.ts';
import { meterFields } from '../../core/reading.ts';
import type { CommonDocument } from '../document.ts';
import { plainName, plainNumber } from '../figures.ts';
import { type FeedRecord, isToken } from './record.ts';

export type FeedRequest = {
  method: string;
  /** Without its query. */
  path: string;
  authorization?: string | undefined;
};
export type FeedAnswer = { status: number; headers: Record<string, string>; body: string };

export const documentPath = '/reading';

/** A clock that was set back by more is no reason to call an old document new. */
const mostAheadMs = 60_000;

/** @param isPublic whether all the world can ask: then nothing is open without a token. */
export function feedAnswer(
  request: FeedRequest,
  record: FeedRecord | undefined,
  { now, site, isPublic }: { now: number; site: string; isPublic: boolean },
): FeedAnswer {
  const { method, path, authorization } = request;
  if (!isAllowed(record, authorization, isPublic))
    return plain(401, 'A token is needed', { 'www-authenticate': 'Bearer' });
  const field = meterFields.find((each) => path === `${documentPath}/${plainName(each)}`);
  if (field === undefined && path !== documentPath) return plain(404, 'Not found');
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET and HEAD', { allow: 'GET, HEAD' });
  const document = documentNow(record, now, site);
  const age = ageHeader(record, now);
  if (document.type === 'error') {
    if (field === undefined) return json(503, document, age);
    return plain(503, `error: ${document.error}`, age);
  }
  const good = { ...age, 'cache-control': keepingHeader(record, now) };
  if (field === undefined) return json(200, document, good);
  const value = document[field];
  if (value === undefined) return plain(503, 'error: this figure is not known', age);
  return plain(200, plainNumber(field, value), good);
}

/** Before the first record nobody knows which token is right, and there is nothing to read. */
function isAllowed(record: FeedRecord | undefined, authorization: string | undefined, isPublic: boolean): boolean {
  if (record?.tokenHash !== undefined) return isToken(authorization, record.tokenHash);
  return !isPublic || (record === undefined && authorization !== undefined);
}

const ageSeconds = ({ document }: FeedRecord, now: number): number =>
  Math.max(0, Math.floor((now - document.sent_ms) / 1000));

function documentNow(record: FeedRecord | undefined, now: number, site: string): CommonDocument {
  const failed = (error: string, kind: 'unavailable' | 'stale'): CommonDocument => ({
    type: 'error',
    version: 1,
    site,
    sent_ms: now,
    error,
    kind,
  });
  if (!record) return failed('The bridge has told nothing yet', 'unavailable');
  if (record.document.sent_ms > now + mostAheadMs)
    return failed('The last message of the bridge is from the future: a clock was set back', 'stale');
  return now < record.freshUntil
    ? record.document
    : failed(`The bridge has told nothing for ${inWords(ageSeconds(record, now))}`, 'stale');
}

/** How many seconds ago it was told. Not `Age`, which caches take for theirs. */
const ageHeader = (record: FeedRecord | undefined, now: number): Record<string, string> =>
  record ? { 'reading-age': String(ageSeconds(record, now)) } : {};

/** So long a reader of many figures may use one answer (evcc asks so), never longer than it is good; nobody on the way may. */
const mostKeptSeconds = 10;
function keepingHeader(record: FeedRecord | undefined, now: number): string {
  const left = Math.floor(((record?.freshUntil ?? now) - now) / 1000);
  return `private, max-age=${Math.min(mostKeptSeconds, left)}`;
}

/** Nobody keeps it, and no browser takes it for a script. */
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

const json = (status: number, document: CommonDocument, headers: Record<string, string>): FeedAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...always, ...headers },
  body: JSON.stringify(document),
});

const plain = (status: number, sentence: string, headers: Record<string, string> = {}): FeedAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...always, ...headers },
  body: sentence,
});
