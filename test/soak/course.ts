/** One minute of a soaked home after the other: what befalls it, and whether it stays right. */
import { isBug, type TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { Push } from '../support/conversation.ts';
import { unfit } from '../support/fit-to-tell.ts';
import type { Cloud } from './cloud.ts';
import type { Instance } from './home.ts';
import { openPatience } from './patience.ts';
import { askedBefore, type Before, lateIn, losses } from './receivers.ts';
import type { Soak } from './result.ts';
import type { Stage } from './stage.ts';
import type { Random } from './trouble.ts';

const minute = 60_000;
const yearMs = 365 * 86_400_000;
/** After two instances at once: until each source has been asked by the one that goes on. */
const doubtAfterOverlapMs = 15 * minute;
/** How long an instance may have a token that another has used up, or that could not be stored. */
const doubtAboutTokenMs = 120 * minute;
/** How long an instance may leave a destination alone because of what another one met. */
const doubtAboutWaitMs = 32 * minute;

export type Course = {
  /** What befalls the home in this minute, and its tick. */
  next(nth: number): Promise<void>;
  /** A tick at which nothing goes wrong. */
  calm(): Promise<TickReport | undefined>;
  end(): Promise<void>;
};

export function courseOf(stage: Stage, random: Random, result: Soak): Course {
  const { clock, home, rotating } = stage;
  const patience = openPatience(stage, result);
  let instance = home.start();
  let startedAt = clock.at;
  let unjudgedUntil = 0;
  let tokenDoubtUntil = 0;
  let grantLostUntil = 0;
  let writesFailUntil = 0;
  let waitDoubtUntil = 0;
  /** Whose message was given up in the tick before, and may arrive in this one. */
  let onTheirWay: ReadonlySet<string> = new Set();

  const timed = (what: string) => `${stage.name}${new Date(clock.at).toISOString()}: ${what}`;
  const judge = (report: TickReport, pushes: readonly Push[]) => {
    const found = unfit({ report, pushes, documents: home.documents, secrets: stage.secrets() });
    if (isBug(report)) found.push(`a bug: ${JSON.stringify(report)}`);
    const untrue = clock.at < unjudgedUntil ? [] : pushes.map((push) => stage.verdict(push, startedAt));
    result.unfit.push(...found.map(timed));
    result.untrue.push(...untrue.flatMap((what) => (what === undefined ? [] : [timed(what)])));
    result.lines.push(JSON.stringify(report).length);
    result.outcomes[report.outcome] = (result.outcomes[report.outcome] ?? 0) + 1;
  };
  const judgeMessages = (report: TickReport, arrived: ReadonlyMap<string, number>, asked: Before) => {
    for (const [label, whole] of arrived) {
      const count = whole - (onTheirWay.has(label) ? 1 : 0);
      const name = stage.name + label;
      result.pushedAt[name] = [...(result.pushedAt[name] ?? []), ...Array.from({ length: count }, () => clock.at)];
    }
    onTheirWay = new Set(lateIn(report));
    for (const { label, outcome } of report.destinations)
      if (outcome === 'pushed' || outcome === 'reported') result.told[label] = (result.told[label] ?? 0) + 1;
    if (clock.at < waitDoubtUntil) return;
    const [late, lost] = losses(report, stage.receivers, asked, clock.at);
    result.late += late.length;
    result.lost.push(...lost.map(timed));
  };
  /** What came when nobody waited for it any more is known to nobody: figures, or a token that was granted. */
  const doubtGivenUp = ({ sources }: TickReport, before: string | undefined) => {
    if (!rotating) return;
    const wasGivenUp = sources.some(({ label, error = '' }) => label === rotating.label && error.includes('in time'));
    if (wasGivenUp) {
      rotating.cloud.stillSince = undefined;
      grantLostUntil = clock.at + 2 * minute;
    }
    if (clock.at < grantLostUntil && rotating.cloud.refreshToken() !== before)
      tokenDoubtUntil = clock.at + doubtAboutTokenMs;
  };
  const deadRefreshes = () => rotating?.cloud.deadRefreshes.length ?? 0;
  const runTick = async (...instances: readonly Instance[]) => {
    stage.tickAt = clock.at;
    const [deadBefore, tokenBefore] = [deadRefreshes(), rotating?.cloud.refreshToken()];
    const asked = askedBefore(stage.receivers);
    const reports = await Promise.all(instances.map((each) => each.tick()));
    const taken = stage.receivers.map(({ label, take }) => ({ label, ...take() }));
    for (const report of reports) {
      judge(
        report,
        taken.flatMap(({ label, pushes }) => (onTheirWay.has(label) ? pushes.slice(1) : pushes)),
      );
      doubtGivenUp(report, tokenBefore);
    }
    patience.judge();
    for (const cloud of stage.all) cloud.received.length = 0;
    const [report] = reports;
    // Of two instances each has its own half minute.
    if (report && instances.length === 1)
      judgeMessages(report, new Map(taken.map(({ label, whole }) => [label, whole])), asked);
    if (clock.at > tokenDoubtUntil) result.deadRefreshes += deadRefreshes() - deadBefore;
    return report;
  };
  /** Its newest token has died with an instance, if the store did not take it. */
  const hasLostToken = () => {
    const token = rotating?.cloud.refreshToken();
    return token !== undefined && !home.documents.get(`session/${rotating?.label}`)?.includes(token);
  };
  const startCold = async () => {
    await instance.close();
    patience.forgetPolls();
    if (clock.at < writesFailUntil + 5 * minute) {
      if (hasLostToken()) tokenDoubtUntil = clock.at + doubtAboutTokenMs;
      stage.excusedUntil = clock.at + 5 * minute;
      waitDoubtUntil = clock.at + doubtAboutWaitMs;
      patience.forget();
    }
    if (random.happens(0.3)) home.lose(random.among(stage.forgetful));
    instance = home.start();
    startedAt = clock.at;
    result.startedAt.push(startedAt);
  };
  const runCalmly = async (...instances: readonly Instance[]) => {
    stage.isCalm = true;
    const report = await runTick(...instances);
    stage.isCalm = false;
    return report;
  };
  /** A trigger comes twice, and a new instance takes the second. */
  const runTwice = async () => {
    const other = home.start();
    unjudgedUntil = clock.at + doubtAfterOverlapMs;
    tokenDoubtUntil = clock.at + doubtAboutTokenMs;
    waitDoubtUntil = clock.at + doubtAboutWaitMs;
    await runCalmly(instance, other);
    patience.forget();
    await other.close();
  };
  const runAhead = async () => {
    stage.aheadMs = yearMs;
    waitDoubtUntil = clock.at + doubtAboutWaitMs;
    await runCalmly(instance);
    stage.aheadMs = 0;
    stage.excusedUntil = clock.at + 2 * minute;
    patience.forget();
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
    if (random.happens(0.01) || nth % 100 === 75) for (const cloud of stage.all) cloud.endSessions();
    if (random.happens(0.05)) random.among(stage.all as [Cloud, ...Cloud[]]).closeIdle();
  };
  return {
    async next(nth) {
      await mishaps(nth);
      const chance = random.next();
      const { ahead, twice } = stage.share;
      if (chance < ahead) await runAhead();
      else if (chance < ahead + twice) await runTwice();
      else await runOnce();
    },
    calm: () => runCalmly(instance),
    end: () => instance.close(),
  };
}
