/** Errors of the past: as marks above the chart, each saying what and why, and as a list. */
import type { History } from '../page-state.ts';
import { Icon } from './icons.tsx';
import { minuteOf, momentOf } from './wording.ts';

type Mark = History['marks'][number];
/** Marks that are so near to each other are one; a share of the chart's width. */
const near = 0.03;

export function MarkStrip({ history, now }: { history: History; now: number }) {
  const { from, until, marks } = history;
  const shareOf = (at: number) => Math.max(0, Math.min(1, (at - from) / (until - from)));
  const groups: { at: number; marks: Mark[] }[] = [];
  for (const mark of marks) {
    const at = (shareOf(mark.from) + shareOf(mark.until)) / 2;
    const last = groups.at(-1);
    if (last && at - last.at < near) last.marks.push(mark);
    else groups.push({ at, marks: [mark] });
  }
  if (groups.length === 0) return null;
  return (
    <div class="marks">
      {groups.map(({ at, marks: of }) => (
        <div key={at} class={`mark ${at > 0.5 ? 'opens-left' : ''}`} style={{ left: `${at * 100}%` }}>
          <button type="button" aria-describedby={`mark-${Math.round(at * 1e4)}`}>
            <Icon name="error" />
            <span class="hidden">{of.length === 1 ? 'error' : `${of.length} errors`}</span>
          </button>
          <div role="tooltip" id={`mark-${Math.round(at * 1e4)}`}>
            {of.slice(0, 4).map((mark) => (
              <p key={mark.from}>
                <strong class="figures">{spanInWords(mark, now)}</strong> <bdi>{mark.says}</bdi>
              </p>
            ))}
            {of.length > 4 && <p>and {of.length - 4} more, in the list below</p>}
          </div>
        </div>
      ))}
    </div>
  );
}

export function MarkList({ marks, now }: { marks: Mark[]; now: number }) {
  if (marks.length === 0) return null;
  return (
    <details>
      <summary>{marks.length === 1 ? '1 error' : `${marks.length} errors`} in this time</summary>
      <ul class="list">
        {marks.toReversed().map((mark) => (
          <li key={`${mark.from} ${mark.says}`}>
            <strong class="figures">{spanInWords(mark, now)}</strong> <bdi>{mark.says}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}

function spanInWords({ from, until }: Mark, now: number): string {
  const [begin, end] = [momentOf(from, now), minuteOf(until)];
  return minuteOf(from) === end ? begin : `${begin}–${end}`;
}
