import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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
    redactor.redactValue('token');
    assert.equal(redactor.text('a new token'), 'a new [hidden]');
    redactor.redactValue('a new');
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

describe('a secret is hidden in what others make of it:', () => {
  const password = "Gr&n=<Wärme>'25";
  const each = (of: string, change: (letter: string) => string): string => [...of].map(change).join('');
  const code = (letter: string) => letter.charCodeAt(0);
  const escaped = (text: string, pattern: RegExp) =>
    JSON.stringify(text).replace(pattern, (letter) => `\\u${code(letter).toString(16).padStart(4, '0')}`);
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', ä: '&auml;' };
  const inHtml = each(password, (letter) => names[letter] ?? letter);
  const inPercent = encodeURIComponent(password);
  const bytes = Buffer.from(password);
  const hashed = (algorithm: string) => createHash(algorithm).update(password);
  const forms: [string, string][] = [
    ['small letters', password.toLowerCase()],
    ['capitals', password.toUpperCase()],
    ['percent signs of small letters', inPercent.toLowerCase()],
    ['percent signs, doubled', encodeURIComponent(inPercent)],
    ['percent signs of every byte', each(bytes.toString('latin1'), (byte) => `%${code(byte).toString(16)}`)],
    ['percent signs of Latin-1', inPercent.replace('%C3%A4', '%E4')],
    ['HTML', inHtml],
    ['HTML, doubled', inHtml.replaceAll('&', '&amp;')],
    ['HTML in percent signs', encodeURIComponent(inHtml)],
    ['decimal entities', each(password, (letter) => `&#${code(letter)};`)],
    ['hexadecimal entities', each(password, (letter) => `&#x${code(letter).toString(16)};`)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(password))],
    ['JSON of Go', escaped(password, /[&<>=']/g)],
    ['JSON of Python', escaped(password, /[^ -~]/g)],
    ['JSON of Python in JSON', JSON.stringify(escaped(password, /[^ -~]/g))],
    ['bytes of Python', each(bytes.toString('latin1'), (byte) => `\\x${code(byte).toString(16)}`)],
    ['a quoted shell word', password.replace("'", "'\\''")],
    ['hex', bytes.toString('hex')],
    ['hex in capitals', bytes.toString('hex').toUpperCase()],
    ['base64 in percent signs', encodeURIComponent(bytes.toString('base64'))],
    ['UTF-8 read as Latin-1', bytes.toString('latin1')],
    ['UTF-8 read as Latin-1, twice', Buffer.from(bytes.toString('latin1')).toString('latin1')],
    ['Latin-1 read as UTF-8', Buffer.from(password, 'latin1').toString()],
    ['ASCII', password.replace('ä', '?')],
    ['letters with their marks apart', password.normalize('NFD')],
    ...['md5', 'sha1', 'sha256'].flatMap((algorithm): [string, string][] => [
      [algorithm, hashed(algorithm).digest('hex')],
      [`${algorithm} in capitals`, hashed(algorithm).digest('hex').toUpperCase()],
    ]),
  ];
  for (const [what, form] of forms)
    it(what, () => {
      assert.match(
        createRedactor([password]).text(`log-in with <${form}> failed`),
        /^log-in with <"?(\\")?\[hidden\](\\")?"?> failed$/,
      );
    });

  for (const user of ['a', 'ad', 'ada'])
    for (const encoding of ['utf8', 'latin1'] as const)
      it(`base64 of user and password, after ${user.length} characters, in ${encoding}`, () => {
        const pair = Buffer.from(`${user}:${password}`, encoding).toString('base64');
        assert.match(createRedactor([password]).text(`Basic ${pair}`), /^Basic \w{3,6}\[hidden\].{0,4}$/);
      });

  for (const foreign of ['пароль-тест', '日本語パス', '😀😀pass'])
    it(`of other alphabets: ${foreign}`, () => {
      const { text } = createRedactor([foreign]);
      const python = foreign.replace(/[^ -~]/g, (letter) => `\\u${code(letter).toString(16).padStart(4, '0')}`);
      const misread = Buffer.from(foreign).toString('latin1');
      for (const form of [foreign, python, misread, encodeURIComponent(foreign), foreign.toUpperCase()])
        assert.equal(text(`<${form}>`), '<[hidden]>');
    });

  it('blanks that were changed', () => {
    const { text } = createRedactor(['two  blanks and+one']);
    for (const form of ['two blanks and one', 'two\n blanks\tand one', 'two++blanks+and%2Bone'])
      assert.equal(text(`<${form}>`), '<[hidden]>');
  });

  it('whole, where secrets overlap', () => {
    assert.equal(createRedactor(['xabc', 'abcdefgh']).text('<xabcdefgh>'), '<[hidden]>');
  });
});

describe('of a secret address', () => {
  const link = 'https://eu5.example.com/nologin/index.html#/kiosk?kk=abcdefgh12345678';
  const { text } = createRedactor([link]);

  it('what comes after the host is hidden, also when it is cut, and its key alone', () => {
    assert.equal(text(`see ${link}.`), 'see https://eu5.example.com[hidden].');
    assert.equal(text(link.slice(0, 40)), 'https://eu5.example.com[hidden]');
    assert.equal(text('unknown key ABCDEFGH12345678'), 'unknown key [hidden]');
  });

  it('what every address has is not', () => {
    const sentence = 'CARS_BASE_URL must be an address that begins with https://, such as https://eu5.example.com';
    assert.equal(text(sentence), sentence);
  });
});

describe('a credential that a text itself names is hidden', () => {
  const token = 'made-up.token_1';
  const rows: [string, string, string][] = [
    ['in JSON', `{"access_token":"${token}","x":1}`, '{"access_token":"[hidden]","x":1}'],
    ['in JSON that breaks off', `{"access_token": "${token}`, '{"access_token": "[hidden]'],
    ['in JSON with quotes in it', `{"password":"a\\"b\\\\","x":"y"}`, '{"password":"[hidden]","x":"y"}'],
    [
      'in JSON in JSON',
      `{"d":"{\\"token\\":\\"${token}\\",\\"x\\":1}"}`,
      '{"d":"{\\"token\\":\\"[hidden]\\",\\"x\\":1}"}',
    ],
    ['in a list', `{"tokens":["${token}"]}`, '{"tokens":["[hidden]"]}'],
    ['as a number', '{"session_id":471100,"x":471100}', '{"session_id":[hidden],"x":471100}'],
    ['in a form', `access_token=${token}&x=1`, 'access_token=[hidden]&x=1'],
    ['in XML', `<accessToken>${token}</accessToken>`, '<accessToken>[hidden]</accessToken>'],
    ['after its scheme', `sent Bearer ${token}!`, 'sent Bearer [hidden]!'],
    ['by its own beginning', 'not valid: eyJhbGciOiJIUzI1NiJ9.e30.c2ln, sorry', 'not valid: [hidden], sorry'],
  ];
  for (const [where, text, clean] of rows)
    it(where, () => {
      assert.equal(createRedactor().text(text), clean);
    });

  it('but no word of a sentence', () => {
    const sentence = 'Enphase refuses the refresh token: check the password, and the session (HTTP 401).';
    assert.equal(createRedactor().text(sentence), sentence);
  });
});

describe('time', () => {
  const secrets = ['made-up-secret-of-an-owner-0123456789', "Gr&n=<Wärme>'25", `${'a'.repeat(2_000)}b`];
  const texts: [string, string][] = [
    ['names of credentials', `"${'token'.repeat(20_000)}`],
    ['escapes', '\\u0041'.repeat(16_000)],
    ['percent signs', '%2525'.repeat(20_000)],
    ['entities', '&amp;'.repeat(20_000)],
    ['backslashes', '\\'.repeat(100_000)],
    ['what a secret begins with', 'a'.repeat(100_000)],
    ['letters beyond ASCII', 'a\u0300ä?'.repeat(25_000)],
    ['blanks', `"token"${' '.repeat(100_000)}`],
  ];
  for (const [what, text] of texts)
    it(`grows with the length of a text alone: ${what}`, () => {
      const redactor = createRedactor(secrets);
      redactor.text('');
      const begun = performance.now();
      redactor.text(text);
      assert.ok(performance.now() - begun < 500);
    });

  it('is nearly none where no text is told', () => {
    const report = { outcome: 'pushed', figures: { production_kw: 4.2 }, sources: [{ label: 'roof', result: 'read' }] };
    const begun = performance.now();
    for (let tick = 0; tick < 1_000; tick++) createRedactor(secrets).report(report);
    assert.ok(performance.now() - begun < 100);
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
    const { report } = createRedactor(['secret']);
    const dirty = { a: 'a secret', b: [1, 'secret', { c: 'x secret' }], d: null, e: undefined, f: true, g: 4.2 };
    assert.deepEqual(report(dirty), {
      a: 'a [hidden]',
      b: [1, '[hidden]', { c: 'x [hidden]' }],
      d: null,
      e: undefined,
      f: true,
      g: 4.2,
    });
    assert.equal(dirty.a, 'a secret', 'the given one is not changed');
  });

  it('keeps what the bridge itself has decided, and the names that its owner gave', () => {
    const { report } = createRedactor(['pushed', 'failed', 'auth', 'roof', 'home', 'foxess', 'consumption_kw']);
    const line = {
      ...{
        outcome: 'pushed',
        site: 'home',
        kind: 'auth',
        delivery: 'failed',
        meter: 'roof',
        derived: ['consumption_kw'],
      },
      sources: [{ label: 'roof', vendor: 'foxess', result: 'failed', kind: 'auth' }],
    };
    assert.deepEqual(report(line), line);
    assert.deepEqual(report({ error: 'it failed', sources: [{ notes: ['roof'] }] }), {
      error: 'it [hidden]',
      sources: [{ notes: ['[hidden]'] }],
    });
  });

  it('has each text on one line, with nothing that steers a terminal', () => {
    const { report } = createRedactor(['secret']);
    assert.deepEqual(report({ error: 'a\u001b[2J\nse\u200ecret \u009b\u202eb', site: 'ho\nme' }), {
      error: 'a [2J se cret b',
      site: 'ho me',
    });
  });
});
