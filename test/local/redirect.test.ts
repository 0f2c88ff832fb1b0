import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { openRedirect } from '../../functions/push-solar-data/local/redirect.ts';
import { listen } from '../support/servers.ts';
import { guest, unwelcomeGuests } from './guests.ts';

const state = 'state-of-this-request';

async function waiting(t: TestContext) {
  const free = createServer();
  const { port } = await listen(t, free);
  await new Promise((resolve) => free.close(resolve));
  const redirect = await openRedirect(port, state);
  t.after(() => redirect.close());
  const visit = async (query: string) => {
    const response = await fetch(`${redirect.uri}?${query}`);
    return `${response.status} ${await response.text()}`;
  };
  return { ...redirect, port, visit };
}

describe('while a browser is waited for', () => {
  it('whatever else connects changes nothing', async (t) => {
    const { port, code, visit } = await waiting(t);
    await unwelcomeGuests(port, '/consent');
    assert.match(await visit(`code=right&state=${state}`), /^200 Thank you/);
    assert.equal(await code, 'right');
  });

  for (const query of [
    '',
    'code=foreign',
    'code=foreign&state=other',
    'error=access_denied&state=other',
    'code=%',
    'state',
  ])
    it(`an answer that is none to this request is refused, and the right one taken: ?${query}`, async (t) => {
      const { code, visit } = await waiting(t);
      assert.match(await visit(query), /^400 (There is no code in it|This answer does not belong to this request)/);
      assert.match(await visit(`code=right&state=${state}`), /^200 /);
      assert.equal(await code, 'right');
    });

  it('other addresses are not there', async (t) => {
    const { uri } = await waiting(t);
    for (const path of ['/', '/favicon.ico', `/consents?code=c&state=${state}`])
      assert.equal((await fetch(new URL(path, uri))).status, 404);
  });

  it('a refusal ends it, on one line that steers no terminal', async (t) => {
    const { code, visit } = await waiting(t);
    const ended = assert.rejects(code, { kind: 'auth', message: 'The consent failed: no [2Jroom' });
    await visit(`error=server_error&error_description=no%0a%1b[2Jroom&state=${state}`);
    await ended;
  });

  it('one that neither speaks nor leaves does not keep it open', async (t) => {
    const { port, close } = await waiting(t);
    await guest(port, 'GET /consent HTTP/1.1\r\nHost: here\r\n');
    const begun = performance.now();
    await close();
    assert.ok(performance.now() - begun < 2_000);
  });
});
