import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createRedactor } from '../../functions/push-solar-data/platform/redaction.ts';

/** Special in JSON, in addresses and in base64 (where it ends in padding). */
const secret = 'p/ä "w"\\+d? &12';

describe('a secret is hidden', () => {
  const forms: [string, string][] = [
    ['as it is', secret],
    ['inside JSON', JSON.stringify({ password: secret })],
    ['inside JSON with slashes escaped, as PHP writes it', JSON.stringify({ password: secret }).replaceAll('/', '\\/')],
    ['in a path', encodeURIComponent(secret)],
    ['in a query or form', new URLSearchParams({ password: secret }).toString()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 without padding', Buffer.from(secret).toString('base64').replace(/=+$/, '')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
  ];
  for (const [where, text] of forms)
    it(where, () => {
      const clean = createRedactor([secret]).text(`before ${text} after`);
      assert.match(clean, /^before .*\[hidden\].* after$/);
      // What stands around the secret in its own form is all that is left.
      const wrapping = text.startsWith('{')
        ? '{"password":"[hidden]"}'
        : text.startsWith('password=')
          ? 'password=[hidden]'
          : '[hidden]';
      assert.equal(clean, `before ${wrapping} after`);
    });

  it('wherever and however often it stands', () => {
    const { text } = createRedactor(['secret']);
    assert.equal(text('secretsecret, a secret; asecretb'), '[hidden][hidden], a [hidden]; a[hidden]b');
  });

  it('whole, where another secret is a part of it', () => {
    for (const secrets of [
      ['abcd', 'abcd-1234'],
      ['abcd-1234', 'abcd'],
    ])
      assert.equal(createRedactor(secrets).text('abcd-1234 and abcd'), '[hidden] and [hidden]');
  });

  it('whole, where its forms begin alike and differ later', () => {
    const { text } = createRedactor(['Summer2026&"Berlin"']);
    for (const form of ['Summer2026&"Berlin"', 'Summer2026&\\"Berlin\\"', 'Summer2026%26%22Berlin%22'])
      assert.equal(text(`<${form}>`), '<[hidden]>');
  });

  it('also where a quotation breaks off inside it', () => {
    assert.equal(createRedactor(['made-up-secret']).text('{"x":"made-up-se'), '{"x":"[hidden]');
  });

  it('from the moment on in which it is learnt', () => {
    const redactor = createRedactor();
    assert.equal(redactor.text('a new token'), 'a new token');
    redactor.hide('token');
    assert.equal(redactor.text('a new token'), 'a new [hidden]');
    redactor.hide('a new');
    assert.equal(redactor.text('a new token'), '[hidden] [hidden]');
  });

  it('though it looks like a pattern', () => {
    assert.equal(createRedactor(['.*$&']).text('all .*$& but'), 'all [hidden] but');
  });

  it('whatever characters it has and whatever form a text carries', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: 'grapheme' }), (value) => {
        const { text } = createRedactor([value]);
        for (const form of [
          value,
          JSON.stringify(value).slice(1, -1),
          encodeURIComponent(value),
          Buffer.from(value).toString('base64'),
          Buffer.from(value).toString('base64url'),
        ])
          assert.equal(text(`<${form}>`), '<[hidden]>');
      }),
    );
  });
});

describe('left as it is:', () => {
  it('a text without a secret', () => {
    assert.equal(createRedactor([secret]).text('4.2 kW'), '4.2 kW');
  });

  it('a secret of fewer than 4 characters, which would mutilate every text', () => {
    assert.equal(createRedactor(['', '1', 'abc']).text('abc 1'), 'abc 1');
  });

  it('one of 4 is hidden', () => {
    assert.equal(createRedactor(['abcd']).text('abcd'), '[hidden]');
  });
});

describe('values under the name of a credential are hidden', () => {
  const names = [
    'token',
    'accessToken',
    'refresh_token',
    'Authorization',
    'X-Api-Key',
    'cookie',
    'Set-Cookie',
    'sessionId',
    'jwt',
    'clientSecret',
    'password',
    'signature',
  ];
  for (const name of names)
    it(name, () => {
      const redactor = createRedactor();
      redactor.redactKeys({ [name]: 'a-value' });
      assert.equal(redactor.text('it is a-value'), 'it is [hidden]');
    });

  const depths: [string, unknown][] = [
    ['below other names', { account: { login: { token: 'a-value' } } }],
    ['in a list', { accounts: [{ token: 'a-value' }] }],
    ['in everything below such a name', { session: { of: { user: ['a-value'] } } }],
    ['in a list below such a name', { tokens: ['x', 'a-value'] }],
  ];
  for (const [where, tree] of depths)
    it(where, () => {
      const redactor = createRedactor();
      redactor.redactKeys(tree);
      assert.equal(redactor.text('it is a-value'), 'it is [hidden]');
    });

  it('and no others', () => {
    const redactor = createRedactor();
    redactor.redactKeys({ plant: 'a-value', list: ['a-value'], none: null, count: 4711 });
    redactor.redactKeys('a-value');
    redactor.redactKeys(undefined);
    assert.equal(redactor.text('a-value 4711'), 'a-value 4711');
  });

  const headers: [string, string, string][] = [
    ['a bearer token', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30', 'eyJhbGciOiJIUzI1NiJ9.e30'],
    ['user and password in base64', 'Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA=='],
    ['a token of another scheme', 'Token made-up-credential', 'made-up-credential'],
  ];
  for (const [what, header, credential] of headers)
    it(`also without the scheme before it: ${what}`, () => {
      const redactor = createRedactor();
      redactor.redactKeys({ authorization: header });
      assert.equal(redactor.text(`invalid: ${credential}`), 'invalid: [hidden]');
    });

  it('also one cookie of several', () => {
    const redactor = createRedactor();
    redactor.redactKeys({ cookie: 'lang=en; session=made-up-credential' });
    assert.equal(redactor.text('unknown session made-up-credential'), 'unknown session [hidden]');
  });
});

describe('a tree', () => {
  it('is the same with every text in it cleaned', () => {
    const { tree } = createRedactor(['secret']);
    const dirty = { a: 'a secret', b: [1, 'secret', { c: 'x secret' }], d: null, e: undefined, f: true, g: 4.2 };
    assert.deepEqual(tree(dirty), {
      a: 'a [hidden]',
      b: [1, '[hidden]', { c: 'x [hidden]' }],
      d: null,
      e: undefined,
      f: true,
      g: 4.2,
    });
    assert.equal(dirty.a, 'a secret', 'the given one is not changed');
  });
});
