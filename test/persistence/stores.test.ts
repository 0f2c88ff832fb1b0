/** All stores against the same tests; those on AWS against a stand-in (against an emulator of AWS: `npm run test:aws`). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileStore } from '../../functions/push-solar-data/persistence/file-store.ts';
import { openHomeStores } from '../../functions/push-solar-data/persistence/home-stores.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createParameterStore } from '../../functions/push-solar-data/persistence/parameter-store.ts';
import { openTable } from '../../functions/push-solar-data/persistence/table.ts';
import { tableStore } from '../../functions/push-solar-data/persistence/table-store.ts';
import { parametersFor, tableFor } from '../support/aws-stores.ts';
import { testSerialisingStore, testStore } from './test-store.ts';

testStore('files', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
  t.after(() => rm(folder, { recursive: true }));
  return { open: () => fileStore(folder) };
});

testStore('memory', async () => {
  const store = memoryStore();
  return { open: () => store };
});

testStore('the Parameter Store', async (t) => {
  const { client } = await parametersFor(t);
  return {
    open: () => createParameterStore('home', client).state,
    openOther: () => createParameterStore('cabin', client).state,
  };
});

const tables = async (t: TestContext) => {
  const { client } = await tableFor(t);
  const open = (site: string) => () => tableStore(openTable('homes', client), site);
  return { open: open('home'), openOther: open('cabin') };
};
testStore('a table', tables);
testSerialisingStore('a table', tables);

const homesInParameters = async (t: TestContext) => {
  const { client } = await parametersFor(t);
  const open = (site: string) => () => openHomeStores({ shards: 1, client })(site).state;
  return { open: open('home'), openOther: open('cabin') };
};
testStore('many homes in parameters', homesInParameters);

const homesInTable = async (t: TestContext) => {
  const [{ client }, { client: tableClient }] = [await parametersFor(t), await tableFor(t)];
  const open = (site: string) => () => openHomeStores({ shards: 1, table: 'homes', client, tableClient })(site).state;
  return { open: open('home'), openOther: open('cabin') };
};
testStore('many homes in a table', homesInTable);
testSerialisingStore('many homes in a table', homesInTable);
