import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { configure } from '../../functions/push-solar-data/local/configure.ts';
import { playParameterStore } from '../support/parameter-store.ts';
import { callCommand, openTerminal, temporaryFolder } from '../support/terminal.ts';
import { playVictron, token } from './victron-cloud.ts';

type Home = { folder: string; environment?: Record<string, string>; input?: string };

const home = (t: TestContext, file?: string): Home & { stored(): string } => {
  const folder = temporaryFolder(t);
  if (file !== undefined) writeFileSync(join(folder, '.env'), file);
  const stored = () => (existsSync(join(folder, '.env')) ? readFileSync(join(folder, '.env'), 'utf8') : 'no file');
  return { folder, stored };
};
/** As a script does it: secrets come on standard input, unless the home has another input. */
const setting = (home: Home, settings: string[], ...options: string[]) => {
  const isPiped = (each: string) => home.input === undefined && /(KEY|TOKEN|SECRETS)=./.test(each);
  const input = settings.filter(isPiped).map((each) => `${each.slice(each.indexOf('=') + 1)}\n`);
  const given = settings.flatMap((each) => ['--set', isPiped(each) ? each.replace(/=.*/s, '=-') : each]);
  return called([...given, ...options], { ...home, input: home.input ?? input.join('') });
};
const called = (args: string[], home: Home) => callCommand(configure, args, { ...home, registry: adapters });
const victron = (url: string, itsToken = token) => [
  'VENDOR=victron-vrm',
  `VICTRON_VRM_BASE_URL=${url}`,
  `VICTRON_VRM_ACCESS_TOKEN=${itsToken}`,
  'VICTRON_VRM_ID_SITE=4711',
];

describe('settings given by --set', () => {
  it('are stored after a read that shows the figures', async (t) => {
    const here = home(t);
    const cloud = await playVictron(t);
    const { code, output } = await setting(here, victron(cloud.url));
    assert.equal(code, 0);
    assert.match(output, /grid +exporting 1\.50 kW +exporting 1\.50 kW +measured/);
    assert.match(
      output,
      /^Stored in \.env: VENDOR, VICTRON_VRM_BASE_URL, VICTRON_VRM_ACCESS_TOKEN, VICTRON_VRM_ID_SITE$/m,
    );
    assert.equal(
      here.stored(),
      `VENDOR=victron-vrm\nVICTRON_VRM_BASE_URL=${cloud.url}\nVICTRON_VRM_ACCESS_TOKEN='${token}'\nVICTRON_VRM_ID_SITE=4711\n`,
    );
    assert.equal(statSync(join(here.folder, '.env')).mode & 0o777, 0o600);
  });

  it('are not stored when the read fails, unless the check is left out', async (t) => {
    const here = home(t);
    const cloud = await playVictron(t);
    const wrong = victron(cloud.url, 'wrong-token');
    const failed = await setting(here, wrong);
    assert.equal(failed.code, 1);
    assert.match(failed.output, /✗ Victron VRM refused the credentials/);
    assert.match(failed.complaints, /nothing was stored\. To store all the same: --no-check/);
    assert.equal(here.stored(), 'no file');
    assert.equal((await setting(here, wrong, '--no-check')).code, 0);
    assert.match(here.stored(), /wrong-token/);
    assert.doesNotMatch(failed.output + failed.complaints, /wrong-token/);
  });

  it('with a wrong number are answered with the right ones', async (t) => {
    const here = home(t);
    const cloud = await playVictron(t);
    const wrong = victron(cloud.url).map((each) => each.replace('4711', '13'));
    const { code, complaints } = await setting(here, wrong);
    assert.equal(code, 1);
    assert.match(complaints, /^Victron VRM lists for VICTRON_VRM_ID_SITE: 4711 \(Barn\)\.$/m);
  });

  it('take an address of the portal for the number in it', async (t) => {
    const here = home(t);
    const cloud = await playVictron(t);
    const address = 'https://vrm.victronenergy.com/installation/4711/dashboard';
    const { code } = await setting(here, [...victron(cloud.url).slice(0, 3), `VICTRON_VRM_ID_SITE=${address}`]);
    assert.equal(code, 0);
  });

  it('with another vendor keep what a destination that takes over its label needs', async (t) => {
    const file = 'VENDOR=barn:fusionsolar\nBARN_USER_NAME=me\nBARN_STATION_CODE=NE=1\n';
    const here = home(t, file);
    await setting(here, ['VENDOR=victron-vrm', 'DESTINATION=barn:mqtt'], '--no-check');
    assert.match(here.stored(), /^BARN_USER_NAME=me$/m);
    assert.doesNotMatch(here.stored(), /BARN_STATION_CODE/);
  });

  it('with another vendor remove what belonged to the former one alone, and say so', async (t) => {
    const file = 'VENDOR=victron-vrm\nVICTRON_VRM_ACCESS_TOKEN=abcdefgh\nVICTRON_VRM_ID_SITE=1\nMAX_POWER_KW=20\n';
    const here = home(t, file);
    const { output } = await setting(here, ['VENDOR=foxess', 'FOXESS_API_KEY=my-own-key'], '--no-check');
    assert.match(output, /^What belonged to the former equipment alone is removed with it\.$/m);
    assert.match(output, /^Removed from \.env: VICTRON_VRM_ACCESS_TOKEN, VICTRON_VRM_ID_SITE$/m);
    assert.equal(here.stored(), 'VENDOR=foxess\nMAX_POWER_KW=20\nFOXESS_API_KEY=my-own-key\n');
  });

  it('with another vendor and for another home take nothing from a file that may be of the first one', async (t) => {
    const here = home(t, 'VENDOR=victron-vrm\nVICTRON_VRM_ID_SITE=1\n');
    const cabin = { ...here, environment: { SITE: 'cabin' } };
    await setting(cabin, ['VENDOR=foxess', 'FOXESS_API_KEY=my-own-key'], '--no-check');
    assert.match(here.stored(), /^VICTRON_VRM_ID_SITE=1$/m);
  });

  it('change only these, and say when all of it was stored already', async (t) => {
    const file = '# my home\nVENDOR=victron-vrm\nVICTRON_VRM_ID_SITE=1 # barn\nOTHER=x\n';
    const here = home(t, file);
    const { output } = await setting(here, ['VICTRON_VRM_ID_SITE=2'], '--no-check');
    assert.equal(output, 'Stored in .env: VICTRON_VRM_ID_SITE\n');
    assert.equal(here.stored(), file.replace('=1', '=2'));
    const again = await setting(here, ['VICTRON_VRM_ID_SITE=2'], '--no-check');
    assert.equal(again.output, 'All of this was stored already.\n');
  });

  it('with an empty value are removed', async (t) => {
    const here = home(t, 'VENDOR=victron-vrm\nMAX_POWER_KW=20\n');
    const { output } = await setting(here, ['MAX_POWER_KW='], '--no-check');
    assert.equal(output, 'Removed from .env: MAX_POWER_KW\n');
    assert.equal(here.stored(), 'VENDOR=victron-vrm\n');
  });

  it('with the value - are read from standard input and shown nowhere', async (t) => {
    const here = { ...home(t), input: 'from-a-pipe\n' };
    const { code, output, complaints } = await setting(here, ['CHARGE_HQ_API_KEY=-'], '--no-check');
    assert.equal(code, 0);
    assert.equal(here.stored(), 'CHARGE_HQ_API_KEY=from-a-pipe\n');
    assert.doesNotMatch(output + complaints, /from-a-pipe/);
  });

  it('with the value - are asked for, hidden, in a terminal', async (t) => {
    const { ports, answer, screen } = openTerminal(t, adapters);
    const ended = configure(['--set', 'CHARGE_HQ_API_KEY=-', '--no-check'], ports);
    await answer(/CHARGE_HQ_API_KEY: Charge HQ web app/, 'typed-key');
    assert.equal(await ended, 0);
    assert.equal(readFileSync(ports.file, 'utf8'), 'CHARGE_HQ_API_KEY=typed-key\n');
    assert.doesNotMatch(screen(), /typed-key/);
  });

  it('may be those of any destination, and ask for no key of Charge HQ where another one is chosen', async (t) => {
    const here = { ...home(t, 'VENDOR=evcc\nDESTINATION=charge-hq,car:mqtt\n'), input: 'https://example.com/hook' };
    const { code, complaints } = await setting(here, ['DESTINATION=webhook', 'WEBHOOK_URL=-'], '--no-check');
    assert.equal(code, 0);
    assert.equal(complaints, '');
    const labelled = await setting(here, ['DESTINATION=car:mqtt', 'CAR_TOPIC=home'], '--no-check');
    const idle = '! WEBHOOK_URL: not used, because VENDOR and DESTINATION name nothing that it belongs to\n';
    assert.equal(labelled.complaints, `${idle}CAR_URL is not set: nothing can be pushed yet.\n`);
  });

  it('of a destination are checked as those of a source', async (t) => {
    const settings = ['DESTINATION=charge-hq,mqtt', 'MQTT_URL=http://broker', 'MQTT_TOPIC=a/#', 'MQTT_UPL=x'];
    const unknown = await setting(home(t), settings, '--no-check');
    assert.match(unknown.complaints, /^MQTT_UPL is no setting\. Did you mean MQTT_URL\?/);
    const { code, complaints } = await setting(home(t), settings.slice(0, 3), '--no-check');
    assert.equal(code, 2);
    assert.match(
      complaints,
      /^MQTT_URL must be mqtts:[^\n]*\nMQTT_TOPIC must be a topic[^\n]*\nNothing was stored\.\n$/,
    );
    const typo = await setting(home(t), ['DESTINATION=charge-hq,mqqt'], '--no-check');
    assert.match(typo.complaints, /^DESTINATION names "mqqt".* Did you mean mqtt\?/);
  });

  it('say that nothing can be pushed while the key of Charge HQ is missing', async (t) => {
    const here = home(t);
    const without = await setting(here, ['VENDOR=victron-vrm'], '--no-check');
    assert.equal(without.complaints, 'CHARGE_HQ_API_KEY is not set: nothing can be pushed yet.\n');
    const withKey = await setting(here, ['CHARGE_HQ_API_KEY=a-key'], '--no-check');
    assert.equal(withKey.complaints, '');
  });

  it('with several values - take a line each', async (t) => {
    const here = { ...home(t), input: 'first\nsecond\n' };
    await setting(here, ['CHARGE_HQ_API_KEY=-', 'VICTRON_VRM_ACCESS_TOKEN=-'], '--no-check');
    assert.equal(here.stored(), 'CHARGE_HQ_API_KEY=first\nVICTRON_VRM_ACCESS_TOKEN=second\n');
  });

  for (const input of ['', '\n', 'only one\n'])
    it(`are refused if standard input does not hold them: ${JSON.stringify(input)}`, async (t) => {
      const here = { ...home(t), input };
      const settings = ['CHARGE_HQ_API_KEY=-', 'VICTRON_VRM_ACCESS_TOKEN=-'];
      const { code, complaints } = await setting(here, settings, '--no-check');
      assert.equal(code, 2);
      assert.match(
        complaints,
        /^Standard input should hold one line for each of CHARGE_HQ_API_KEY, VICTRON_VRM_ACCESS_TOKEN/,
      );
      assert.equal(here.stored(), 'no file');
    });
});

describe('what is refused in words, with nothing stored', () => {
  for (const [what, args, complaint] of [
    [
      'an unknown name',
      ['--set', 'VICTRON_VRM_TOKEN=abc'],
      /^VICTRON_VRM_TOKEN is no setting\. Did you mean VICTRON_VRM_\w+\?\n/,
    ],
    [
      'a small mistake',
      ['--set', 'charge_hq_api_key=abc'],
      /^charge_hq_api_key is no setting\. Did you mean CHARGE_HQ_API_KEY\?/,
    ],
    [
      'an unknown vendor',
      ['--set', 'VENDOR=victron'],
      /^VENDOR names "victron", which is not known\. Did you mean victron-vrm\?/,
    ],
    [
      'a malformed value',
      ['--set', 'VENDOR=victron-vrm', '--set', 'VICTRON_VRM_ID_SITE=abc'],
      /^VICTRON_VRM_ID_SITE must be a number of at least 1 \(it is "abc"\): Number in the address/,
    ],
    [
      'an address without https',
      ['--set', 'VICTRON_VRM_BASE_URL=http://vrm.example.com'],
      /^VICTRON_VRM_BASE_URL must be an address/,
    ],
    ['an unknown part', ['--set', 'VICTRON_VRM_TAKE=sun'], /^VICTRON_VRM_TAKE must be some of production, grid/],
    ['a name without a value', ['--set', 'VENDOR'], /^Each --set needs NAME=value/],
    [
      'an option that is none',
      ['--sets', 'VENDOR=foxess'],
      /^"--sets" is no option of npm run configure\. Did you mean --set\?/,
    ],
    [
      'nobody to ask',
      [],
      /^This is no terminal, so that nobody can be asked\. In scripts:\n\nAsks for the settings[\s\S]* {2}--set NAME=value/,
    ],
  ] as const)
    it(what, async (t) => {
      const { ports, screen } = openTerminal(t, adapters, { isTerminal: false });
      const code = await configure([...args, '--no-check'], ports);
      assert.equal(code, 2);
      assert.match(screen(), complaint);
      assert.ok(!existsSync(ports.file));
    });

  for (const [what, args] of [
    ['a secret', ['--set', 'CHARGE_HQ_API_KEY=my-key']],
    ['a secret among others', ['--set', 'MAX_POWER_KW=20', '--set', 'VICTRON_VRM_ACCESS_TOKEN=my-key']],
    ['a secret of a label', ['--set', 'VENDOR=roof:victron-vrm', '--set', 'ROOF_ACCESS_TOKEN=my-key']],
    ['a secret for AWS', ['--aws', '--set', 'CHARGE_HQ_API_KEY=my-key']],
  ] as const)
    it(`${what} on the command line, with another way and without its value`, async (t) => {
      const here = await onAws(t);
      const { code, output, complaints } = await called([...args, '--no-check'], here);
      assert.equal(code, 2);
      const name = /(\w+)=my-key/.exec(args.join(' '))?.[1];
      assert.match(
        complaints,
        new RegExp(`^${name}: no secret is taken from the command line.*--set ${name}=- instead`),
      );
      assert.match(complaints, /asked for, or read from standard input.*Nothing was stored/);
      assert.doesNotMatch(output + complaints, /my-key/);
      assert.equal(here.stored(), 'no file');
      assert.equal(here.store.parameters.size, 0);
    });

  it('a poll interval below what the cloud allows', async (t) => {
    const settings = ['VENDOR=foxess', 'FOXESS_API_KEY=abcd', 'CHARGE_HQ_API_KEY=abcd', 'FOXESS_POLL_SECONDS=1'];
    const { code, complaints } = await setting(home(t), settings, '--no-check');
    assert.equal(code, 2);
    assert.match(complaints, /^FOXESS_POLL_SECONDS must be a number of at least \d\d+/);
  });

  it('two hyphens that were forgotten, without the value', async (t) => {
    const { code, complaints } = await called(['CHARGE_HQ_API_KEY=my-key'], home(t));
    assert.equal(code, 2);
    assert.match(complaints, /^"CHARGE_HQ_API_KEY" is no option\. .*npm run configure -- --set NAME=value/);
    assert.doesNotMatch(complaints, /my-key/);
  });

  it('a malformed secret, without the secret', async (t) => {
    const settings = ['VENDOR=http-json', 'HTTP_JSON_SECRETS=not-json-but-secret'];
    const { code, complaints } = await setting(home(t), settings, '--no-check');
    assert.equal(code, 2);
    assert.match(complaints, /^HTTP_JSON_SECRETS must be/);
    assert.doesNotMatch(complaints, /not-json-but-secret/);
  });
});

it('--help tells the options', async (t) => {
  const { code, output } = await called(['--help'], home(t));
  assert.equal(code, 0);
  assert.match(output, /--set NAME=value.*--aws.*--no-check/s);
});

/** What the SDK of AWS takes from the environment of the process; nothing of the machine's own. */
const awsEnvironment = (url: string, folder: string): Record<string, string> => ({
  AWS_REGION: 'ap-southeast-2',
  AWS_ACCESS_KEY_ID: 'made-up',
  AWS_SECRET_ACCESS_KEY: 'made-up',
  AWS_ENDPOINT_URL_SSM: url,
  AWS_EC2_METADATA_DISABLED: 'true',
  HOME: folder,
});

async function onAws(t: TestContext, { parameters = {}, file, without = [] }: OnAws = {}) {
  const store = await playParameterStore(parameters);
  const here = home(t, file);
  const given = Object.entries(awsEnvironment(store.url, here.folder)).filter(([name]) => !without.includes(name));
  const before = process.env;
  const environment = Object.fromEntries(given);
  process.env = environment;
  t.after(() => {
    process.env = before;
    return store.close();
  });
  return { ...here, store, environment };
}
type OnAws = { parameters?: Record<string, string>; file?: string; without?: readonly string[] };

describe('with --aws', () => {
  const path = '/solar-cloud-bridge/home';

  it('secrets become encrypted parameters, and .env takes what is no secret', async (t) => {
    const here = await onAws(t);
    const cloud = await playVictron(t);
    const { code, output } = await setting(here, victron(cloud.url), '--aws');
    assert.equal(code, 0);
    assert.match(
      output,
      /^Stored in AWS \(ap-southeast-2\) under \/solar-cloud-bridge\/home\/: VICTRON_VRM_ACCESS_TOKEN$/m,
    );
    const stored = here.store.parameters.get(`${path}/VICTRON_VRM_ACCESS_TOKEN`);
    assert.equal(stored?.value, token);
    assert.equal(stored?.type, 'SecureString');
    assert.doesNotMatch(here.stored(), /ACCESS_TOKEN/);
    assert.match(here.stored(), /^VICTRON_VRM_ID_SITE=4711$/m);
  });

  it('the read uses the parameters that are there, and keeps its log-in among them', async (t) => {
    const cloud = await playVictron(t);
    const [vendor = '', url = ''] = victron(cloud.url);
    const here = await onAws(t, {
      parameters: { [`${path}/VICTRON_VRM_ACCESS_TOKEN`]: token },
      file: `${vendor}\n${url}\n`,
    });
    const { code, output } = await setting(here, ['VICTRON_VRM_ID_SITE=4711'], '--aws');
    assert.equal(code, 0, output);
    assert.match(here.store.parameters.get(`${path}/state/adapter/victron-vrm`)?.value ?? '', /"idUser":"?815/);
    assert.ok(!existsSync(join(here.folder, '.state')));
  });

  it('SITE chooses the path', async (t) => {
    const here = await onAws(t);
    await setting(here, ['SITE=cabin', 'CHARGE_HQ_API_KEY=a-key'], '--aws', '--no-check');
    assert.ok(here.store.parameters.has('/solar-cloud-bridge/cabin/CHARGE_HQ_API_KEY'));
  });

  it('AWS_REGION chooses the region', async (t) => {
    const here = await onAws(t);
    const { output } = await setting(here, ['AWS_REGION=eu-north-1', 'CHARGE_HQ_API_KEY=a-key'], '--aws', '--no-check');
    assert.match(output, /^Stored in AWS \(eu-north-1\) under/);
    assert.match(here.stored(), /^AWS_REGION=eu-north-1$/m);
  });

  it('a secret that .env holds too is changed there as well, so that the two never differ', async (t) => {
    const here = await onAws(t, { file: 'CHARGE_HQ_API_KEY=old\n' });
    await setting(here, ['CHARGE_HQ_API_KEY=newer'], '--aws', '--no-check');
    assert.equal(here.store.parameters.get(`${path}/CHARGE_HQ_API_KEY`)?.value, 'newer');
    assert.equal(here.stored(), 'CHARGE_HQ_API_KEY=newer\n');
  });

  it('an empty value removes the parameter', async (t) => {
    const here = await onAws(t, { parameters: { [`${path}/CHARGE_HQ_API_KEY`]: 'old' } });
    const { output } = await setting(here, ['CHARGE_HQ_API_KEY='], '--aws', '--no-check');
    assert.match(output, /^Removed from AWS .*: CHARGE_HQ_API_KEY$/m);
    assert.equal(here.store.parameters.size, 0);
  });

  it('a secret of more than 4 KB becomes an advanced parameter', async (t) => {
    const here = await onAws(t);
    await setting(here, [`CHARGE_HQ_API_KEY=${'k'.repeat(5000)}`], '--aws', '--no-check');
    const put = here.store.received.find(({ headers }) => String(headers['x-amz-target']).endsWith('PutParameter'));
    assert.match(JSON.stringify(put?.body), /"Tier":"Advanced"/);
  });

  for (const [what, without, complaint] of [
    ['no credentials', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'], /^No AWS credentials were found/],
    ['no region', ['AWS_REGION'], /^No AWS region is set/],
  ] as const)
    it(`${what}: says so, and stores nothing`, async (t) => {
      const here = await onAws(t, { without });
      const { code, complaints } = await setting(here, ['CHARGE_HQ_API_KEY=a-key'], '--aws', '--no-check');
      assert.equal(code, 2);
      assert.match(complaints, complaint);
      assert.doesNotMatch(complaints, / at .*\(.*:\d+\)/);
      assert.equal(here.store.parameters.size, 0);
    });

  for (const call of ['GetParametersByPath', 'PutParameter'])
    it(`${call} denied: says so, and stores nothing`, async (t) => {
      const here = await onAws(t);
      here.store.fail({ status: 400, type: 'AccessDeniedException', call });
      const settings = ['CHARGE_HQ_API_KEY=my-key', 'VENDOR=victron-vrm'];
      const { code, complaints } = await setting(here, settings, '--aws', '--no-check');
      assert.equal(code, 2);
      assert.match(complaints, /^AWS does not allow your credentials/);
      assert.doesNotMatch(complaints, /my-key/);
      assert.equal(here.store.parameters.size, 0);
      assert.equal(here.stored(), 'no file');
    });
});
