/** The look-up of the account's address at AWS IoT Core, against a local server in its place. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SSMClient } from '@aws-sdk/client-ssm';
import { endpointAt } from '../../infra/aws-iot-endpoint.ts';
import { type Answer, playConversation } from '../support/conversation.ts';

async function lookUp(t: TestContext, answer: Answer) {
  const api = await playConversation([{ method: 'GET', path: '/endpoint', answer }]);
  t.after(() => api.close());
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  const ssm = new SSMClient({ region: 'eu-central-1', credentials });
  t.after(() => ssm.destroy());
  const endpoint = endpointAt(ssm, api.url)('eu-central-1').catch((error: Error) => error.message);
  return { endpoint: await endpoint, received: api.received };
}

describe('the address of the account at AWS IoT Core', () => {
  it('is asked for once, signed', async (t) => {
    const endpointAddress = 'abc123-ats.iot.eu-central-1.amazonaws.com';
    const { endpoint, received } = await lookUp(t, { json: { endpointAddress } });
    assert.equal(endpoint, `https://${endpointAddress}`);
    assert.equal(received.length, 1);
    assert.equal(received[0]?.query['endpointType'], 'iot:Data-ATS');
    assert.match(
      String(received[0]?.headers['authorization']),
      /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-central-1\/iot\/aws4_request, SignedHeaders=host;/,
    );
  });

  for (const [what, answer, sentence] of [
    [
      'credentials that may not',
      { status: 403, json: {}, headers: { 'x-amzn-errortype': 'AccessDeniedException:http://internal' } },
      /does not allow your credentials iot:DescribeEndpoint/,
    ],
    ['trouble at AWS', { status: 500, json: {} }, /AWS does not answer \(HTTP 500\)/],
    ['an answer without an address', { json: { endpointAddress: 'https://evil/' } }, /does not tell the address/],
  ] as const)
    it(`has a sentence for ${what}`, async (t) => {
      assert.match((await lookUp(t, answer)).endpoint, sentence);
    });
});
