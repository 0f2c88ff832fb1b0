import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { tesla } from '../../functions/push-solar-data/adapters/tesla.ts';
import { connect } from '../../functions/push-solar-data/local/connect.ts';
import { type Answer, playConversation } from '../support/conversation.ts';
import { registryOf } from '../support/sources.ts';
import { openTerminal } from '../support/terminal.ts';

const ownPage = 'https://home.example.com/after-consent';
const granted = { access_token: 'access-1', token_type: 'Bearer', refresh_token: 'EU_refresh-1', expires_in: 28_800 };
const secret = 'TESLA_CLIENT_SECRET=uvwxyz\n';
const redirect = `TESLA_REDIRECT_URI=${ownPage}\n`;

async function connecting(t: TestContext, own = secret + redirect, answer: Answer = { json: granted }) {
  const server = await playConversation([{ method: 'POST', path: '/oauth2/v3/token', answer }]);
  t.after(() => server.close());
  const terminal = openTerminal(t, registryOf(tesla));
  writeFileSync(terminal.ports.file, `VENDOR=tesla\nTESLA_CLIENT_ID=abcd\n${own}TESLA_AUTH_URL=${server.url}\n`);
  const ended = connect(['tesla', '--port', '39417'], terminal.ports);
  return { ...terminal, server, ended, stored: () => readFileSync(terminal.ports.file, 'utf8') };
}

/** The page that was shown, without its state. */
async function pageOf({ until }: Awaited<ReturnType<typeof connecting>>) {
  const [address = ''] = /https:\S+/.exec(await until(/https:\S+\n/)) ?? [];
  const { origin, pathname, searchParams } = new URL(address);
  const { state, ...query } = Object.fromEntries(searchParams);
  assert.ok(state);
  return { page: origin + pathname, query };
}

describe("Tesla's consent", () => {
  it('opens its page with the client, the scopes and the redirect URI of the owner', async (t) => {
    const running = await connecting(t);
    const { page, query } = await pageOf(running);
    await running.answer(/Code or address:/, 'NA_code');
    await running.ended;
    assert.equal(page, 'https://auth.tesla.com/oauth2/v3/authorize');
    assert.deepEqual(query, {
      response_type: 'code',
      client_id: 'abcd',
      redirect_uri: ownPage,
      scope: 'openid offline_access energy_device_data',
    });
  });

  it('opens the page of China for an account there', async (t) => {
    const running = await connecting(t, `${secret}${redirect}TESLA_REGION=cn\n`);
    assert.equal((await pageOf(running)).page, 'https://auth.tesla.cn/oauth2/v3/authorize');
    await running.answer(/Code or address:/, 'CN_code');
    await running.ended;
    assert.match(
      JSON.stringify(running.server.received),
      /"audience":"https:\/\/fleet-api\.prd\.cn\.vn\.cloud\.tesla\.cn"/,
    );
  });

  it('comes back to this machine where the owner names no redirect URI', async (t) => {
    const running = await connecting(t, secret);
    const { query } = await pageOf(running);
    assert.equal(query['redirect_uri'], 'http://127.0.0.1:39417/consent');
    await running.answer(/Code or address:/, 'NA_code');
    assert.equal(await running.ended, 0);
  });

  it('exchanges the pasted code for the region that it names', async (t) => {
    const { answer, ended, server, stored, screen } = await connecting(t);
    await answer(/Code or address:/, `${ownPage}?code=EU_2TJk7M`);
    assert.equal(await ended, 0);
    assert.deepEqual(server.received[0]?.body, {
      grant_type: 'authorization_code',
      client_id: 'abcd',
      client_secret: 'uvwxyz',
      code: 'EU_2TJk7M',
      redirect_uri: ownPage,
      audience: 'https://fleet-api.prd.eu.vn.cloud.tesla.com',
    });
    assert.match(stored(), /^TESLA_REFRESH_TOKEN=EU_refresh-1$/m);
    assert.doesNotMatch(screen(), /refresh-1|access-1|uvwxyz/);
  });

  it('names the region of the settings where the code does not', async (t) => {
    const { answer, ended, server } = await connecting(t);
    await answer(/Code or address:/, '2TJk7M');
    await ended;
    assert.match(JSON.stringify(server.received), /"audience":"https:\/\/fleet-api\.prd\.na\.vn\.cloud\.tesla\.com"/);
  });

  for (const [status, error] of [
    [400, 'invalid_auth_code'],
    [401, 'unauthorized_client'],
  ] as const)
    it(`is not given where the code is refused with HTTP ${status}`, async (t) => {
      const { answer, ended, stored, screen } = await connecting(t, undefined, { status, json: { error } });
      await answer(/Code or address:/, 'NA_code');
      assert.equal(await ended, 2);
      assert.match(screen(), /refuses the code: it works once\. Begin again/);
      assert.doesNotMatch(stored(), /REFRESH_TOKEN/);
    });

  it('is not given where the code brings no refresh token', async (t) => {
    const { refresh_token: _, ...rest } = granted;
    const { answer, ended, stored, screen } = await connecting(t, undefined, { json: rest });
    await answer(/Code or address:/, 'NA_code');
    assert.notEqual(await ended, 0);
    assert.match(screen(), /no refresh token.*Nothing was stored/);
    assert.doesNotMatch(stored(), /REFRESH_TOKEN/);
  });

  it('is not asked for without the client secret', async (t) => {
    const { ended, screen } = await connecting(t, redirect);
    assert.equal(await ended, 2);
    assert.match(screen(), /The consent needs the client secret too/);
  });

  it('is not asked for with the token of a reseller', async (t) => {
    const { ended, screen } = await connecting(t, 'TESLA_ACCESS_TOKEN=token-1\n');
    assert.equal(await ended, 2);
    assert.match(screen(), /needs no consent with these settings/);
  });
});
