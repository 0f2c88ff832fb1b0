/**
 * Thousands of ticks in one process, in bad weather. First a home with four sources and four destinations, each of which
 * fails at random, parts that vanish, a gateway that freezes, tokens that end, a store that takes nothing, connections that are
 * closed while they lie idle, cold starts, triggers that come twice or run at once, and a clock that is wrong for a tick.
 * Then in the same weather a home of each adapter, in each of its ways to talk.
 *
 * `npm run test:soak` runs 10,000 ticks and 250 of each adapter, always the same; `npm run soak` draws others each time, and
 * `npm run soak -- --seed 7 --ticks 500 --each 100` plays others, or the same again; `--only foxess` one adapter.
 */
import { parseArgs } from 'node:util';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { conversations, type NamedConversation } from '../conversations/all.ts';
import { type Course, courseOf } from './course.ts';
import { mixedLimits, talkLimits } from './limits.ts';
import { openMixedHome } from './mixed-home.ts';
import { emptySoak, type Soak } from './result.ts';
import { sample } from './sample.ts';
import type { Stage } from './stage.ts';
import { openTalkHome } from './talk.ts';
import { type Random, randomOf } from './trouble.ts';
import { violations } from './violations.ts';

const samplesInAll = 20;
const minute = 60_000;
const day = 1440 * minute;
/** Figures are not the same three times at this pace. */
const [recoveryTicks, recoveryMs] = [4, 16 * minute];

/** A home with four sources and four destinations for so many minutes. */
export async function soak({ ticks, seed }: { ticks: number; seed: number }): Promise<Soak> {
  const random = randomOf(seed);
  const stage = await openMixedHome(random, Date.parse('2026-06-01T00:00:00Z'));
  const result = emptySoak(seed, ticks, mixedLimits);
  const course = await play(stage, random, { ticks, sampleEvery: Math.ceil(ticks / samplesInAll) }, result);
  await course.end();
  await stage.close();
  return result;
}

/** A home of each adapter for so many minutes, one after the other; a day later, in calm weather, it is well again. */
export async function soakTalks(
  talks: readonly NamedConversation[],
  { ticks, seed }: { ticks: number; seed: number },
): Promise<Soak> {
  const result = emptySoak(seed, ticks * talks.length, talkLimits);
  for (const talk of talks) {
    // The same weather for it, whichever others are played.
    const random = randomOf(seed + conversations.indexOf(talk));
    const stage = await openTalkHome(random, talk);
    const course = await play(stage, random, { ticks }, result);
    const wrong = await recovered(stage, course);
    if (wrong) result.untrue.push(`${stage.name}a day later: ${wrong}`);
    await course.end();
    await stage.close();
    result.samples.push(await sample([...stage.home.documents.values()]));
  }
  return result;
}

/** A day later in calm weather figures come; where there are no times as soon as they are others. @returns what is wrong. */
async function recovered({ clock, home }: Stage, course: Course): Promise<string | undefined> {
  clock.at += day - recoveryTicks * recoveryMs;
  home.failWrites(false);
  let report: TickReport | undefined;
  for (let nth = 0; nth < recoveryTicks && !report?.figures; nth++) {
    clock.at += recoveryMs;
    report = await course.calm();
  }
  return report?.figures ? undefined : (report?.error ?? 'nothing is told');
}

/** Plays the weather, not the end. */
async function play(
  stage: Stage,
  random: Random,
  { ticks, sampleEvery = 0 }: { ticks: number; sampleEvery?: number },
  result: Soak,
) {
  const { clock, home, all } = stage;
  const begins = clock.at;
  const course = courseOf(stage, random, result);
  for (let nth = 0; nth < ticks; nth++) {
    clock.at = begins + nth * minute + Math.round(random.next() * 6_000);
    await course.next(nth);
    if (sampleEvery && (nth + 1) % sampleEvery === 0) result.samples.push(await sample([...home.documents.values()]));
  }
  for (const { name, asked } of all) result.asked[name] = [...asked];
  result.days += (clock.at - begins) / day;
  result.writes += home.writes();
  result.overdue.push(...home.overdue);
  return course;
}

/** @returns whether nothing is wrong. */
async function told(what: string, soaking: Promise<Soak>): Promise<boolean> {
  const begun = performance.now();
  const result = await soaking;
  const seconds = (performance.now() - begun) / 1000;
  const { outcomes, startedAt, asked, writes, days, samples } = result;
  console.log(
    `${what}: ${result.ticks} minutes in ${seconds.toFixed(0)} s, ${startedAt.length} cold starts: ${JSON.stringify(outcomes)}`,
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
  return found.length === 0;
}

if (import.meta.main) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { seed: text, ticks: text, each: text, only: text } });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  const chosen = conversations.filter(({ name }) => !values.only || name.split('/')[0] === values.only);
  console.log(`Seed ${seed}: play it again with npm run soak -- --seed ${seed}`);
  const each = { seed, ticks: Number(values.each ?? 250) };
  const isWell = values.only || (await told('One home', soak({ seed, ticks: Number(values.ticks ?? 10_000) })));
  const areWell = await told(`Each adapter, ${chosen.length} homes`, soakTalks(chosen, each));
  process.exitCode = isWell && areWell ? 0 : 1;
}
