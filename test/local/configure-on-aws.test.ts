import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import { Failure, secret, setting, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { configure } from '../../functions/push-solar-data/local/configure.ts';
import { playParameterStore } from '../support/parameter-store.ts';
import { adapterOf, registryOf } from '../support/sources.ts';
import { keys, openTerminal } from '../support/terminal.ts';

const path = '/solar-cloud-bridge/home';
/** A cloud that ends a token when it is used, and gives another one. */
const rotating = adapterOf({
  vendor: 'rotating',
  title: 'Rotating Cloud',
  settings: { token: secret(text, 'First token'), plant: setting(z.optional(text), 'Plant') },
  session: z.object({ token: z.string() }),
  async read({ settings, session }) {
    if (settings.token === 'wrong') throw new Failure('auth', 'Rotating Cloud refuses the token');
    await session.save({ token: `after ${session.value?.token ?? settings.token}` });
    return { production_kw: 1, net_import_kw: 0 };
  },
});

async function configuring(t: TestContext, parameters: Record<string, string>, file = '') {
  const store = await playParameterStore(parameters);
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'made-up',
    AWS_SECRET_ACCESS_KEY: 'made-up',
    AWS_ENDPOINT_URL_SSM: store.url,
  });
  t.after(() => {
    process.env = before;
    return store.close();
  });
  const terminal = openTerminal(t, registryOf(rotating, next));
  if (file) writeFileSync(terminal.ports.file, file);
  const stored = () => (existsSync(terminal.ports.file) ? readFileSync(terminal.ports.file, 'utf8') : 'no file');
  const parameter = (name: string) => store.parameters.get(`${path}/${name}`);
  return { ...terminal, store, stored, parameter, ended: configure(['--aws'], terminal.ports) };
}

const next = adapterOf({ vendor: 'next', title: 'Next Cloud', settings: { token: secret(text, 'Token of the next') } });

const menu = /What is to be changed\?/;
const where = /Where shall the figures go\?/;
const more = /Shall they go to another destination too\?/;
const trial = /Send this reading to Charge HQ now/;
const right = /Is this what your home does right now/;

describe('configure --aws', () => {
  it('puts secrets into encrypted parameters, and the rest into .env', async (t) => {
    const { ended, parameter, stored, ...terminal } = await configuring(t, {});
    await terminal.answer(/Which equipment\?/, 'rot');
    await terminal.answer(/ROTATING_TOKEN: First token/, 'first');
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(/CHARGE_HQ_API_KEY/, 'my-own-key');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await terminal.until(
      /Stored in AWS \(eu-central-1\) under \/solar-cloud-bridge\/home\/: CHARGE_HQ_API_KEY, ROTATING_TOKEN/,
    );
    await terminal.until(/Next: npm run deploy/);
    assert.equal(await ended, 0);
    assert.deepEqual(
      [parameter('ROTATING_TOKEN')?.value, parameter('ROTATING_TOKEN')?.type],
      ['first', 'SecureString'],
    );
    assert.equal(parameter('CHARGE_HQ_API_KEY')?.value, 'my-own-key');
    assert.equal(stored(), 'VENDOR=rotating\n');
  });

  it('takes secrets that .env holds along', async (t) => {
    const file = 'VENDOR=rotating\nROTATING_TOKEN=first\nCHARGE_HQ_API_KEY=my-own-key\n';
    const { ended, parameter, stored, ...terminal } = await configuring(t, {}, file);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.equal(parameter('ROTATING_TOKEN')?.value, 'first');
    assert.equal(parameter('CHARGE_HQ_API_KEY')?.value, 'my-own-key');
    assert.equal(stored(), file);
  });

  it('shows parameters that are there as set, and leaves them as they are', async (t) => {
    const parameters = { [`${path}/ROTATING_TOKEN`]: 'first', [`${path}/CHARGE_HQ_API_KEY`]: 'my-own-key' };
    const { ended, parameter, ...terminal } = await configuring(t, parameters, 'VENDOR=rotating\n');
    await terminal.choose(menu, /ROTATING_TOKEN: set/);
    await terminal.answer(/set: \*+; Enter keeps it/);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.equal(parameter('ROTATING_TOKEN')?.version, 1);
    assert.match(terminal.screen(), /Nothing was changed/);
  });

  it('with other equipment removes the parameters of the former one, and says so', async (t) => {
    const parameters = { [`${path}/ROTATING_TOKEN`]: 'first', [`${path}/CHARGE_HQ_API_KEY`]: 'my-own-key' };
    const file = 'VENDOR=rotating\nROTATING_PLANT=7\n';
    const { ended, parameter, stored, ...terminal } = await configuring(t, parameters, file);
    await terminal.choose(menu, /Equipment/);
    await terminal.answer(/Which equipment\?/, 'next');
    await terminal.answer(/NEXT_TOKEN/, 'token-of-the-next');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await terminal.until(/Removed from AWS .*: ROTATING_TOKEN/);
    assert.equal(await ended, 0);
    assert.equal(parameter('ROTATING_TOKEN'), undefined);
    assert.equal(parameter('NEXT_TOKEN')?.value, 'token-of-the-next');
    assert.equal(stored(), 'VENDOR=next\n');
  });

  it('keeps a log-in of the read where the bridge on AWS finds it', async (t) => {
    const parameters = { [`${path}/ROTATING_TOKEN`]: 'first', [`${path}/CHARGE_HQ_API_KEY`]: 'my-own-key' };
    const { ended, parameter, ...terminal } = await configuring(t, parameters, 'VENDOR=rotating\n');
    for (const again of [true, false]) {
      await terminal.choose(menu, /Nothing more/);
      if (again) await terminal.choose(right, /Change a setting/);
    }
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await ended;
    assert.match(parameter('state/session/rotating')?.value ?? '', /"token":"after after first"/);
  });

  it('leaves the address of AWS IoT Core to the deployment, and tries it not before', async (t) => {
    const file = 'VENDOR=rotating\nROTATING_TOKEN=first\nDESTINATION=mqtt\nMQTT_URL=aws-iot\n';
    const { ended, ...terminal } = await configuring(t, {}, file);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.until(/Next: npm run deploy/);
    assert.equal(await ended, 0);
    assert.doesNotMatch(terminal.screen(), /MQTT_BASE_URL: For aws-iot\n|MQTT_BASE_URL is not set|Send this reading/);
  });

  it('does not offer SITE, which chose the parameters', async (t) => {
    const { ended, ...terminal } = await configuring(t, {}, 'VENDOR=rotating\nSITE=home\n');
    await terminal.until(menu);
    await terminal.until(/ROTATING_TOKEN/);
    assert.doesNotMatch(terminal.screen(), /SITE: /);
    terminal.type(keys.ctrlC);
    assert.equal(await ended, 130);
  });

  it('that is denied in the middle says what was stored and what was not', async (t) => {
    const { ended, parameter, store, stored, ...terminal } = await configuring(t, {});
    await terminal.answer(/Which equipment\?/, 'rot');
    await terminal.answer(/ROTATING_TOKEN/, 'first');
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(/CHARGE_HQ_API_KEY/, 'a-key');
    await terminal.answer(right);
    await terminal.until(trial);
    store.fail({ status: 400, type: 'AccessDeniedException', name: `${path}/ROTATING_TOKEN` });
    terminal.type(`n${keys.enter}`);
    await terminal.until(/AWS does not allow your credentials .*\. Stored before: CHARGE_HQ_API_KEY; nothing else\./);
    assert.equal(await ended, 2);
    assert.equal(parameter('ROTATING_TOKEN'), undefined);
    assert.equal(stored(), 'no file');
  });
});
