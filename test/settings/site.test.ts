import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { json, number, secret, setting, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { openSite, type Source, sourcesNamed } from '../../functions/push-solar-data/settings/site.ts';
import { adapterOf, registryOf } from '../support/sources.ts';

const plain = adapterOf();
/** A cloud with a key, a number with a default and an optional name. */
const foxess = adapterOf({
  vendor: 'foxess',
  title: 'FoxESS Cloud',
  settings: {
    apiKey: secret(text, 'API key: portal → Profile'),
    plantNumber: setting(z._default(number({ min: 1, max: 99 }), 7), 'Number of the plant'),
    nick: setting(z.optional(text), 'Name'),
  },
});
const victron = adapterOf({ vendor: 'victron-vrm', settings: { idSite: setting(number(), 'Number of the site') } });
/** A cloud that wants a password or a token, and with a password the user too. */
const either = adapterOf({
  vendor: 'either',
  settings: {
    user: setting(z.optional(text), 'User name of the app'),
    password: secret(z.optional(text), 'Password of the app'),
    token: secret(z.optional(text), 'Token of the portal'),
  },
  requires: ({ password }) => [['password', 'token'], ...(password === undefined ? [] : (['user'] as const))],
});
const registry = registryOf(plain, foxess, victron, either);

const key = { CHARGE_HQ_API_KEY: 'made-up-charge-key' };
const open = (texts: SettingTexts) => openSite({ ...key, ...texts }, registry);

/** The sources of a site without problems. */
async function sourcesOf(texts: SettingTexts): Promise<Source[]> {
  const { sources, problems } = await open(texts);
  assert.deepEqual(problems, []);
  return sources;
}
async function sourceOf(texts: SettingTexts): Promise<Source> {
  const [source] = await sourcesOf(texts);
  return source ?? assert.fail('no source');
}
const problemsOf = async (texts: SettingTexts) => (await open(texts)).problems;
/** The one problem of a site. */
async function problemOf(texts: SettingTexts): Promise<string> {
  const problems = await problemsOf(texts);
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems.join();
}

describe('VENDOR', () => {
  it('with one vendor is one source, labelled like it', async () => {
    const { label, adapter } = await sourceOf({ VENDOR: 'example' });
    assert.equal(label, 'example');
    assert.equal(adapter, plain);
  });

  it('with labels is several sources, each with its own settings', async () => {
    const sources = await sourcesOf({
      VENDOR: 'roof:foxess,grid:victron-vrm',
      ROOF_API_KEY: 'made-up-1',
      GRID_ID_SITE: '4711',
    });
    assert.deepEqual(
      sources.map(({ label, adapter, settings }) => [label, adapter.vendor, settings]),
      [
        ['roof', 'foxess', { apiKey: 'made-up-1', plantNumber: 7, nick: undefined }],
        ['grid', 'victron-vrm', { idSite: 4711 }],
      ],
    );
  });

  it('may name the same vendor several times', async () => {
    const sources = await sourcesOf({
      VENDOR: 'roof:foxess,garage:foxess',
      ROOF_API_KEY: 'made-up-1',
      GARAGE_API_KEY: 'made-up-2',
      GARAGE_PLANT_NUMBER: '9',
    });
    assert.deepEqual(
      sources.map(({ settings }) => [settings['apiKey'], settings['plantNumber']]),
      [
        ['made-up-1', 7],
        ['made-up-2', 9],
      ],
    );
    assert.notEqual(sources[0]?.identity, sources[1]?.identity);
  });

  for (const written of ['Example', ' example ', '"example"', 'roof : example , garage:EXAMPLE'])
    it(`may be written ${written}`, async () => {
      for (const { adapter } of await sourcesOf({ VENDOR: written })) assert.equal(adapter, plain);
    });

  it('names the settings of a vendor with hyphens by underscores', async () => {
    const source = await sourceOf({ VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711' });
    assert.deepEqual(source.settings, { idSite: 4711 });
  });

  it('that is missing names what there is', async () => {
    assert.equal(await problemOf({}), 'VENDOR is missing: choose one of either, example, foxess, victron-vrm');
  });

  for (const [written, nearest] of [
    ['foxes', 'foxess'],
    ['victron', 'victron-vrm'],
    ['roof:exampel', 'example'],
  ] as const)
    it(`${written} is not known, but ${nearest} is near`, async () => {
      const problem = await problemOf({ VENDOR: written });
      assert.match(problem, new RegExp(`is not known. Did you mean ${nearest}\\? Known: either, example,`));
    });

  for (const written of ['constructor', 'toString', '__proto__', 'example,', 'roof:', ':example'])
    it(`${written} is refused in words`, async () => {
      assert.match(await problemOf({ VENDOR: written }), /^VENDOR (names|gives)/);
    });

  for (const label of ['site', 'vendor', 'charge-hq', 'state', 'aws', 'max-power', '9roof', 'ro of', 'rööf', 'ro_of'])
    it(`cannot give the label ${label}`, async () => {
      const problem = await problemOf({ VENDOR: `${label}:example` });
      assert.match(problem, new RegExp(`the label "${label}", which cannot be one: use a word such as roof`));
    });

  for (const written of ['example,example', 'roof:example,roof:foxess', 'ro-of:example,ro--of:example'])
    it(`cannot give the same label twice: ${written}`, async () => {
      const problem = await problemOf({ VENDOR: written, ROOF_API_KEY: 'made-up' });
      assert.match(problem, /twice: give each source a label of its own, such as roof:\w+,garage:\w+/);
    });

  it('is read the same where sources are only named', () => {
    assert.deepEqual(sourcesNamed('Roof:foxess, example'), [
      { label: 'roof', vendor: 'foxess' },
      { label: 'example', vendor: 'example' },
    ]);
  });
});

describe('problems', () => {
  it('are told all at once, each with where to find and to put the setting', async () => {
    const { problems } = await openSite(
      {
        VENDOR: 'roof:foxess,grid:victron-vrm',
        ROOF_PLANT_NUMBER: '100',
        MAX_POWER_KW: 'much',
        CHARGE_HQ_URL: 'http://example.com',
      },
      registry,
    );
    assert.deepEqual(problems, [
      'CHARGE_HQ_API_KEY is missing: Charge HQ web app → My Equipment → Solar / Battery Equipment → Push API. ' +
        'Put it into .env, the environment, or a SecureString parameter under /solar-cloud-bridge/home/.',
      'CHARGE_HQ_URL must be an address that begins with https:// (it is "http://example.com"): Another address for the Push API',
      'MAX_POWER_KW must be a number of at least 1 (it is "much")',
      'ROOF_API_KEY is missing: API key: portal → Profile. ' +
        'Put it into .env, the environment, or a SecureString parameter under /solar-cloud-bridge/home/.',
      'ROOF_PLANT_NUMBER must be a number from 1 to 99 (it is "100"): Number of the plant',
      'GRID_ID_SITE is missing: Number of the site. ' +
        'Put it into .env, the environment, or a SecureString parameter under /solar-cloud-bridge/home/.',
    ]);
  });

  it('of one source are told all at once, its overrides among them', async () => {
    const problems = await problemsOf({
      VENDOR: 'foxess',
      FOXESS_BASE_URL: 'http://example.com',
      FOXESS_TAKE: 'sun',
    });
    const named = problems.map((problem) => problem.split(' ')[0]).sort();
    assert.deepEqual(named, ['FOXESS_API_KEY', 'FOXESS_BASE_URL', 'FOXESS_TAKE']);
  });

  it('leave no half source', async () => {
    const { sources } = await open({ VENDOR: 'roof:foxess,grid:example', GRID_TAKE: 'sun' });
    assert.deepEqual(sources, []);
  });

  it('never tell a secret, not even a malformed one', async () => {
    const strict = adapterOf({
      vendor: 'strict',
      settings: {
        pin: secret(number({ min: 1, max: 9 }), 'The PIN'),
        headers: secret(json(z.record(z.string(), z.string()), 'JSON of headers'), 'The headers'),
      },
    });
    const { problems, secrets } = await openSite(
      { ...key, VENDOR: 'strict', STRICT_PIN: 'made-up-pin', STRICT_HEADERS: 'made-up-headers' },
      registryOf(strict),
    );
    assert.deepEqual(problems, [
      'STRICT_PIN must be a number from 1 to 9: The PIN',
      'STRICT_HEADERS must be JSON of headers: The headers',
    ]);
    assert.deepEqual(secrets, ['made-up-charge-key', 'made-up-pin', 'made-up-headers']);
  });
});

it('collects every secret, as it is used, to be hidden', async () => {
  const { secrets } = await open({
    VENDOR: 'roof:foxess,garage:either',
    ROOF_API_KEY: '"made-up-1"',
    GARAGE_TOKEN: 'made-up-2',
  });
  assert.deepEqual(secrets, ['made-up-charge-key', 'made-up-1', 'made-up-2']);
});

it('tells what it mended in passing', async () => {
  const { remarks, problems } = await open({ VENDOR: 'foxess', FOXESS_API_KEY: ' made-up ' });
  assert.deepEqual(remarks, ['FOXESS_API_KEY had spaces or quotes around it, which were removed']);
  assert.deepEqual(problems, []);
});

describe('settings that others require:', () => {
  it('one of several is missing', async () => {
    assert.equal(
      await problemOf({ VENDOR: 'either' }),
      'EITHER_PASSWORD or EITHER_TOKEN is missing: Password of the app. ' +
        'Put it into .env, the environment, or a SecureString parameter under /solar-cloud-bridge/home/.',
    );
  });

  it('any one of them will do', async () => {
    assert.equal((await sourceOf({ VENDOR: 'either', EITHER_TOKEN: 'made-up' })).settings['token'], 'made-up');
  });

  it('one that another makes necessary is missing', async () => {
    assert.match(
      await problemOf({ VENDOR: 'either', EITHER_PASSWORD: 'made-up' }),
      /^EITHER_USER is missing: User name/,
    );
  });

  it('and is there', async () => {
    await sourceOf({ VENDOR: 'either', EITHER_PASSWORD: 'made-up', EITHER_USER: 'me' });
  });
});

describe('SITE', () => {
  for (const name of ['home', 'beach-house', '2nd', 'a'])
    it(`may be ${name}`, async () => {
      const site = await open({ VENDOR: 'example', SITE: name });
      assert.equal(site.name, name);
      assert.deepEqual(site.problems, []);
    });

  for (const name of ['Home', 'my home', 'häuschen', '-home', 'a/b', '../home', 'a_b', 'x'.repeat(42)])
    it(`cannot be ${name}`, async () => {
      assert.match(await problemOf({ VENDOR: 'example', SITE: name }), /^SITE must be a short name of small letters/);
    });

  it('is home where nothing is said', async () => {
    assert.equal((await open({ VENDOR: 'example' })).name, 'home');
  });

  it('stands in the path of missing parameters', async () => {
    const problem = await problemOf({ VENDOR: 'foxess', SITE: 'beach' });
    assert.match(problem, /under \/solar-cloud-bridge\/beach\/\.$/);
  });
});

describe('TAKE', () => {
  it('restricts what a source contributes', async () => {
    const sources = await sourcesOf({ VENDOR: 'a:example,b:example', A_TAKE: 'Production, battery' });
    assert.deepEqual(sources[0]?.take, ['production', 'battery']);
    assert.equal(sources[1]?.take, undefined);
  });

  for (const written of ['solar', 'production,', 'production;grid', 'constructor'])
    it(`cannot be ${written}`, async () => {
      assert.equal(
        await problemOf({ VENDOR: 'example', EXAMPLE_TAKE: written }),
        `EXAMPLE_TAKE must be some of production, grid, battery, consumption (it is "${written}")`,
      );
    });
});

describe('addresses', () => {
  it("are the adapter's own", async () => {
    const { baseUrl, authUrl } = await sourceOf({ VENDOR: 'example' });
    assert.equal(baseUrl, 'https://api.example.com');
    assert.equal(authUrl, undefined);
  });

  it('are those that the owner gives', async () => {
    const { baseUrl, authUrl } = await sourceOf({
      VENDOR: 'example',
      EXAMPLE_BASE_URL: 'https://eu.example.com/',
      EXAMPLE_AUTH_URL: 'http://127.0.0.1:8080',
    });
    assert.equal(baseUrl, 'https://eu.example.com');
    assert.equal(authUrl, 'http://127.0.0.1:8080');
  });

  for (const name of ['EXAMPLE_BASE_URL', 'EXAMPLE_AUTH_URL', 'CHARGE_HQ_URL'])
    it(`with plain http beyond this machine are refused: ${name}`, async () => {
      const problem = await problemOf({ VENDOR: 'example', [name]: 'http://eu.example.com' });
      const sentence = `${name} must be an address that begins with https:// (it is "http://eu.example.com")`;
      assert.equal(problem.slice(0, sentence.length), sentence);
    });

  it('may follow from the settings', async () => {
    const regional = adapterOf({
      settings: { region: setting(text, 'Region') },
      baseUrl: ({ region }) => `https://${region}.example.com`,
      authUrl: ({ region }) => `https://login.${region}.example.com`,
    });
    const { sources } = await openSite({ VENDOR: 'example', EXAMPLE_REGION: 'eu' }, registryOf(regional));
    assert.equal(sources[0]?.baseUrl, 'https://eu.example.com');
    assert.equal(sources[0]?.authUrl, 'https://login.eu.example.com');
  });

  it('that only the owner knows must be given', async () => {
    const { baseUrl: _, ...own } = adapterOf({ title: 'Own Hub' });
    const problem = (await openSite({ ...key, VENDOR: 'example' }, registryOf(own))).problems.join();
    assert.match(problem, /^EXAMPLE_BASE_URL is missing: the https address of your Own Hub\. Put it into/);
    const texts = { ...key, VENDOR: 'example', EXAMPLE_BASE_URL: 'https://hub.example.com' };
    assert.deepEqual((await openSite(texts, registryOf(own))).problems, []);
  });

  it('are not asked for where the adapter needs none', async () => {
    const { problems } = await openSite({ ...key, VENDOR: 'example' }, registryOf(adapterOf({ baseUrl: null })));
    assert.deepEqual(problems, []);
  });
});

describe('the pace of a source', () => {
  const slow = adapterOf({
    vendor: 'slow',
    pollSeconds: 300,
    pollFloorSeconds: 120,
    staleAfterSeconds: 1_800,
  });
  const paceOf = async (texts: SettingTexts) => {
    const { sources, problems } = await openSite({ ...key, VENDOR: 'slow', ...texts }, registryOf(slow));
    return problems[0] ?? [sources[0]?.pollSeconds, sources[0]?.staleAfterSeconds];
  };

  it("is the adapter's", async () => {
    assert.deepEqual(await paceOf({}), [300, 1_800]);
  });

  it('is 15 minutes for staleness where the adapter says nothing', async () => {
    assert.equal((await sourceOf({ VENDOR: 'example' })).staleAfterSeconds, 900);
  });

  it("is the owner's", async () => {
    assert.deepEqual(await paceOf({ SLOW_POLL_SECONDS: '600', SLOW_STALE_AFTER_SECONDS: '3600' }), [600, 3_600]);
  });

  it("may go down to the adapter's floor and no further", async () => {
    assert.deepEqual(await paceOf({ SLOW_POLL_SECONDS: '120' }), [120, 1_800]);
    assert.equal(
      await paceOf({ SLOW_POLL_SECONDS: '119' }),
      'SLOW_POLL_SECONDS must be a number of at least 120 (it is "119")',
    );
  });

  it('may not go below what the adapter says, where it gives no floor', async () => {
    const hasty = { ...key, VENDOR: 'example', EXAMPLE_POLL_SECONDS: '299' };
    const { problems } = await openSite(hasty, registryOf(adapterOf({ pollSeconds: 300 })));
    assert.deepEqual(problems, ['EXAMPLE_POLL_SECONDS must be a number of at least 300 (it is "299")']);
  });

  it('calls nothing stale that is younger than a minute', async () => {
    assert.match(
      `${await paceOf({ SLOW_STALE_AFTER_SECONDS: '59' })}`,
      /SLOW_STALE_AFTER_SECONDS must be .* at least 60/,
    );
  });

  it('may follow from the settings', async () => {
    const tiered = adapterOf({
      settings: { tier: setting(number(), 'Tier') },
      pollSeconds: ({ tier }) => tier * 100,
      pollFloorSeconds: ({ tier }) => tier * 10,
      staleAfterSeconds: ({ tier }) => tier * 1_000,
    });
    const texts = { ...key, VENDOR: 'example', EXAMPLE_TIER: '3' };
    const [source] = (await openSite(texts, registryOf(tiered))).sources;
    assert.deepEqual([source?.pollSeconds, source?.staleAfterSeconds], [300, 3_000]);
    const { problems } = await openSite({ ...texts, EXAMPLE_POLL_SECONDS: '29' }, registryOf(tiered));
    assert.match(problems.join(), /at least 30/);
  });
});

describe('what a source is known by', () => {
  const keyed = adapterOf({
    settings: {
      apiKey: secret(text, 'Key'),
      plant: setting(z.optional(text), 'Plant'),
      region: setting(z._default(text, 'us'), 'Region'),
    },
    identity: ['apiKey'],
    baseUrl: ({ region }) => `https://${region}.example.com`,
    authUrl: ({ region }) => `https://log-in.${region}.example.com`,
  });
  const known = async (texts: SettingTexts) => {
    const all = { ...key, VENDOR: 'example', EXAMPLE_API_KEY: 'made-up-1', ...texts };
    const [source] = (await openSite(all, registryOf(keyed))).sources;
    assert.ok(source);
    return source;
  };

  const rows: [string, SettingTexts, boolean, boolean][] = [
    ['nothing', {}, false, false],
    ['quotes around a setting', { EXAMPLE_API_KEY: '"made-up-1"' }, false, false],
    ['a setting that its state does not depend on', { EXAMPLE_PLANT: '2' }, true, false],
    ['such a setting that decides the addresses', { EXAMPLE_REGION: 'asia' }, true, false],
    ['a setting that its state belongs to', { EXAMPLE_API_KEY: 'made-up-2' }, true, true],
    ['the address', { EXAMPLE_BASE_URL: 'https://eu.example.com' }, true, true],
    ['the address of the log-in', { EXAMPLE_AUTH_URL: 'https://eu.example.com' }, true, true],
    ['a setting of another source', { ROOF_API_KEY: 'made-up-2' }, false, false],
  ];
  for (const [what, change, hash, identity] of rows)
    it(`${hash ? 'changes' : 'stays'} with ${what}; its state is ${identity ? 'discarded' : 'kept'}`, async () => {
      const [before, after] = [await known({}), await known(change)];
      assert.equal(before.settingsHash !== after.settingsHash, hash);
      assert.equal(before.identity !== after.identity, identity);
    });

  it('does not tell a secret', async () => {
    const { settingsHash, identity } = await known({});
    assert.match(settingsHash + identity, /^[0-9a-f]{32}$/);
  });
});

describe('the destination', () => {
  /** Where a message of a home with these settings goes. */
  const addressOf = async (texts: SettingTexts) => (await open(texts)).destinations[0]?.settings['url'];

  it('is Charge HQ at its documented address', async () => {
    assert.equal(await addressOf({ VENDOR: 'example' }), 'https://api.chargehq.net/api/public/push-solar-data');
  });

  it('is where the owner says', async () => {
    const CHARGE_HQ_URL = 'https://example.com/push';
    assert.equal(await addressOf({ VENDOR: 'example', CHARGE_HQ_URL }), CHARGE_HQ_URL);
  });

  it('is another one with another key or address: what was refused before may be right now', async () => {
    const hashOf = async (texts: SettingTexts) =>
      (await open({ VENDOR: 'example', ...texts })).destinations[0]?.settingsHash ?? assert.fail('no destination');
    const usual = await hashOf({});
    assert.equal(await hashOf({ EXAMPLE_POLL_SECONDS: '120' }), usual);
    assert.notEqual(await hashOf({ CHARGE_HQ_API_KEY: 'another' }), usual);
    assert.notEqual(await hashOf({ CHARGE_HQ_URL: 'https://example.com/push' }), usual);
    assert.match(usual, /^[0-9a-f]{16}$/);
  });

  it('is there also when another setting is wrong, so that the problem can be told', async () => {
    assert.equal((await open({ VENDOR: 'nobody' })).destinations.length, 1);
  });

  it('alone, without a key: the home has a problem', async () => {
    const site = await open({ VENDOR: 'example', CHARGE_HQ_API_KEY: ' ' });
    assert.match(site.problems.join(), /^CHARGE_HQ_API_KEY is missing: /);
    assert.deepEqual(site.destinations[0]?.problems, site.problems);
  });
});

describe('several destinations', () => {
  const charge = { VENDOR: 'example', CHARGE_HQ_API_KEY: 'made-up-key' };
  const labels = async (texts: SettingTexts) =>
    (await open({ ...charge, ...texts })).destinations.map(({ label }) => label);
  const problemsOfEach = async (texts: SettingTexts) => {
    const site = await open({ ...charge, ...texts });
    return { site: site.problems, each: site.destinations.map(({ problems }) => problems.join(' ')) };
  };

  it('stand in the order of DESTINATION, with labels as sources have them', async () => {
    assert.deepEqual(await labels({}), ['charge-hq']);
    const two = {
      DESTINATION: 'main:charge-hq, second:charge-hq',
      MAIN_API_KEY: 'made-up-1',
      SECOND_API_KEY: 'made-up-2',
    };
    assert.deepEqual(await labels(two), ['main', 'second']);
    assert.deepEqual(await problemsOfEach(two), { site: [], each: ['', ''] });
  });

  const wrong: [string, SettingTexts, RegExp][] = [
    [
      'an unknown name, with what could be meant',
      { DESTINATION: 'charge-hq,charge-qh' },
      /^DESTINATION names "charge-qh", .* Did you mean charge-hq\?/,
    ],
    ['a setting that is missing', { DESTINATION: 'charge-hq,other:charge-hq' }, /^OTHER_API_KEY is missing: /],
    ['a label twice', { DESTINATION: 'charge-hq,charge-hq' }, /^DESTINATION names "charge-hq" twice/],
    [
      "a label that is a source's",
      { DESTINATION: 'charge-hq,example:charge-hq' },
      /^DESTINATION names "example", which VENDOR names too/,
    ],
    [
      "a label of the site's own settings",
      { DESTINATION: 'charge-hq,site:charge-hq' },
      /^DESTINATION gives a destination the label "site"/,
    ],
  ];
  for (const [what, texts, sentence] of wrong)
    it(`are served in spite of one with ${what}`, async () => {
      const { site, each } = await problemsOfEach(texts);
      assert.deepEqual(site, []);
      assert.equal(each[0], '');
      assert.match(each[1] ?? '', sentence);
    });
});

it('MAX_POWER_KW is the limit of what a home can measure; without it the home shows it', async () => {
  assert.equal((await open({ VENDOR: 'example' })).maxPower_kw, undefined);
  assert.equal((await open({ VENDOR: 'example', MAX_POWER_KW: '15' })).maxPower_kw, 15);
  assert.match(await problemOf({ VENDOR: 'example', MAX_POWER_KW: '0' }), /^MAX_POWER_KW must be/);
});
