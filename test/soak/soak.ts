/**
 * Thousands of ticks in one process, in bad weather: a home with four sources and four destinations, each of which
 * fails at random, parts that vanish, a gateway that freezes, tokens that end, a store that takes nothing, connections that are
 * closed while they lie idle, cold starts, triggers that come twice or run at once, and a clock that is wrong for a tick.
 *
 * `npm run test:soak` runs 10,000 ticks, always the same; `npm run soak` draws others each time, and
 * `npm run soak -- --seed 7 --ticks 500` plays others, or the same again.
 */
import { parseArgs } from 'node:util';
import { isBug, type TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { Push } from '../support/conversation.ts';
import { unfit } from '../support/fit-to-tell.ts';
import type { Asked } from './cloud.ts';
import type { Instance } from './home.ts';
import { askedBefore, type Before, lateIn, losses } from './receivers.ts';
import { type Sample, sample } from './sample.ts';
import { openStage, type Stage } from './stage.ts';
import { type Random, randomOf } from './trouble.ts';
import { verdictOn } from './verdict.ts';
import { violations } from './violations.ts';

export type Soak = {
  seed: number;
  ticks: number;
  days: number;
  outcomes: Record<string, number>;
  /** When each new instance began, ms. */
  startedAt: number[];
  asked: Record<'victron' | 'foxess' | 'fusionsolar' | 'sigenergy', Asked[]>;
  /** When each message reached a destination whole, ms, by its label. */
  pushedAt: Record<string, number[]>;
  /** When a destination that works was not told what there was to tell, a sentence each. */
  lost: string[];
  /** How often one that works could not be reached in time while another one hung. */
  late: number;
  /** How often each destination was told something. */
  told: Record<string, number>;
  /** Pushes that said something else than the clouds, a sentence each. */
  untrue: string[];
  /** What was told, logged or stored and should not be. */
  unfit: string[];
  /** Lengths of the ticks' lines. */
  lines: number[];
  /** Used-up refresh tokens that were sent, although the newer one could have been known. */
  deadRefreshes: number;
  writes: number;
  samples: Sample[];
};

const samplesInAll = 20;
const minute = 60_000;
const yearMs = 365 * 86_400_000;
/** After two instances at once: until each source has been asked by the one that goes on. */
const doubtAfterOverlapMs = 15 * minute;
/** How long an instance may have a token that another has used up, or that could not be stored. */
const doubtAboutTokenMs = 120 * minute;
/** How long an instance may leave a destination alone because of what another one met. */
const doubtAboutWaitMs = 32 * minute;

export async function soak({ ticks, seed }: { ticks: number; seed: number }): Promise<Soak> {
  const random = randomOf(seed);
  const begins = Date.parse('2026-06-01T00:00:00Z');
  const stage = await openStage(random, begins);
  const { clock, home, clouds } = stage;
  const { victron, foxess, fusionsolar, sigenergy } = clouds;
  const result: Soak = {
    ...{
      seed,
      ticks,
      days: 0,
      outcomes: {},
      startedAt: [],
      pushedAt: {},
      lost: [],
      told: {},
      untrue: [],
      unfit: [],
      lines: [],
    },
    ...{ deadRefreshes: 0, late: 0, writes: 0, samples: [] },
    asked: { victron: victron.asked, foxess: foxess.asked, fusionsolar: fusionsolar.asked, sigenergy: sigenergy.asked },
  };
  const course = courseOf(stage, random, result);
  for (let nth = 0; nth < ticks; nth++) {
    clock.at = begins + nth * minute + Math.round(random.next() * 6_000);
    await course.next(nth);
    if ((nth + 1) % Math.ceil(ticks / samplesInAll) === 0)
      result.samples.push(await sample([...home.documents.values()]));
  }
  result.days = (clock.at - begins) / 86_400_000;
  result.writes = home.writes();
  await course.end();
  await stage.close();
  return result;
}

/** One minute after the other. */
function courseOf(stage: Stage, random: Random, result: Soak) {
  const { clock, clouds, home } = stage;
  const { victron, foxess, fusionsolar, sigenergy } = clouds;
  let instance = home.start();
  let startedAt = clock.at;
  let unjudgedUntil = 0;
  let tokenDoubtUntil = 0;
  let grantLostUntil = 0;
  let writesFailUntil = 0;
  let waitDoubtUntil = 0;
  /** Whose message was given up in the tick before, and may arrive in this one. */
  let onTheirWay: ReadonlySet<string> = new Set();

  const judge = (report: TickReport, pushes: readonly Push[]) => {
    const at = clock.at;
    const found = unfit({ report, pushes, documents: home.documents, secrets: stage.secrets() });
    if (isBug(report)) found.push(`a bug: ${JSON.stringify(report)}`);
    const untrue = at < unjudgedUntil ? [] : pushes.map((push) => verdictOn(push, stage.all, at, startedAt));
    const time = new Date(at).toISOString();
    result.unfit.push(...found.map((what) => `${time}: ${what}`));
    result.untrue.push(...untrue.flatMap((what) => (what === undefined ? [] : `${time}: ${what}`)));
    result.lines.push(JSON.stringify(report).length);
    result.outcomes[report.outcome] = (result.outcomes[report.outcome] ?? 0) + 1;
  };
  const judgeMessages = (report: TickReport, arrived: ReadonlyMap<string, number>, asked: Before) => {
    for (const [label, whole] of arrived) {
      const count = whole - (onTheirWay.has(label) ? 1 : 0);
      result.pushedAt[label] = [...(result.pushedAt[label] ?? []), ...Array.from({ length: count }, () => clock.at)];
    }
    onTheirWay = new Set(lateIn(report));
    for (const { label, outcome } of report.destinations)
      if (outcome === 'pushed' || outcome === 'reported') result.told[label] = (result.told[label] ?? 0) + 1;
    if (clock.at < waitDoubtUntil) return;
    const time = new Date(clock.at).toISOString();
    const [late, lost] = losses(report, stage.receivers, asked, clock.at);
    result.late += late.length;
    result.lost.push(...lost.map((what) => `${time}: ${what}`));
  };
  /** What came when nobody waited for it any more is known to nobody: figures, or a token that was granted. */
  const doubtGivenUp = ({ sources }: TickReport, before: string | undefined) => {
    const wasGivenUp = sources.some(({ label, error = '' }) => label === 'shed' && error.includes('in time'));
    if (wasGivenUp) {
      sigenergy.stillSince = undefined;
      grantLostUntil = clock.at + 2 * minute;
    }
    if (clock.at < grantLostUntil && sigenergy.refreshToken() !== before)
      tokenDoubtUntil = clock.at + doubtAboutTokenMs;
  };
  const runTick = async (...instances: readonly Instance[]) => {
    const [deadBefore, tokenBefore] = [sigenergy.deadRefreshes.length, sigenergy.refreshToken()];
    const asked = askedBefore(stage.receivers);
    const reports = await Promise.all(instances.map((each) => each.tick()));
    const taken = stage.receivers.map(({ label, take }) => ({ label, ...take() }));
    for (const cloud of stage.all) cloud.received.length = 0;
    for (const report of reports) {
      judge(
        report,
        taken.flatMap(({ label, pushes }) => (onTheirWay.has(label) ? pushes.slice(1) : pushes)),
      );
      doubtGivenUp(report, tokenBefore);
    }
    const [report] = reports;
    // Of two instances each has its own half minute.
    if (report && instances.length === 1)
      judgeMessages(report, new Map(taken.map(({ label, whole }) => [label, whole])), asked);
    if (clock.at > tokenDoubtUntil) result.deadRefreshes += sigenergy.deadRefreshes.length - deadBefore;
  };
  const startCold = async () => {
    await instance.close();
    // Its newest token has died with it, if the store did not take it.
    const token = sigenergy.refreshToken();
    const isSaved = token === undefined || home.documents.get('session/shed')?.includes(token);
    const wasFailing = clock.at < writesFailUntil + 5 * minute;
    if (!isSaved && wasFailing) tokenDoubtUntil = clock.at + doubtAboutTokenMs;
    if (wasFailing) stage.excusedUntil = clock.at + 5 * minute;
    if (wasFailing) waitDoubtUntil = clock.at + doubtAboutWaitMs;
    if (random.happens(0.3)) home.lose(random.among(['house', 'garage']));
    instance = home.start();
    startedAt = clock.at;
    result.startedAt.push(startedAt);
  };
  const runCalmly = async (...instances: readonly Instance[]) => {
    stage.isCalm = true;
    await runTick(...instances);
    stage.isCalm = false;
  };
  /** A trigger comes twice, and a new instance takes the second. */
  const runTwice = async () => {
    const other = home.start();
    unjudgedUntil = clock.at + doubtAfterOverlapMs;
    tokenDoubtUntil = clock.at + doubtAboutTokenMs;
    waitDoubtUntil = clock.at + doubtAboutWaitMs;
    await runCalmly(instance, other);
    await other.close();
  };
  const runAhead = async () => {
    stage.aheadMs = yearMs;
    waitDoubtUntil = clock.at + doubtAboutWaitMs;
    await runCalmly(instance);
    stage.aheadMs = 0;
    stage.excusedUntil = clock.at + 2 * minute;
  };
  const runOnce = async () => {
    await runTick(instance);
    if (!random.happens(0.02)) return;
    clock.advance(5 + random.next() * 20);
    await runTick(instance);
  };
  const mishaps = async (nth: number) => {
    if (random.happens(0.004)) writesFailUntil = clock.at + (1 + random.next() * 6) * minute;
    home.failWrites(clock.at < writesFailUntil);
    if (random.happens(0.02) || nth % 100 === 50) await startCold();
    if (random.happens(0.01) || nth % 100 === 75) fusionsolar.endSessions();
    if (random.happens(0.05)) random.among([victron, foxess, fusionsolar, sigenergy]).closeIdle();
  };
  return {
    async next(nth: number) {
      await mishaps(nth);
      const chance = random.next();
      if (chance < 0.001) await runAhead();
      else if (chance < 0.002) await runTwice();
      else await runOnce();
    },
    end: () => instance.close(),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, ticks: { type: 'string' } } });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  console.log(`Seed ${seed}: play it again with npm run soak -- --seed ${seed}`);
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
  console.log(`Told: ${JSON.stringify(result.told)}; ${result.late} late`);
  console.log(`First and last: ${JSON.stringify([samples[4] ?? samples[0], samples.at(-1)])}`);
  const found = violations(result);
  for (const violation of found) console.error(`✗ ${violation}`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
