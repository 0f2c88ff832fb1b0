/** The stacks of three homes and of sixty, deployed and destroyed by the CDK against an emulated AWS, and what then lies there. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { bootstrap, deploy, destroy, type OwnersSettings } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { rightsOnHome, shardRights } from './shard-rights.ts';
import { type StoodUp, stoodUp } from './stood-up.ts';

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, nth) => `home-${nth + 1}`);
const owner = { ALARM_EMAIL: 'owner@example.com' };
const lists = mkdtempSync(join(tmpdir(), 'sites-'));
const listFile = join(lists, 'homes.txt');

type Deployment = {
  stack: string;
  sites: string[];
  settings: OwnersSettings;
  /** The homes of each function. */
  shards: string[][];
  table?: string;
};

const three: Deployment = {
  stack: 'valley',
  sites: ['house', 'cabin', 'barn'],
  settings: { ...owner, STACK: 'valley', SITE: 'house,cabin,barn', STATE_STORE: 'dynamodb', METRICS_OF: 'cabin' },
  shards: [['house', 'cabin', 'barn']],
  table: 'solar-cloud-bridge-valley',
};
const sixty: Deployment = {
  stack: 'homes',
  sites: namesOf(60),
  settings: { ...owner, SITE: listFile },
  shards: [namesOf(60).slice(0, 20), namesOf(60).slice(20, 40), namesOf(60).slice(40)],
};

describe('the deployed stack of several homes', { timeout: 290_000 }, () => {
  let emulator: Emulator;
  let there: StoodUp;
  before(async () => {
    writeFileSync(listFile, `# the village\n${namesOf(60).join('\n')}\n`);
    emulator = await startEmulator();
    there = stoodUp(emulator);
    await bootstrap(emulator);
  });
  after(async () => {
    rmSync(lists, { recursive: true });
    await emulator?.stop();
  });

  const timed = async (t: TestContext, what: string, work: Promise<unknown>) => {
    const begun = performance.now();
    await work;
    t.diagnostic(`${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  };
  const nameOf = ({ stack }: Deployment, nth: number) => `solar-cloud-bridge-${stack}${nth === 0 ? '' : `-${nth + 1}`}`;

  for (const deployment of [three, sixty])
    describe(`with ${deployment.sites.length} homes`, () => {
      const { stack, sites, shards, table, settings } = deployment;
      const stackName = `SolarCloudBridge-${stack}`;

      it('is deployed', async (t) => {
        await timed(t, 'deployed', deploy(emulator, settings));
        const types = new Set((await there.resources(stackName)).map(({ Type }) => Type));
        t.diagnostic(
          `beyond the emulator: ${emulator
            .unknownTypes()
            .filter((type) => types.has(type))
            .join(', ')}`,
        );
      });

      it('has a function for at most 25 homes each, which knows its stack and nothing of a home', async () => {
        const functions = await there.functions();
        const [topic] = await there.topics();
        assert.deepEqual(
          functions.map(({ FunctionName }) => FunctionName).toSorted(),
          shards.map((_, nth) => nameOf(deployment, nth)).toSorted(),
        );
        for (const { Runtime, Handler, Timeout, MemorySize, Environment } of functions) {
          assert.deepEqual([Runtime, Handler, Timeout, MemorySize], ['nodejs24.x', 'handler.handler', 55, 256]);
          assert.deepEqual(Environment?.Variables, {
            STACK: stack,
            SHARDS: String(shards.length),
            UV_THREADPOOL_SIZE: '32',
            MAIL_TOPIC: topic,
            ...(table ? { STATE_TABLE: table } : {}),
            ...(settings['METRICS_OF'] ? { METRICS_OF: settings['METRICS_OF'] } : {}),
          });
        }
      });

      it('has one rule, which gives each function the names of its homes each minute and repeats nothing', async () => {
        const [rule, ...others] = await there.rules();
        assert.deepEqual([rule?.ScheduleExpression, rule?.State, others], ['rate(1 minute)', 'ENABLED', []]);
        const targets = (await there.targets()).flat();
        const given = new Map(targets.map(({ Arn = '', Input }) => [Arn.split(':').at(-1), JSON.parse(`${Input}`)]));
        assert.deepEqual(given, new Map(shards.map((homes, nth) => [nameOf(deployment, nth), { sites: homes }])));
        for (const { RetryPolicy } of targets)
          assert.deepEqual(RetryPolicy, { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
        for (const [nth] of shards.entries()) {
          const permissions = await there.permissions(nameOf(deployment, nth));
          assert.deepEqual(
            permissions.map(({ Principal, Condition }) => [Principal, Condition]),
            [[{ Service: 'events.amazonaws.com' }, { ArnLike: { 'AWS:SourceArn': rule?.Arn } }]],
          );
        }
      });

      it('keeps one log, and one table only where it is chosen', async () => {
        assert.deepEqual(await there.logGroups(), [[`/solar-cloud-bridge/${stack}`, 30]]);
        assert.deepEqual(await there.tableNames(), table ? [table] : []);
        if (!table) return;
        const { BillingModeSummary, KeySchema } = (await there.table(table)) ?? {};
        assert.equal(BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
        assert.deepEqual(KeySchema, [{ AttributeName: 'site', KeyType: 'HASH' }]);
      });

      it('has one dashboard, on which a home is chosen, and at most ten alarms', async () => {
        assert.deepEqual(await there.dashboards(), [nameOf(deployment, 0)]);
        const { variables = [], widgets } = await there.dashboard(nameOf(deployment, 0));
        assert.deepEqual(
          variables.map(({ type, label, inputType }) => [type, label, inputType]),
          [['pattern', 'Home', sites.length > 50 ? 'input' : 'select']],
        );
        assert.ok(widgets.some(({ properties }) => properties.title === 'Homes in trouble'));
        const resources = await there.resources(stackName);
        const alarms = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
        assert.ok(alarms.length >= 4 && alarms.length <= 10, `${alarms.length} alarms`);
        const subscription = resources.find(({ Type }) => Type === 'AWS::SNS::Subscription');
        assert.equal(subscription?.Properties['Endpoint'], owner.ALARM_EMAIL);
      });

      for (const [nth, homes] of shards.entries())
        it(`lets function ${nth + 1} at its own homes and its mail, and at nothing else`, async () => {
          const rights = await rightsOf(deployment, nameOf(deployment, nth));
          const own = table ? rightsOnHome.withTable : rightsOnHome.withParameters;
          for (const home of homes) assert.deepEqual(rights.onHome(home), own, home);
          const strangers = [...sites, 'homestead', 'home', `${homes[0]}x`].filter((site) => !homes.includes(site));
          for (const stranger of strangers) assert.deepEqual(rights.onHome(stranger), rightsOnHome.none, stranger);
          assert.deepEqual(rights.elsewhere(), []);
          assert.ok(rights.mayMail());
        });

      it('leaves nothing behind when it is destroyed', async (t) => {
        await timed(t, 'destroyed', destroy(emulator, settings));
        assert.deepEqual(await there.rest(), []);
      });
    });

  async function rightsOf(deployment: Deployment, functionName: string) {
    const configuration = (await there.functions()).find(({ FunctionName }) => FunctionName === functionName);
    const [topic = ''] = await there.topics();
    return shardRights(emulator, `${configuration?.Role}`, { name: nameOf(deployment, 0), topic });
  }
});
