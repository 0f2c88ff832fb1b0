/** Which stacks there are at AWS, and what one of several homes serves, against a local server in the place of CloudFormation. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { stacksAt } from '../../../infra/commands/stacks-at-aws.ts';
import { playConversation, type ReceivedRequest } from '../../support/conversation.ts';

const xml = (text: string) => ({ headers: { 'content-type': 'text/xml' }, text });
const described = (status: string) =>
  xml(
    `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>x</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
const refused = (code: string, message: string) => ({
  status: 400,
  ...xml(`<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`),
});
const fields = (form: unknown) => form as Record<string, string>;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** @param status of the stack; undefined if there is none. */
async function stacks(t: TestContext, status: string | undefined, template = {}) {
  const answer = ({ body: form }: ReceivedRequest) => {
    if (status === undefined) return refused('ValidationError', 'Stack with id x does not exist');
    if (fields(form)['Action'] === 'DescribeStacks') return described(status);
    const body = `<GetTemplateResult><TemplateBody>${escaped(JSON.stringify(template))}</TemplateBody></GetTemplateResult>`;
    return xml(`<GetTemplateResponse>${body}</GetTemplateResponse>`);
  };
  const api = await playConversation([{ method: 'POST', path: '/', answer }]);
  t.after(() => api.close());
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  const client = new CloudFormationClient({
    ...{ region: 'eu-central-1', endpoint: api.url, credentials, maxAttempts: 1 },
  });
  t.after(() => client.destroy());
  return { ...stacksAt(accountOf({}), client), received: api.received };
}

describe('a stack at AWS', () => {
  for (const [status, isThere] of [
    ['UPDATE_COMPLETE', true],
    ['UPDATE_ROLLBACK_COMPLETE', true],
    ['DELETE_FAILED', true],
    ['ROLLBACK_COMPLETE', false],
    ['REVIEW_IN_PROGRESS', false],
    [undefined, false],
  ] as const)
    it(`is ${isThere ? '' : 'not '}there: ${status ?? 'none'}`, async (t) => {
      const { has, received } = await stacks(t, status);
      assert.equal(await has('cabin'), isThere);
      assert.equal(fields(received[0]?.body)['StackName'], 'SolarCloudBridge-cabin');
    });

  const target = (...sites: string[]) => ({ Arn: 'a function', Input: JSON.stringify({ sites }) });
  const resources = {
    first: { Type: 'AWS::Events::Rule', Properties: { Targets: [target('home', 'cabin'), target('barn')] } },
    second: { Type: 'AWS::Events::Rule', Properties: { Targets: [target('mill')] } },
  };
  const sites = ['home', 'cabin', 'barn', 'mill'];

  it('of several homes serves those that the events of its rules name', async (t) => {
    const { served } = await stacks(t, 'CREATE_COMPLETE', { Resources: resources });
    assert.deepEqual(await served('village'), { sites });
  });

  it('of several homes may have a table for what they remember', async (t) => {
    const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'solar-cloud-bridge-village' } };
    const { served } = await stacks(t, 'CREATE_COMPLETE', { Resources: { ...resources, table } });
    assert.deepEqual(await served('village'), { sites, table: 'solar-cloud-bridge-village' });
  });

  it('that is not there serves none', async (t) =>
    assert.equal(await (await stacks(t, undefined)).served('village'), undefined));

  it('of one home serves none of several', async (t) => {
    const rule = { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: 'x' }] } };
    const { served } = await stacks(t, 'CREATE_COMPLETE', { Resources: { rule, other: { Type: 'AWS::IAM::Role' } } });
    assert.deepEqual(await served('village'), { sites: [] });
  });
});
