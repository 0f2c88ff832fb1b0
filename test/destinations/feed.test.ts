import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashOfToken } from '../../functions/push-solar-data/destinations/feed/record.ts';
import { feed } from '../../functions/push-solar-data/destinations/feed.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { configured, figuresOf, sendingAt, tell } from '../support/destinations.ts';

const token = 'made-up-token-of-a-reader-0123456789';
const figures = figuresOf({ production_kw: 4.2, net_import_kw: -1.5 });
const error = { error: 'Example Cloud does not answer', kind: 'unavailable' } as const;

const aws = () => memoryStore({ writesAreCounted: true });
const recordIn = (store: { documents: Map<string, string> }, name = 'feed/feed') =>
  JSON.parse(store.documents.get(name) ?? 'null');

describe('the feed', () => {
  it('lays the document out with until when it is good, and with no token', async (t) => {
    const store = aws();
    const { row } = await tell(t, configured(feed, { token }), figures, { store });
    assert.deepEqual(row, { label: 'feed', outcome: 'pushed' });
    assert.deepEqual(recordIn(store), {
      document: {
        type: 'reading',
        version: 1,
        site: 'home',
        sent_ms: sendingAt,
        production_kw: 4.2,
        net_import_kw: -1.5,
        derived: [],
      },
      freshUntil: sendingAt + 180_000,
      tokenHash: hashOfToken(token),
    });
    assert.doesNotMatch(store.documents.get('feed/feed') ?? '', /made-up-token/);
  });

  it('lets an error take the place of figures', async (t) => {
    const store = aws();
    const destination = configured(feed, { token }, { label: 'car' });
    await tell(t, destination, figures, { store });
    const { row } = await tell(t, destination, error, { store });
    assert.equal(row.outcome, 'reported');
    assert.deepEqual(recordIn(store, 'feed/car').document, {
      ...{ type: 'error', version: 1, site: 'home', sent_ms: sendingAt },
      ...error,
    });
  });

  for (const [what, settings, slowestPollSeconds, seconds] of [
    ['two polls of a slow source and a minute', {}, 300, 660],
    ['what the owner says', { expireSeconds: '400' }, 300, 400],
  ] as const)
    it(`is good for ${what}`, async (t) => {
      const store = memoryStore();
      const { remarks } = await tell(t, configured(feed, settings), figures, { store, home: { slowestPollSeconds } });
      assert.equal(recordIn(store).freshUntil, sendingAt + seconds * 1000);
      assert.deepEqual(remarks, []);
    });

  it('says where documents grow old before the next one can come', async (t) => {
    const destination = configured(feed, { expireSeconds: '120' });
    const { remarks } = await tell(t, destination, figures, { home: { slowestPollSeconds: 300 } });
    assert.match(remarks.join(), /^FEED_EXPIRE_SECONDS is no longer than the time between two messages/);
  });

  it('is open to nobody on AWS without a token, and says so', async (t) => {
    const store = aws();
    const { row } = await tell(t, configured(feed), figures, { store });
    assert.deepEqual([row.outcome, row.kind], ['failed', 'settings']);
    assert.match(row.error ?? '', /^FEED_TOKEN is missing/);
    assert.equal(store.writes, 0);
  });

  it('says that its place cannot be written, which is no bug of the bridge', async (t) => {
    const full = { ...memoryStore(), write: () => Promise.reject(new Error('ENOSPC: no space left on device')) };
    const { row } = await tell(t, configured(feed), figures, { store: full });
    assert.deepEqual([row.outcome, row.kind], ['failed', 'unavailable']);
    assert.match(row.error ?? '', /could not be saved: ENOSPC/);
  });
});

describe('settings of the feed that cannot be right', () => {
  for (const [settings, problem] of [
    [{ token: 'short' }, /^FEED_TOKEN must be 24 to 200/],
    [{ token: 'made up of several words, with spaces' }, /^FEED_TOKEN must be 24 to 200/],
    [{ port: '0' }, /^FEED_PORT must be a number from 1 to 65535/],
    [{ port: '80.5' }, /^FEED_PORT must be a whole number/],
    [{ expireSeconds: '1' }, /^FEED_EXPIRE_SECONDS must be a number of at least 5/],
  ] as const)
    it(JSON.stringify(settings), () => {
      const { problems } = configured(feed, settings);
      assert.match(problems.join(), problem);
      assert.doesNotMatch(problems.join(), /\(it is "(short|made up)/);
    });
});
