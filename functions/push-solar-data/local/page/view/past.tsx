/** The last hours: a chart of the powers and the charge, with what it says in words beside it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ColumnName, History } from '../page-state.ts';
import { type Charts, drawCharts } from './chart.ts';
import { curves, isTold, powerNames, rowAt, signs, valueInWords } from './curves.ts';
import { usePast } from './live.ts';
import { MarkList, MarkStrip } from './marks.tsx';
import { PastTable } from './past-table.tsx';
import { momentOf } from './wording.ts';

const spans = [
  { hours: 1, words: '1 h' },
  { hours: 6, words: '6 h' },
  { hours: 24, words: '24 h' },
  { hours: 168, words: '7 days' },
];

export function PastCard({ site, tickAt, now }: { site: string; tickAt: number | undefined; now: number }) {
  const [hours, setHours] = useState(24);
  const { history, trouble } = usePast(site, hours, tickAt);
  return (
    <section class="card past" aria-labelledby="past">
      <div class="title">
        <h2 id="past">The last</h2>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form. */}
        <div class="spans" role="group" aria-labelledby="past">
          {spans.map((span) => (
            <button
              key={span.hours}
              type="button"
              aria-pressed={span.hours === hours}
              onClick={() => setHours(span.hours)}
            >
              {span.words}
            </button>
          ))}
        </div>
      </div>
      {history ? (
        <Past history={history} hours={hours} now={now} />
      ) : (
        <p class="waiting" role="status">
          <bdi>{trouble ?? 'Reading the past …'}</bdi>
        </p>
      )}
    </section>
  );
}

function Past({ history, hours, now }: { history: History; hours: number; now: number }) {
  const target = useRef<HTMLDivElement>(null);
  const charts = useRef<Charts | undefined>(undefined);
  const [row, setRow] = useState<number>();
  const [hidden, setHidden] = useState<ReadonlySet<ColumnName>>(new Set());
  const names = [...powerNames, 'soc' as const].filter((name) => isTold(history, name));
  const isEmpty = names.length === 0;
  useEffect(() => {
    if (!target.current || isEmpty) return;
    setRow(undefined);
    charts.current = drawCharts(target.current, history, setRow);
    return () => charts.current?.destroy();
  }, [history, isEmpty]);
  useEffect(() => charts.current?.setHidden(hidden), [hidden, history]);
  const toggle = (name: ColumnName) => {
    const others = new Set(hidden);
    if (!others.delete(name)) others.add(name);
    setHidden(others);
  };
  if (isEmpty)
    return (
      <>
        <p class="waiting">Nothing was told in this time.</p>
        <MarkList marks={history.marks} now={now} />
      </>
    );
  const at = row === undefined ? undefined : history.times[row];
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form. */}
      <div class="legend" role="group" aria-label="Curves to show">
        {names.map((name) => (
          <button
            key={name}
            type="button"
            class={`of-${curves[name].colour}`}
            aria-pressed={!hidden.has(name)}
            onClick={() => toggle(name)}
          >
            <Sample name={name} />
            {curves[name].title}
            {row !== undefined && <span class="figures value">{valueInWords(name, history.columns[name][row])}</span>}
          </button>
        ))}
        <span class="muted figures moment">
          {at === undefined
            ? `kW; grid: ${signs.net_import[0]}, battery: ${signs.battery[0]}`
            : momentOf(at * 1000, now)}
        </span>
      </div>
      <MarkStrip history={history} now={now} />
      <div class="chart">
        <div ref={target} aria-hidden="true" />
        <Moment history={history} names={names} row={row} show={(other) => charts.current?.showRow(other)} />
      </div>
      <MarkList marks={history.marks} now={now} />
      <PastTable history={history} hours={hours} names={names} now={now} />
    </>
  );
}

type MomentOf = { history: History; names: ColumnName[]; row: number | undefined; show(row: number | undefined): void };

/** The pointer of the chart for whoever has none: a slider over its time, moved by the arrow keys. */
function Moment({ history, names, row, show }: MomentOf) {
  const { from, until, times, columns } = history;
  const at = times[row ?? times.length - 1] ?? until / 1000;
  const told = names.map(
    (name) => `${curves[name].title} ${valueInWords(name, columns[name][row ?? times.length - 1])}`,
  );
  return (
    <input
      type="range"
      class="slider"
      aria-label="Moment in the chart"
      aria-valuetext={`${momentOf(at * 1000, until)}: ${told.join(', ')}`}
      min={Math.round(from / 1000)}
      max={Math.round(until / 1000)}
      step={Math.max(60, Math.round((until - from) / 1000 / 240))}
      value={at}
      onInput={({ currentTarget }) => show(rowAt(times, Number(currentTarget.value)))}
      onBlur={() => show(undefined)}
    />
  );
}

/** The curve's look, for who sees no colours. */
const Sample = ({ name }: { name: ColumnName }) => (
  <svg class="sample" viewBox="0 0 26 10" aria-hidden="true">
    {(name === 'production' || name === 'soc') && <rect class="fill" y="5" width="26" height="5" />}
    <path d="M0 5h26" stroke-dasharray={curves[name].dash.join(' ')} />
  </svg>
);
