/** `npm run configure -- --site cabin` and `npm run connect -- my-cloud --site cabin`: everything of that home lies in its parameters. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import { secret, setting, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { configure } from '../../functions/push-solar-data/local/configure.ts';
import { connect } from '../../functions/push-solar-data/local/connect.ts';
import { pointAwsAt, tableFor } from '../support/aws-stores.ts';
import { playFunctions } from '../support/functions.ts';
import { playParameterStore } from '../support/parameter-store.ts';
import { adapterOf, registryOf } from '../support/sources.ts';
import { openTerminal } from '../support/terminal.ts';
import { consentingCloud, playAuthorizationServer } from './authorization-server.ts';

const path = '/solar-cloud-bridge/cabin';
const cloud = adapterOf({
  vendor: 'hill',
  title: 'Hill Cloud',
  settings: { token: secret(text, 'Token'), plant: setting(text, 'Plant'), note: setting(z.optional(text), 'Note') },
  session: z.object({ token: z.string() }),
  discovers: ['plant'],
  async discover() {
    return { plant: [{ value: '7', title: 'On the hill' }] };
  },
  async read({ settings, session }) {
    await session.save({ token: `after ${settings.token}` });
    return { production_kw: Number(settings.plant), net_import_kw: 0 };
  },
});
const dale = adapterOf({ vendor: 'dale', title: 'Dale Cloud', settings: { key: secret(text, 'Key') } });
const ofHome = 'VENDOR=dale\nDALE_KEY=key-of-home\nCHARGE_HQ_API_KEY=key-of-home\n';

/** A `.env`, the parameters, and a terminal or none. */
async function atCabin(
  t: TestContext,
  {
    file = '',
    parameters = {},
    environment = {},
    isTerminal = true,
    ofFunction = {},
  }: {
    file?: string;
    parameters?: Record<string, string>;
    environment?: Record<string, string>;
    isTerminal?: boolean;
    /** Variables of the stack's function. */
    ofFunction?: Record<string, string>;
  } = {},
) {
  const store = await playParameterStore(parameters);
  const { stage: table } = await tableFor(t);
  const lambda = await playFunctions({ cabin: undefined, homes: { STACK: 'homes', ...ofFunction } });
  pointAwsAt(t, { SSM: store, LAMBDA: lambda, DYNAMODB: table });
  t.after(() => Promise.all([store.close(), lambda.close()]));
  const registry = registryOf(cloud, dale, consentingCloud(undefined));
  const terminal = openTerminal(t, registry, { environment, isTerminal });
  if (file) writeFileSync(terminal.ports.file, file);
  const stored = () => (existsSync(terminal.ports.file) ? readFileSync(terminal.ports.file, 'utf8') : '');
  const parameter = (name: string) => store.parameters.get(`${path}/${name}`);
  const run = (...args: string[]) => configure(args, terminal.ports);
  return { ...terminal, store, table, stored, parameter, run };
}

const complete = {
  [`${path}/VENDOR`]: 'hill',
  [`${path}/HILL_TOKEN`]: 'a-token',
  [`${path}/HILL_PLANT`]: '7',
  [`${path}/CHARGE_HQ_API_KEY`]: 'key-of-cabin',
};
const menu = /What is to be changed\?/;
const right = /Is this what your home does right now/;
const trial = /Send this reading to Charge HQ now/;

describe('configure --site', () => {
  it('asks for everything of that home, and stores all of it in its parameters', async (t) => {
    const file = `SITE=home,cabin\n${ofHome}`;
    const { run, parameter, stored, ...terminal } = await atCabin(t, { file, environment: { VENDOR: 'dale' } });
    const ended = run('--site', 'cabin');
    await terminal.answer(/Which equipment\?/, 'hill');
    await terminal.answer(/HILL_TOKEN: Token/, 'a-token');
    await terminal.until(/HILL_PLANT: On the hill \(7\), the only one there/);
    await terminal.answer(/Where shall the figures go\?/);
    await terminal.answer(/Shall they go to another destination too\?/);
    await terminal.answer(/CHARGE_HQ_API_KEY/, 'key-of-cabin');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    const kinds = ['VENDOR', 'HILL_PLANT', 'HILL_TOKEN', 'CHARGE_HQ_API_KEY'].map((name) => [
      parameter(name)?.value,
      parameter(name)?.type,
    ]);
    assert.deepEqual(kinds, [
      ['hill', 'String'],
      ['7', 'String'],
      ['a-token', 'SecureString'],
      ['key-of-cabin', 'SecureString'],
    ]);
    assert.match(parameter('state/session/hill')?.value ?? '', /after a-token/);
    assert.equal(stored(), file);
    assert.match(
      terminal.screen(),
      /Next: npm run deploy, unless "cabin" is served already: then the change is taken up within the hour\.\n$/,
    );
  });

  it('offers its settings alone, as they stand in its parameters', async (t) => {
    const file = `SITE=home,cabin\nALARM_EMAIL=me@example.com\n${ofHome}`;
    const { run, stored, parameter, ...terminal } = await atCabin(t, { file, parameters: complete });
    const ended = run('--site', 'cabin');
    await terminal.until(menu);
    assert.match(terminal.screen(), /HILL_PLANT: 7/);
    await terminal.choose(/(?:)/, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.doesNotMatch(terminal.screen(), /DALE|ALARM_EMAIL|STATE_DIR|SITE: |STACK: |METRICS_OF/);
    assert.match(terminal.screen(), /Nothing was changed/);
    assert.equal(parameter('HILL_PLANT')?.version, 1);
  });

  it('with other equipment removes what belonged to the former one', async (t) => {
    const { run, parameter, ...terminal } = await atCabin(t, { file: 'SITE=home,cabin\n', parameters: complete });
    const ended = run('--site', 'cabin');
    await terminal.choose(menu, /Equipment/);
    await terminal.answer(/Which equipment\?/, 'dale');
    await terminal.answer(/DALE_KEY/, 'a-key');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.deepEqual([parameter('HILL_TOKEN'), parameter('HILL_PLANT')], [undefined, undefined]);
    assert.equal(parameter('VENDOR')?.value, 'dale');
  });

  it('sets without asking, and never reads what belongs to another home', async (t) => {
    const file = `SITE=home\n${ofHome}`;
    const { run, parameter, stored, screen } = await atCabin(t, { file, parameters: complete, isTerminal: false });
    assert.equal(await run('--site', 'cabin', '--set', 'HILL_PLANT=5', '--set', 'HILL_NOTE=x'), 0);
    assert.deepEqual([parameter('HILL_PLANT')?.value, parameter('HILL_NOTE')?.type], ['5', 'String']);
    assert.equal(parameter('HILL_TOKEN')?.version, 1);
    assert.equal(stored(), file);
    assert.match(screen(), /solar +5\.00 kW/);
    assert.match(screen(), /Stored in AWS \(eu-central-1\) under \/solar-cloud-bridge\/cabin\/: HILL_PLANT, HILL_NOTE/);
  });

  it('keeps the log-in of its read in the table, where the deployed stack has one', async (t) => {
    const ofFunction = { STATE_TABLE: 'solar-cloud-bridge-homes' };
    const { run, parameter, table } = await atCabin(t, {
      ...{ file: 'SITE=home,cabin\n', parameters: complete, isTerminal: false, ofFunction },
    });
    assert.equal(await run('--site', 'cabin', '--set', 'HILL_PLANT=5'), 0);
    assert.match(JSON.stringify(table.items.get('cabin')), /session\/hill.*after a-token/);
    assert.equal(parameter('state/session/hill'), undefined);
  });

  it('takes no setting of the whole deployment', async (t) => {
    const { run, screen, store } = await atCabin(t, { file: 'SITE=home,cabin\n' });
    assert.equal(await run('--site', 'cabin', '--set', 'ALARM_EMAIL=me@example.com'), 2);
    assert.match(
      screen(),
      /^ALARM_EMAIL: of the whole deployment and not of the home "cabin"\. Set it without --site\./,
    );
    assert.equal(store.parameters.size, 0);
  });

  for (const [what, SITE, sentence] of [
    [
      'a list',
      'home,barn',
      '"cabin" does not stand in SITE yet. Next: npm run configure -- --set SITE=home,barn,cabin and npm run deploy',
    ],
    [
      'one home',
      'home',
      'Next: SITE=cabin npm run deploy gives "cabin" a stack of its own; npm run configure -- --set SITE=home,cabin and npm run deploy put it into one stack with home.',
    ],
  ] as const)
    it(`says what to do for a home that is new beside ${what}`, async (t) => {
      const { run, screen } = await atCabin(t, { file: `SITE=${SITE}\n`, parameters: complete, isTerminal: false });
      assert.equal(await run('--site', 'cabin', '--set', 'HILL_PLANT=5', '--no-check'), 0);
      assert.ok(screen().endsWith(`${sentence}\n`), screen());
    });
});

describe('configure for another home than that of .env', () => {
  it('with --aws takes nothing of .env, and writes nothing there', async (t) => {
    const file = `SITE=home\n${ofHome}`;
    const { run, parameter, stored } = await atCabin(t, {
      ...{ file, parameters: complete, environment: { SITE: 'cabin' }, isTerminal: false },
    });
    assert.equal(await run('--aws', '--set', 'HILL_PLANT=5'), 0);
    assert.equal(parameter('HILL_PLANT')?.value, '5');
    assert.equal(stored(), file);
  });

  it('without --aws says where that home may lie', async (t) => {
    const { run, screen, stored } = await atCabin(t, { file: 'SITE=home\n', environment: { SITE: 'cabin' } });
    assert.equal(await run('--set', 'VENDOR=hill', '--no-check'), 2);
    assert.match(
      screen(),
      /^\.env is that of the home "home": for "cabin" on AWS say npm run configure -- --site cabin; on this machine give it a folder of its own\.\n$/,
    );
    assert.equal(stored(), 'SITE=home\n');
  });

  it('is told which there are where SITE names several', async (t) => {
    const { run, screen } = await atCabin(t, { file: 'SITE=home,cabin\n' });
    assert.equal(await run(), 2);
    assert.match(screen(), /^SITE names 2 homes \(home, cabin\): say which, as in npm run configure -- --site home\n$/);
  });
});

describe('configure of a deployment of several homes', () => {
  it('stores in .env what is of no single home, and asks AWS nothing', async (t) => {
    const { run, stored, store, screen } = await atCabin(t, { file: `SITE=home\n${ofHome}`, isTerminal: false });
    assert.equal(await run('--set', 'SITE=home,cabin', '--set', 'STATE_STORE=dynamodb'), 0);
    assert.equal(stored(), `SITE=home,cabin\n${ofHome}STATE_STORE=dynamodb\n`);
    assert.match(
      screen(),
      /Stored in \S+: SITE, STATE_STORE\. Next: npm run configure -- --site home and so on \(home, cabin\), unless its settings lie on AWS already; then npm run deploy\n$/,
    );
    assert.deepEqual(store.calls, []);
  });

  for (const [assignment, next] of [
    [
      'SITE=home,cabin,barn',
      'npm run configure -- --site barn, unless its settings lie on AWS already; then npm run deploy',
    ],
    ['SITE=home,', 'npm run deploy'],
    ['STATE_STORE=dynamodb', 'npm run deploy'],
  ] as const)
    it(`says what is next after ${assignment}: the settings of the homes that are new`, async (t) => {
      const { run, screen } = await atCabin(t, { file: 'SITE=home,cabin\n', isTerminal: false });
      assert.equal(await run('--set', assignment), 0);
      assert.ok(screen().endsWith(` Next: ${next}\n`), screen());
    });

  for (const [assignment, sentence] of [
    ['SITE=home,Cabin', /^SITE names "Cabin": a home has a short name/],
    ['STATE_STORE=redis', /^STATE_STORE must be parameters or dynamodb/],
  ] as const)
    it(`refuses ${assignment}`, async (t) => {
      const { run, stored, screen } = await atCabin(t, { file: 'SITE=home,cabin\n', isTerminal: false });
      assert.equal(await run('--set', assignment), 2);
      assert.match(screen(), sentence);
      assert.equal(stored(), 'SITE=home,cabin\n');
    });
});

describe('connect --site', () => {
  it('takes the settings of that home from its parameters, and stores there what the consent yields', async (t) => {
    const server = await playAuthorizationServer(t);
    const parameters = {
      [`${path}/VENDOR`]: 'my-cloud',
      [`${path}/MY_CLOUD_CLIENT_ID`]: 'id-1',
      [`${path}/MY_CLOUD_CLIENT_SECRET`]: 'client-secret',
      [`${path}/MY_CLOUD_AUTH_URL`]: server.url,
    };
    const file = `SITE=home,cabin\n${ofHome}`;
    const { ports, parameter, stored, screen } = await atCabin(t, { file, parameters });
    const browse = async (address: string) => void (await fetch(address));
    assert.equal(await connect(['my-cloud', '--site', 'cabin'], { ...ports, browse }), 0, screen());
    assert.equal(parameter('MY_CLOUD_REFRESH_TOKEN')?.type, 'SecureString');
    assert.equal(stored(), file);
    assert.match(screen(), /Look at its figures: npm run doctor -- --site cabin\n$/);
  });
});
