/**
 * Thousands of ticks in one process, in bad weather: a home with three sources, whose clouds and whose Charge HQ fail at
 * random, tokens that end, connections that are closed while they lie idle, cold starts, and triggers that come twice.
 *
 * `npm run test:soak` runs 10,000 ticks; `npm run test:soak -- --seed 7 --ticks 500` plays others, or the same again.
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { foxess } from '../../functions/push-solar-data/adapters/foxess.ts';
import { fusionsolar } from '../../functions/push-solar-data/adapters/fusionsolar.ts';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { openRuntime } from '../../functions/push-solar-data/runtime.ts';
import { playChargeHq } from '../support/conversation.ts';
import { apiKey, fakeClock, settingTexts } from '../support/home.ts';
import { registryOf } from '../support/sources.ts';
import { type Asked, type Cloud, playFoxess, playFusionsolar, playVictron } from './clouds.ts';
import { randomOf, troubles, weatherOf } from './trouble.ts';
import { verdictOn } from './verdict.ts';
import { violations } from './violations.ts';

/** What the process holds after a tick. */
export type Sample = { heapMegabytes: number; sockets: number; timers: number; stateBytes: number };

export type Soak = {
  seed: number;
  ticks: number;
  days: number;
  outcomes: Record<string, number>;
  /** When each new instance began, ms. */
  startedAt: number[];
  asked: Record<'victron' | 'foxess' | 'fusionsolar', Asked[]>;
  /** When each message reached Charge HQ whole, ms. */
  pushedAt: number[];
  /** Pushes that said something else than the clouds, a sentence each. */
  untrue: string[];
  writes: number;
  samples: Sample[];
};

const samplesInAll = 20;
/** Short, because a cloud that hangs costs this time; long enough for a busy machine. */
const budget = { tickMs: 450, readMs: 220 };

export async function soak({ ticks, seed }: { ticks: number; seed: number }): Promise<Soak> {
  const random = randomOf(seed);
  // Each cloud has chances of its own: which of them is asked first in a tick is no part of the seed.
  const chances = () => randomOf(Math.floor(random.next() * 2 ** 32));
  const begins = Date.parse('2026-06-01T00:00:00Z');
  const clock = fakeClock(begins, { goesOn: true });
  const now = () => clock.at;
  const clouds = {
    victron: await playVictron(chances(), now),
    foxess: await playFoxess(chances(), now),
    fusionsolar: await playFusionsolar(chances(), now),
  };
  const weather = weatherOf(chances(), ['serverError', 'gone', 'tooMany', 'wait', 'refused']);
  /** Of the messages of a tick, those whose connection broke: nobody can say that they arrived, and they may be repeated. */
  let broken = 0;
  const chargeHq = await playChargeHq(() => {
    const trouble = weather.now(clock.at);
    if (trouble === 'break') broken += 1;
    return trouble ? troubles[trouble] : { json: {} };
  });
  const texts = textsOf(clouds, `${chargeHq.url}/push`);
  const registry = registryOf(victronVrm, foxess, fusionsolar);
  const store = memoryStore({ writesAreCounted: true });
  let memory = createSiteMemory(store);
  let connections = openConnections({ connectTimeoutMs: 300 });
  const { victron: v, foxess: f, fusionsolar: s } = clouds;
  const result: Soak = {
    seed,
    ticks,
    days: 0,
    outcomes: {},
    startedAt: [],
    asked: { victron: v.asked, foxess: f.asked, fusionsolar: s.asked },
    pushedAt: [],
    untrue: [],
    writes: 0,
    samples: [],
  };

  const runTick = async () => {
    const runtime = openRuntime({ environment: texts, memory, registry, connections, clock, retryPauseMs: 1 });
    const { outcome } = await runtime.tick(budget);
    result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1;
    const pushes = chargeHq.pushes.splice(0);
    result.pushedAt.push(...pushes.slice(broken).map(() => clock.at));
    broken = 0;
    for (const push of pushes) {
      const untrue = verdictOn(push, Object.values(clouds));
      if (untrue) result.untrue.push(`${new Date(clock.at).toISOString()}: ${untrue}`);
    }
    for (const stage of [v, f, s, chargeHq]) stage.received.length = 0;
  };

  for (let nth = 0; nth < ticks; nth++) {
    clock.at = begins + nth * 60_000 + Math.round(random.next() * 6_000);
    if (random.happens(0.02) || nth % 100 === 50) {
      await connections.close();
      connections = openConnections({ connectTimeoutMs: 300 });
      memory = createSiteMemory(store);
      result.startedAt.push(clock.at);
    }
    if (random.happens(0.01) || nth % 100 === 75) s.endSessions();
    if (random.happens(0.05)) random.among([v, f, s]).closeIdle();
    await runTick();
    if (random.happens(0.02)) {
      clock.advance(5 + random.next() * 20);
      await runTick();
    }
    if ((nth + 1) % Math.ceil(ticks / samplesInAll) === 0)
      result.samples.push(await sample([...store.documents.values()]));
  }
  result.days = (clock.at - begins) / 86_400_000;
  result.writes = store.writes;
  await connections.close();
  for (const stage of [v, f, s, chargeHq]) await stage.close();
  return result;
}

function textsOf({ victron, foxess, fusionsolar }: Record<string, Cloud>, chargeHqUrl: string) {
  return {
    VENDOR: 'roof:victron-vrm,house:foxess,garage:fusionsolar',
    CHARGE_HQ_API_KEY: apiKey,
    CHARGE_HQ_URL: chargeHqUrl,
    ...settingTexts('roof', {
      baseUrl: victron?.url ?? '',
      accessToken: 'vrm-of-a-soak',
      idSite: '1',
      take: 'production',
    }),
    ...settingTexts('house', { baseUrl: foxess?.url ?? '', apiKey: 'foxess-of-a-soak', deviceSns: 'SOAK1' }),
    ...settingTexts('garage', {
      baseUrl: fusionsolar?.url ?? '',
      userName: 'soak',
      systemCode: 'code-of-a-soak',
      take: 'production',
    }),
  };
}

/** After the garbage is collected and what has ended has had a turn to go. */
async function sample(documents: readonly string[]): Promise<Sample> {
  setFlagsFromString('--expose_gc');
  const collect: () => void = runInNewContext('gc');
  await new Promise((resolve) => setTimeout(resolve, 20));
  collect();
  const resources = process.getActiveResourcesInfo();
  const count = (name: string) => resources.filter((resource) => resource === name).length;
  return {
    heapMegabytes: process.memoryUsage().heapUsed / 1e6,
    sockets: count('TCPSocketWrap'),
    timers: count('Timeout'),
    stateBytes: Math.max(0, ...documents.map((document) => Buffer.byteLength(document))),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, ticks: { type: 'string' } } });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  console.log(`Seed ${seed}: play it again with npm run test:soak -- --seed ${seed}`);
  const begun = performance.now();
  const result = await soak({ seed, ticks: Number(values.ticks ?? 10_000) });
  const { outcomes, startedAt, asked, writes, days, samples } = result;
  console.log(
    `${result.ticks} minutes in ${((performance.now() - begun) / 1000).toFixed(0)} s, ${startedAt.length} cold starts: ${JSON.stringify(outcomes)}`,
  );
  console.log(
    `Calls: ${Object.entries(asked)
      .map(([name, calls]) => `${name} ${calls.length}`)
      .join(', ')}; writes ${(writes / days).toFixed(0)} a day`,
  );
  console.log(`First and last: ${JSON.stringify([samples[4] ?? samples[0], samples.at(-1)])}`);
  const found = violations(result);
  for (const violation of found) console.error(`✗ ${violation}`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
