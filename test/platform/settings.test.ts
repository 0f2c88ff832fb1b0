import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDesk, parameterPath, upperSnake } from '../../functions/push-solar-data/platform/settings.ts';

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
      const desk = createDesk({ NAME: written });
      assert.equal(desk.take('NAME'), taken);
      assert.deepEqual(desk.remarks, ['NAME had spaces or quotes around it, which were removed']);
      assert.deepEqual(desk.problems, []);
    });

  const asWritten = ['abc', 'a b', 'a"b', '"abc', "abc'", '"a" or "b"', '"a\'', "it's", 'a  b'];
  for (const written of asWritten)
    it(`as it is: ${written}`, () => {
      const desk = createDesk({ NAME: written });
      assert.equal(desk.take('NAME'), written);
      assert.deepEqual(desk.remarks, []);
    });

  for (const written of [undefined, '', '  ', '""', "''", '" "'])
    it(`for missing: ${JSON.stringify(written)}`, () => {
      assert.equal(createDesk({ NAME: written }).take('NAME'), undefined);
    });
});

describe('a secret', () => {
  it('is on the list of what must be hidden, as it is used', () => {
    const desk = createDesk({ KEY: ' "made-up" ', PLAIN: 'plain' });
    desk.take('KEY', { secret: true });
    desk.take('PLAIN');
    assert.deepEqual(desk.secrets, ['made-up']);
  });

  it('that is JSON is there with every text inside', () => {
    const desk = createDesk({ KEY: '{"x-token":"made-up-1","x-count":3,"cookie":"made-up-2"}' });
    desk.take('KEY', { secret: true });
    assert.ok(desk.secrets.includes('made-up-1'));
    assert.ok(desk.secrets.includes('made-up-2'));
  });

  it('that is nested JSON is there with every text inside', () => {
    const desk = createDesk({ KEY: '[{"user":{"password":"made-up-1"}},"made-up-2"]' });
    desk.take('KEY', { secret: true });
    assert.ok(desk.secrets.includes('made-up-1'));
    assert.ok(desk.secrets.includes('made-up-2'));
  });

  it('that only looks like JSON is there as it is', () => {
    const desk = createDesk({ KEY: '{made-up' });
    desk.take('KEY', { secret: true });
    assert.deepEqual(desk.secrets, ['{made-up']);
  });

  it('is not told in the remark about its quotes', () => {
    const desk = createDesk({ KEY: '"made-up"' });
    desk.take('KEY', { secret: true });
    assert.equal(desk.remarks.join().includes('made-up'), false);
  });
});

describe('a number', () => {
  for (const [written, value] of [
    ['60', 60],
    ['60.5', 60.5],
    ['1e3', 1_000],
  ] as const)
    it(`is read: ${written}`, () => {
      const desk = createDesk({ N: written });
      assert.equal(desk.takeNumber('N', 60), value);
      assert.deepEqual(desk.problems, []);
    });

  for (const written of ['59.9', '-60', 'sixty', '60 s', '1,000', 'Infinity', 'NaN'])
    it(`is refused with what it is: ${written}`, () => {
      const desk = createDesk({ N: written });
      assert.equal(desk.takeNumber('N', 60), undefined);
      assert.deepEqual(desk.problems, [`N must be a number of at least 60 (it is "${written}")`]);
    });

  it('may be missing', () => {
    const desk = createDesk({});
    assert.equal(desk.takeNumber('N', 60), undefined);
    assert.deepEqual(desk.problems, []);
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
      const desk = createDesk({ URL: written });
      assert.equal(desk.takeAddress('URL'), address);
      assert.deepEqual(desk.problems, []);
    });

  for (const written of [
    'http://eu.example.com',
    'eu.example.com',
    'ftp://eu.example.com',
    'https://',
    '//x',
    'http://10.0.0.1',
  ])
    it(`is refused, because credentials do not travel in the clear: ${written}`, () => {
      const desk = createDesk({ URL: written });
      assert.equal(desk.takeAddress('URL'), undefined);
      assert.deepEqual(desk.problems, [`URL must be an address that begins with https:// (it is "${written}")`]);
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
