/** A local stand-in for the Parameter Store's API: the three calls that the bridge makes, over HTTP as the SDK makes them. */
import type { Exchange, Heard } from './conversation.ts';
import { playConversation, type Stage } from './conversation.ts';

export type StoredParameter = { value: string; version: number; type: string };
export type ParameterStage = Stage & {
  parameters: Map<string, StoredParameter>;
  /** Calls by name: `GetParametersByPath`, … */
  calls: string[];
  set(name: string, value: string): void;
  /** From now on every call is answered so; undefined ends it. */
  fail(error: { status: number; type: string } | undefined): void;
};

/** @param initial values by full name. */
export async function playParameterStore(initial: Record<string, string>): Promise<ParameterStage> {
  const parameters = new Map<string, StoredParameter>();
  const calls: string[] = [];
  let failure: { status: number; type: string } | undefined;
  const set = (name: string, value: string) => {
    parameters.set(name, { value, version: (parameters.get(name)?.version ?? 0) + 1, type: 'SecureString' });
  };
  for (const [name, value] of Object.entries(initial)) set(name, value);

  const answer = (heard: Heard) => {
    const call = String(heard.headers['x-amz-target']).replace('AmazonSSM.', '');
    calls.push(call);
    if (failure) return { status: failure.status, json: { __type: failure.type, message: 'as told' } };
    const body = heard.body as Record<string, unknown>;
    if (call === 'GetParametersByPath') return { json: page(parameters, body) };
    if (call === 'GetParameter') {
      const found = parameters.get(String(body['Name']));
      if (!found) return { status: 400, json: { __type: 'ParameterNotFound' } };
      return { json: { Parameter: described(String(body['Name']), found, true) } };
    }
    set(String(body['Name']), String(body['Value']));
    return { json: { Version: parameters.get(String(body['Name']))?.version } };
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

/** Ten to a page, like the real one. */
function page(
  parameters: Map<string, StoredParameter>,
  { Path, WithDecryption, NextToken, MaxResults }: Record<string, unknown>,
) {
  const under = [...parameters].filter(([name]) => name.startsWith(`${Path}/`)).sort();
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
  Value: decrypted ? value : `encrypted:${version}`,
});
