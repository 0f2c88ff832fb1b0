/** `npm run deploy` and `npm run destroy` against a local Parameter Store; `cdk` itself is stood in for where it would begin. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SSMClient } from '@aws-sdk/client-ssm';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { sayOn } from '../../../functions/push-solar-data/local/layout.ts';
import type { SettingTexts } from '../../../functions/push-solar-data/settings/settings-reader.ts';
import { deploy } from '../../../infra/commands/deploy.ts';
import { destroy } from '../../../infra/commands/destroy.ts';
import { type ParameterStage, playParameterStore } from '../../support/parameter-store.ts';

const path = '/solar-cloud-bridge/home';
const bootstrap = { '/cdk-bootstrap/hnb659fds/version': '28' };
const victron = { VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711', AWS_REGION: 'eu-central-1' };
const put = (name: string) =>
  `aws ssm put-parameter --region eu-central-1 --type SecureString --name ${path}/${name} --value '…'`;

let store: ParameterStage;
beforeEach(async () => {
  store = await playParameterStore({ ...bootstrap, '/solar-cloud-bridge/homestead/OTHER': 'x' });
});
afterEach(() => store.close());

/** Runs one of the two commands with a `cdk` that ends with `code`. */
async function run(
  command: typeof deploy | typeof destroy,
  texts: SettingTexts,
  {
    args = [],
    code = 0,
    stacks = [true, false],
  }: { args?: string[]; code?: number /** Whether the stack is there, at each look. */; stacks?: boolean[] } = {},
) {
  const account = accountOf(texts, args);
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  const ssm = new SSMClient({ ...account.client, endpoint: store.url, credentials });
  const said: string[] = [];
  const cdk: { args: readonly string[]; region: string; settings?: Record<string, string> }[] = [];
  const runCdk = async (args: readonly string[], region: string, settings: Record<string, string> = {}) => {
    cdk.push({ args, region, ...(Object.keys(settings).length > 0 ? { settings } : {}) });
    return code;
  };
  const lookUpIot = async (region: string) => `https://abc-ats.iot.${region}.amazonaws.com`;
  try {
    const exitCode = await command(account, args, {
      ssm,
      runCdk,
      lookUpIot,
      stacks: { has: async () => false, served: async () => undefined },
      environmentOf: async () => undefined,
      openTable: () => assert.fail('there is no table'),
      confirm: undefined,
      lookUpStack: async () => (stacks.shift() ? { changedAt: 0 } : undefined),
      say: (sentence) => said.push(sentence),
    });
    return { exitCode, said: said.join('\n'), cdk };
  } catch (error) {
    return { refused: (error as Error).message, said: said.join('\n'), cdk };
  } finally {
    ssm.destroy();
  }
}

describe('npm run deploy', () => {
  it('deploys the stack of the site, with what it was given for cdk, and points to the status', async () => {
    store.set(`${path}/CHARGE_HQ_API_KEY`, 'key');
    store.set(`${path}/VICTRON_VRM_ACCESS_TOKEN`, 'token');
    const args = ['--require-approval', 'never'];
    const { exitCode, said, cdk } = await run(deploy, victron, { args });
    assert.equal(exitCode, 0);
    assert.deepEqual(cdk, [{ args: ['deploy', 'SolarCloudBridge-home', ...args], region: 'eu-central-1' }]);
    assert.equal(
      said,
      'Look whether it works: AWS_REGION=eu-central-1 npm run status (it waits for the first reading)',
    );
  });

  it('deploys although secrets are lacking, and says the exact command for each', async () => {
    const texts = {
      ...victron,
      VICTRON_VRM_ACCESS_TOKEN: 'token-of-the-env-file',
      CHARGE_HQ_API_KEY: 'key-of-the-env-file',
    };
    const { exitCode, said, cdk } = await run(deploy, texts);
    assert.equal(exitCode, 0);
    assert.equal(cdk.length, 1);
    assert.ok(said.includes(put('CHARGE_HQ_API_KEY')), said);
    assert.ok(said.includes(put('VICTRON_VRM_ACCESS_TOKEN')), said);
    assert.doesNotMatch(said, /of-the-env-file/);
  });

  for (const columns of [120, 80, 44])
    it(`fits its list into ${columns} columns, each command still one for a shell`, async () => {
      const { said } = await run(deploy, { ...victron, VICTRON_VRM_ID_SITE: undefined });
      let shown = '';
      const write = (text: string | Uint8Array) => {
        shown += text;
        return true;
      };
      sayOn({ isTTY: true, columns, write })(said);
      const isOneWord = (line: string) => !line.replace(/ \\$/, '').trim().includes(' ');
      for (const line of shown.split('\n')) assert.ok(line.length <= columns || isOneWord(line), line);
      const commands = shown.replaceAll(/ \\\n +/g, ' ');
      for (const name of ['CHARGE_HQ_API_KEY', 'VICTRON_VRM_ACCESS_TOKEN'])
        assert.ok(commands.includes(put(name)), commands);
      assert.match(shown, /^ {2}put it into \.env and deploy again$/m);
    });

  it('says of a lacking setting that is no secret to put it into .env', async () => {
    const { said } = await run(deploy, { ...victron, VICTRON_VRM_ID_SITE: undefined });
    assert.match(said, /VICTRON_VRM_ID_SITE: .*\n +put it into \.env and deploy again/);
  });

  it('knows what a vendor needs only with certain other settings', async () => {
    const fusionsolar = { VENDOR: 'roof:fusionsolar', AWS_REGION: 'eu-central-1' };
    const { said } = await run(deploy, fusionsolar);
    assert.match(said, /- ROOF_/);
    const complete = { ...fusionsolar, ROOF_KIOSK_URL: 'https://uni001eu5.fusionsolar.huawei.com/x?kk=abc' };
    store.set(`${path}/ROOF_KIOSK_URL`, complete.ROOF_KIOSK_URL);
    assert.doesNotMatch((await run(deploy, complete)).said, /- ROOF_/);
  });

  it('takes settings that lie in the Parameter Store as there, and warns of a secret that lies unencrypted', async () => {
    store.set(`${path}/VENDOR`, 'victron-vrm', 'String');
    store.set(`${path}/VICTRON_VRM_ID_SITE`, '4711', 'String');
    store.set(`${path}/CHARGE_HQ_API_KEY`, 'key');
    store.set(`${path}/VICTRON_VRM_ACCESS_TOKEN`, 'plain-token', 'String');
    const { exitCode, said } = await run(deploy, { AWS_REGION: 'eu-central-1' });
    assert.equal(exitCode, 0);
    assert.doesNotMatch(said, /until these settings are there/);
    assert.match(said, /VICTRON_VRM_ACCESS_TOKEN lies unencrypted/);
    assert.ok(said.includes(`aws ssm delete-parameter --region eu-central-1 --name ${path}/VICTRON_VRM_ACCESS_TOKEN`));
    assert.doesNotMatch(said, /plain-token/);
  });

  it('asks for nothing of Charge HQ where the home is told elsewhere, and for what is needed there', async () => {
    const texts = { ...victron, DESTINATION: 'log:webhook' };
    const { exitCode, said } = await run(deploy, texts);
    assert.equal(exitCode, 0);
    assert.ok(said.includes(put('LOG_URL')), said);
    assert.doesNotMatch(said, /CHARGE_HQ/);
    store.set(`${path}/LOG_URL`, 'https://example.com/plain', 'String');
    assert.match((await run(deploy, texts)).said, /LOG_URL lies unencrypted/);
  });

  it("finds out the account's address for a destination at AWS IoT Core, unless the owner gave one", async () => {
    const texts = { ...victron, DESTINATION: 'charge-hq,car:mqtt', CAR_URL: 'aws-iot' };
    const { cdk, said } = await run(deploy, texts);
    const CAR_BASE_URL = 'https://abc-ats.iot.eu-central-1.amazonaws.com';
    assert.deepEqual(cdk[0]?.settings, { CAR_BASE_URL });
    assert.doesNotMatch(said, /CAR_BASE_URL/);
    const own = await run(deploy, { ...texts, CAR_BASE_URL: 'https://iot.example.com' });
    assert.equal(own.cdk[0]?.settings, undefined);
  });

  it('takes the site from -c, as cdk does', async () => {
    const { cdk, said } = await run(deploy, victron, { args: ['-c', 'SITE=cabin'] });
    assert.deepEqual(cdk[0]?.args, ['deploy', 'SolarCloudBridge-cabin', '-c', 'SITE=cabin']);
    assert.ok(said.includes('/solar-cloud-bridge/cabin/CHARGE_HQ_API_KEY'), said);
  });

  for (const [what, texts, sentence] of [
    ['the vendor is missing', { VENDOR: undefined }, /VENDOR is missing/],
    ['the vendor is mistyped', { VENDOR: 'victron-vmr' }, /Did you mean victron-vrm\?/],
    ['a setting is malformed', { VICTRON_VRM_ID_SITE: 'abc' }, /VICTRON_VRM_ID_SITE must be a number/],
    ['a destination is mistyped', { DESTINATION: 'charge-hq,mqqt' }, /Did you mean mqtt\?/],
    [
      'one of several destinations is malformed',
      { DESTINATION: 'charge-hq,mqtt', MQTT_URL: 'http://x' },
      /MQTT_URL must/,
    ],
  ] as const)
    it(`deploys nothing when ${what}, and says so`, async () => {
      const { refused = '', cdk } = await run(deploy, { ...victron, ...texts });
      assert.match(refused, /^Nothing was deployed\./);
      assert.match(refused, sentence);
      assert.deepEqual(cdk, []);
    });

  it('says how to prepare an account that is not bootstrapped', async () => {
    store.parameters.delete('/cdk-bootstrap/hnb659fds/version');
    const { refused = '', cdk } = await run(deploy, victron);
    assert.match(refused, /not yet prepared for CDK in eu-central-1.*AWS_REGION=eu-central-1 npx cdk bootstrap/);
    assert.deepEqual(cdk, []);
  });

  it('says nothing of success when cdk fails, and ends as cdk did', async () => {
    const { exitCode, said } = await run(deploy, victron, { code: 3 });
    assert.equal(exitCode, 3);
    assert.match(said, /^[^\n]*\nThe stack was not deployed: the lines above say why\.$/);
  });

  it("says what CDK's list of rights means, where CDK may ask", async () => {
    const about = /CDK may now list rights and ask: they are the function's own/;
    assert.match((await run(deploy, victron)).said, about);
    assert.doesNotMatch((await run(deploy, victron, { args: ['--require-approval', 'never'] })).said, about);
  });

  it('remarks on parameters that are no settings of this home', async () => {
    for (const name of ['VICTRON_VRM_ACCESS_TOKN', 'FOXESS_API_KEY', 'CHARGE_HQ_API_KEY', 'state/site'])
      store.set(`${path}/${name}`, 'x');
    const { said } = await run(deploy, victron);
    assert.match(said, /^! VICTRON_VRM_ACCESS_TOKN is not a setting; did you mean VICTRON_VRM_ACCESS_TOKEN\?$/m);
    assert.match(said, /^! FOXESS_API_KEY: not used, because VENDOR and DESTINATION name nothing that it belongs to$/m);
    assert.equal(said.match(/^! /gm)?.length, 2);
  });

  it('names the home, the region and the profile in each command that it suggests', async () => {
    const texts = { ...victron, SITE: 'cabin', AWS_PROFILE: 'mine' };
    const { said } = await run(deploy, texts);
    const before = 'SITE=cabin AWS_REGION=eu-central-1 AWS_PROFILE=mine';
    for (const command of ['npm run status', 'npm run configure -- --aws'])
      assert.ok(said.includes(`${before} ${command}`), said);
    assert.match(said, /aws ssm put-parameter --region eu-central-1 --profile mine --type/);
    const { said: withSpace } = await run(deploy, { ...texts, AWS_PROFILE: 'my home' });
    assert.match(withSpace, /aws ssm put-parameter --region eu-central-1 --profile 'my home' --type/);
    store.parameters.delete('/cdk-bootstrap/hnb659fds/version');
    assert.match(
      (await run(deploy, texts)).refused ?? '',
      /AWS_REGION=eu-central-1 AWS_PROFILE=mine npx cdk bootstrap/,
    );
  });

  for (const [type, sentence] of [
    ['AccessDeniedException', /does not allow your credentials/],
    ['UnrecognizedClientException', /does not know these credentials/],
    ['ExpiredTokenException', /log-in at AWS has run out/],
    ['InternalFailure', /does not answer \(InternalFailure\)/],
  ] as const)
    it(`has a sentence for ${type}`, async () => {
      store.fail({ status: 400, type });
      assert.match((await run(deploy, victron)).refused ?? '', sentence);
    });
});

describe('npm run destroy', () => {
  it('removes the stack, and names every parameter that stays with the commands that delete them', async () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'state/schedule'].map((name) => `${path}/${name}`);
    for (const name of names) store.set(name, `value of ${name}`);
    const { exitCode, said, cdk } = await run(destroy, victron);
    assert.equal(exitCode, 0);
    assert.deepEqual(cdk[0]?.args, ['destroy', 'SolarCloudBridge-home']);
    for (const name of names) assert.ok(said.includes(`- ${name}\n`), name);
    assert.ok(said.includes(`delete-parameters --region eu-central-1 --names ${names.slice(0, 10).join(' ')}\n`), said);
    assert.ok(said.endsWith(`delete-parameters --region eu-central-1 --names ${path}/state/schedule`), said);
    assert.doesNotMatch(said, /value of|homestead/);
  });

  it('says that none stays where there is none', async () => {
    assert.equal(
      (await run(destroy, victron)).said,
      'The bridge of the site "home" is gone from eu-central-1.\nNo parameters lie below /solar-cloud-bridge/home/ in eu-central-1.',
    );
  });

  it('says of a stack that is not there that nothing was removed, where it looked, and what is left', async () => {
    store.set(`${path}/A`, 'a');
    const { exitCode, said, cdk } = await run(destroy, victron, { stacks: [false] });
    assert.equal(exitCode, 2);
    assert.deepEqual(cdk, []);
    assert.match(said, /^Nothing was removed: no bridge is deployed for the site "home" in eu-central-1\./);
    assert.ok(said.includes(`- ${path}/A\n`));
    assert.doesNotMatch(said, /is gone/);
  });

  it('says that the bridge still runs when its owner told CDK not to go on', async () => {
    const { exitCode, said } = await run(destroy, victron, { stacks: [true, true] });
    assert.equal(exitCode, 1);
    assert.equal(said, 'The bridge of the site "home" still runs in eu-central-1: nothing was removed.');
  });

  it('lists nothing when cdk fails', async () => {
    store.set(`${path}/A`, 'a');
    const { exitCode, said } = await run(destroy, victron, { code: 1 });
    assert.equal(exitCode, 1);
    assert.equal(said, 'The stack was not removed: the lines above say why.');
  });
});
