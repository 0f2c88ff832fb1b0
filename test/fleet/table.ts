/** A table of DynamoDB behind the SDK's own client: the two calls that the bridge makes, with the units that they are billed as. */
import { chanceOf } from './chances.ts';
import type { InstanceClock } from './instance.ts';
import type { TallyAt } from './parameters.ts';
import { type AwsCall, answered, type SdkHandler, sdkHandler } from './sdk-handler.ts';

const [leastMs, mostMs] = [5, 15];

/** As it goes over the wire: `{ S: … }` or `{ M: … }`. */
type Attribute = { S?: string; M?: Record<string, Attribute> };
type Item = Record<string, Attribute>;

export type FleetTable = {
  handler(clock: InstanceClock): SdkHandler;
  /** State documents of a home by name. */
  documentsOf(site: string): Map<string, string>;
};

export function openFleetTable(seed: number, tallyAt: TallyAt): FleetTable {
  const items = new Map<string, Item>();
  let requests = 0;
  const answerTo = ({ call, body }: AwsCall, at: number) => {
    const tally = tallyAt(at);
    tally.calls[call] = (tally.calls[call] ?? 0) + 1;
    const key = (body['Key'] as Item)['site']?.S ?? '';
    const before = items.get(key);
    if (call === 'GetItem') {
      tally.tableReadUnits += Math.max(1, Math.ceil(bytesOf(before) / 4_096));
      return answered(200, before ? { Item: before } : {});
    }
    const change = body as Change;
    if (!isMet(change, before)) {
      tally.tableWriteUnits += Math.max(1, Math.ceil(bytesOf(before) / 1_024));
      return answered(400, { __type: conditionFailed, message: 'The conditional request failed', Item: before });
    }
    const after = changed(change, before ?? { site: { S: key } });
    tally.tableWriteUnits += Math.ceil(Math.max(bytesOf(before), bytesOf(after)) / 1_024);
    items.set(key, after);
    return answered(200, {});
  };
  return {
    handler: (clock) =>
      sdkHandler('DynamoDB_20120810.', clock, (call) => {
        requests += 1;
        const afterMs = leastMs + chanceOf(seed, 'table', requests).next() * (mostMs - leastMs);
        return { answer: answerTo(call, clock.now()), afterMs };
      }),
    documentsOf: (site) =>
      new Map(
        Object.entries(items.get(site)?.['documents']?.M ?? {}).map(([name, { M }]) => [name, M?.['text']?.S ?? '']),
      ),
  };
}

const conditionFailed = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';

type Change = {
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues: Record<string, Attribute>;
};

const partsOf = (path: string, { ExpressionAttributeNames = {} }: Change): string[] =>
  path.split('.').map((part) => ExpressionAttributeNames[part] ?? part);

const at = (item: Item | undefined, parts: readonly string[]): Attribute | undefined =>
  parts.reduce<Attribute | undefined>((found, part) => found?.M?.[part], item && { M: item });

/** `attribute_exists(a.b)`, `attribute_not_exists(a.b)` and `a.b = :c`, joined by AND. */
function isMet(change: Change, item: Item | undefined): boolean {
  return change.ConditionExpression.split(' AND ').every((condition) => {
    const [, word, path] = /^(attribute_exists|attribute_not_exists)\(([^)]+)\)$/.exec(condition) ?? [];
    if (word && path) return (at(item, partsOf(path, change)) !== undefined) === (word === 'attribute_exists');
    const [left = '', right = ''] = condition.split(' = ');
    return at(item, partsOf(left, change))?.S === change.ExpressionAttributeValues[right]?.S;
  });
}

/** `SET a.b = :c`. */
function changed(change: Change, item: Item): Item {
  const [path = '', value = ''] = change.UpdateExpression.replace(/^SET /, '').split(' = ');
  const parts = partsOf(path, change);
  const copy = structuredClone(item);
  const [last = ''] = parts.slice(-1);
  const holder = parts.length > 1 ? at(copy, parts.slice(0, -1))?.M : copy;
  if (!holder) throw new Error(`the table has no ${path}`);
  holder[last] = change.ExpressionAttributeValues[value] ?? {};
  return copy;
}

/** By the rules of DynamoDB: names and texts, and what a map takes itself. */
function bytesOf(item: Item | undefined): number {
  const ofAttribute = ({ S = '', M }: Attribute): number => (M ? 3 + ofMap(M) : Buffer.byteLength(S));
  const ofMap = (map: Record<string, Attribute>): number =>
    Object.entries(map).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + 1 + ofAttribute(value), 0);
  return item ? ofMap(item) : 0;
}
