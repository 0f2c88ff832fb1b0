/** What the answers of a source come to, one after the other. */
import type { Term } from '../../functions/push-solar-data/core/reading.ts';
import {
  type AdapterAnswer,
  emptyShape,
  lackingInWords,
  type Observation,
  observe,
} from '../../functions/push-solar-data/core/shape.ts';

/** When the first answer is observed. */
export const noon = Date.parse('2026-05-01T12:00:00Z');
export const minute = 60_000;
export const hour = 60 * minute;

/** What the last of some answers comes to. */
export function observed(
  answers: readonly AdapterAnswer[],
  { take, everyMs = minute }: { take?: readonly Term[]; everyMs?: number } = {},
): Observation {
  let last: Observation = { reading: {}, lacking: [], notes: [], shape: emptyShape() };
  answers.forEach((answer, nth) => {
    last = observe(last.shape, answer, { take, now: noon + nth * everyMs });
  });
  return last;
}

export const lackingOf = ({ lacking }: Observation): string[] => lacking.map(lackingInWords);
