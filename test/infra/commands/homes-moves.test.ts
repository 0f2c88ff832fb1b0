/** `npm run deploy` where homes move into one stack, or out of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deploy } from '../../../infra/commands/deploy.ts';
import { destroy } from '../../../infra/commands/destroy.ts';
import {
  documents,
  never,
  parameter,
  remember,
  run,
  session,
  settle,
  store,
  table,
  two,
} from '../../support/homes-deployment.ts';

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

  it('into a table says that a log-in may be lost, and the way that is safer', async () => {
    settleBoth();
    const { said, cdk } = await run(deploy, { ...two, STATE_STORE: 'dynamodb' }, { ...lone, answer: false });
    assert.match(said, /^! They move into a table.*Safer: deploy without STATE_STORE, and once more with it/m);
    assert.deepEqual(cdk, []);
    assert.doesNotMatch((await run(deploy, two, { ...lone, answer: false })).said, /a table/);
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

describe('a home that is called as a stack of several', () => {
  const served = { sites: ['cabin', 'barn'], table };

  for (const [command, done] of [
    [deploy, 'deployed'],
    [destroy, 'removed'],
  ] as const)
    it(`is nothing that is ${done}: the homes of that stack and their log-ins would be lost`, async () => {
      settle('homes');
      const { refused = '', cdk } = await run(command, { SITE: 'homes' }, { served, stacks: ['homes'], args: never });
      assert.match(
        refused,
        /^Nothing was \w+: "homes" is no home, but the stack of several homes \(cabin, barn\)\. .*: SITE=cabin,barn .*npm run de/,
      );
      assert.deepEqual(cdk, []);
    });

  it('keeps its own stack where others come together under its name', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    const { refused = '', cdk } = await run(deploy, two, { stacks: ['homes'], args: never });
    assert.match(
      refused,
      /^Nothing was deployed: "homes" is the stack of one home.*such as STACK=my-homes in \.env\.$/,
    );
    assert.deepEqual(cdk, []);
  });
});

describe('twenty homes', () => {
  const sites = Array.from({ length: 20 }, (_, nth) => `h-${nth}`);

  it('that move in, and out, are told of in short', async () => {
    for (const site of sites) {
      settle(site);
      store.parameters.delete(`/solar-cloud-bridge/${site}/VICTRON_VRM_ID_SITE`);
    }
    const environments = Object.fromEntries(sites.map((site) => [site, { VICTRON_VRM_ID_SITE: '4711' }]));
    const aws = { stacks: sites, environments, args: never, served: { sites: sites.map((site) => `old-${site}`) } };
    const { exitCode, said } = await run(deploy, { SITE: sites.join() }, aws);
    assert.equal(exitCode, 0);
    assert.equal(said.match(/^Stored in the parameters/gm)?.length, 10);
    assert.equal(said.match(/is not served by "homes" any more/g)?.length, 10);
    assert.equal(said.match(/^- and 10 more homes$/gm)?.length, 2);
  });
});

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
