/** MQTT_URL=aws-iot: signed publications over HTTPS to the account's own data endpoint. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { DestinationState } from '../../functions/push-solar-data/core/destination-state.ts';
import type { DestinationErrorKind, Message } from '../../functions/push-solar-data/destinations/destination.ts';
import { mqtt } from '../../functions/push-solar-data/destinations/mqtt.ts';
import { configured, figuresOf, tell } from '../support/destinations.ts';
import { serveHttp } from '../support/servers.ts';

const role = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret-of-the-functions-role',
  AWS_SESSION_TOKEN: 'token-of-the-functions-role',
  AWS_REGION: 'eu-west-1',
};
const outside = { ...process.env };
before(() => void Object.assign(process.env, role));
after(() => {
  process.env = outside;
});

const figures = figuresOf({ production_kw: 4.2, net_import_kw: -1.5 });
const error: Message = { error: 'No figures', kind: 'offline' };

type Asked = { target: string; body: string; authorization: string };
type Answer = (response: ServerResponse, nth: number) => void;
const takes: Answer = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');

async function playEndpoint(t: TestContext, answer: Answer = takes) {
  const asked: Asked[] = [];
  const { url, open } = await serveHttp(t, async (request, response) => {
    asked.push({
      target: `${request.method} ${request.url}`,
      body: await textOf(request),
      authorization: request.headers.authorization ?? '',
    });
    answer(response, asked.length);
  });
  const destination = (settings: Record<string, string> = {}) =>
    configured(mqtt, { url: 'aws-iot', baseUrl: url, discovery: 'off', ...settings });
  return { asked, open, destination };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('a message to AWS IoT Core', () => {
  it('is a status and the document, retained, which runs out', async (t) => {
    const endpoint = await playEndpoint(t);
    const { row } = await tell(t, endpoint.destination(), figures);
    assert.equal(row.outcome, 'pushed');
    assert.deepEqual(
      endpoint.asked.map(({ target }) => target),
      [
        'POST /topics/solar-cloud-bridge%2Fhome%2Fstatus?qos=1&retain=true',
        'POST /topics/solar-cloud-bridge%2Fhome%2Fstate?messageExpiry=180&qos=1&retain=true',
      ],
    );
    const [status, document] = endpoint.asked;
    assert.equal(status?.body, 'online');
    assert.equal(JSON.parse(document?.body ?? '').production_kw, 4.2);
  });

  it('is signed for AWS IoT by the role of the function', async (t) => {
    const endpoint = await playEndpoint(t);
    await tell(t, endpoint.destination(), figures);
    for (const { authorization } of endpoint.asked)
      assert.match(
        authorization,
        /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/iotdata\/aws4_request, /,
      );
  });

  it('has the status when it changes, and at a cold start: what is retained is metered twice', async (t) => {
    const endpoint = await playEndpoint(t);
    let state: DestinationState = {};
    const statuses: (string | undefined)[] = [];
    for (const message of [figures, figures, error, error, figures, figures]) {
      const already = endpoint.asked.length;
      if (statuses.length === 5) state = { ...state, running: {} };
      ({ state } = await tell(t, endpoint.destination(), message, { before: state }));
      statuses.push(endpoint.asked.slice(already).find(({ target }) => target.includes('status'))?.body);
    }
    assert.deepEqual(statuses, ['online', undefined, 'offline', undefined, 'online', 'online']);
  });

  it('has a topic for each figure where the owner wants them, and the discovery first', async (t) => {
    const endpoint = await playEndpoint(t);
    await tell(t, endpoint.destination({ figures: 'both', discovery: 'homeassistant' }), figures);
    assert.deepEqual(
      endpoint.asked.map(({ target }) => /%2F(\w+)\?/.exec(target)?.[1]),
      ['config', 'status', 'production_w', 'net_import_w', 'state'],
    );
  });
});

describe('AWS IoT Core', () => {
  const named = (status: number, name: string): Answer => {
    return (response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': name });
      response.end(JSON.stringify({ message: `no, ${role.AWS_SECRET_ACCESS_KEY}` }));
    };
  };
  const rows: [string, Answer, DestinationErrorKind, RegExp][] = [
    ['UnauthorizedException', named(401, 'UnauthorizedException'), 'auth', /refuses us: deploy again/],
    ['ForbiddenException', named(403, 'ForbiddenException'), 'auth', /refuses us: deploy again/],
    ['an expired token', named(403, 'ExpiredTokenException'), 'auth', /refuses us/],
    ['InvalidRequestException', named(400, 'InvalidRequestException'), 'bad-response', /refuses the message/],
    [
      'RequestEntityTooLargeException',
      named(413, 'RequestEntityTooLargeException'),
      'bad-response',
      /refuses the message/,
    ],
    ['MethodNotAllowedException', named(405, 'MethodNotAllowedException'), 'bad-response', /refuses the message/],
    ['ThrottlingException', named(429, 'ThrottlingException'), 'rate-limited', /asks us to slow down/],
    ['ThrottlingException with another status', named(400, 'ThrottlingException'), 'rate-limited', /slow down/],
    ['InternalFailureException', named(500, 'InternalFailureException'), 'unavailable', /has trouble/],
    ['ServiceUnavailableException', named(503, 'ServiceUnavailableException'), 'unavailable', /has trouble/],
    ['a load balancer', (response) => void response.writeHead(502).end('<html>'), 'unavailable', /has trouble/],
    ['ResourceNotFoundException', named(404, 'ResourceNotFoundException'), 'gone', /is not at this address/],
    ['a cut connection', (response) => void response.destroy(), 'unavailable', /has trouble/],
  ];
  for (const [what, answer, kind, sentence] of rows)
    it(`with ${what} is ${kind}, after one attempt`, async (t) => {
      const endpoint = await playEndpoint(t, answer);
      const told = await tell(t, endpoint.destination(), figures);
      assert.equal(told.row.kind, kind);
      assert.match(told.row.error ?? '', sentence);
      assert.match(told.row.error ?? '', /^MQTT broker at AWS IoT Core /);
      assert.match(told.row.error ?? '', /solar-cloud-bridge\/home\/status/);
      assert.equal(endpoint.asked.length, 1);
      for (const secret of [role.AWS_SECRET_ACCESS_KEY, role.AWS_SESSION_TOKEN])
        assert.equal(JSON.stringify(told).includes(secret), false);
    });

  it('that is not there is gone', async (t) => {
    const { row } = await tell(
      t,
      configured(mqtt, { url: 'aws-iot', baseUrl: 'https://no-such-endpoint.invalid' }),
      figures,
    );
    assert.match(row.kind ?? '', /^(gone|unavailable)$/); // unavailable where there is no name server at all
  });

  it('that never answers is unavailable when the time is up, and the request ends', async (t) => {
    const endpoint = await playEndpoint(t, () => {});
    const begun = performance.now();
    const { row } = await tell(t, endpoint.destination(), figures, { signal: AbortSignal.timeout(200) });
    assert.equal(row.kind, 'unavailable');
    assert.ok(performance.now() - begun < 2_000);
    for (let tries = 0; tries < 40 && endpoint.open() > 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    assert.equal(endpoint.open(), 0);
  });

  it('that takes the first and not the second is told both again', async (t) => {
    const endpoint = await playEndpoint(t, (response, nth) =>
      (nth === 2 ? named(500, 'InternalFailureException') : takes)(response, nth),
    );
    const first = await tell(t, endpoint.destination(), figures);
    assert.equal(first.row.kind, 'unavailable');
    const second = await tell(t, endpoint.destination(), figures, { before: first.state });
    assert.equal(second.row.outcome, 'pushed');
    assert.equal(endpoint.asked.length, 4);
  });
});
