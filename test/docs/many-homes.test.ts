/** What docs/many-homes.md tells owners of numbers, names and mails is what the code has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { afterTick } from '../../functions/push-solar-data/core/home-watch.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { deploymentSettings } from '../../functions/push-solar-data/local/known-settings.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { metricNames, stackMetricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import { homesAShard } from '../../functions/push-solar-data/settings/shards.ts';
import { sitesNamed, stackOf } from '../../functions/push-solar-data/settings/sites.ts';
import { type Mail, openShardMail } from '../../functions/push-solar-data/shard-mail.ts';
import { monthlyDollars, prices, typicalSite, usageOf } from '../../infra/cost.ts';
import { dollarsOfHomes, homesPrices, usageOfHomes } from '../../infra/homes-cost.ts';
import { mostInAList } from '../../infra/homes-dashboard.ts';
import { kindsOfHomes, mostHomesOf } from '../../infra/homes-limits.ts';
import { mostHomes } from '../../infra/homes-settings.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/many-homes.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
/** A file of homes, and a mail. */
const [list = '', mail = ''] = blocks.flatMap(([, language, text = '']) => (language === '' ? [text] : []));

const apart = (homes: number) => monthlyDollars(usageOf(typicalSite), homes).total;
const { customMetrics } = prices;
const metricsOfHome = Object.keys(metricNames).length;
const paidOfFirst = metricsOfHome + Object.keys(stackMetricNames).length - customMetrics.free;
const table = usageOfHomes(10_000);
const centsOfTable = ((dollarsOfHomes(table).tableWrites + dollarsOfHomes(table).tableReads) / 10_000) * 100;

describe('docs/many-homes.md', () => {
  for (const sentence of [
    `Up to ${mostHomes.dynamodb.toLocaleString('en')} homes share`,
    `costs ${Math.floor(apart(5))} dollars a month`,
    `| a function | ${homesAShard} | nothing: there is one more for each ${homesAShard} |`,
    `may run 10 functions at once | ${10 * homesAShard} |`,
    `| state in a table | ${mostHomes.dynamodb.toLocaleString('en')} |`,
    `| state in parameters | ${mostHomes.parameters} |`,
    `more than ${mostHomesOf(kindsOfHomes.everyFiveMinutes, 'parameters')} such homes would wait for each other`,
    `refuses more than ${mostHomes.parameters} homes`,
    `from a list up to ${mostInAList} homes`,
    `${homesPrices.queriedGigabytes.dollars * 100} cents a GB`,
    `ten metrics: ${metricsOfHome * customMetrics.dollars} dollars a month, and ${(paidOfFirst * customMetrics.dollars).toFixed(2)} for the first`,
  ])
    it(`says: ${sentence}`, () => assert.ok(page.includes(sentence)));

  it('is right that a stack for several pays from the second home on, and that five in one cost nothing', () => {
    assert.equal(apart(1), 0);
    assert.ok(apart(2) > dollarsOfHomes(usageOfHomes(2)).total);
    assert.equal(dollarsOfHomes(usageOfHomes(5)).total, 0);
    assert.ok(dollarsOfHomes(usageOfHomes(50)).total < 1, 'the README says so');
  });

  it('is right that a table costs less than half a cent a month for each home', () =>
    assert.ok(centsOfTable > 0.2 && centsOfTable < 0.5, `${centsOfTable}`));

  it('names the settings that stand in .env, and no others', () => {
    const [, named = ''] = /stands in `\.env`\*\*: ([^.]+)\./.exec(page) ?? [];
    assert.deepEqual(new Set([...named.matchAll(/`(\w+)`/g)].map(([, name]) => name)), new Set(deploymentSettings));
  });

  it('shows a file of homes that is one', () =>
    assert.deepEqual(
      sitesNamed('./homes.txt', () => list),
      ['home', 'cabin', 'barn'],
    ));

  it('shows the settings of another stack that has that name', () => {
    const [text = ''] = blocks.flatMap(([, , text = '']) => (text.startsWith('STACK=') ? [text] : []));
    const settings = Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
    assert.equal(
      stackOf(
        settings,
        sitesNamed(settings.SITE, () => list),
      ),
      'north',
    );
  });

  it('shows a mail as it is sent', async () => {
    const sent: Mail[] = [];
    const { after } = openShardMail({
      stack: 'homes',
      storeOf: () => memoryStore(),
      send: async (one) => void sent.push(one),
    });
    const [, since = ''] = /since (.*) UTC/.exec(mail) ?? [];
    const [, why = ''] = /^ {2}(.*)$/m.exec(mail) ?? [];
    const at = Date.parse(`${since.replace(' ', 'T')}Z`);
    const report = {
      outcome: 'reported',
      site: 'cabin',
      error: why,
      sources: [],
      destinations: [],
      ms: 1,
    } as TickReport;
    const first = afterTick(undefined, report, { now: at, slowestPollSeconds: 60 });
    for (const minutes of [0, 15])
      await after([{ report, watch: first, isOver: true, hasBug: false }], at + minutes * 60_000);
    assert.equal(sent.length, 1);
    const [{ subject = '', text = '' } = {}] = sent;
    assert.ok(`${subject}\n\n${text}`.startsWith(mail.trimEnd()), `${subject}\n\n${text}`);
  });
});
