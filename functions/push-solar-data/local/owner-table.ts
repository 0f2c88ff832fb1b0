/** The table of a stack of several homes, as its owner's commands use it, with credentials of their own. */
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { WholeStore } from '../persistence/store.ts';
import { openTable, type Table } from '../persistence/table.ts';
import { tableStore } from '../persistence/table-store.ts';
import { type Account, asked, askedOfStore } from './aws-account.ts';

export type OwnerTable = {
  /** @param earlier where the documents of a home lay before it had an item here. */
  stateOf(site: string, earlier?: WholeStore): WholeStore;
  /** Takes the documents of a home away. @throws Failure */
  forget(site: string): Promise<void>;
};

export function openOwnerTable({ client }: Pick<Account, 'client'>, TableName: string): OwnerTable {
  const dynamodb = new DynamoDBClient(client);
  const table = told(openTable(TableName, dynamodb));
  return {
    stateOf: (site, earlier) => tableStore(table, site, earlier ? { earlier } : {}),
    forget: (site) =>
      asked(async () => {
        await dynamodb.send(new DeleteItemCommand({ TableName, Key: { site: { S: site } } }));
      }),
  };
}

/** With sentences for the owner. */
const told = ({ documentsOf, create, put }: Table): Table => ({
  documentsOf: (...about) => askedOfStore(() => documentsOf(...about)),
  create: (...about) => askedOfStore(() => create(...about)),
  put: (...about) => askedOfStore(() => put(...about)),
});
