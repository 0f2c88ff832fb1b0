import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { enphase } from '../../functions/push-solar-data/adapters/enphase.ts';
import { connect } from '../../functions/push-solar-data/local/connect.ts';
import { type Answer, playConversation } from '../support/conversation.ts';
import { registryOf } from '../support/sources.ts';
import { openTerminal } from '../support/terminal.ts';

const shownAt = 'https://api.enphaseenergy.com/oauth/redirect_uri';
const granted = { access_token: 'access-1', token_type: 'bearer', refresh_token: 'refresh-1', expires_in: 86393 };

async function connecting(t: TestContext, answer: Answer) {
  const server = await playConversation([{ method: 'POST', path: '/oauth/token', answer }]);
  t.after(() => server.close());
  const terminal = openTerminal(t, registryOf(enphase));
  const file = 'VENDOR=enphase\nENPHASE_CLIENT_ID=abcd\nENPHASE_CLIENT_SECRET=uvwxyz\nENPHASE_API_KEY=key-1\n';
  writeFileSync(terminal.ports.file, `${file}ENPHASE_AUTH_URL=${server.url}\n`);
  const ended = connect(['enphase'], terminal.ports);
  return { ...terminal, server, ended, stored: () => readFileSync(terminal.ports.file, 'utf8') };
}

describe("Enphase's consent", () => {
  it('opens its page with the client, its own redirect address and a state', async (t) => {
    const { until, answer, ended, server } = await connecting(t, { json: granted });
    const [, address = ''] = /(http\S+)/.exec(await until(/http\S+\n/)) ?? [];
    await answer(/Code or address:/, '2TJk7M');
    await ended;
    const { origin, pathname, searchParams } = new URL(address);
    assert.equal(origin + pathname, `${server.url}/oauth/authorize`);
    const { state, ...query } = Object.fromEntries(searchParams);
    assert.deepEqual(query, { response_type: 'code', client_id: 'abcd', redirect_uri: shownAt });
    assert.ok(state);
  });

  it('exchanges the pasted code with the credentials of the application, in the body', async (t) => {
    const { answer, ended, server, stored, screen } = await connecting(t, { json: granted });
    await answer(/Code or address:/, `${shownAt}?code=2TJk7M`);
    assert.equal(await ended, 0);
    const [exchange] = server.received;
    assert.equal(exchange?.headers.authorization, 'Basic YWJjZDp1dnd4eXo=');
    assert.deepEqual(exchange?.body, { grant_type: 'authorization_code', redirect_uri: shownAt, code: '2TJk7M' });
    assert.match(stored(), /^ENPHASE_REFRESH_TOKEN=refresh-1$/m);
    assert.doesNotMatch(screen(), /refresh-1|access-1|uvwxyz/);
  });

  for (const status of [400, 401])
    it(`is not given where the code is refused with HTTP ${status}`, async (t) => {
      const { answer, ended, stored, screen } = await connecting(t, { status, json: { error: 'invalid_grant' } });
      await answer(/Code or address:/, '2TJk7M');
      assert.equal(await ended, 2);
      assert.match(screen(), /Enphase Enlighten refuses the code: it works once\. Begin again/);
      assert.doesNotMatch(stored(), /REFRESH_TOKEN/);
    });

  it('is not given where the code brings no refresh token', async (t) => {
    const { refresh_token: _, ...rest } = granted;
    const { answer, ended, stored, screen } = await connecting(t, { json: rest });
    await answer(/Code or address:/, '2TJk7M');
    assert.notEqual(await ended, 0);
    assert.match(screen(), /no refresh token.*Nothing was stored/);
    assert.doesNotMatch(stored(), /REFRESH_TOKEN/);
  });

  it('is not asked for in mode enlighten', async (t) => {
    const { ports, screen } = openTerminal(t, registryOf(enphase));
    writeFileSync(
      ports.file,
      'VENDOR=enphase\nENPHASE_MODE=enlighten\nENPHASE_USERNAME=me@example.com\nENPHASE_PASSWORD=pw-1\n',
    );
    assert.equal(await connect(['enphase'], ports), 2);
    assert.match(screen(), /^Enphase Enlighten needs no consent with these settings/);
  });
});
