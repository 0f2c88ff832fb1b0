/** A local stand-in for the Parameter Store's API: the calls that the bridge and its owner make, over HTTP as the SDK makes them. */
import type { Exchange, ReceivedRequest } from './conversation.ts';
import { type MockServer, playConversation } from './conversation.ts';

export type StoredParameter = { value: string; version: number; type: string };
export type ParameterStage = MockServer & {
  parameters: Map<string, StoredParameter>;
  /** Calls by name: `GetParametersByPath`, … */
  calls: string[];
  set(name: string, value: string, type?: string): void;
  /** From now on every call, or that call, or what concerns the parameter of that name, is answered so; undefined ends it. */
  fail(error: { status: number; type: string; call?: string; name?: string } | undefined): void;
};

/** @param initial values by full name. */
export async function playParameterStore(initial: Record<string, string>): Promise<ParameterStage> {
  const parameters = new Map<string, StoredParameter>();
  const calls: string[] = [];
  let failure: { status: number; type: string; call?: string; name?: string } | undefined;
  const set = (name: string, value: string, type?: string) => setParameter(parameters, name, value, type);
  for (const [name, value] of Object.entries(initial)) set(name, value);

  const answer = (received: ReceivedRequest) => {
    const call = String(received.headers['x-amz-target']).replace('AmazonSSM.', '');
    calls.push(call);
    const body = received.body as Record<string, unknown>;
    if (failure && isMeant(failure, call, body))
      return { status: failure.status, json: { __type: failure.type, message: 'as told' } };
    return answerOf(parameters, call, body);
  };
  const exchange: Exchange = { method: 'POST', path: '/', answer };
  const stage = await playConversation([exchange]);
  return {
    ...stage,
    parameters,
    calls,
    set,
    fail(error) {
      failure = error;
    },
  };
}

/** A new version of it. */
export function setParameter(
  parameters: Map<string, StoredParameter>,
  name: string,
  value: string,
  type = 'SecureString',
): void {
  parameters.set(name, { value, version: (parameters.get(name)?.version ?? 0) + 1, type });
}

/** As the real one answers a call. */
export function answerOf(
  parameters: Map<string, StoredParameter>,
  call: string,
  body: Readonly<Record<string, unknown>>,
): { status?: number; json: unknown } {
  const name = String(body['Name']);
  if (call === 'GetParametersByPath') return { json: page(parameters, body) };
  if (call === 'GetParameter') {
    const found = parameters.get(name);
    if (!found) return { status: 400, json: { __type: 'ParameterNotFound' } };
    return { json: { Parameter: described(name, found, true) } };
  }
  if (call === 'DeleteParameter') return deleted(parameters, name);
  setParameter(parameters, name, String(body['Value']), String(body['Type']));
  return { json: { Version: parameters.get(name)?.version } };
}

const isMeant = (failure: { call?: string; name?: string }, call: string, { Name }: Record<string, unknown>): boolean =>
  (failure.call ?? call) === call && (failure.name ?? Name) === Name;

const deleted = (parameters: Map<string, StoredParameter>, name: string) =>
  parameters.delete(name) ? { json: {} } : { status: 400, json: { __type: 'ParameterNotFound' } };

/** Ten to a page, like the real one. */
function page(
  parameters: Map<string, StoredParameter>,
  { Path, Recursive, WithDecryption, NextToken, MaxResults }: Record<string, unknown>,
) {
  const below = `${Path}/`;
  const isMeant = (name: string) => name.startsWith(below) && (Recursive || !name.slice(below.length).includes('/'));
  const under = [...parameters].filter(([name]) => isMeant(name)).sort();
  const from = Number(NextToken ?? 0);
  const until = from + Number(MaxResults ?? 10);
  return {
    Parameters: under.slice(from, until).map(([name, stored]) => described(name, stored, WithDecryption === true)),
    ...(until < under.length ? { NextToken: String(until) } : {}),
  };
}

const described = (Name: string, { value, version, type }: StoredParameter, decrypted: boolean) => ({
  Name,
  Version: version,
  Type: type,
  Value: decrypted || type !== 'SecureString' ? value : `encrypted:${version}`,
});
