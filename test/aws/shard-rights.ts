/** What the role of a function that ticks for several homes lets it do, by simulation. */
import { account, type Emulator, region } from './emulator.ts';
import { type AwsCall, allows, statementsOf } from './rights.ts';

const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;

export type ShardRights = Awaited<ReturnType<typeof shardRights>>;

/** @param role its ARN. @param name of the first function of the stack, and of its table. */
export async function shardRights(emulator: Emulator, role: string, { name, topic }: { name: string; topic: string }) {
  const statements = await statementsOf(emulator, role.split('/').at(-1) ?? '');
  const isAllowed = (call: AwsCall): boolean => allows(statements, call);
  const onParameter = (operation: string, parameter: string) =>
    isAllowed({ action: `ssm:${operation}`, resource: arn('ssm', `parameter${parameter}`) });
  const onItem = (operation: string, site: string, table = name) =>
    isAllowed({
      action: `dynamodb:${operation}`,
      resource: arn('dynamodb', `table/${table}`),
      conditions: { 'dynamodb:LeadingKeys': [site] },
    });
  const publish = (resource: string) => isAllowed({ action: 'sns:Publish', resource });
  return {
    isAllowed,
    onHome(site: string) {
      const path = `/solar-cloud-bridge/${site}`;
      return {
        readsAll: onParameter('GetParametersByPath', path),
        readsState: onParameter('GetParameter', `${path}/state/site`),
        writesState: onParameter('PutParameter', `${path}/state/site`),
        writesSetting: onParameter('PutParameter', `${path}/CHARGE_HQ_API_KEY`),
        deletesState: onParameter('DeleteParameter', `${path}/state/site`),
        readsItem: onItem('GetItem', site),
        writesItem: onItem('UpdateItem', site),
        deletesItem: onItem('DeleteItem', site),
      };
    },
    mayMail: () => publish(topic),
    /** What should be refused, and is not. */
    elsewhere: (): string[] =>
      Object.entries({
        'every home at once': onParameter('GetParametersByPath', '/solar-cloud-bridge'),
        'another parameter': onParameter('GetParameter', '/another/parameter'),
        'another table': onItem('GetItem', 'home-1', 'another'),
        'the whole table': isAllowed({ action: 'dynamodb:Scan', resource: arn('dynamodb', `table/${name}`) }),
        'another topic': publish(`${topic}-other`),
        'another log': isAllowed({
          action: 'logs:PutLogEvents',
          resource: arn('logs', 'log-group:/solar-cloud-bridge/another:*'),
        }),
      }).flatMap(([what, isGranted]) => (isGranted ? [what] : [])),
  };
}

const none = {
  readsAll: false,
  readsState: false,
  writesState: false,
  writesSetting: false,
  deletesState: false,
  readsItem: false,
  writesItem: false,
  deletesItem: false,
};
/** On a home of another function, and on its own with the state in parameters and in a table. */
export const rightsOnHome = {
  none,
  withParameters: { ...none, readsAll: true, readsState: true, writesState: true },
  withTable: { ...none, readsAll: true, readsState: true, readsItem: true, writesItem: true },
};
