/** The stores on AWS, against an emulator of it, pass the same tests as against our own stand-ins. */
import { after, before, type TestContext } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { openHomeStores } from '../../functions/push-solar-data/persistence/home-stores.ts';
import { createParameterStore } from '../../functions/push-solar-data/persistence/parameter-store.ts';
import { openTable } from '../../functions/push-solar-data/persistence/table.ts';
import { tableStore } from '../../functions/push-solar-data/persistence/table-store.ts';
import { testSerialisingStore, testStore } from '../persistence/test-store.ts';
import { type Emulator, startEmulator } from './emulator.ts';

let emulator: Emulator;
before(async () => {
  emulator = await startEmulator();
});
after(() => emulator.stop());

/** Nobody has written to a home of these names. */
let homes = 0;
const newHomes = () => ({ home: `home-${homes++}`, other: `home-${homes++}` });

function parametersFor(t: TestContext): SSMClient {
  const client = new SSMClient(emulator.client);
  t.after(() => client.destroy());
  return client;
}

let tables = 0;
async function tableFor(t: TestContext): Promise<{ name: string; client: DynamoDBClient }> {
  const client = new DynamoDBClient(emulator.client);
  t.after(() => client.destroy());
  const name = `homes-${tables++}`;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'site', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'site', KeyType: 'HASH' }],
    }),
  );
  return { name, client };
}

testStore('the Parameter Store', async (t) => {
  const [client, { home, other }] = [parametersFor(t), newHomes()];
  const open = (site: string) => () => createParameterStore(site, client).state;
  return { open: open(home), openOther: open(other) };
});

const inTable = async (t: TestContext) => {
  const { name, client } = await tableFor(t);
  const open = (site: string) => () => tableStore(openTable(name, client), site);
  return { open: open('home'), openOther: open('cabin') };
};
testStore('a table', inTable);
testSerialisingStore('a table', inTable);

testStore('many homes in parameters', async (t) => {
  const [client, { home, other }] = [parametersFor(t), newHomes()];
  const open = (site: string) => () => openHomeStores({ shards: 1, client })(site).state;
  return { open: open(home), openOther: open(other) };
});

const homesInTable = async (t: TestContext) => {
  const [client, { home, other }, table] = [parametersFor(t), newHomes(), await tableFor(t)];
  const open = (site: string) => () =>
    openHomeStores({ shards: 1, table: table.name, client, tableClient: table.client })(site).state;
  return { open: open(home), openOther: open(other) };
};
testStore('many homes in a table', homesInTable);
testSerialisingStore('many homes in a table', homesInTable);
