import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { solaredge } from '../../functions/push-solar-data/adapters/solaredge.ts';
import { connect } from '../../functions/push-solar-data/local/connect.ts';
import { given, tokenPath } from '../conversations/solaredge.ts';
import { type Answer, playConversation } from '../support/conversation.ts';
import { registryOf } from '../support/sources.ts';
import { openTerminal } from '../support/terminal.ts';

const app = 'SOLAREDGE_SITE_ID=4711\nSOLAREDGE_CLIENT_ID=client-of-a-test\nSOLAREDGE_CLIENT_SECRET=secret-of-a-test\n';

async function connecting(t: TestContext, answer: Answer, port: number) {
  const server = await playConversation([{ method: 'POST', path: tokenPath, answer }]);
  t.after(() => server.close());
  const terminal = openTerminal(t, registryOf(solaredge));
  writeFileSync(terminal.ports.file, `VENDOR=solaredge\n${app}SOLAREDGE_BASE_URL=${server.url}\n`);
  const ended = connect(['solaredge', '--port', String(port)], terminal.ports);
  return { ...terminal, server, ended, stored: () => readFileSync(terminal.ports.file, 'utf8') };
}

describe("SolarEdge's consent", () => {
  it('opens its page with the client, both scopes, the longest time and a state', async (t) => {
    const { until, answer, ended } = await connecting(t, given(0), 28_417);
    const [, address = ''] = /(https:\S+)/.exec(await until(/https:\S+\n/)) ?? [];
    await answer(/Code or address:/, 'code-1');
    await ended;
    const { origin, pathname, searchParams } = new URL(address);
    assert.equal(origin + pathname, 'https://connect.solaredge.com/authorize');
    assert.match(address, /scope=SITE_DATA%20DEVICE_DATA&/);
    const { state, ...query } = Object.fromEntries(searchParams);
    assert.deepEqual(query, {
      client_id: 'client-of-a-test',
      scope: 'SITE_DATA DEVICE_DATA',
      redirect_uri: 'http://127.0.0.1:28417/consent',
      access_duration: '24',
    });
    assert.ok(state);
  });

  for (const [what, pasted] of [
    ['the code', 'code-1'],
    [
      'the address at which the browser ends, also without state',
      'http://127.0.0.1:28418/consent?code=code-1&site_id=4711',
    ],
  ] as const)
    it(`exchanges, as JSON, ${what} that the owner pastes`, async (t) => {
      const { answer, ended, server, stored, screen } = await connecting(t, given(0), 28_418);
      await answer(/Code or address:/, pasted);
      assert.equal(await ended, 0);
      const [exchange] = server.received;
      assert.equal(exchange?.headers['content-type'], 'application/json');
      assert.deepEqual(exchange?.body, {
        grant_type: 'authorization_code',
        code: 'code-1',
        redirect_uri: 'http://127.0.0.1:28418/consent',
        client_id: 'client-of-a-test',
        client_secret: 'secret-of-a-test',
      });
      assert.match(stored(), /^SOLAREDGE_REFRESH_TOKEN=refresh-token-1$/m);
      assert.doesNotMatch(screen(), /refresh-token-1|access-token-0|secret-of-a-test/);
    });

  for (const [what, refusal, sentence] of [
    ['the code is refused', { status: 400, json: { error: 'invalid_grant' } }, /refuses the code: it works once/],
    ['the code brings no refresh token', given(0, { refresh_token: undefined }), /no refresh token/],
  ] as const)
    it(`is not given where ${what}`, async (t) => {
      const { answer, ended, stored, screen } = await connecting(t, refusal, 28_419);
      await answer(/Code or address:/, 'code-1');
      assert.notEqual(await ended, 0);
      assert.match(screen(), sentence);
      assert.doesNotMatch(stored(), /REFRESH_TOKEN/);
    });

  for (const [what, own] of [
    ['V1', 'SOLAREDGE_API_GENERATION=v1\nSOLAREDGE_API_KEY=key-1\n'],
    ["an installer's key", 'SOLAREDGE_API_KEY=key-1\n'],
  ] as const)
    it(`is not asked for with ${what}`, async (t) => {
      const { ports, screen } = openTerminal(t, registryOf(solaredge));
      writeFileSync(ports.file, `VENDOR=solaredge\nSOLAREDGE_SITE_ID=4711\n${own}`);
      assert.equal(await connect(['solaredge'], ports), 2);
      assert.match(screen(), /^SolarEdge needs no consent with these settings/);
    });
});
