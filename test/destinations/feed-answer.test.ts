import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import { type FeedRequest, feedAnswer } from '../../functions/push-solar-data/destinations/feed/answer.ts';
import { type FeedRecord, hashOfToken, recordFrom } from '../../functions/push-solar-data/destinations/feed/record.ts';

const sent_ms = Date.parse('2026-05-01T12:00:00Z');
const token = 'made-up-token-of-a-reader-0123456789';
const header = `Bearer ${token}`;

const reading: CommonDocument = {
  type: 'reading',
  version: 1,
  site: 'home',
  sent_ms,
  tsms: sent_ms - 20_000,
  production_kw: 4.2,
  net_import_kw: -1.5,
  consumption_kw: 2,
  battery_discharge_kw: -0.7,
  battery_soc: 0.555,
  exported_kwh: 10422.9,
  derived: ['consumption_kw'],
};
const trouble: CommonDocument = {
  type: 'error',
  version: 1,
  site: 'home',
  sent_ms,
  error: 'Example Cloud says that the device is not connected',
  kind: 'offline',
};
const recordOf = (document: CommonDocument, tokenHash: string | undefined = hashOfToken(token)): FeedRecord => ({
  document,
  freshUntil: sent_ms + 180_000,
  ...(tokenHash === undefined ? {} : { tokenHash }),
});

const open: FeedRecord = { document: reading, freshUntil: sent_ms + 180_000 };

type Asked = Partial<FeedRequest> & { record?: FeedRecord | undefined; after?: number; isPublic?: boolean };

/** A right question for a fresh reading, unless a test says otherwise. @param after s since it was told. */
function asked(own: Asked = {}) {
  const { record, after = 42, isPublic = true, ...request } = { record: recordOf(reading), ...own };
  const right = { method: 'GET', path: '/reading', authorization: header };
  return feedAnswer({ ...right, ...request }, record, { now: sent_ms + after * 1000, site: 'home', isPublic });
}

describe('a reader of the feed', () => {
  it('is given the last document as it was told, with its age, and no page of a browser is', () => {
    assert.deepEqual(asked(), {
      status: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'private, max-age=10',
        'x-content-type-options': 'nosniff',
        'reading-age': '42',
      },
      body: JSON.stringify(reading),
    });
  });

  for (const [path, text] of [
    ['production_w', '4200'],
    ['net_import_w', '-1500'],
    ['consumption_w', '2000'],
    ['battery_discharge_w', '-700'],
    ['battery_soc_percent', '55.5'],
    ['exported_kwh', '10422.9'],
  ])
    it(`is given one figure as a bare number: ${path}`, () => {
      const { status, headers, body } = asked({ path: `/reading/${path}` });
      assert.deepEqual([status, body, headers['reading-age']], [200, text, '42']);
      assert.match(headers['content-type'] ?? '', /^text\/plain/);
    });

  for (const [after, seconds] of [
    [0, 10],
    [170, 10],
    [175, 5],
    [179.5, 0],
  ] as const)
    it(`may use an answer again while it is good: ${seconds} s at the age of ${after} s`, () => {
      for (const path of ['/reading', '/reading/net_import_w'])
        assert.equal(asked({ after, path }).headers['cache-control'], `private, max-age=${seconds}`);
    });

  it('is told that a figure is not known, and not 0', () => {
    const { status, body } = asked({ path: '/reading/battery_energy_kwh' });
    assert.deepEqual([status, body], [503, 'error: this figure is not known']);
  });
});

describe('without a good reading there are no figures, neither in the document nor alone', () => {
  const rows: [what: string, asked: Asked, error: RegExp, kind: string][] = [
    ['an error', { record: recordOf(trouble) }, /^Example Cloud says that the device is not connected$/, 'offline'],
    ['an old reading', { after: 180 }, /^The bridge has told nothing for 3 min$/, 'stale'],
    ['an old error', { record: recordOf(trouble), after: 7_200 }, /told nothing for 2\.0 h$/, 'stale'],
    ['a reading from the future', { after: -61 }, /from the future: a clock was set back$/, 'stale'],
    ['no reading yet', { record: undefined }, /^The bridge has told nothing yet$/, 'unavailable'],
  ];
  for (const [what, question, error, kind] of rows)
    it(what, () => {
      const { status, headers, body } = asked(question);
      const document = JSON.parse(body);
      assert.equal(status, 503);
      assert.equal(headers['cache-control'], 'no-store');
      assert.match(document.error, error);
      assert.deepEqual({ ...document, sent_ms: 0, error: '' }, { ...trouble, sent_ms: 0, error: '', kind });
      const alone = asked({ ...question, path: '/reading/net_import_w' });
      assert.equal(alone.status, 503);
      assert.equal(alone.body, `error: ${document.error}`);
    });

  it('a reading is good to its last second, and so is one of a clock that is a little ahead', () => {
    for (const after of [179, -59]) assert.equal(asked({ after }).status, 200);
    assert.equal(asked({ after: -59 }).headers['reading-age'], '0');
  });
});

describe('without the token there is nothing', () => {
  const rows: [what: string, authorization: string | undefined][] = [
    ['no header', undefined],
    ['an empty one', ''],
    ['another token', 'Bearer another-token-of-a-reader-0123456789'],
    ['its beginning', `Bearer ${token.slice(0, -1)}`],
    ['more than it', `${header}x`],
    ['the token without its scheme', token],
    ['another scheme', `Basic ${token}`],
    ['what is kept of it', `Bearer ${hashOfToken(token)}`],
  ];
  for (const [what, authorization] of rows)
    it(`${what}: the same answer for whatever is asked, without a hint`, () => {
      for (const path of ['/reading', '/reading/net_import_w', '/', '/nothing'])
        for (const document of [reading, trouble]) {
          const refused = asked({ path, authorization, record: recordOf(document) });
          assert.deepEqual(refused, {
            status: 401,
            headers: {
              'content-type': 'text/plain; charset=utf-8',
              'cache-control': 'no-store',
              'x-content-type-options': 'nosniff',
              'www-authenticate': 'Bearer',
            },
            body: 'A token is needed',
          });
        }
    });

  it('nor before the first document, nor in one that no token opens', () => {
    assert.equal(asked({ record: undefined, authorization: undefined }).status, 401);
    assert.equal(asked({ record: open }).status, 401);
  });

  it('but the scheme may be written in any case', () =>
    assert.equal(asked({ authorization: `bearer ${token}` }).status, 200));
});

describe('on the machine itself', () => {
  it('a feed without a token is open', () => {
    const question = { isPublic: false, record: open, authorization: undefined };
    assert.equal(asked(question).status, 200);
    assert.equal(asked({ ...question, record: undefined }).status, 503);
  });

  it('one with a token is not', () => assert.equal(asked({ isPublic: false, authorization: undefined }).status, 401));
});

describe('other questions', () => {
  for (const path of ['/', '/reading/', '/reading/net_import_kw', '/readings', '/reading/constructor', '/favicon.ico'])
    it(`have no answer: ${path}`, () => assert.equal(asked({ path }).status, 404));

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    it(`are not taken: ${method}`, () => {
      const { status, headers } = asked({ method });
      assert.deepEqual([status, headers['allow']], [405, 'GET, HEAD']);
    });
});

it('what lies in the store and is no record of ours is none', () => {
  for (const stored of [undefined, null, 'text', {}, { document: reading }, { document: {}, freshUntil: 1 }])
    assert.equal(recordFrom(stored), undefined);
});

for (const document of [reading, trouble])
  it(`the document of the store comes back to the letter, its members in their order: ${document.type}`, () => {
    const stored = JSON.parse(JSON.stringify(recordOf(document)));
    assert.deepEqual(recordFrom(stored), recordOf(document));
    assert.equal(JSON.stringify(recordFrom(stored)?.document), JSON.stringify(document));
  });
