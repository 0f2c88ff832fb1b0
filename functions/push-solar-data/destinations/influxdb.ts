/** InfluxDB 1, 2, 3 and what speaks like it (VictoriaMetrics, Grafana Cloud): one POST of one line. */
import * as z from 'zod/mini';
import { meterFields } from '../core/reading.ts';
import {
  type Answer,
  address,
  type CommonDocument,
  choice,
  type DestinationError,
  defineDestination,
  headerText,
  type SettingValues,
  secret,
  setting,
  text,
} from './destination.ts';
import { isTaken, notTaken, type Verdict } from './verdict.ts';

const settings = {
  url: setting(
    address,
    'Its address up to before /api or /write; Grafana Cloud: https://<metrics host>.grafana.net/api/v1/push/influx',
  ),
  api: setting(
    z.optional(choice('v1', 'v2')),
    'v1 for InfluxDB 1 and Grafana Cloud; default: v2 with a bucket, else v1',
  ),
  bucket: setting(z.optional(text), 'Bucket; InfluxDB 3: the database'),
  org: setting(z.optional(text), 'Organisation of the bucket'),
  database: setting(z.optional(text), 'Database of InfluxDB 1; not for Grafana Cloud'),
  token: secret(z.optional(headerText), 'Load Data → API Tokens: a token that may write to the bucket'),
  userName: setting(z.optional(text), 'InfluxDB 1: user; Grafana Cloud: the instance id'),
  password: secret(
    z.optional(text),
    'InfluxDB 1: its password; Grafana Cloud: an access policy token with metrics:write',
  ),
  measurement: setting(z._default(text, 'solar_cloud_bridge'), 'Name of the measurement'),
};
type Values = SettingValues<typeof settings>;

const apiOf = ({ api, bucket }: Values): 'v1' | 'v2' => api ?? (bucket === undefined ? 'v1' : 'v2');

export const influxdb = defineDestination({
  slug: 'influxdb',
  title: 'InfluxDB',
  homepage: 'https://docs.influxdata.com',
  standing: 'recommended',
  takes: 'all figures, and up = 1 or 0',
  needs: 'its address, and a token or a user that may write',
  settings,
  requires(values) {
    if (apiOf(values) === 'v2') return ['bucket', 'token'];
    const { userName, password } = values;
    return userName === undefined && password === undefined ? [] : ['userName', 'password'];
  },
  problems: ({ url, measurement }, settingName) => [
    ...(/[?#]/.test(url) ? [`${settingName('url')} must end before any ? or #`] : []),
    ...(/\/(?:write|api\/v2)\/?$/.test(url) ? [`${settingName('url')} must end before /api or /write`] : []),
    ...(/^[#_]|\p{Cc}|\\$/u.test(measurement)
      ? [`${settingName('measurement')} must be one line that begins with neither # nor _ and does not end with \\`]
      : []),
  ],
  async push({ settings: values, settingName, title, document, http }) {
    const base = values.url.replace(/(?<!\/)\/+$/, '');
    const answer = await http.send('POST', `${base}${apiOf(values) === 'v2' ? '/api/v2/write' : '/write'}`, {
      ...call(values),
      body: lineOf(document, values.measurement),
      accept: 'all',
    });
    if (!isTaken(answer)) throw refusal(answer, title, settingName);
    return undefined;
  },
});

/** Query and headers; no credential stands in the query. */
function call(values: Values) {
  const { bucket, org, database, token, userName, password } = values;
  const isV2 = apiOf(values) === 'v2';
  const basic =
    isV2 || userName === undefined ? undefined : `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
  const authorization = basic ?? (token === undefined ? undefined : `Token ${token}`); // v1: taken from 1.8 on
  return {
    query: { ...(isV2 ? { org, bucket } : { db: database }), precision: 'ms' },
    headers: { 'content-type': 'text/plain; charset=utf-8', authorization },
  };
}

/**
 * A point in line protocol, numbers without a suffix, since the first write fixes a field's type; no texts, which some
 * receivers make 0 of. The same time again replaces the point.
 */
export function lineOf(document: CommonDocument, measurement: string): string {
  const fields =
    document.type === 'error'
      ? ['up=0']
      : [
          ...meterFields.flatMap((field) => (document[field] === undefined ? [] : [`${field}=${document[field]}`])),
          'up=1',
        ];
  const time = document.type === 'reading' ? (document.tsms ?? document.sent_ms) : document.sent_ms;
  return `${measurement.replace(/[, ]/g, '\\$&')},site=${document.site} ${fields.join(',')} ${time}`;
}

const Refusal = z.object({ error: z.optional(z.string()), message: z.optional(z.string()) });

/** In the body, or in a header of version 1. */
function reasonOf(answer: Answer): string | undefined {
  const { error, message } = answer.tryJson(Refusal) ?? {};
  const told = error ?? message ?? answer.headers['x-influxdb-error'];
  return typeof told === 'string' ? told.slice(0, 2_000) : undefined;
}

function refusal(answer: Answer, title: string, settingName: (setting: string) => string): DestinationError {
  const { status } = answer;
  const reason = reasonOf(answer);
  const [url, measurement] = [settingName('url'), settingName('measurement')];
  const place = `${settingName('bucket')} or ${settingName('database')}`;
  const credentials = `${settingName('token')}, or ${settingName('userName')} and ${settingName('password')}`;
  const verdicts: Record<number, Verdict> = {
    401: ['auth', 'refuses the credentials', `check ${credentials}`],
    403: ['auth', 'does not let us write', `check what ${credentials} may do`],
    413: ['bad-response', 'finds the message too large'],
  };
  if (reason !== undefined && /field type conflict/.test(reason))
    verdicts[status] = ['settings', 'has fields of another type in this measurement', `choose another ${measurement}`];
  else if (reason !== undefined && /database is required/.test(reason))
    verdicts[status] = ['settings', 'wants to know the database', `set ${settingName('database')}`];
  else if (reason !== undefined && (status === 400 || status === 404) && /\borganization name\b|\borgID\b/.test(reason))
    verdicts[status] = ['settings', 'does not know the organisation', `check ${settingName('org')}`];
  else if (status === 404 && reason !== undefined)
    verdicts[404] = ['settings', 'has no such database or bucket', `check ${place}`];
  else if (status === 404 && !answer.isWebPage)
    verdicts[404] = ['settings', 'knows no such call', `check ${settingName('api')} and ${url}`];
  return notTaken(answer, title, verdicts);
}
