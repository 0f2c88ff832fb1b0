/** Twenty-five homes in one stack with their state in parameters, and in another with a table, deployed between their clouds. */
import { rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type SignedCall, signedCallOf } from './aws-calls.ts';
import { sharedClock } from './clock.ts';
import { bootstrap, deploy, fetchFunction } from './deployment.ts';
import { startEmulator } from './emulator.ts';
import { type Instance, startInstance } from './instance.ts';
import { figuresOf, keyOf, playClouds, settingsOf, sites, troubled } from './neighbour-homes.ts';
import { ownersParameters } from './parameters.ts';
import { witnessCalls } from './rights.ts';

export type DeployedShard = Awaited<ReturnType<typeof deployShard>>;
export type StateIn = 'parameters' | 'table';

const stacks = { parameters: 'valley', table: 'hill' } as const;
const minuteSeconds = 60;

/** Starts everything, deploys, and stores all settings. Call `close` at the end. */
export async function deployShard() {
  const clock = sharedClock();
  const clouds = await playClouds(() => clock.now());
  const emulator = await startEmulator();
  const mails: string[] = [];
  const noted = (headers: IncomingHttpHeaders, body: string, path: string): SignedCall => {
    const mail = new URLSearchParams(body).get('Message');
    if (mail !== null) mails.push(mail);
    return signedCallOf(headers, body, path);
  };
  const witnesses = { parameters: await witnessCalls(emulator, noted), table: await witnessCalls(emulator, noted) };
  const table = new DynamoDBClient(emulator.client);
  const parameters = new Map(sites.map((site) => [site, ownersParameters(emulator, site)]));
  const instances: Instance[] = [];
  const folders: string[] = [];
  const close = async () => {
    for (const instance of instances.splice(0)) await instance.stop();
    for (const witness of Object.values(witnesses)) witness.close();
    table.destroy();
    await Promise.all([emulator.stop(), clouds.close()]);
    clock.close();
    for (const folder of folders) rmSync(join(folder, '..'), { recursive: true });
  };
  const parametersOf = (site: string) => parameters.get(site) ?? ownersParameters(emulator, site);
  const places = { vendors: clouds.vendors.url, receivers: clouds.receivers.url };
  const deployed = async (stateIn: StateIn) => {
    const stack = stacks[stateIn];
    const STATE_STORE = stateIn === 'table' ? 'dynamodb' : 'parameters';
    await deploy(emulator, { STACK: stack, SITE: sites.join(), STATE_STORE, ALARM_EMAIL: 'owner@example.com' });
    const fetched = await fetchFunction(emulator, `solar-cloud-bridge-${stack}`);
    folders.push(fetched.folder);
    return fetched;
  };
  const putSettings = async (site: string, changed: Record<string, string> = {}) => {
    const { open, secret } = settingsOf(site, places);
    for (const [name, value] of Object.entries({ ...open, ...changed })) await parametersOf(site).put(name, value);
    for (const [name, value] of Object.entries(secret)) await parametersOf(site).putSecret(name, value);
  };
  try {
    await bootstrap(emulator);
    const functions = { parameters: await deployed('parameters'), table: await deployed('table') };
    await Promise.all(sites.map((site) => putSettings(site)));
    return {
      emulator,
      functions,
      clock,
      clouds,
      /** What each function asked of AWS. */
      witnesses,
      /** Texts that were to be mailed to the owner. */
      mails,
      parametersOf,
      close,
      /** The troubled home as new, with these settings changed; of the others everything stays. */
      async trouble(settings: Record<string, string> = {}) {
        clouds.trouble.vendor = clouds.trouble.chargeHq = undefined;
        await parametersOf(troubled).clear();
        await putSettings(troubled, settings);
      },
      /** These homes remember nothing, wherever. */
      async forgetState(homes: readonly string[]) {
        for (const site of homes) {
          await parametersOf(site).clear('state/');
          const TableName = `solar-cloud-bridge-${stacks.table}`;
          await table.send(new DeleteItemCommand({ TableName, Key: { site: { S: site } } }));
        }
      },
      /** A new instance, alone, so many minutes after whatever was before. */
      async coldStart(stateIn: StateIn = 'parameters', minutes = 1): Promise<Instance> {
        for (const instance of instances.splice(0)) await instance.stop();
        clock.advance(minutes * minuteSeconds);
        const environment = { ...emulator.environment, AWS_ENDPOINT_URL: witnesses[stateIn].url };
        const instance = await startInstance(functions[stateIn], environment, clock);
        instances.push(instance);
        return instance;
      },
      /** One invocation; what had reached the clouds before is forgotten. */
      async tick(instance: Instance, { homes = sites, seconds }: { homes?: readonly string[]; seconds?: number } = {}) {
        clouds.forget();
        return instance.invoke({ sites: homes }, seconds);
      },
      /** The same, a minute later. */
      async nextTick(instance: Instance, homes = sites) {
        clock.advance(minuteSeconds);
        clouds.forget();
        return instance.invoke({ sites: homes });
      },
      /** Homes whose figures did not reach their own Charge HQ with their own key, exactly once. */
      untold: (homes: readonly string[]): string[] =>
        homes.filter((site) => {
          const [push, ...more] = clouds.pushes.get(site) ?? [];
          const isRight = push?.apiKey === keyOf(site) && isSame(push.siteMeters, figuresOf(site));
          return !isRight || more.length > 0;
        }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const isSame = (told: Record<string, number> = {}, right: Record<string, number>): boolean => {
  const sorted = (figures: Record<string, number>) => JSON.stringify(Object.entries(figures).toSorted());
  return sorted(told) === sorted(right);
};
