import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { connect } from '../../functions/push-solar-data/local/connect.ts';
import { playParameterStore } from '../support/parameter-store.ts';
import { listen } from '../support/servers.ts';
import { adapterOf, registryOf } from '../support/sources.ts';
import { callCommand, keys, openTerminal, temporaryFolder } from '../support/terminal.ts';
import { consentingCloud, playAuthorizationServer } from './authorization-server.ts';

const shownPage = 'https://cloud.example.com/your-code';

type Options = { redirectUri?: string; args?: string[]; file?: string; isTerminal?: boolean; browser?: boolean };

/** The command in a terminal, with a browser that follows redirects at once. */
async function connecting(t: TestContext, options: Options = {}) {
  const { redirectUri, args = [], isTerminal = true, browser = redirectUri === undefined } = options;
  const server = await playAuthorizationServer(t);
  const terminal = openTerminal(t, registryOf(consentingCloud(redirectUri), adapterOf()), { isTerminal });
  const before =
    options.file ??
    `# mine\nVENDOR=my-cloud\nMY_CLOUD_CLIENT_ID=id-1\nMY_CLOUD_CLIENT_SECRET=client-secret\nMY_CLOUD_AUTH_URL=${server.url}\n`;
  writeFileSync(terminal.ports.file, before);
  const pages: URL[] = [];
  const told: string[] = [];
  const browse = async (address: string) => {
    pages.push(new URL(address));
    if (browser) told.push(await (await fetch(address)).text());
  };
  const ports = { ...terminal.ports, browse };
  const start = () => connect(['my-cloud', '--port', String(port), ...args], ports);
  const port = await freePort(t);
  const stored = () => readFileSync(terminal.ports.file, 'utf8');
  return { ...terminal, ports, server, before, pages, told, port, start, stored };
}

async function freePort(t: TestContext): Promise<number> {
  const server = createServer();
  const { port } = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a consent that the browser brings back to this machine', () => {
  it('is exchanged, and what it yields is stored in .env', async (t) => {
    const { start, server, stored, before, screen, pages, port, told, ports } = await connecting(t);
    assert.equal(await start(), 0);
    assert.equal(stored(), `${before}MY_CLOUD_REFRESH_TOKEN='refresh token-of-today'\n`);
    assert.equal(statSync(ports.file).mode & 0o777, 0o600);
    const back = `http://127.0.0.1:${port}/consent`;
    assert.equal(pages[0]?.searchParams.get('redirect_uri'), back);
    const exchange = server.received.find(({ method }) => method === 'POST')?.body;
    assert.deepEqual(exchange, { code: 'code-of-today', redirect_uri: back, client_secret: 'client-secret' });
    assert.match(told.join(), /^Thank you\. Go back to the terminal/);
    assert.match(screen(), /Give your consent on this page:\n\n {2}http:\S+\/oauth\/authorize\?client_id=id-1/);
    assert.match(screen(), /Stored in \S+: MY_CLOUD_REFRESH_TOKEN\nMy Cloud is connected/);
    for (const secret of ['refresh token-of-today', 'client-secret']) assert.ok(!screen().includes(secret));
  });

  it('has a new unguessable state each time', async (t) => {
    const { start, pages } = await connecting(t);
    await start();
    await start();
    const states = pages.map(({ searchParams }) => searchParams.get('state') ?? '');
    assert.equal(new Set(states).size, 2);
    for (const state of states) assert.ok(state.length >= 22);
  });

  for (const [what, answers, complaint] of [
    ['with a refusal', { code: '', error: 'access_denied' }, /The consent was refused \(access_denied\)/],
    ['with an error', { code: '', error: 'invalid_scope' }, /The consent failed: invalid_scope/],
    ['with a code that is refused', { code: 'old-code' }, /My Cloud refuses the code \[hidden\]: begin again/],
  ] as const)
    it(`${what} is refused in words, and nothing is stored`, async (t) => {
      const { start, server, stored, before, screen, told } = await connecting(t);
      Object.assign(server.answers, answers);
      assert.notEqual(await start(), 0);
      assert.match(screen(), complaint);
      assert.match(screen(), /Nothing was stored/);
      assert.equal(stored(), before);
      if (!('code' in answers) || answers.code === '') assert.match(told.join(), /Look at the terminal/);
    });

  for (const [what, answers] of [
    ['another state', { state: 'another' }],
    ['no state', { state: '' }],
    ['a refusal of another state', { code: '', error: 'access_denied', state: 'x' }],
  ] as const)
    it(`with ${what} is told in the browser, and the right one waited for`, async (t) => {
      const { start, server, stored, before, until, type, told } = await connecting(t);
      Object.assign(server.answers, answers);
      const ended = start();
      await until(/Code or address:/);
      assert.match(told.join(), /This answer does not belong to this request/);
      type(keys.ctrlC);
      assert.equal(await ended, 130);
      assert.equal(stored(), before);
    });

  it('can be pasted, if the browser runs on another machine', async (t) => {
    const { start, stored, pages, until, type } = await connecting(t, { browser: false });
    const ended = start();
    await until(/Code or address:/);
    const state = pages[0]?.searchParams.get('state');
    type(`http://127.0.0.1:1/consent?code=code-of-today&state=${state}${keys.enter}`);
    assert.equal(await ended, 0);
    assert.match(stored(), /REFRESH_TOKEN='refresh token-of-today'/);
  });

  it('says that the port is taken, before anybody consents', async (t) => {
    const { start, port, pages, stored, before, screen } = await connecting(t);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    t.after(() => other.close());
    assert.equal(await start(), 2);
    assert.match(screen(), new RegExp(`Port ${port} of this machine is taken by another program: .*--port`));
    assert.deepEqual(pages, []);
    assert.equal(stored(), before);
  });

  it('frees the port afterwards', async (t) => {
    const { start, port } = await connecting(t);
    await start();
    const other = createServer();
    t.after(() => other.close());
    await new Promise<void>((resolve, reject) => other.once('error', reject).listen(port, '127.0.0.1', resolve));
    assert.equal((other.address() as AddressInfo).port, port);
  });

  it('ends at Ctrl+C, and leaves everything as it was', async (t) => {
    const { start, type, until, stored, before } = await connecting(t, { browser: false });
    const ended = start();
    await until(/Code or address:/);
    type(keys.ctrlC);
    assert.equal(await ended, 130);
    assert.equal(stored(), before);
  });

  it('needs no terminal', async (t) => {
    const { start, stored, ports } = await connecting(t, { isTerminal: false });
    (ports.input as unknown as NodeJS.WritableStream).end();
    assert.equal(await start(), 0);
    assert.match(stored(), /REFRESH_TOKEN/);
  });
});

describe('a consent whose code the vendor shows', () => {
  for (const [what, pasted] of [
    ['the code alone', () => ' code-of-today '],
    ['the whole address', (state: string) => `${shownPage}?code=code-of-today&state=${state}`],
    ['an address without a state', () => `${shownPage}?code=code-of-today`],
    ['the end of the address', (state: string) => `code=code-of-today&state=${state}`],
  ] as const)
    it(`is taken from ${what}`, async (t) => {
      const { start, stored, answer, pages, until, server } = await connecting(t, { redirectUri: shownPage });
      const ended = start();
      await until(/The page after your consent shows a code/);
      await answer(/Code or address:/, pasted(pages[0]?.searchParams.get('state') ?? ''));
      assert.equal(await ended, 0);
      assert.match(stored(), /REFRESH_TOKEN='refresh token-of-today'/);
      const exchange = server.received.at(-1)?.body as Record<string, string>;
      assert.deepEqual([exchange['redirect_uri'], exchange['code']], [shownPage, 'code-of-today']);
    });

  for (const [what, pasted, complaint] of [
    ['of another request', `${shownPage}?code=code-of-today&state=another`, /does not belong to this request/],
    ['without a code', shownPage, /There is no code in it: paste the code, or the whole address/],
  ] as const)
    it(`is asked for again after an address ${what}`, async (t) => {
      const { start, stored, answer, until, type } = await connecting(t, { redirectUri: shownPage });
      const ended = start();
      await answer(/Code or address:/, pasted);
      await until(complaint);
      type('\u0015'); // empties the line
      await answer(/Code or address:/, 'code-of-today');
      assert.equal(await ended, 0);
      assert.match(stored(), /REFRESH_TOKEN/);
    });

  for (const [what, pasted, complaint] of [
    ['a refusal', `${shownPage}?error=access_denied`, /The consent was refused \(access_denied\)\. Nothing was stored/],
    ['a code that is refused', 'old-code', /refuses the code \[hidden\].*Nothing was stored/],
  ] as const)
    it(`ends at ${what}, and nothing is stored`, async (t) => {
      const { start, stored, answer, before, screen } = await connecting(t, { redirectUri: shownPage });
      const ended = start();
      await answer(/Code or address:/, pasted);
      assert.equal(await ended, 2);
      assert.match(screen(), complaint);
      assert.equal(stored(), before);
    });

  it('is read from standard input where there is no terminal', async (t) => {
    const { start, stored, type } = await connecting(t, { redirectUri: shownPage, isTerminal: false });
    type('\ncode-of-today\n');
    assert.equal(await start(), 0);
    assert.match(stored(), /REFRESH_TOKEN/);
  });

  it('is missed in words where there is no terminal and no input', async (t) => {
    const { start, ports, screen } = await connecting(t, { redirectUri: shownPage, isTerminal: false });
    (ports.input as unknown as NodeJS.WritableStream).end();
    assert.equal(await start(), 2);
    assert.match(screen(), /No code was given: run this in a terminal, or write the code to its standard input/);
  });
});

it('with --no-browser the page is only printed', async (t) => {
  const { start, pages, screen, type, until } = await connecting(t, { redirectUri: shownPage, args: ['--no-browser'] });
  const ended = start();
  await until(/Code or address:/);
  type(keys.ctrlC);
  await ended;
  assert.deepEqual(pages, []);
  assert.match(screen(), /oauth\/authorize/);
});

it('a browser that cannot be opened is no failure', async (t) => {
  const { ports, stored, answer } = await connecting(t, { redirectUri: shownPage });
  const browse = () => Promise.reject(new Error('no browser here'));
  const ended = connect(['my-cloud'], { ...ports, browse });
  await answer(/Code or address:/, 'code-of-today');
  assert.equal(await ended, 0);
  assert.match(stored(), /REFRESH_TOKEN/);
});

describe('what it yields', () => {
  it('replaces what was there', async (t) => {
    const { start, stored, before, ports } = await connecting(t);
    writeFileSync(ports.file, before.replace('# mine', "# mine\nMY_CLOUD_REFRESH_TOKEN='old' # of May"));
    await start();
    assert.match(stored(), /^MY_CLOUD_REFRESH_TOKEN='refresh token-of-today' # of May$/m);
  });

  it('goes into an encrypted parameter with --aws, where its settings come from too', async (t) => {
    const { start, server, ports } = await connecting(t, { args: ['--aws'], file: '' });
    const path = '/solar-cloud-bridge/home';
    const store = await playParameterStore({ [`${path}/MY_CLOUD_CLIENT_SECRET`]: 'client-secret' });
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ENDPOINT_URL_SSM: store.url, AWS_REGION: 'eu-central-1' });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'made-up', AWS_SECRET_ACCESS_KEY: 'made-up' });
    t.after(() => {
      process.env = before;
      return store.close();
    });
    writeFileSync(ports.file, `VENDOR=my-cloud\nMY_CLOUD_CLIENT_ID=id-1\nMY_CLOUD_AUTH_URL=${server.url}\n`);
    assert.equal(await start(), 0);
    assert.equal(store.parameters.get(`${path}/MY_CLOUD_REFRESH_TOKEN`)?.value, 'refresh token-of-today');
    assert.doesNotMatch(readFileSync(ports.file, 'utf8'), /REFRESH_TOKEN/);
  });

  for (const name of ['roof', 'my-cloud'])
    it(`belongs to the label of the source, which may be named ${name}`, async (t) => {
      const { server, ports, port } = await connecting(t);
      const roof = `ROOF_CLIENT_ID=id-1\nROOF_CLIENT_SECRET=client-secret\nROOF_AUTH_URL=${server.url}\n`;
      writeFileSync(ports.file, `VENDOR=roof:my-cloud,grid:example\n${roof}`);
      assert.equal(await connect([name, '--port', String(port)], ports), 0);
      assert.match(readFileSync(ports.file, 'utf8'), /^ROOF_REFRESH_TOKEN=/m);
    });
});

describe('what is refused in words, with nothing stored', () => {
  const complete = 'VENDOR=my-cloud\nMY_CLOUD_CLIENT_ID=i\nMY_CLOUD_CLIENT_SECRET=a-secret\n';
  for (const [what, file, args, complaint] of [
    ['no vendor', complete, [], /^ {4}npm run connect -- <vendor>/m],
    ['an unknown vendor', complete, ['my-clud'], /^"my-clud" is not known\. Did you mean my-cloud\?/],
    [
      'a vendor without consent',
      complete,
      ['example'],
      /^Example Cloud needs no consent in a browser: npm run configure/,
    ],
    [
      'a setting that its schema demands',
      'VENDOR=my-cloud\n',
      ['my-cloud'],
      /^MY_CLOUD_CLIENT_ID is missing: .*\nnpm run configure asks for it/,
    ],
    [
      'a setting that the others demand',
      'VENDOR=my-cloud\nMY_CLOUD_CLIENT_ID=i\n',
      ['my-cloud'],
      /^MY_CLOUD_CLIENT_SECRET is missing: .*\nnpm run configure asks for it/,
    ],
    [
      'another way to log in',
      `${complete}MY_CLOUD_PASSWORD=a-password\n`,
      ['my-cloud'],
      /^My Cloud needs no consent with these settings/,
    ],
    [
      'two sources of a vendor',
      complete.replace('=my-cloud', '=a:my-cloud,b:my-cloud'),
      ['my-cloud'],
      /^VENDOR names my-cloud several times: say which by its label, a or b/m,
    ],
    ['no port', complete, ['my-cloud', '--port', 'x'], /^--port must be a whole number from 1 to 65535 \(it is "x"\)/],
    [
      'an unknown option',
      complete,
      ['my-cloud', '--awss'],
      /^"--awss" is no option of npm run connect\. Did you mean --aws\?/,
    ],
  ] as const)
    it(what, async (t) => {
      const { ports, screen, pages } = await connecting(t, { file });
      assert.equal(await connect([...args], ports), 2);
      assert.match(screen(), complaint);
      assert.deepEqual(pages, []);
      assert.equal(existsSync(ports.file) && readFileSync(ports.file, 'utf8'), file);
    });
});

it('a maker is understood as the word that VENDOR has for it', async (t) => {
  const folder = temporaryFolder(t);
  const { code, complaints } = await callCommand(connect, ['huawei'], { folder, registry: adapters });
  assert.equal(code, 2);
  assert.equal(complaints, '"huawei" is not known. Did you mean fusionsolar?\n');
});
