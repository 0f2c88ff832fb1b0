import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { isolarcloud } from '../../functions/push-solar-data/adapters/isolarcloud.ts';
import { connect } from '../../functions/push-solar-data/local/connect.ts';
import { issued, refusal, success } from '../conversations/isolarcloud.ts';
import { type Answer, playConversation } from '../support/conversation.ts';
import { registryOf } from '../support/sources.ts';
import { openTerminal } from '../support/terminal.ts';

const tokenPath = '/openapi/apiManage/token';
const application =
  'ISOLARCLOUD_AUTH_MODE=oauth2\nISOLARCLOUD_REGION=au\nISOLARCLOUD_APP_KEY=appkey-1\nISOLARCLOUD_SECRET_KEY=secret-1\n';
const number = 'ISOLARCLOUD_APPLICATION_ID=1234\n';

async function connecting(t: TestContext, answer: Answer, port: number, own = number) {
  const server = await playConversation([{ method: 'POST', path: tokenPath, answer }]);
  t.after(() => server.close());
  const terminal = openTerminal(t, registryOf(isolarcloud));
  writeFileSync(terminal.ports.file, `VENDOR=isolarcloud\n${application}${own}ISOLARCLOUD_BASE_URL=${server.url}\n`);
  const ended = connect(['isolarcloud', '--port', String(port)], terminal.ports);
  return { ...terminal, server, ended, stored: () => readFileSync(terminal.ports.file, 'utf8') };
}

describe("iSolarCloud's consent", () => {
  it('opens the page of the region with the application and the redirect address', async (t) => {
    const { until, answer, ended } = await connecting(t, success(issued(1)), 28_427);
    const [, address = ''] = /(https:\S+)/.exec(await until(/https:\S+\n/)) ?? [];
    await answer(/Code or address:/, 'code-1');
    await ended;
    const redirect = encodeURIComponent('http://127.0.0.1:28427/consent');
    const page = 'https://auweb3.isolarcloud.com/#/authorized-app';
    assert.equal(address, `${page}?cloudId=7&applicationId=1234&redirectUrl=${redirect}`);
  });

  for (const [what, pasted, answered] of [
    ['the code', 'code-1', success(issued(1))],
    [
      'the address at which the browser ends, which holds no state',
      'http://127.0.0.1:28428/consent?code=code-1',
      { json: { ...issued(1), code: '1' } },
    ],
  ] as const)
    it(`exchanges ${what} that the owner pastes`, async (t) => {
      const { answer, ended, server, stored, screen } = await connecting(t, answered, 28_428);
      await answer(/Code or address:/, pasted);
      assert.equal(await ended, 0);
      const [exchange] = server.received;
      assert.equal(exchange?.headers['x-access-key'], 'secret-1');
      assert.deepEqual(exchange?.body, {
        ...{ appkey: 'appkey-1', lang: '_en_US', grant_type: 'authorization_code', code: 'code-1' },
        redirect_uri: 'http://127.0.0.1:28428/consent',
      });
      assert.match(stored(), /^ISOLARCLOUD_REFRESH_TOKEN=refresh-token-1$/m);
      assert.doesNotMatch(screen(), /refresh-token-1|access-token-1|secret-1/);
    });

  for (const [what, refused, sentence] of [
    ['the code is refused', success({ code: 2 }), /refuses the code: it works once/],
    ['the application is refused', success({ code: '3' }), /check ISOLARCLOUD_APP_KEY and ISOLARCLOUD_SECRET_KEY/],
    ['the application is not known', success({ code: 4 }), /check ISOLARCLOUD_APP_KEY and ISOLARCLOUD_REGION/],
    ['the redirect address is another', success({ code: 5 }), /another redirect address/],
    ['the grant is refused', success({ code: 6 }), /gives no token \(code 6\)/],
    ['the gateway refuses', refusal('E912'), /check secretKey/],
    ['the code brings no refresh token', success(issued(1, { refresh_token: null })), /no refresh token/],
  ] as const)
    it(`is not given where ${what}`, async (t) => {
      const { answer, ended, stored, screen } = await connecting(t, refused, 28_429);
      await answer(/Code or address:/, 'code-1');
      assert.notEqual(await ended, 0);
      assert.match(screen(), sentence);
      assert.doesNotMatch(stored(), /REFRESH_TOKEN/);
    });

  it('needs the number of the application', async (t) => {
    const { ended, screen } = await connecting(t, success(issued(1)), 28_430, '');
    assert.equal(await ended, 2);
    assert.match(screen(), /set ISOLARCLOUD_APPLICATION_ID/);
  });

  it('is not asked for with the password of the account', async (t) => {
    const { ports, screen } = openTerminal(t, registryOf(isolarcloud));
    const own =
      'ISOLARCLOUD_APP_KEY=a\nISOLARCLOUD_SECRET_KEY=secret-1\nISOLARCLOUD_USER_ACCOUNT=c\nISOLARCLOUD_USER_PASSWORD=password-1\n';
    writeFileSync(ports.file, `VENDOR=isolarcloud\n${own}`);
    assert.equal(await connect(['isolarcloud'], ports), 2);
    assert.match(screen(), /needs no consent with these settings/);
  });
});
