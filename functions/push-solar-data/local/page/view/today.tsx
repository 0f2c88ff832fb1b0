/** The energies of the day, and how much of it is known. */
import type { DayTotals, TotalName } from '../page-state.ts';
import { kwhOf, percentOf } from './wording.ts';

const rows: [TotalName, string, 'sun' | 'home' | 'grid' | 'battery'][] = [
  ['produced', 'the sun gave', 'sun'],
  ['consumed', 'the home used', 'home'],
  ['imported', 'from the grid', 'grid'],
  ['exported', 'to the grid', 'grid'],
  ['charged', 'into the battery', 'battery'],
  ['discharged', 'from the battery', 'battery'],
];

export function Today({ today: { totals, known } }: { today: DayTotals }) {
  const most = Math.max(1, ...Object.values(totals).map((total) => total?.kwh ?? 0));
  const isAnythingKnown = Object.keys(totals).length > 0;
  return (
    <section class="card today" aria-labelledby="today">
      <h2 id="today">Today</h2>
      {isAnythingKnown && (
        <dl>
          {rows.map(([name, words, colour]) => {
            const total = totals[name];
            return (
              total && (
                <div key={name} class={`total of-${colour}`}>
                  <dt>{words}</dt>
                  <dd class="figures">
                    {total.known > 0 ? kwhOf(total.kwh) : 'unknown'}
                    {total.known > 0 && percentOf(total.known) !== percentOf(known) && (
                      <small>{percentOf(total.known)} of the day known</small>
                    )}
                  </dd>
                  <Bar share={total.known > 0 ? total.kwh / most : 0} />
                </div>
              )
            );
          })}
        </dl>
      )}
      <p class="muted">
        {known > 0
          ? `Known for ${percentOf(known)} of the day so far; what nobody told counts nothing.`
          : 'Nothing is known of this day yet.'}
      </p>
    </section>
  );
}

const Bar = ({ share }: { share: number }) => (
  <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
    <rect class="rest" width="100" height="1" />
    <rect width={Math.max(0, Math.min(1, share)) * 100} height="1" />
  </svg>
);
