/** `npm run doctor -- --aws`: what it reads with, and what it leaves as it is. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import { secret, setting, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { accountOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { openDeployedHome } from '../../functions/push-solar-data/local/deployed-home.ts';
import { dryRun } from '../../functions/push-solar-data/local/dry-run.ts';
import { pointAwsAt, tableFor } from '../support/aws-stores.ts';
import { playFunctions } from '../support/functions.ts';
import { playParameterStore } from '../support/parameter-store.ts';
import { adapterOf, registryOf } from '../support/sources.ts';

const path = '/solar-cloud-bridge/cabin';
/** A cloud that ends a token when it is used, and gives another one. */
const rotating = adapterOf({
  vendor: 'rotating',
  settings: { token: secret(text, 'First token'), plant: setting(z.optional(text), 'Plant') },
  session: z.object({ token: z.string() }),
  async read({ settings, session, state }) {
    await session.save({ token: `after ${session.value?.token ?? settings.token}` });
    Object.assign(state, { looked: 'up' });
    return { production_kw: Number(settings.plant), net_import_kw: 0 };
  },
});
const registries = { registry: registryOf(rotating), destinations };
const usual = { VENDOR: 'rotating', ROTATING_PLANT: '7', SITE: 'cabin' };

/**
 * @param variables of the home's own function; undefined if there is none.
 * @param shared of the function of several homes, among them this one, where SITE names them.
 */
async function looking(
  t: TestContext,
  variables: Record<string, string> | undefined,
  { shared, SITE = 'cabin', plain = {} }: Shared = {},
) {
  const store = await playParameterStore({
    [`${path}/ROTATING_TOKEN`]: 'first-token',
    [`${path}/CHARGE_HQ_API_KEY`]: 'a-key-of-charge-hq',
    [`${path}/ROTATING_TOKN`]: 'x',
    [`${path}/state/site`]: '{"sources":{}}',
    ...plain,
  });
  const { stage: table } = await tableFor(t);
  const lambda = await playFunctions({ cabin: variables, homes: shared });
  pointAwsAt(t, { SSM: store, LAMBDA: lambda, DYNAMODB: table });
  t.after(() => Promise.all([store.close(), lambda.close()]));
  const ofFile = SITE === 'cabin' ? { ...usual, ROTATING_PLANT: '1' } : {};
  const texts = { ...ofFile, SITE, AWS_REGION: 'eu-central-1' };
  const home = await openDeployedHome(accountOf(texts, [], 'cabin'), registries);
  const { figures, error } = await dryRun(home.settings, { store: home.store, ...registries });
  return { home, store, table, figures, error };
}
type Shared = { shared?: Record<string, string>; SITE?: string; plain?: Record<string, string> };

describe('a look at the deployed home', () => {
  it("reads with the function's own settings over the site's parameters", async (t) => {
    const { home, figures, error } = await looking(t, { ...usual, AWS_LAMBDA_FUNCTION_NAME: 'x' });
    assert.equal(error, undefined);
    assert.equal(figures?.production_kw, 7);
    assert.equal(home.source, 'With the settings and log-ins of the bridge on AWS (site cabin, eu-central-1):');
    assert.deepEqual(home.remarks, ['ROTATING_TOKN is not a setting; did you mean ROTATING_TOKEN?']);
  });

  it('stores a renewed log-in where the function finds it, and nothing else', async (t) => {
    const { store } = await looking(t, usual);
    const puts = store.calls.filter((call) => call === 'PutParameter');
    assert.equal(puts.length, 1);
    const { value = '', type } = store.parameters.get(`${path}/state/session/rotating`) ?? {};
    assert.deepEqual(JSON.parse(value).value, { token: 'after first-token' });
    assert.equal(type, 'SecureString');
    assert.equal(store.parameters.get(`${path}/state/site`)?.value, '{"sources":{}}');
  });

  it('takes the settings at hand where nothing is deployed yet, and says so', async (t) => {
    const { home, figures } = await looking(t, undefined);
    assert.equal(figures?.production_kw, 1);
    assert.match(home.source, /^No bridge is deployed for the site "cabin" in eu-central-1 yet/);
  });

  const inParameters = { [`${path}/VENDOR`]: 'rotating', [`${path}/ROTATING_PLANT`]: '5' };

  it('of several in one stack reads with its parameters alone', async (t) => {
    const shared = { STACK: 'homes', SHARDS: '1' };
    const { home, figures, store } = await looking(t, undefined, { shared, SITE: 'home,cabin', plain: inParameters });
    assert.equal(figures?.production_kw, 5);
    assert.equal(
      home.source,
      'With the settings and log-ins of the bridge on AWS (home cabin of the stack homes, eu-central-1):',
    );
    assert.ok(store.parameters.has(`${path}/state/session/rotating`));
  });

  it('of several in one stack with a table takes its log-in from there, and renews it there', async (t) => {
    const shared = { STACK: 'homes', SHARDS: '1', STATE_TABLE: 'solar-cloud-bridge-homes' };
    const { store, table } = await looking(t, undefined, { shared, SITE: 'home,cabin', plain: inParameters });
    assert.match(JSON.stringify(table.items.get('cabin')), /after first-token/);
    assert.ok(!store.parameters.has(`${path}/state/session/rotating`));
  });

  it('that is to move into a stack of several reads as it is served until then', async (t) => {
    const { home, figures } = await looking(t, usual, { shared: { STACK: 'homes' }, SITE: 'home,cabin' });
    assert.equal(figures?.production_kw, 7);
    assert.match(home.source, /\(site cabin, eu-central-1\)/);
  });

  it('of several that are not deployed yet takes its parameters, and says so', async (t) => {
    const { home, figures } = await looking(t, undefined, { SITE: 'home,cabin', plain: inParameters });
    assert.equal(figures?.production_kw, 5);
    assert.match(home.source, /^No bridge is deployed .* yet: this is with its parameters there\.$/);
  });
});
