/** What the owner's commands ask of AWS in the owner's own name, by IAM's names: not what CDK's roles ask for them. */
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
    resource: resourceOf(service, given),
  };
}

/** Of services whose operation is in the path. */
const restOperation = (service: string, path: string): string =>
  service === 'iot' && path.startsWith('/endpoint') ? 'DescribeEndpoint' : path;

function resourceOf(service: string, given: Record<string, unknown>): string {
  const { Name, Path, Names, logGroupName, RoleArn, StackName } = given;
  const names = Array.isArray(Names) ? Names[0] : undefined;
  const place = `${region}:${account}`;
  if (service === 'ssm') return `arn:aws:ssm:${place}:parameter${Name ?? Path ?? names}`;
  if (service === 'logs') return `arn:aws:logs:${place}:log-group:${logGroupName}:log-stream:`;
  if (service === 'sts') return `${RoleArn ?? '*'}`;
  if (service === 'cloudformation') return `arn:aws:cloudformation:${place}:stack/${StackName}/id`;
  return '*';
}
