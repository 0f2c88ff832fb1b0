/** A table of DynamoDB with an item for each home, which holds all its documents: the two calls that the bridge makes. */
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Failure } from '../core/failure.ts';
import { quickRequests } from './parameter-store.ts';

/** A document as it lies in the table; with each write it gets another revision. */
export type Kept = { text: string; revision: string };
export type Documents = ReadonlyMap<string, Kept>;

export type Table = {
  /** As they are now; undefined where the home has no item. @throws Failure */
  documentsOf(site: string): Promise<Documents | undefined>;
  /** Makes the item of a home that has none. @throws Failure */
  create(site: string, documents: Documents): Promise<Put>;
  /** Writes one document, if it still has this revision; undefined: if there is none. @throws Failure */
  put(site: string, name: string, document: Kept, before: string | undefined): Promise<Put>;
};

/** Or what lies there instead, and stays. */
export type Put = 'written' | { present: Documents | undefined };

export type TableClient = Pick<DynamoDBClient, 'send'>;

/** @param client is made, and its package loaded, when the table is first asked. */
export function openTable(TableName: string, client?: TableClient): Table {
  let opened: ReturnType<typeof open> | undefined;
  const open = async () => {
    const calls = await import('@aws-sdk/client-dynamodb');
    return { ...calls, client: client ?? new calls.DynamoDBClient({ maxAttempts: 3, requestHandler: quickRequests }) };
  };
  type Calls = Awaited<ReturnType<typeof open>>;
  const ask = async <Result>(work: (calls: Calls) => Promise<Result>): Promise<Result> => {
    opened ??= open();
    try {
      return await work(await opened);
    } catch (error) {
      throw explained(TableName, error);
    }
  };
  const update = (site: string, change: Change): Promise<Put> =>
    ask(async ({ client, UpdateItemCommand, ConditionalCheckFailedException }) => {
      const Key = { site: { S: site } };
      try {
        const ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
        await client.send(new UpdateItemCommand({ TableName, Key, ReturnValuesOnConditionCheckFailure, ...change }));
        return 'written';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { present: documentsIn(error.Item) };
      }
    });
  return {
    documentsOf: (site) =>
      ask(async ({ client, GetItemCommand }) => {
        const Key = { site: { S: site } };
        const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
        return documentsIn(Item);
      }),
    create: (site, documents) =>
      update(site, {
        UpdateExpression: 'SET documents = :documents',
        ConditionExpression: 'attribute_not_exists(documents)',
        ExpressionAttributeValues: { ':documents': { M: mapOf(documents) } },
      }),
    put: (site, name, document, before) =>
      update(site, {
        UpdateExpression: 'SET documents.#name = :document',
        ConditionExpression:
          before === undefined
            ? 'attribute_exists(documents) AND attribute_not_exists(documents.#name)'
            : 'documents.#name.revision = :before',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: {
          ':document': attributeOf(document),
          ...(before === undefined ? {} : { ':before': { S: before } }),
        },
      }),
  };
}

type Change = {
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues: Record<string, AttributeValue>;
};

const attributeOf = ({ text, revision }: Kept): AttributeValue => ({
  M: { text: { S: text }, revision: { S: revision } },
});

const mapOf = (documents: Documents): Record<string, AttributeValue> =>
  Object.fromEntries([...documents].map(([name, document]) => [name, attributeOf(document)]));

function documentsIn(item: Record<string, AttributeValue> | undefined): Documents | undefined {
  const kept = item?.['documents']?.M;
  if (!kept) return undefined;
  const documents = Object.entries(kept).map(([name, { M = {} }]) => [
    name,
    { text: M['text']?.S ?? '', revision: M['revision']?.S ?? '' },
  ]) as [string, Kept][];
  return new Map(documents);
}

function explained(table: string, error: unknown): Failure {
  const name = error instanceof Error ? error.name : 'unknown error';
  if (/ResourceNotFound/.test(name))
    return new Failure('settings', `There is no table ${table} in this region: deploy the stack again`, {
      cause: error,
    });
  if (/AccessDenied|UnrecognizedClient|KMS/i.test(name))
    return new Failure(
      'settings',
      `AWS does not let the bridge use the table ${table} (${name}): deploy the stack again`,
      { cause: error },
    );
  return new Failure('unavailable', `The table ${table} at AWS does not answer (${name})`, { cause: error });
}
