/** A local stand-in for DynamoDB's API: the calls that the bridge and its owner make, over HTTP as the SDK makes them. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type MockServer, playConversation, type ReceivedRequest } from './conversation.ts';

type Value = { S?: string; M?: Record<string, Value> };
type Item = Record<string, Value>;

export type TableStage = MockServer & {
  /** By site. */
  items: Map<string, Item>;
  /** Calls by name: `GetItem`, `UpdateItem`, `DeleteItem`. */
  calls: string[];
  client: DynamoDBClient;
  /**
   * From now on every call, or that call, is answered so; undefined ends it.
   *
   * @param failure `isDone`: the answer alone is lost.
   */
  fail(failure: TableFailure | undefined): void;
};
type TableFailure = { status: number; type: string; call?: string; isDone?: boolean };

type Body = {
  Key: { site: { S: string } };
  ConsistentRead?: boolean;
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues: Record<string, Value>;
};

export async function playTable(): Promise<TableStage> {
  const items = new Map<string, Item>();
  const calls: string[] = [];
  let failure: TableFailure | undefined;
  const did = (call: string, body: Body) => {
    const site = body.Key.site.S;
    const item = items.get(site);
    if (call === 'GetItem') return { json: item ? { Item: item } : {} };
    if (call === 'DeleteItem') {
      items.delete(site);
      return { json: {} };
    }
    if (!holds(body, item)) return refused(item);
    items.set(site, changed(body, item ?? { site: { S: site } }));
    return { json: {} };
  };
  const answer = ({ headers, body }: ReceivedRequest) => {
    const call = String(headers['x-amz-target']).replace('DynamoDB_20120810.', '');
    calls.push(call);
    const isMeant = failure && (failure.call ?? call) === call;
    if (!failure || !isMeant) return did(call, body as Body);
    if (failure.isDone) did(call, body as Body);
    return { status: failure.status, json: { __type: `com.amazonaws.dynamodb.v20120810#${failure.type}` } };
  };
  const stage = await playConversation([{ method: 'POST', path: '/', answer }]);
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: stage.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    ...stage,
    items,
    calls,
    client,
    fail(told) {
      failure = told;
    },
    async close() {
      client.destroy();
      await stage.close();
    },
  };
}

const refused = (item: Item | undefined) => ({
  status: 400,
  json: {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    ...(item ? { Item: item } : {}),
  },
});

/** `documents.#name.revision` as the way to a value. */
const wayOf = (path: string, { ExpressionAttributeNames = {} }: Body): string[] =>
  path.split('.').map((step) => ExpressionAttributeNames[step] ?? step);

const at = (item: Item | undefined, way: readonly string[]): Value | undefined =>
  way.reduce<Value | undefined>((found, step) => found?.M?.[step], { M: item ?? {} });

function holds(body: Body, item: Item | undefined): boolean {
  return body.ConditionExpression.split(' AND ').every((condition) => {
    const [, not, path = ''] = /^attribute_(not_)?exists\(([^)]*)\)$/.exec(condition) ?? [];
    if (path) return (at(item, wayOf(path, body)) === undefined) === (not !== undefined);
    const [left = '', right = ''] = condition.split(' = ');
    const found = at(item, wayOf(left, body));
    return found !== undefined && found.S === body.ExpressionAttributeValues[right]?.S;
  });
}

function changed(body: Body, item: Item): Item {
  const [, path = '', value = ''] = /^SET (\S+) = (\S+)$/.exec(body.UpdateExpression) ?? [];
  const way = wayOf(path, body);
  const copy = structuredClone(item);
  const folder = at(copy, way.slice(0, -1));
  const put = body.ExpressionAttributeValues[value];
  if (!folder?.M || !put) throw new Error(`a path that the item does not have: ${path}`);
  folder.M[way.at(-1) ?? ''] = put;
  return copy;
}
