/** A maker's cloud in bad weather: it notes each request, and what the bridge may know after the last good answer. */
import { isDeepStrictEqual } from 'node:util';
import { inCrumbs } from '../faults/texts.ts';
import { type Answer, type MockServer, type ReceivedRequest, serve } from '../support/conversation.ts';
import { answerOf, type Random, type Trouble, weatherOf } from './trouble.ts';

/** What a request was for, and how it was answered; `expired` and `refused` are the vendor's own words. */
export type Asked = {
  at: number;
  what: string;
  how: 'well' | 'expired' | Trouble;
  /** No limit can count it. */
  excused?: true;
};

/** What one answer shows, by Charge HQ's names, kW; undefined what it lacks. */
export type Shown = Readonly<Record<string, number | undefined>>;

export type Cloud = MockServer & {
  /** In the words of a soak. */
  name: string;
  asked: Asked[];
  /** How long it is left alone after an HTTP 429 that names no time, s. */
  secondsAfterTooMany: number;
  /** Of the last good answer. */
  shown: Shown;
  /** Since when every answer was good and showed the same, ms; only where it gives no times, and several powers. */
  stillSince?: number | undefined;
  /** Log-ins that hold now. */
  secrets(): string[];
  /** The vendor forgets all log-ins. */
  endSessions(): void;
};

/** What all clouds know of the world. */
export type World = {
  now(): number;
  /** When the present tick began. */
  tickAt(): number;
  /** Whether nothing goes wrong now, because nobody could say what is right. */
  calm(): boolean;
  /** Whether no limit can count a call now. */
  excused(): boolean;
};

export type Play = (
  received: ReceivedRequest,
  at: number,
) => {
  what: string;
  /** @param gone which power it lacks. */
  answer: (gone: string | undefined) => Answer;
  /** It says that the log-in has ended. */
  isEnded?: boolean;
  shows?: Record<string, number>;
};

/** Different each minute, so that an old figure is known by its value; kW. */
export const figureAt = (at: number, base: number): number => base + (Math.floor(at / 60_000) % 997) / 1000;

const phases = ['serverError', 'refused', 'tooMany', 'wait', 'webPage'] as const;
const aDay = 0.000_05;
/** How many good answers come byte by byte. */
const crumbsShare = 0.004;
/** What a home has is known after so long, and forgotten after a day without a whole answer. */
const [knownAfterMs, forgottenAfterMs] = [30 * 60_000, 23 * 3_600_000];

type CloudOptions = {
  givesNoTimes?: boolean;
  /** No part of its answers vanishes. */
  isWhole?: boolean;
  secondsAfterTooMany?: number | undefined;
};

/** @param paths what it knows; undefined if it has an answer to everything. */
export async function playCloud(
  random: Random,
  world: World,
  name: string,
  paths: readonly (readonly [method: string, path: string])[] | undefined,
  play: Play,
  { givesNoTimes = false, isWhole = false, secondsAfterTooMany = 300 }: CloudOptions = {},
): Promise<Cloud> {
  const cloud: Omit<Cloud, keyof MockServer> = {
    ...{ name, asked: [], secondsAfterTooMany, shown: {}, secrets: () => [], endSessions: () => {} },
  };
  const begins = world.now();
  const weather = weatherOf(random, phases, aDay);
  const vanishing = vanishingOf(random);
  let wholeAt = begins;
  const mayVanish = (at: number) =>
    !isWhole && !world.calm() && at - begins > knownAfterMs && at - wholeAt < forgottenAfterMs;
  const note = (at: number, shows: Record<string, number>, gone: string | undefined) => {
    const shown: Shown = gone === undefined ? shows : { ...shows, [gone]: undefined };
    const isStill = gone === undefined && isDeepStrictEqual(shown, cloud.shown);
    if (givesNoTimes) cloud.stillSince = isStill ? (cloud.stillSince ?? at) : at;
    if (gone === undefined) wholeAt = at;
    cloud.shown = shown;
  };
  /** In bad weather another answer than the good one. */
  const given = (received: ReceivedRequest, at: number, good: () => Answer): { answer: Answer; how?: Trouble } => {
    const trouble = world.calm() ? undefined : weather.now(at);
    if (!trouble) return { answer: good() };
    return { answer: answerOf(trouble, random, received, cloud.secrets()), how: trouble };
  };
  const answerTo = (received: ReceivedRequest): Answer => {
    const at = world.now();
    const { what, answer: good, isEnded = false, shows } = play(received, at);
    const gone = vanishing(at, shows && mayVanish(at) ? Object.keys(shows) : []);
    const { answer, how = isEnded ? 'expired' : 'well' } = given(received, at, () => good(gone));
    cloud.asked.push({ at, what, how, ...(world.excused() ? { excused: true } : {}) });
    if (how !== 'well') {
      cloud.stillSince = undefined;
      return answer;
    }
    if (shows) note(at, shows, gone);
    return random.happens(crumbsShare) ? (inCrumbs(answer) ?? answer) : answer;
  };
  const isKnown = ({ method, path }: ReceivedRequest) =>
    paths?.some(([each, known]) => each === method && known === path) ?? true;
  return Object.assign(cloud, await serve((received) => (isKnown(received) ? answerTo(received) : undefined)));
}

/** A part that vanishes is away for some minutes. */
function vanishingOf(random: Random): (at: number, parts: readonly string[]) => string | undefined {
  let away: { part: string; until: number } | undefined;
  return (at, [first, ...others]) => {
    if (first === undefined || (away && at >= away.until)) away = undefined;
    if (first === undefined) return undefined;
    if (!away && random.happens(0.006))
      away = { part: random.among([first, ...others]), until: at + (1 + random.next() * 20) * 60_000 };
    return away?.part;
  };
}
