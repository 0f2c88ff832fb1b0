/** What the function asks of AWS, held against what its role allows: the emulator lets everything pass. */
import { request as ask, createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import type { Emulator } from './emulator.ts';

/** A call by its IAM action (`ssm:PutParameter`), the resource that it is about, and values by the keys of conditions. */
export type AwsCall = { action: string; resource: string; conditions?: Record<string, string[]> };
export type Statement = {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
};

export type Witness<Call extends AwsCall = AwsCall> = {
  /** Stands for AWS towards whoever asks it. */
  url: string;
  /** Since the start. */
  calls: Call[];
  close(): void;
};

/** Passes every call on to the emulator and notes it. @param read what is noted. */
export async function witnessCalls<Call extends AwsCall>(
  emulator: Emulator,
  read: (headers: IncomingHttpHeaders, body: string, path: string) => Call,
): Promise<Witness<Call>> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    calls.push(read(request.headers, body.toString('utf8'), request.url ?? '/'));
    const { method, headers } = request;
    ask(new URL(request.url ?? '/', emulator.url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    calls,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The statements of a role's own policies. */
export async function statementsOf(emulator: Emulator, role: string): Promise<Statement[]> {
  const client = new IAMClient(emulator.client);
  const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand({ RoleName: role }));
  const documents = PolicyNames.map(async (name) => {
    const { PolicyDocument } = await client.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
    // the emulator writes what came with a template in Python's quotes
    return JSON.parse(decodeURIComponent(`${PolicyDocument}`).replaceAll("'", '"')).Statement;
  });
  return (await Promise.all(documents)).flat();
}

/** Whether IAM would let the call pass. */
export function allows(statements: readonly Statement[], { action, resource, conditions = {} }: AwsCall): boolean {
  const about = statements.filter(
    ({ Action, Resource, Condition }) =>
      matches(Action, action) && matches(Resource, resource) && holds(Condition, conditions),
  );
  return about.length > 0 && about.every(({ Effect }) => Effect === 'Allow');
}

const matches = (patterns: string | string[], text: string): boolean =>
  [patterns].flat().some((pattern) => {
    const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replaceAll('*', '.*')}$`).test(text);
  });

/** @throws Error for an operator that no policy of ours uses */
const holds = (condition: Statement['Condition'] = {}, values: NonNullable<AwsCall['conditions']>): boolean =>
  Object.entries(condition).every(([operator, wanted]) => {
    if (operator !== 'ForAllValues:StringEquals') throw new Error(`${operator} is not simulated`);
    return Object.entries(wanted).every(([key, texts]) =>
      (values[key] ?? []).every((value) => [texts].flat().includes(value)),
    );
  });
