/** The destinations that are played under every fault, an entry each. */
import type { Push, ReceivedRequest } from '../support/conversation.ts';
import { mqttDestination } from './mqtt-destination.ts';
import { overHttp, type TestedDestination } from './tested-destination.ts';

/** With everything that one of the forms of an echo changes. */
const difficultSecret = 'Gr&n=<Wärme>\'25"\\+%/?';
const signingSecret = `whsec_${Buffer.from('a-signing-secret-of-32-bytes-ää+').toString('base64')}`;
const [keyInPath, webhookId] = ['Kq8/_x-42:hook-of-a-test', 'Zt7_x-43-webhook-id-of-a-test'];

const productionOfDocument = ({ body }: ReceivedRequest) => (body as { production_kw?: number }).production_kw;
/** An answer whose body is empty has nothing to break. */
const ofEmptyBody = { 'a body of one byte a second': ['told'], 'gzip that is none': ['told'] } as const;

export const testedDestinations: readonly TestedDestination[] = [
  overHttp({
    name: 'Charge HQ',
    settings: { CHARGE_HQ_API_KEY: difficultSecret, CHARGE_HQ_URL: '{server}/push' },
    secrets: [difficultSecret],
    usual: { json: { message: 'thank you' } },
    productionOf: ({ body }) => (body as Push).siteMeters?.['production_kw'],
  }),
  overHttp({
    name: 'webhook',
    settings: {
      DESTINATION: 'webhook',
      WEBHOOK_URL: `{server}/hooks/${keyInPath}`,
      WEBHOOK_SECRET: signingSecret,
      WEBHOOK_HEADERS: JSON.stringify({ 'x-key': difficultSecret }),
    },
    secrets: [difficultSecret, signingSecret, keyInPath],
    usual: { json: { message: 'thank you' } },
    productionOf: productionOfDocument,
    ends: {
      'HTTP 301': ['settings'],
      'HTTP 302 to plain http': ['settings'],
      'HTTP 400': ['bad-response'],
      'HTTP 401': ['auth'],
      'HTTP 403': ['auth'],
      'a web page, HTTP 200': ['auth'],
      'a page of 2 MB': ['auth'],
    },
    asksSeconds: { 'HTTP 410': 900 },
  }),
  overHttp({
    name: 'home-assistant-webhook',
    settings: {
      DESTINATION: 'home-assistant-webhook',
      HOME_ASSISTANT_WEBHOOK_URL: `{server}/api/webhook/${webhookId}`,
      HOME_ASSISTANT_WEBHOOK_HEADERS: JSON.stringify({ 'x-key': difficultSecret }),
    },
    secrets: [difficultSecret, webhookId],
    usual: { text: '' },
    productionOf: productionOfDocument,
    ends: {
      ...ofEmptyBody,
      'HTTP 400': ['settings'],
      'HTTP 401': ['auth'],
      'HTTP 403': ['auth'],
      'HTTP 400 that repeats the request': ['settings'],
      'HTTP 400 that quotes half a secret': ['settings'],
      'a web page, HTTP 200': ['auth'],
      'a page of 2 MB': ['auth'],
    },
  }),
  overHttp({
    name: 'influxdb',
    settings: {
      DESTINATION: 'influxdb',
      INFLUXDB_URL: '{server}',
      INFLUXDB_BUCKET: 'solar',
      INFLUXDB_TOKEN: difficultSecret,
    },
    secrets: [difficultSecret],
    usual: { status: 204, text: '' },
    productionOf: ({ body }) => Number(/production_kw=([\d.]+)/.exec(String(body))?.[1]),
    ends: { ...ofEmptyBody, 'HTTP 401': ['auth'], 'HTTP 403': ['auth'] },
  }),
  overHttp({
    name: 'pvoutput',
    settings: {
      DESTINATION: 'pvoutput',
      PVOUTPUT_BASE_URL: '{server}',
      PVOUTPUT_API_KEY: difficultSecret,
      PVOUTPUT_SYSTEM_ID: '4711',
      PVOUTPUT_TIME_ZONE: 'Australia/Sydney',
    },
    secrets: [difficultSecret],
    usual: { text: 'OK 200: Added Status' },
    productionOf: ({ body }) => Number((body as { v2?: string }).v2) / 1000,
    gathersSeconds: 300,
    // the full hour, whatever an answer asks for
    longestWaits: { 'rate-limited': 3_600 },
    otherWords: 'bad-response',
    ends: { 'as text/plain': ['told'], 'truncated JSON': ['told'], 'nested deep beside the figures': ['told'] },
  }),
  mqttDestination,
];
