/** What destinations answer, and mutations of it: of JSON, of texts, of headers, of the status. */
import type { Answer } from '../support/conversation.ts';
import { exceed } from './excess.ts';
import { type Draw, mutate } from './mutation.ts';

export type AnsweringDestination = {
  slug: string;
  /** `{server}` stands for the server's address. */
  settings: Record<string, string>;
  secrets: readonly string[];
  answers: readonly Answer[];
  /** In one tick. */
  mostRequests: number;
  /** Whatever became of the first; without, as with most. */
  leastSecondsBetween?: number;
  /** The owner's. */
  intervalSeconds: number;
};

const quota = { 'x-rate-limit-limit': '60', 'x-rate-limit-remaining': '48', 'x-rate-limit-reset': '1777639200' };
const plain = (status: number, text: string): Answer => ({ status, text, headers: { 'content-type': 'text/plain' } });
const ofPvoutput = (status: number, text: string): Answer => ({
  ...{ status, text: `${text}\r\n`, headers: { ...quota, 'content-type': 'text/plain' } },
});

export const answeringDestinations: readonly AnsweringDestination[] = [
  {
    slug: 'pvoutput',
    settings: {
      PVOUTPUT_BASE_URL: '{server}',
      PVOUTPUT_API_KEY: 'pvoutput-key-of-a-test',
      PVOUTPUT_SYSTEM_ID: '4711',
      PVOUTPUT_TIME_ZONE: 'Australia/Lord_Howe',
      PVOUTPUT_BATTERY: 'on',
    },
    secrets: ['pvoutput-key-of-a-test'],
    answers: [
      ofPvoutput(200, 'OK 200: Added Status'),
      ofPvoutput(200, 'OK 200: Added Status'),
      ofPvoutput(400, 'Bad request 400: Moon Powered'),
      ofPvoutput(400, 'Bad request 400: Power value [9000] too high for system size [4000]'),
      ofPvoutput(401, 'Unauthorized 401: Invalid System ID'),
      ofPvoutput(403, 'Forbidden 403: Exceeded number requests per hour'),
      ofPvoutput(403, 'Forbidden 403: Donation mode'),
      ofPvoutput(403, 'Forbidden 403: Read only key'),
    ],
    mostRequests: 2, // once more without generation, when the sun is down
    leastSecondsBetween: 0,
    intervalSeconds: 0,
  },
  {
    slug: 'influxdb',
    settings: { INFLUXDB_URL: '{server}', INFLUXDB_BUCKET: 'solar', INFLUXDB_TOKEN: 'influxdb-token-of-a-test' },
    secrets: ['influxdb-token-of-a-test'],
    answers: [
      { status: 204, text: '' },
      { status: 400, json: { code: 'invalid', message: "unable to parse 'solar': missing fields", line: 1 } },
      { status: 400, json: { error: 'partial write: field type conflict: already exists as type float' } },
      { status: 404, json: { code: 'not found', message: 'bucket "solar" not found' } },
      { status: 401, json: { code: 'unauthorized', message: 'unauthorized access' } },
      { status: 429, json: { code: 'too many requests' }, headers: { 'retry-after': '600' } },
    ],
    mostRequests: 1,
    intervalSeconds: 0,
  },
  {
    slug: 'webhook',
    settings: {
      WEBHOOK_URL: '{server}/hooks/webhook-key-of-a-test',
      WEBHOOK_SECRET: 'whsec_c29sYXItY2xvdWQtYnJpZGdlLXRlc3Qtc2VjcmV0LTAw',
      WEBHOOK_EXPECT: 'json.ok = true and $number(json.count) > 0 and $not($contains(text, "denied"))',
      WEBHOOK_INTERVAL_SECONDS: '300',
    },
    secrets: ['webhook-key-of-a-test', 'whsec_c29sYXItY2xvdWQtYnJpZGdlLXRlc3Qtc2VjcmV0LTAw'],
    answers: [
      { json: { ok: true, count: 3, items: [{ id: 'a' }] } },
      { json: { ok: false, count: '0', reason: 'denied' } },
      plain(200, 'ok'),
      { status: 302, headers: { location: 'https://other.example/hooks?key=1' }, text: '' },
      { status: 429, headers: { 'retry-after': 'Fri, 01 May 2026 12:30:00 GMT' }, json: {} },
    ],
    mostRequests: 1,
    intervalSeconds: 300,
  },
];

const statuses = [200, 201, 204, 299, 301, 308, 400, 401, 403, 404, 405, 408, 410, 413, 418, 422, 429, 500, 503, 599];
const values = ['', '-1', '0', '1e99', 'NaN', '99999999999999999999', '0x10', 'soon', '1,5', ' 7 ', 'a, b', '-0'];

const among = <Item>(items: readonly Item[], draw: Draw): Item => items[Math.floor(draw() * items.length)] as Item;

/** One of its answers, with something of it changed. */
export function answerFrom({ answers }: AnsweringDestination, draw: Draw): Answer {
  const answer = among(answers, draw);
  const changed = draw() < 0.3 ? { ...answer, status: among(statuses, draw) } : answer;
  const headed = draw() < 0.3 ? { ...changed, headers: withHeaders(changed.headers ?? {}, draw) } : changed;
  return draw() < 0.7 ? withBody(headed, draw) : headed;
}

function withHeaders(headers: Record<string, string>, draw: Draw): Record<string, string> {
  const name = among([...Object.keys(headers), 'retry-after', 'content-type', 'x-rate-limit-remaining'], draw);
  const text = draw() < 0.5 ? among(values, draw) : excessOf(headers[name] ?? '', draw);
  // What no header can hold would not get as far as the bridge.
  return { ...headers, [name]: text.replace(/[^ -~]/g, '').slice(0, 4_000) };
}

function withBody({ json, text, ...answer }: Answer, draw: Draw): Answer {
  if (json === undefined) return { ...answer, text: textFrom(text ?? '', draw) };
  if (draw() < 0.2) return { ...answer, text: exceed(json, draw).text };
  if (draw() < 0.2) return { ...answer, text: textFrom(JSON.stringify(json), draw) };
  return { ...answer, json: mutate(json, draw).tree ?? null };
}

/** Cut, doubled, in capitals, or with something long in it. */
function textFrom(text: string, draw: Draw): string {
  const at = Math.floor(draw() * text.length);
  const kind = draw();
  if (kind < 0.25) return text.slice(0, at);
  if (kind < 0.35) return text.slice(at);
  if (kind < 0.45) return text + text;
  if (kind < 0.55) return text.toUpperCase();
  return text.slice(0, at) + excessOf(text, draw) + text.slice(at);
}

const excessOf = (text: string, draw: Draw): string => JSON.stringify(exceed({ text }, draw).tree).slice(9, -2);
