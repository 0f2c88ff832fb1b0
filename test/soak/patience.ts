/** Whether clouds are left alone: as long as they ask for it, and between two polls. */
import type { Asked, Cloud } from './cloud.ts';
import type { Soak } from './result.ts';
import type { Stage } from './stage.ts';

/** How long a cloud is left alone after such an answer, s. */
const waits: Partial<Record<Asked['how'], number>> = { wait: 600, aDay: 86_400 };
const waitOf = ({ secondsAfterTooMany }: Cloud, { how }: Asked): number =>
  how === 'tooMany' ? secondsAfterTooMany : (waits[how] ?? 0);
/** Ticks come some seconds early or late; and where there are several sources, the clock goes on for all while one waits. */
const slack = { alone: 10_000, together: 45_000 };

export function openPatience(stage: Pick<Stage, 'name' | 'all' | 'home'>, result: Pick<Soak, 'hasty'>) {
  const known = new Map(stage.all.map((cloud) => [cloud, { count: 0, polledAt: 0, until: 0 }]));
  const slackMs = stage.all.length > 1 ? slack.together : slack.alone;
  const judgeOne = (cloud: Cloud, floorSeconds: number) => {
    const before = known.get(cloud) ?? { count: 0, polledAt: 0, until: 0 };
    const asked = cloud.asked.slice(before.count);
    const [first] = asked;
    if (!first) return;
    const { at } = first;
    const say = (what: string) =>
      result.hasty.push(`${stage.name}${new Date(at).toISOString()}: ${cloud.name} ${what}`);
    if (!first.excused && at < before.until - slackMs)
      say(`was asked ${Math.round((before.until - at) / 1000)} s too early`);
    if (!first.excused && before.polledAt && at < before.polledAt + floorSeconds * 1000 - slackMs)
      say(`was asked again after ${Math.round((at - before.polledAt) / 1000)} s`);
    const until = Math.max(...asked.map((each) => each.at + waitOf(cloud, each) * 1000));
    known.set(cloud, { count: cloud.asked.length, polledAt: at, until });
  };
  return {
    /** After a tick: the calls of each cloud in it. */
    judge() {
      for (const [nth, cloud] of stage.all.entries()) judgeOne(cloud, stage.home.floors[nth] ?? 0);
    },
    /** A new instance knows what was asked for, but not of every poll: writes are spaced. */
    forgetPolls() {
      for (const before of known.values()) before.polledAt = 0;
    },
    /** Nobody knows any more what was asked for. */
    forget() {
      for (const before of known.values()) Object.assign(before, { polledAt: 0, until: 0 });
    },
  };
}
