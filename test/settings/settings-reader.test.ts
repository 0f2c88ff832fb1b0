import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createSettingsReader,
  parameterPath,
  upperSnake,
} from '../../functions/push-solar-data/settings/settings-reader.ts';

describe('a setting is taken', () => {
  const rows: [string, string][] = [
    ['  abc ', 'abc'],
    ['"abc"', 'abc'],
    ["'abc'", 'abc'],
    [' "abc" ', 'abc'],
    ['" abc "', 'abc'],
    ['abc\n', 'abc'],
    ['\'{"a":"b"}\'', '{"a":"b"}'],
    ['"two\nlines"', 'two\nlines'],
  ];
  for (const [written, taken] of rows)
    it(`without what stands around it: ${JSON.stringify(written)}, and the owner is told`, () => {
      const reader = createSettingsReader({ NAME: written });
      assert.equal(reader.take('NAME'), taken);
      assert.deepEqual(reader.remarks, ['NAME had spaces or quotes around it, which were removed']);
      assert.deepEqual(reader.problems, []);
    });

  const asWritten = ['abc', 'a b', 'a"b', '"abc', "abc'", '"a" or "b"', '"a\'', "it's", 'a  b'];
  for (const written of asWritten)
    it(`as it is: ${written}`, () => {
      const reader = createSettingsReader({ NAME: written });
      assert.equal(reader.take('NAME'), written);
      assert.deepEqual(reader.remarks, []);
    });

  for (const written of [undefined, '', '  ', '""', "''", '" "'])
    it(`for missing: ${JSON.stringify(written)}`, () => {
      assert.equal(createSettingsReader({ NAME: written }).take('NAME'), undefined);
    });
});

describe('a secret', () => {
  it('that is an address is hidden also without its host, and in its single keys', () => {
    const reader = createSettingsReader({ KEY: 'https://hooks.example/services/k3y-41c7-0001?to=me&key=made-up-77' });
    reader.take('KEY', { secret: true });
    const behindHost = 'services/k3y-41c7-0001?to=me&key=made-up-77';
    assert.deepEqual(reader.secrets, [
      `https://hooks.example/${behindHost}`,
      behindHost,
      'k3y-41c7-0001',
      'made-up-77',
    ]);
  });

  it('that is an address hides no mere word, which stands in many sentences', () => {
    const reader = createSettingsReader({ KEY: 'https://hooks.example/webhook' });
    reader.take('KEY', { secret: true });
    assert.deepEqual(reader.secrets, ['https://hooks.example/webhook']);
  });

  it('is on the list of what must be hidden, as it is used', () => {
    const reader = createSettingsReader({ KEY: ' "made-up" ', PLAIN: 'plain' });
    reader.take('KEY', { secret: true });
    reader.take('PLAIN');
    assert.deepEqual(reader.secrets, ['made-up']);
  });

  it('that is JSON is there with every text inside', () => {
    const reader = createSettingsReader({ KEY: '{"x-token":"made-up-1","x-count":3,"cookie":"made-up-2"}' });
    reader.take('KEY', { secret: true });
    assert.ok(reader.secrets.includes('made-up-1'));
    assert.ok(reader.secrets.includes('made-up-2'));
  });

  it('that is nested JSON is there with every text inside', () => {
    const reader = createSettingsReader({ KEY: '[{"user":{"password":"made-up-1"}},"made-up-2"]' });
    reader.take('KEY', { secret: true });
    assert.ok(reader.secrets.includes('made-up-1'));
    assert.ok(reader.secrets.includes('made-up-2'));
  });

  it('that only looks like JSON is there as it is', () => {
    const reader = createSettingsReader({ KEY: '{made-up' });
    reader.take('KEY', { secret: true });
    assert.deepEqual(reader.secrets, ['{made-up']);
  });

  it('that is JSON without texts is there as it is', () => {
    const reader = createSettingsReader({ KEY: '[true]' });
    reader.take('KEY', { secret: true });
    assert.deepEqual(reader.secrets, ['[true]']);
  });

  it('of fewer than four characters is a problem, and is not told', () => {
    const reader = createSettingsReader({ PIN: ' 739 ', LONGER: '7391', PLAIN: '739' });
    reader.take('PIN', { secret: true });
    reader.take('LONGER', { secret: true });
    reader.take('PLAIN');
    assert.deepEqual(reader.problems, [
      'PIN is too short to be kept out of logs: a secret has at least 4 characters, so choose a longer one',
    ]);
  });

  it('is not told in the remark about its quotes', () => {
    const reader = createSettingsReader({ KEY: '"made-up"' });
    reader.take('KEY', { secret: true });
    assert.equal(reader.remarks.join().includes('made-up'), false);
  });
});

describe('a number', () => {
  for (const [written, value] of [
    ['60', 60],
    ['60.5', 60.5],
    ['1e3', 1_000],
  ] as const)
    it(`is read: ${written}`, () => {
      const reader = createSettingsReader({ N: written });
      assert.equal(reader.takeNumber('N', 60), value);
      assert.deepEqual(reader.problems, []);
    });

  for (const written of ['59.9', '-60', 'sixty', '60 s', '1,000', 'Infinity', 'NaN'])
    it(`is refused with what it is: ${written}`, () => {
      const reader = createSettingsReader({ N: written });
      assert.equal(reader.takeNumber('N', 60), undefined);
      assert.deepEqual(reader.problems, [`N must be a number of at least 60 (it is "${written}")`]);
    });

  it('may be missing', () => {
    const reader = createSettingsReader({});
    assert.equal(reader.takeNumber('N', 60), undefined);
    assert.deepEqual(reader.problems, []);
  });
});

describe('an address', () => {
  for (const [written, address] of [
    ['https://eu.example.com', 'https://eu.example.com'],
    ['https://eu.example.com/api/', 'https://eu.example.com/api'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://localhost:3000', 'http://localhost:3000'],
  ] as const)
    it(`is taken: ${written}`, () => {
      const reader = createSettingsReader({ URL: written });
      assert.equal(reader.takeAddress('URL'), address);
      assert.deepEqual(reader.problems, []);
    });

  for (const written of [
    'http://eu.example.com',
    'eu.example.com',
    'ftp://eu.example.com',
    'https://',
    '//x',
    'http://172.32.0.1',
  ])
    it(`is refused, because credentials do not travel in the clear: ${written}`, () => {
      const reader = createSettingsReader({ URL: written });
      assert.equal(reader.takeAddress('URL'), undefined);
      assert.deepEqual(reader.problems, [`URL must be an address that begins with https:// (it is "${written}")`]);
    });
});

describe('an address inside a home', () => {
  const ways = / Nabu Casa.* a tunnel .* npm start on that very machine with http:\/\/localhost(\S*) \(it is/;
  for (const [written, port] of [
    ['http://homeassistant.local:8123', ':8123'],
    ['homeassistant.local:8123', ':8123'],
    ['http://homeassistant:8123', ':8123'],
    ['http://192.168.1.5', ''],
    ['192.168.1.5:8123', ':8123'],
    ['http://10.0.0.1', ''],
    ['http://172.16.0.9:7070', ':7070'],
    ['http://100.64.0.1', ''],
    ['http://evcc.fritz.box:7070', ':7070'],
    ['http://[fd00::5]:8123', ':8123'],
  ] as const)
    it(`is told the ways out: ${written}`, () => {
      const reader = createSettingsReader({ URL: written });
      assert.equal(reader.takeAddress('URL'), undefined);
      assert.match(reader.problems[0] ?? '', /^URL must be an address that begins with https:\/\/, and this one/);
      assert.equal(ways.exec(reader.problems[0] ?? '')?.[1], port);
    });
});

describe('an address with credentials in it', () => {
  const elsewhere = ['EVCC_PASSWORD', 'EVCC_EXTRA_HEADERS'];
  for (const written of [
    'http://ada:my-proxy-password@evcc.example.net',
    'https://ada:my-proxy-password@evcc.example.net',
    'https://my-proxy-password@evcc.example.net/api',
    'ada:my-proxy-password@evcc.example.net',
    'ftp://ada:my-proxy-password@evcc.example.net',
    'https://ada:my-proxy-password@127.0.0.1:port/',
  ])
    it(`is refused with where they belong, and without them: ${written}`, () => {
      const reader = createSettingsReader({ URL: written });
      assert.equal(reader.takeAddress('URL', elsewhere), undefined);
      const [problem = ''] = reader.problems;
      assert.match(problem, /^URL must hold no user name or password before an @: .*EVCC_PASSWORD, EVCC_EXTRA_HEADERS/);
      assert.match(problem, /\(it is "…@(evcc\.example\.net|127\.0\.0\.1)/);
      assert.doesNotMatch(problem, /my-proxy-password/);
      assert.ok(reader.secrets.includes('my-proxy-password'), 'it is hidden wherever else it stands');
    });

  it('in its query is refused likewise', () => {
    const reader = createSettingsReader({ URL: 'https://example.net/push?site=1&apiKey=made-up-key' });
    assert.equal(reader.takeAddress('URL'), undefined);
    assert.deepEqual(reader.problems, [
      'URL must hold no credential in its query (apiKey): leave it out, because an address is shown to many (it is "https://example.net/push…")',
    ]);
  });

  it('is taken with a query that is none', () => {
    const written = 'https://example.net/push?site=1';
    assert.equal(createSettingsReader({ URL: written }).takeAddress('URL'), written);
  });
});

describe('names of settings', () => {
  for (const [name, expected] of [
    ['idSite', 'ID_SITE'],
    ['accessToken', 'ACCESS_TOKEN'],
    ['victron-vrm', 'VICTRON_VRM'],
    ['roof', 'ROOF'],
    ['phase3Kw', 'PHASE3_KW'],
    ['deviceSn', 'DEVICE_SN'],
  ] as const)
    it(`${name} is ${expected}`, () => {
      assert.equal(upperSnake(name), expected);
    });

  it('stand as parameters below the site', () => {
    assert.equal(parameterPath('home'), '/solar-cloud-bridge/home');
  });
});
