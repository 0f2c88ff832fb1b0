import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceState } from '../../functions/push-solar-data/core/source-state.ts';
import { type Known, lastKnown, nextAsked, schedule, whatFor } from '../../functions/push-solar-data/local/schedule.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';
import { apiKey } from '../support/home.ts';
import { adapterOf, registryOf } from '../support/sources.ts';

const now = new Date(2026, 4, 1, 19, 6, 0).getTime();
const at = (hours: number, minutes: number, seconds = 0) => new Date(2026, 4, 1, hours, minutes, seconds).getTime();

const registry = registryOf(
  adapterOf({ vendor: 'foxess', title: 'FoxESS', pollSeconds: 300 }),
  adapterOf({ vendor: 'victron', title: 'Victron VRM' }),
);

async function siteOf(VENDOR: string, more: Record<string, string> = {}) {
  const site = await openSite({ VENDOR, CHARGE_HQ_API_KEY: apiKey, ...more }, registry);
  assert.deepEqual(site.problems, []);
  return site;
}
type Site = Awaited<ReturnType<typeof siteOf>>;

const read = ({ sources }: Site, label: string, readAt: number, more: Partial<SourceState> = {}): SourceState => {
  const settingsHash = sources.find((source) => source.label === label)?.settingsHash ?? '';
  const reading = { production_kw: 4.2, net_import_kw: -1.5, tsms: readAt };
  return { settingsHash, polledAt: readAt, last: { reading, lacking: [], at: readAt }, ...more };
};

const known = (sources: Known['sources'], more: Partial<Known> = {}): Known => ({
  sources,
  loadedAt: now,
  now,
  nextTickAt: at(19, 7),
  ...more,
});

describe('what start says of its plan', () => {
  it('is what is read and told', async () => {
    assert.equal(whatFor(await siteOf('foxess')), 'Reads FoxESS, and tells Charge HQ.');
    const site = await siteOf('foxess,roof:victron', {
      DESTINATION: 'charge-hq,webhook,mqtt',
      WEBHOOK_URL: 'http://127.0.0.1:9/',
    });
    assert.equal(whatFor(site), 'Reads FoxESS and Victron VRM (roof), and tells Charge HQ and Your webhook.');
  });

  it('is of each source how often it is asked, and when next', async () => {
    const site = await siteOf('foxess,roof:victron');
    const sources = { foxess: read(site, 'foxess', at(19, 5)), roof: read(site, 'roof', at(19, 5)) };
    assert.deepEqual(schedule(site, known(sources)), [
      'FoxESS may be asked every 5 minutes: next at 19:10.',
      'Victron VRM (roof) is asked every minute: next at 19:07.',
    ]);
  });

  it("is the owner's own interval", async () => {
    const [line] = schedule(await siteOf('victron', { VICTRON_POLL_SECONDS: '600' }), known({}));
    assert.match(line ?? '', /^Victron VRM is asked every 10 minutes: next at/);
  });
});

describe('when a source is asked next', () => {
  for (const [what, readAt, more, sentence] of [
    ['is the tick at which its interval is over', at(19, 5, 30), {}, 'FoxESS is asked at 19:11'],
    ['is the tick that waits for it some seconds', at(19, 5, 5), {}, 'FoxESS is asked at 19:10'],
    [
      'is when a cloud that is left alone is asked again',
      at(19, 5),
      { failure: { kind: 'auth', message: 'refused', consecutive: 1, retryAt: at(19, 34, 5) } },
      'FoxESS is asked at 19:35',
    ],
  ] as const)
    it(what, async () => {
      const site = await siteOf('foxess');
      assert.deepEqual(nextAsked(site, known({ foxess: read(site, 'foxess', readAt, more) })), [sentence]);
    });

  it('is said of each source that waits, and of none that is due', async () => {
    const site = await siteOf('foxess,victron');
    const sources = { foxess: read(site, 'foxess', at(19, 5)), victron: read(site, 'victron', at(19, 5)) };
    assert.deepEqual(nextAsked(site, known(sources)), ['FoxESS is asked at 19:10']);
  });
});

describe('what is known while nothing is due', () => {
  it('are the last figures with their age', async () => {
    const site = await siteOf('foxess');
    const { figures, age_s } = lastKnown(site, known({ foxess: read(site, 'foxess', at(19, 2)) }));
    assert.deepEqual(figures, { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 });
    assert.equal(age_s, 240);
  });

  it('is why there are none', async () => {
    const site = await siteOf('foxess');
    const failure = { kind: 'auth', message: 'FoxESS refused the key', consecutive: 1 } as const;
    const state = read(site, 'foxess', at(19, 2), { failure });
    assert.deepEqual(lastKnown(site, known({ foxess: state })), {
      kind: 'auth',
      error: 'FoxESS refused the key',
    });
  });

  it('is nothing before the first reading', async () => {
    assert.deepEqual(lastKnown(await siteOf('foxess'), known({})), {});
  });
});
