/** `npm run deploy` and `npm run destroy` with several homes, against local stand-ins for AWS; `cdk` itself is stood in for where it would begin. */
import { afterEach, beforeEach } from 'node:test';
import { SSMClient } from '@aws-sdk/client-ssm';
import { accountOf } from '../../functions/push-solar-data/local/aws-account.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import type { deploy } from '../../infra/commands/deploy.ts';
import type { destroy } from '../../infra/commands/destroy.ts';
import { tablesOf } from '../../infra/commands/homes-state.ts';
import type { Served } from '../../infra/commands/stacks-at-aws.ts';
import { type ParameterStage, playParameterStore } from './parameter-store.ts';
import { playTable, type TableStage } from './table.ts';

const region = { AWS_REGION: 'eu-central-1' };
export const table = 'solar-cloud-bridge-homes';

export let store: ParameterStage;
export let documents: TableStage;
const before = { ...process.env };
beforeEach(async () => {
  store = await playParameterStore({ '/cdk-bootstrap/hnb659fds/version': '28' });
  documents = await playTable();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SSM: store.url,
    AWS_ENDPOINT_URL_DYNAMODB: documents.url,
  });
});
afterEach(async () => {
  process.env = { ...before };
  await Promise.all([store.close(), documents.close()]);
});

/** A home that lacks nothing. */
export function settle(site: string, plain: Record<string, string> = {}) {
  const path = `/solar-cloud-bridge/${site}`;
  const settings = { VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711', ...plain };
  for (const [name, text] of Object.entries(settings)) store.set(`${path}/${name}`, text, 'String');
  for (const name of ['VICTRON_VRM_ACCESS_TOKEN', 'CHARGE_HQ_API_KEY']) store.set(`${path}/${name}`, 'a-secret');
}
export const parameter = (site: string, name: string) => store.parameters.get(`/solar-cloud-bridge/${site}/${name}`);

type Aws = {
  /** Names of the stacks that are there. */
  stacks?: string[];
  /** Of the stack `homes`. */
  served?: Served;
  /** By the home: what stands in its own function's environment. */
  environments?: Record<string, Record<string, string>>;
  args?: string[];
  /** Of `cdk deploy`. */
  code?: number;
  answer?: boolean;
  /** What `cdk destroy` does not remove. */
  stuck?: string[];
};

export async function run(command: typeof deploy | typeof destroy, texts: SettingTexts, aws: Aws = {}) {
  const { args = [], code = 0, answer, stuck = [], environments = {} } = aws;
  const account = accountOf({ ...region, ...texts }, args);
  const ssm = new SSMClient(account.client);
  const there = new Set(aws.stacks);
  let served = aws.served;
  const said: string[] = [];
  const cdk: string[] = [];
  const asked: string[] = [];
  const runCdk = async (given: readonly string[], _region: string, settings: Record<string, string> = {}) => {
    const name = given[1]?.replace('SolarCloudBridge-', '') ?? '';
    cdk.push([...given, ...Object.entries(settings).map(([key, text]) => `${key}=${text}`)].join(' '));
    said.push(`(cdk ${given[0]} ${name})`);
    if (given[0] === 'destroy' && !stuck.includes(name)) there.delete(name);
    if (given[0] === 'destroy' && name === 'homes' && !stuck.includes(name)) served = undefined;
    return given[0] === 'deploy' ? code : 0;
  };
  try {
    const exitCode = await command(account, args, {
      ssm,
      runCdk,
      lookUpIot: async () => 'https://iot.example.com',
      lookUpStack: async () => (there.has(account.site) ? { changedAt: 0 } : undefined),
      stacks: {
        has: async (name) => there.has(name) || (name === 'homes' && served !== undefined),
        served: async (name) => (name === 'homes' && served) || (there.has(name) ? { sites: [] } : undefined),
      },
      environmentOf: async (name) => environments[name.replace('solar-cloud-bridge-', '')],
      openTable: tablesOf(account),
      confirm:
        answer === undefined
          ? undefined
          : async (question) => {
              asked.push(question);
              return answer;
            },
      say: (sentence) => said.push(sentence),
    });
    return { exitCode, said: said.join('\n'), cdk, asked };
  } catch (error) {
    return { refused: (error as Error).message, said: said.join('\n'), cdk, asked };
  } finally {
    ssm.destroy();
  }
}

export const never = ['--require-approval', 'never'];
export const two = { SITE: 'home,cabin' };

/** What a home remembers, in the table. */
export function remember(site: string, text: string) {
  const document = { M: { text: { S: JSON.stringify({ token: text }) }, revision: { S: 'a-1' } } };
  documents.items.set(site, { site: { S: site }, documents: { M: { 'session/victron-vrm': document } } });
}
export const session = (site: string) => parameter(site, 'state/session/victron-vrm');
