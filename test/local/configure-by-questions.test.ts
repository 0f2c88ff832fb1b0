import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import {
  type Adapter,
  choice,
  Failure,
  number,
  secret,
  setting,
  text,
} from '../../functions/push-solar-data/adapters/adapter.ts';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { configure } from '../../functions/push-solar-data/local/configure.ts';
import { adapterOf, registryOf } from '../support/sources.ts';
import { keys, openTerminal, type Terminal } from '../support/terminal.ts';
import { consentingCloud, playAuthorizationServer } from './authorization-server.ts';

const rightPassword = 'right pass#word';

/** A cloud with a password that may be wrong, a number and something optional. */
const plain = adapterOf({
  vendor: 'plain-cloud',
  title: 'Plain Cloud',
  needs: 'an account',
  settings: {
    password: secret(text, 'Password of the app'),
    plant: setting(number({ min: 1 }), 'Number of the plant'),
    nick: setting(z.optional(text), 'Another name'),
    unit: setting(z._default(choice('W', 'kW'), 'W'), 'Unit of the figures'),
  },
  async read({ settings }) {
    if (settings.password !== rightPassword) throw new Failure('auth', 'Plain Cloud refuses the password');
    return { production_kw: 4.2, net_import_kw: -1.5 };
  },
});
/** A cloud with two ways to log in. */
const twoWays = adapterOf({
  vendor: 'two-ways',
  title: 'Two Ways',
  settings: {
    userName: setting(z.optional(text), 'Name in the app'),
    token: secret(z.optional(text), 'Token of the portal'),
    mode: setting(z._default(choice('portal', 'app'), 'portal'), 'portal or app'),
  },
  requires: ({ mode }) => (mode === 'app' ? ['userName'] : ['token']),
});
/** A box of the owner's own, of which one meter at least must be named. */
const box = adapterOf({
  vendor: 'box',
  title: 'Box at Home',
  knownAs: ['Kasten'],
  baseUrl: undefined as never,
  settings: {
    sun: setting(z.optional(text), 'What measures the sun'),
    grid: setting(z.optional(text), 'What measures the grid'),
  },
  requires: () => [['sun', 'grid']],
});
delete (box as Partial<Adapter>).baseUrl;

const simulator = adapterOf({ vendor: 'simulator', title: 'Simulated Home' });
const registry = registryOf(plain, twoWays, box, simulator);
const key = /CHARGE_HQ_API_KEY: Charge HQ web app/;
const where = /Where shall the figures go\?/;
const more = /Shall they go to another destination too\?/;
const trial = /Send this reading to Charge HQ now/;
const right = /Is this what your home does right now/;
const menu = /What is to be changed\?/;

const stored = ({ ports: { file } }: Terminal): string => (existsSync(file) ? readFileSync(file, 'utf8') : 'no file');

function configuring(t: TestContext, file?: string, environment: NodeJS.ProcessEnv = {}) {
  const terminal = openTerminal(t, registry, { environment });
  if (file !== undefined) writeFileSync(terminal.ports.file, file, { mode: 0o644 });
  return { ...terminal, ended: configure([], terminal.ports) };
}

const configured = `# the barn
VENDOR=plain-cloud
PLAIN_CLOUD_PASSWORD="${rightPassword}"
PLAIN_CLOUD_PLANT=4711 # at the back
CHARGE_HQ_API_KEY=my-own-key
`;

describe('a first run', () => {
  it('asks for the equipment and what it needs, reads once, and stores what was answered', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await terminal.answer(/Which equipment\?/, 'plain');
    await terminal.answer(/PLAIN_CLOUD_PASSWORD: Password of the app/, rightPassword);
    await terminal.answer(/PLAIN_CLOUD_PLANT: Number of the plant/, '4711');
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(key, 'my-own-key');
    await terminal.until(/exporting 1\.50 kW/);
    assert.equal(stored(terminal), 'no file', 'nothing is stored before the figures were looked at');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.equal(
      stored(terminal),
      `VENDOR=plain-cloud\nCHARGE_HQ_API_KEY=my-own-key\nPLAIN_CLOUD_PASSWORD='${rightPassword}'\nPLAIN_CLOUD_PLANT=4711\n`,
    );
    assert.equal(statSync(terminal.ports.file).mode & 0o777, 0o600);
    for (const hidden of [rightPassword, 'my-own-key']) assert.ok(!terminal.screen().includes(hidden));
  });

  it('finds the equipment by any part of its name', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await terminal.until(/Which equipment\?/);
    terminal.type('home');
    await terminal.until(/❯ Box at Home \(box\)/);
    terminal.type(keys.ctrlC);
    await ended;
    assert.doesNotMatch(terminal.screen(), /Simulated/, 'which nobody owns');
  });

  it('finds it by what else its owners call it, which is not shown', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await terminal.until(/Which equipment\?/);
    terminal.type('kasten');
    await terminal.until(/❯ Box at Home \(box\)/);
    terminal.type(keys.ctrlC);
    await ended;
  });

  it('checks each answer at once, and tells no secret', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await terminal.answer(/Which equipment\?/, 'plain');
    await terminal.answer(/PLAIN_CLOUD_PASSWORD/);
    await terminal.until(/PLAIN_CLOUD_PASSWORD is missing/);
    await terminal.answer(/PLAIN_CLOUD_PASSWORD/, rightPassword);
    await terminal.answer(/PLAIN_CLOUD_PLANT/, 'x');
    await terminal.until(/PLAIN_CLOUD_PLANT must be a number of at least 1 \(it is "x"\)/);
    terminal.type(keys.ctrlC);
    assert.equal(await ended, 130);
  });

  it('leaves what is optional to the menu, where a setting of a few words is a list', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await terminal.answer(/Which equipment\?/, 'plain');
    await terminal.answer(/PLAIN_CLOUD_PASSWORD/, rightPassword);
    await terminal.answer(/PLAIN_CLOUD_PLANT/, '1');
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(key, 'a-key');
    await terminal.choose(right, /set an optional one/);
    await terminal.choose(menu, /PLAIN_CLOUD_NICK/);
    await terminal.answer(/PLAIN_CLOUD_NICK: Another name \(Enter leaves it out\)/, 'barn');
    await terminal.choose(menu, /PLAIN_CLOUD_UNIT/);
    await terminal.choose(/PLAIN_CLOUD_UNIT: Unit of the figures/, /kW/);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await ended;
    assert.match(stored(terminal), /^PLAIN_CLOUD_NICK=barn\nPLAIN_CLOUD_UNIT=kW$/m);
  });

  for (const [mode, asked, never] of [
    ['portal', /TWO_WAYS_TOKEN: Token/, /TWO_WAYS_USER_NAME:/],
    ['app', /TWO_WAYS_USER_NAME: Name/, /TWO_WAYS_TOKEN:/],
  ] as const)
    it(`has each way in on the list of the equipment: ${mode}`, async (t) => {
      const { ended, ...terminal } = configuring(t);
      await terminal.until(/Which equipment\?/);
      terminal.type(`two ways ${mode}`);
      await terminal.answer(new RegExp(`❯ Two Ways \\(two-ways\\), ${mode}`));
      await terminal.answer(asked, 'given');
      await terminal.answer(where);
      await terminal.answer(more);
      await terminal.answer(key, 'a-key');
      await terminal.answer(right);
      await terminal.answer(trial, 'n');
      await ended;
      assert.doesNotMatch(terminal.screen(), never);
      assert.equal(/TWO_WAYS_MODE/.test(stored(terminal)), mode !== 'portal', 'a default is not stored');
    });

  it('takes what would do instead of what is asked for, where that is left empty', async (t) => {
    const kiosk = adapterOf({
      vendor: 'kiosk-cloud',
      title: 'Kiosk Cloud',
      settings: {
        userName: setting(z.optional(text), 'Name of the account'),
        link: secret(z.optional(text), 'Link of the kiosk'),
      },
      requires: ({ link }) => (link ? [] : ['userName']),
    });
    const terminal = openTerminal(t, registryOf(kiosk));
    const ended = configure([], terminal.ports);
    await terminal.answer(/Which equipment\?/);
    await terminal.answer(/KIOSK_CLOUD_USER_NAME: .*Enter if you have KIOSK_CLOUD_LINK instead/);
    await terminal.answer(/KIOSK_CLOUD_LINK: Link of the kiosk/);
    await terminal.answer(/KIOSK_CLOUD_USER_NAME: Name/);
    await terminal.answer(/KIOSK_CLOUD_LINK: Link of the kiosk/, 'my-link');
    await terminal.until(where);
    terminal.type(keys.ctrlC);
    await ended;
  });

  it('asks for the address of equipment that has none of its own, and again until one of several is given', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await terminal.answer(/Which equipment\?/, 'box');
    await terminal.answer(/BOX_BASE_URL: The https address of your Box at Home/, 'http://box.example.com');
    await terminal.until(/BOX_BASE_URL must be an address that begins with https:\/\//);
    terminal.type(keys.emptyLine);
    await terminal.answer(/BOX_BASE_URL/, 'https://box.example.com');
    await terminal.answer(/BOX_SUN/);
    await terminal.answer(/BOX_GRID/);
    await terminal.until(/One of these is needed: BOX_SUN, BOX_GRID/);
    await terminal.answer(/BOX_SUN/);
    await terminal.answer(/BOX_GRID/, 'meter');
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(key, 'a-key');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.equal(
      stored(terminal),
      'VENDOR=box\nCHARGE_HQ_API_KEY=a-key\nBOX_GRID=meter\nBOX_BASE_URL=https://box.example.com\n',
    );
  });
});

describe('another run', () => {
  it('shows what is set, a secret only as set, and changes one setting in its place', async (t) => {
    const { ended, ...terminal } = configuring(t, configured);
    await terminal.until(menu);
    await terminal.until(/PLAIN_CLOUD_PASSWORD: set\n.*PLAIN_CLOUD_PLANT: 4711\n/);
    await terminal.choose(/navigate/, /PLAIN_CLOUD_PLANT/);
    await terminal.answer(/\(Enter keeps it\)/, `${keys.emptyLine}12`);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), configured.replace('4711', '12'));
    assert.equal(statSync(terminal.ports.file).mode & 0o777, 0o600);
    for (const hidden of [rightPassword, 'my-own-key']) assert.ok(!terminal.screen().includes(hidden));
  });

  it('keeps a secret at Enter, and says when nothing was changed', async (t) => {
    const { ended, ...terminal } = configuring(t, configured);
    await terminal.choose(menu, /PLAIN_CLOUD_PASSWORD/);
    await terminal.answer(/\(set: \*+; Enter keeps it\)/);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await terminal.until(/Nothing was changed/);
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), configured);
  });

  it('removes an optional setting at a single hyphen', async (t) => {
    const { ended, ...terminal } = configuring(t, `${configured}PLAIN_CLOUD_NICK=barn\n`);
    await terminal.choose(menu, /PLAIN_CLOUD_NICK/);
    await terminal.answer(/Enter keeps it, - removes it/, `${keys.emptyLine}-`);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await ended;
    assert.equal(stored(terminal), configured);
  });

  it('with other equipment removes what the old one needed, and says so', async (t) => {
    const { ended, ...terminal } = configuring(t, configured);
    await terminal.choose(menu, /Equipment/);
    await terminal.answer(/Which equipment\?/, 'two portal');
    await terminal.answer(/TWO_WAYS_TOKEN/, 'a-token');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await terminal.until(/What belonged to the former equipment alone is removed/);
    await terminal.until(/Removed from .*: PLAIN_CLOUD_PASSWORD, PLAIN_CLOUD_PLANT/);
    await ended;
    assert.equal(
      stored(terminal),
      '# the barn\nVENDOR=two-ways\nCHARGE_HQ_API_KEY=my-own-key\nTWO_WAYS_TOKEN=a-token\n',
    );
  });

  it('with the same equipment under an own label keeps its settings', async (t) => {
    const file = configured.replace('plain-cloud', 'barn:plain-cloud').replaceAll('PLAIN_CLOUD', 'BARN');
    const { ended, ...terminal } = configuring(t, file);
    await terminal.choose(menu, /Equipment \(VENDOR\) barn: Plain Cloud/);
    await terminal.answer(/Which equipment\?/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await terminal.until(/Nothing was changed/);
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), file);
  });

  it('with the same equipment keeps its way in', async (t) => {
    const file = 'VENDOR=two-ways\nTWO_WAYS_MODE=App\nTWO_WAYS_USER_NAME=me\nCHARGE_HQ_API_KEY=my-own-key\n';
    const { ended, ...terminal } = configuring(t, file);
    await terminal.choose(menu, /Equipment/);
    await terminal.until(/❯ Two Ways \(two-ways\), app/);
    terminal.type(keys.enter);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.match(stored(terminal), /^TWO_WAYS_MODE=app$/im);
  });

  it('asks again for a setting that is malformed, and says why', async (t) => {
    const { ended, ...terminal } = configuring(t, configured.replace('4711', 'abc'));
    await terminal.choose(menu, /Nothing more/);
    await terminal.until(/PLAIN_CLOUD_PLANT must be a number of at least 1 \(it is "abc"\)/);
    await terminal.answer(/PLAIN_CLOUD_PLANT: Number/, `${keys.emptyLine}8`);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await ended;
    assert.equal(stored(terminal), configured.replace('4711', '8'));
  });

  it('says that a variable of the environment wins over what was stored', async (t) => {
    const { ended, ...terminal } = configuring(t, configured, { PLAIN_CLOUD_PLANT: '7' });
    await terminal.choose(menu, /PLAIN_CLOUD_PLANT: 7/);
    await terminal.answer(/\(Enter keeps it\)/, `${keys.emptyLine}12`);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await terminal.until(/! PLAIN_CLOUD_PLANT has another value in the environment, which wins until you unset it/);
    await ended;
  });
});

describe('a read that fails', () => {
  const wrong = configured.replace(rightPassword, 'wrong');

  it('is shown, and the setting can be corrected before anything is stored', async (t) => {
    const { ended, ...terminal } = configuring(t, wrong);
    await terminal.choose(menu, /Nothing more/);
    await terminal.until(/Plain Cloud refuses the password/);
    await terminal.choose(/The read failed\./, /Change a setting/);
    await terminal.choose(menu, /PLAIN_CLOUD_PASSWORD/);
    await terminal.answer(/Enter keeps it/, rightPassword);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), configured.replaceAll('"', "'"));
  });

  for (const [entry, expected] of [
    ['Store the settings all the same', wrong.replace('4711', '12')],
    ['Leave everything as it was', wrong],
  ] as const)
    it(`can be answered by: ${entry}`, async (t) => {
      const { ended, ...terminal } = configuring(t, wrong);
      await terminal.choose(menu, /PLAIN_CLOUD_PLANT/);
      await terminal.answer(/Enter keeps it/, `${keys.emptyLine}12`);
      await terminal.choose(menu, /Nothing more/);
      await terminal.choose(/The read failed\./, new RegExp(entry));
      assert.equal(await ended, 0);
      assert.equal(stored(terminal), expected);
    });
});

describe('a read that is refused', () => {
  it('is followed by the log-in with what is set, a secret only as set', async (t) => {
    const { ended, ...terminal } = configuring(t, configured.replace(rightPassword, 'wrong'));
    await terminal.choose(menu, /Nothing more/);
    await terminal.until(/The read failed\./);
    await terminal.until(/❯ Correct what plain-cloud logs in with/);
    terminal.type(keys.enter);
    await terminal.answer(/PLAIN_CLOUD_PASSWORD: .*set: \*+; Enter keeps it/, rightPassword);
    await terminal.answer(/PLAIN_CLOUD_PLANT: .*\n +4711/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), configured.replaceAll('"', "'"));
  });
});

describe('Ctrl+C', () => {
  for (const [at, steps] of [
    ['the menu', async () => {}],
    ['a setting', (terminal: Terminal) => terminal.choose(/navigate/, /PLAIN_CLOUD_PLANT/)],
    [
      'the last question',
      async (terminal: Terminal) => {
        await terminal.choose(/navigate/, /PLAIN_CLOUD_PLANT/);
        await terminal.answer(/Enter keeps it/, `${keys.emptyLine}12`);
        await terminal.choose(menu, /Nothing more/);
        await terminal.until(right);
      },
    ],
  ] as const)
    it(`at ${at} leaves everything as it was`, async (t) => {
      const { ended, ...terminal } = configuring(t, configured);
      await terminal.until(menu);
      await steps(terminal);
      terminal.type(keys.ctrlC);
      assert.equal(await ended, 130);
      assert.match(terminal.screen(), /Nothing was changed/);
      assert.equal(stored(terminal), configured);
      assert.equal(statSync(terminal.ports.file).mode & 0o777, 0o644);
    });
});

describe('equipment that wants a consent in a browser', () => {
  const shownPage = 'https://cloud.example.com/your-code';
  async function consenting(t: TestContext) {
    const server = await playAuthorizationServer(t);
    const terminal = openTerminal(t, registryOf(consentingCloud(shownPage)), {
      environment: { MY_CLOUD_AUTH_URL: server.url },
    });
    const ended = configure([], terminal.ports);
    await terminal.answer(/Which equipment\?/);
    await terminal.answer(/MY_CLOUD_CLIENT_ID/, 'id-1');
    await terminal.answer(/MY_CLOUD_CLIENT_SECRET.*Enter if you have MY_CLOUD_PASSWORD instead/, 'client-secret');
    return { ...terminal, ended };
  }
  const wants = /My Cloud wants your consent once in a browser \(MY_CLOUD_REFRESH_TOKEN\)/;

  it('leads through it when all else is there, again after one that failed, and stores what it yields', async (t) => {
    const { ended, ...terminal } = await consenting(t);
    await terminal.choose(wants, /Give it now/);
    await terminal.answer(/Code or address:/, 'old-code');
    await terminal.until(/My Cloud refuses the code \[hidden\]/);
    await terminal.choose(wants, /Give it now/);
    await terminal.answer(/Code or address:/, 'code-of-today');
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(key, 'a-key');
    await terminal.until(/solar +1\.00 kW/);
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    assert.equal(await ended, 0);
    assert.match(stored(terminal), /^MY_CLOUD_REFRESH_TOKEN='refresh token-of-today'$/m);
    assert.ok(!terminal.screen().includes('refresh token-of-today'));
  });

  it('is asked first for what only the consent needs', async (t) => {
    const terminal = openTerminal(t, adapters);
    const ended = configure([], terminal.ports);
    await terminal.answer(/Which equipment\?/, 'tesla');
    await terminal.answer(/TESLA_CLIENT_ID/, 'id-1');
    await terminal.answer(/TESLA_REDIRECT_URI/, 'https://home.example.com/back');
    await terminal.answer(/TESLA_CLIENT_SECRET/, 'client-secret');
    await terminal.answer(/TESLA_REGION/);
    await terminal.until(/Tesla \(Powerwall, Fleet API\) wants your consent once/);
    terminal.type(keys.ctrlC);
    assert.equal(await ended, 130);
  });

  it('takes what an earlier consent yielded', async (t) => {
    const { ended, ...terminal } = await consenting(t);
    await terminal.choose(wants, /I have MY_CLOUD_REFRESH_TOKEN already/);
    await terminal.answer(/MY_CLOUD_REFRESH_TOKEN: From your consent/, 'refresh token-of-today');
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(key, 'a-key');
    await terminal.answer(right);
    await terminal.answer(trial, 'n');
    await ended;
    assert.match(stored(terminal), /^MY_CLOUD_REFRESH_TOKEN='refresh token-of-today'$/m);
  });

  it('can be stored before the consent', async (t) => {
    const { ended, ...terminal } = await consenting(t);
    await terminal.choose(wants, /Later, with npm run connect -- my-cloud/);
    await terminal.answer(where);
    await terminal.answer(more);
    await terminal.answer(key, 'a-key');
    await terminal.until(/MY_CLOUD_REFRESH_TOKEN is missing/);
    await terminal.choose(/The read failed\./, /Store the settings all the same/);
    assert.equal(await ended, 0);
    assert.match(stored(terminal), /^MY_CLOUD_CLIENT_ID=id-1$/m);
  });
});
