/** What is asked of AWS, by IAM's names: by a function in the name of its role, by a command in its owner's. */
import type { IncomingHttpHeaders } from 'node:http';
import { account, region } from './emulator.ts';
import type { AwsCall } from './rights.ts';

/** A call, and whose key it was signed with. */
export type SignedCall = AwsCall & { keyId: string };

/** @param body as it was sent. */
export function signedCallOf(headers: IncomingHttpHeaders, body: string, path = '/'): SignedCall {
  const [, keyId = '', service = ''] =
    /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)/.exec(String(headers['authorization'])) ?? [];
  const target = headers['x-amz-target'];
  const form = new URLSearchParams(body.startsWith('{') ? '' : body);
  const json: Record<string, unknown> = body.startsWith('{') ? JSON.parse(body) : {};
  const operation = target === undefined ? form.get('Action') : String(target).split('.').at(-1);
  const given = { ...json, ...Object.fromEntries(form) };
  return {
    keyId,
    action: `${service}:${operation ?? restOperation(service, path)}`,
    resource: resourceOf(service, given, path),
    ...conditionsOf(service, given),
  };
}

/** Of services whose operation is in the path. */
function restOperation(service: string, path: string): string {
  if (service === 'iot' && path.startsWith('/endpoint')) return 'DescribeEndpoint';
  if (service === 'lambda' && path.endsWith('/configuration')) return 'GetFunctionConfiguration';
  return path;
}

function resourceOf(service: string, given: Record<string, unknown>, path: string): string {
  const { Name, Path, Names, logGroupName, RoleArn, StackName, TableName, TopicArn } = given;
  const names = Array.isArray(Names) ? Names[0] : undefined;
  const place = `${region}:${account}`;
  if (service === 'ssm') return `arn:aws:ssm:${place}:parameter${Name ?? Path ?? names}`;
  if (service === 'logs') return `arn:aws:logs:${place}:log-group:${logGroupName}:log-stream:`;
  if (service === 'sts') return `${RoleArn ?? '*'}`;
  if (service === 'cloudformation') return `arn:aws:cloudformation:${place}:stack/${StackName}/id`;
  if (service === 'dynamodb') return `arn:aws:dynamodb:${place}:table/${TableName}`;
  if (service === 'lambda') return `arn:aws:lambda:${place}:function:${/functions\/([^/]+)/.exec(path)?.[1]}`;
  return `${TopicArn ?? '*'}`;
}

/** What conditions may ask of the call. */
function conditionsOf(service: string, { Key }: Record<string, unknown>): Pick<AwsCall, 'conditions'> {
  if (service !== 'dynamodb') return {};
  const { site } = (Key ?? {}) as { site?: { S?: string } };
  return { conditions: { 'dynamodb:LeadingKeys': site?.S === undefined ? [] : [site.S] } };
}
