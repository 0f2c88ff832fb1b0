/** `npm run deploy` and `npm run destroy` with several homes in one stack. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deploy } from '../../../infra/commands/deploy.ts';
import { destroy } from '../../../infra/commands/destroy.ts';
import { aboutMany } from '../../../infra/commands/homes-sentences.ts';
import { never, remember, run, session, settle, store, table, two } from '../../support/homes-deployment.ts';

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

  it('deploys nothing when a setting of the deployment is wrong', async () => {
    for (const site of ['home', 'cabin']) settle(site);
    const { refused = '', cdk } = await run(deploy, { ...two, METRICS_OF: 'barn' });
    assert.match(refused, /^METRICS_OF names barn, which SITE does not/);
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

  it('warns from 251 homes on of what a new account may run at once', () => {
    const said = (homes: number) => aboutMany(Array.from({ length: homes }, (_, nth) => `home-${nth}`)).join('\n');
    assert.match(
      said(251),
      /^! 251 homes need 11 functions at once, and a new AWS account may run 10: .*Service Quotas/m,
    );
    assert.doesNotMatch(said(250), /functions at once/);
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

  it('of a home among them removes nothing, and lists none of the parameters that are in use', async () => {
    settle('cabin');
    const { refused = '', said } = await run(destroy, { SITE: 'cabin' }, { served: { sites: ['home', 'cabin'] } });
    assert.match(refused, /^Nothing was removed: "cabin" has no stack of its own, but is served by the stack "homes"/);
    assert.equal(said, '');
  });

  it('says that it still runs when its owner told CDK not to go on', async () => {
    const { exitCode, said } = await run(destroy, two, { served: { sites: ['home'] }, stuck: ['homes'] });
    assert.equal(exitCode, 1);
    assert.match(said, /The stack "homes" still runs in eu-central-1: nothing was removed\.$/);
  });
});
