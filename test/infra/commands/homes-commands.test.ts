/** `npm run deploy` and `npm run destroy` with several homes, against local stand-ins for AWS; `cdk` itself is stood in for where it would begin. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SSMClient } from '@aws-sdk/client-ssm';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import type { SettingTexts } from '../../../functions/push-solar-data/settings/settings-reader.ts';
import { deploy } from '../../../infra/commands/deploy.ts';
import { destroy } from '../../../infra/commands/destroy.ts';
import { tablesOf } from '../../../infra/commands/homes-state.ts';
import type { Served } from '../../../infra/commands/stacks-at-aws.ts';
import { type ParameterStage, playParameterStore } from '../../support/parameter-store.ts';
import { playTable, type TableStage } from '../../support/table.ts';

const region = { AWS_REGION: 'eu-central-1' };
const table = 'solar-cloud-bridge-homes';

let store: ParameterStage;
let documents: TableStage;
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
function settle(site: string, plain: Record<string, string> = {}) {
  const path = `/solar-cloud-bridge/${site}`;
  const settings = { VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711', ...plain };
  for (const [name, text] of Object.entries(settings)) store.set(`${path}/${name}`, text, 'String');
  for (const name of ['VICTRON_VRM_ACCESS_TOKEN', 'CHARGE_HQ_API_KEY']) store.set(`${path}/${name}`, 'a-secret');
}
const parameter = (site: string, name: string) => store.parameters.get(`/solar-cloud-bridge/${site}/${name}`);

type Aws = {
  /** Names of the stacks that are there. */
  stacks?: string[];
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

async function run(command: typeof deploy | typeof destroy, texts: SettingTexts, aws: Aws = {}) {
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
      lookUpStack: () => assert.fail('of one home'),
      stacks: {
        has: async (name) => (name === 'homes' ? served !== undefined : there.has(name)),
        served: async () => served,
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

const never = ['--require-approval', 'never'];
const two = { SITE: 'home,cabin' };

describe('npm run deploy with several homes', () => {
  it('deploys their one stack, with nothing of a home, and points to the status', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    const { exitCode, said, cdk } = await run(deploy, two, { args: never });
    assert.equal(exitCode, 0);
    assert.deepEqual(cdk, ['deploy SolarCloudBridge-homes --require-approval never']);
    assert.match(said, /\nLook whether they work: .*npm run status \(it waits for the first readings\)$/);
  });

  it('names the stack by STACK', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    const { cdk } = await run(deploy, { ...two, STACK: 'village' });
    assert.deepEqual(cdk, ['deploy SolarCloudBridge-village']);
  });

  it('asks for no secret, and reads no state', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    for (let nth = 0; nth < 30; nth++) store.set(`/solar-cloud-bridge/home/state/adapter/${nth}`, '{}', 'String');
    const { cdk } = await run(deploy, two);
    assert.equal(cdk.length, 1);
    assert.equal(store.calls.filter((call) => call === 'GetParametersByPath').length, 2);
    assert.ok(!JSON.stringify(store.received.map(({ body }) => body)).includes('"WithDecryption":true'));
  });

  for (const [what, wrong, sentence] of [
    ['a setting is malformed', { VICTRON_VRM_ID_SITE: 'abc' }, /^- cabin: VICTRON_VRM_ID_SITE must be a number/m],
    [
      'a vendor is mistyped',
      { VENDOR: 'victron-vmr' },
      /^- cabin: VENDOR names "victron-vmr".*Did you mean victron-vrm\?/m,
    ],
    [
      'a home has a feed',
      { DESTINATION: 'charge-hq,feed' },
      /^- cabin: the feed "feed" is a function of its own.*SITE=cabin npm run deploy/m,
    ],
    [
      'a home is told at AWS IoT Core',
      { DESTINATION: 'car:mqtt', CAR_URL: 'aws-iot' },
      /^- cabin: "car" at AWS IoT Core \(aws-iot\) needs rights of its own/m,
    ],
  ] as const)
    it(`deploys nothing when ${what}, and names the home`, async () => {
      settle('home');
      settle('cabin', wrong);
      const { refused = '', cdk } = await run(deploy, two);
      assert.match(refused, /^Nothing was deployed\.\n/);
      assert.match(refused, sentence);
      assert.doesNotMatch(refused, /- home/);
      assert.deepEqual(cdk, []);
    });

  it('deploys nothing when a home has no settings yet, and says how it gets them', async () => {
    settle('home');
    const { refused = '', cdk } = await run(deploy, { SITE: 'home,cabn' });
    assert.match(
      refused,
      /^- cabn has no settings yet \(VENDOR\): .*npm run configure -- --site cabn; or take it out of SITE$/m,
    );
    assert.deepEqual(cdk, []);
  });

  it('says in short what each home lacks, also of many', async () => {
    const sites = Array.from({ length: 13 }, (_, nth) => `home-${nth}`);
    for (const site of sites) {
      settle(site);
      store.parameters.delete(`/solar-cloud-bridge/${site}/CHARGE_HQ_API_KEY`);
    }
    const { exitCode, said } = await run(deploy, { SITE: sites.join() }, { args: never });
    assert.equal(exitCode, 0);
    assert.match(said, /^- home-3: CHARGE_HQ_API_KEY\n {4}.*npm run configure -- --site home-3$/m);
    assert.match(said, /^- and 3 more homes$/m);
    assert.ok(said.split('\n').length < 30, said);
  });

  it('warns of secrets that lie unencrypted, with the commands that help', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    store.set('/solar-cloud-bridge/cabin/CHARGE_HQ_API_KEY', 'open-secret', 'String');
    const { said } = await run(deploy, two);
    assert.match(
      said,
      /unencrypted in the Parameter Store:\n- cabin: CHARGE_HQ_API_KEY\n {4}.*configure -- --site cabin/,
    );
    assert.match(
      said,
      /delete-parameters --region eu-central-1 --names \/solar-cloud-bridge\/cabin\/CHARGE_HQ_API_KEY/,
    );
    assert.doesNotMatch(said, /open-secret/);
  });

  it('remarks on parameters that are no settings, naming the home', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    store.set('/solar-cloud-bridge/cabin/VICTRON_VRM_ACCESS_TOKN', 'x');
    const { said } = await run(deploy, two);
    assert.match(said, /^! cabin: VICTRON_VRM_ACCESS_TOKN is not a setting; did you mean VICTRON_VRM_ACCESS_TOKEN\?$/m);
  });

  it('ends as cdk did', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    const { exitCode, said } = await run(deploy, two, { code: 3, args: never });
    assert.equal(exitCode, 3);
    assert.match(said, /The stack was not deployed: the lines above say why\.$/);
  });
});

describe('a move into one stack', () => {
  const environments = {
    home: { SITE: 'home', VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711', NODE_OPTIONS: '--x' },
  };
  const lone = { stacks: ['home'], environments };
  /** Secrets alone lie in the parameters of a home with a stack of its own. */
  function settleBoth() {
    settle('cabin');
    settle('home');
    for (const name of ['VENDOR', 'VICTRON_VRM_ID_SITE']) store.parameters.delete(`/solar-cloud-bridge/home/${name}`);
  }

  it('takes along what stands in the function alone, deploys, and only then removes the stacks of before', async () => {
    settleBoth();
    const { exitCode, said, cdk } = await run(deploy, two, { ...lone, args: never });
    assert.equal(exitCode, 0, said);
    assert.deepEqual(cdk, [
      'deploy SolarCloudBridge-homes --require-approval never',
      'destroy SolarCloudBridge-home --force SITE=home',
    ]);
    assert.deepEqual(
      [parameter('home', 'VENDOR'), parameter('home', 'VICTRON_VRM_ID_SITE')].map((each) => [each?.value, each?.type]),
      [
        ['victron-vrm', 'String'],
        ['4711', 'String'],
      ],
    );
    assert.equal(parameter('home', 'NODE_OPTIONS'), undefined);
    assert.equal(parameter('home', 'SITE'), undefined);
    assert.match(
      said,
      /^These homes have stacks of their own and move into "homes": home\..*with their logs.*export -- --aws --out home\.csv --site home$/m,
    );
    assert.match(said, /^Moved: home\.$/m);
  });

  it('leaves parameters as they are, and says where the function had another value', async () => {
    settleBoth();
    store.set('/solar-cloud-bridge/home/VICTRON_VRM_ID_SITE', '9', 'String');
    const { said } = await run(deploy, two, { ...lone, args: never });
    assert.equal(parameter('home', 'VICTRON_VRM_ID_SITE')?.value, '9');
    assert.match(said, /^! home: VICTRON_VRM_ID_SITE: other values in its parameters than in its own function/m);
  });

  it('asks before anything is done', async () => {
    settleBoth();
    const no = await run(deploy, two, { ...lone, answer: false });
    assert.deepEqual([no.exitCode, no.cdk, no.asked.length], [1, [], 1]);
    assert.equal(parameter('home', 'VENDOR'), undefined);
    const yes = await run(deploy, two, { ...lone, answer: true });
    assert.equal(yes.cdk.length, 2);
  });

  it('where nobody can be asked wants to be told so', async () => {
    settleBoth();
    const { refused = '', cdk } = await run(deploy, two, lone);
    assert.match(refused, /^Nobody can be asked here\. If you agree: npm run deploy -- --require-approval never$/);
    assert.deepEqual(cdk, []);
  });

  it('that fails leaves the stacks of before', async () => {
    settleBoth();
    const { exitCode, said, cdk } = await run(deploy, two, { ...lone, args: never, code: 1 });
    assert.equal(exitCode, 1);
    assert.equal(cdk.length, 1);
    assert.match(said, /These homes go on in the stacks of their own: home\.$/);
  });

  it('that does not remove one of them says that it is read twice', async () => {
    settleBoth();
    const { exitCode, said } = await run(deploy, two, { ...lone, args: never, stuck: ['home'] });
    assert.equal(exitCode, 1);
    assert.match(said, /^Still in stacks of their own too, and read twice a minute until these are removed: home\./m);
    assert.doesNotMatch(said, /Moved/);
  });

  it('is refused before anything is done where the home is told by a feed', async () => {
    settleBoth();
    const fed = { home: { ...environments.home, DESTINATION: 'charge-hq,feed' } };
    const { refused = '' } = await run(deploy, two, { ...lone, environments: fed, args: never });
    assert.match(refused, /home: the feed "feed" is a function of its own/);
    assert.equal(parameter('home', 'VENDOR'), undefined);
  });
});

/** What a home remembers, in the table. */
function remember(site: string, text: string) {
  const document = { M: { text: { S: JSON.stringify({ token: text }) }, revision: { S: 'a-1' } } };
  documents.items.set(site, { site: { S: site }, documents: { M: { 'session/victron-vrm': document } } });
}
const session = (site: string) => parameter(site, 'state/session/victron-vrm');

describe('a home that leaves one stack', () => {
  const served = { sites: ['home', 'cabin', 'barn'], table };

  it('keeps what it remembers, copied from the table into its parameters before', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    for (const site of served.sites) remember(site, `of ${site}`);
    const { exitCode, said } = await run(deploy, { ...two, STATE_STORE: 'dynamodb' }, { served, args: never });
    assert.equal(exitCode, 0);
    assert.deepEqual([session('barn')?.value, session('barn')?.type], ['{"token":"of barn"}', 'SecureString']);
    assert.equal(session('home'), undefined);
    assert.ok(said.indexOf('Copied from the table') < said.indexOf('(cdk deploy homes)'), said);
    assert.deepEqual(
      [...documents.items.keys()],
      ['home', 'cabin'],
      'what lies in the parameters is newer from now on',
    );
    assert.match(said, /^"barn" is not served by "homes" any more.*SITE=barn .*npm run deploy$/m);
  });

  it('with the table taken away, all homes keep what they remember', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    for (const site of ['home', 'cabin']) remember(site, `of ${site}`);
    const { said } = await run(deploy, two, { served: { sites: ['home', 'cabin'], table }, args: never });
    assert.match(said, /^Copied from the table into the parameters: what 2 homes remember\.$/m);
    assert.equal(session('cabin')?.value, '{"token":"of cabin"}');
  });

  it('gets a stack of its own with what lies in its parameters, and its log-in from the table', async () => {
    settle('cabin', { DESTINATION: 'charge-hq,log:webhook' });
    remember('cabin', 'of cabin');
    const { exitCode, cdk } = await run(deploy, { SITE: 'cabin' }, { served: { sites: ['home'], table } });
    assert.equal(exitCode, 0);
    const known = { DESTINATION: 'charge-hq,log:webhook', VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711' };
    assert.deepEqual(cdk, [`deploy SolarCloudBridge-cabin SOLAR_CLOUD_BRIDGE_PARAMETERS=${JSON.stringify(known)}`]);
    assert.equal(session('cabin')?.value, '{"token":"of cabin"}');
    assert.deepEqual([...documents.items.keys()], []);
  });

  it('that has its own stack already keeps what is newer there', async () => {
    settle('cabin');
    remember('cabin', 'of long ago');
    await run(deploy, { SITE: 'cabin' }, { served: { sites: ['home'], table }, stacks: ['cabin'] });
    assert.equal(session('cabin'), undefined);
  });

  for (const [what, sites, sentence] of [
    [
      'others stay there',
      ['home', 'cabin', 'barn'],
      /Take it out of SITE there and deploy those that stay, as in SITE=home,barn .*npm run deploy; then deploy this home again\.$/,
    ],
    ['one stays there', ['home', 'cabin'], /as in SITE=home, .*npm run deploy;/],
    ['it is the only one', ['cabin'], /Remove that stack \(SITE=cabin, .*npm run destroy; settings and log-ins stay\)/],
  ] as const)
    it(`gets none while it is served there, and is told the way: ${what}`, async () => {
      settle('cabin');
      const { refused = '', cdk } = await run(deploy, { SITE: 'cabin' }, { served: { sites: [...sites] } });
      assert.match(refused, /^Nothing was deployed: "cabin" is served by the stack "homes" of several homes\./);
      assert.match(refused, sentence);
      assert.deepEqual(cdk, []);
    });
});

describe('npm run destroy with several homes', () => {
  it('removes their stack, keeps what they remember, and says in short what stays', async () => {
    const sites = Array.from({ length: 20 }, (_, nth) => `home-${nth}`);
    for (const site of sites) settle(site);
    remember('home-7', 'of home-7');
    const { exitCode, said, cdk } = await run(destroy, { SITE: sites.join() }, { served: { sites, table } });
    assert.equal(exitCode, 0);
    assert.deepEqual(cdk, ['destroy SolarCloudBridge-homes']);
    assert.equal(session('home-7')?.value, '{"token":"of home-7"}');
    assert.match(said, /^The stack "homes" of home-0, home-1, .* and 14 more is gone from eu-central-1\.$/m);
    assert.match(said, /^- \/solar-cloud-bridge\/home-3\/: 4$/m);
    assert.match(said, /^- and 10 more homes$/m);
    assert.ok(said.split('\n').length < 20, said);
  });

  it('says of a stack that is not there that nothing was removed, and what is left', async () => {
    settle('home');
    const { exitCode, said, cdk } = await run(destroy, two);
    assert.equal(exitCode, 2);
    assert.deepEqual(cdk, []);
    assert.match(said, /^Nothing was removed: no stack "homes" is deployed in eu-central-1\./);
    assert.match(said, /^- \/solar-cloud-bridge\/home\/: 4$/m);
  });

  it('says that it still runs when its owner told CDK not to go on', async () => {
    const { exitCode, said } = await run(destroy, two, { served: { sites: ['home'] }, stuck: ['homes'] });
    assert.equal(exitCode, 1);
    assert.match(said, /The stack "homes" still runs in eu-central-1: nothing was removed\.$/);
  });
});
