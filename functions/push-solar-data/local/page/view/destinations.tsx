/** Who is told of the home: when last, and what came of it. */
import type { DestinationView } from '../page-state.ts';
import { Icon, type IconName } from './icons.tsx';
import { agoOf, outcomeWords } from './wording.ts';

const icons: Record<DestinationView['outcome'], IconName> = {
  pushed: 'answers',
  reported: 'warning',
  idle: 'waiting',
  failed: 'error',
};

export const Destinations = ({ destinations, now }: { destinations: DestinationView[]; now: number }) => (
  <section class="card destinations" aria-labelledby="destinations">
    <h2 id="destinations">Destinations</h2>
    {destinations.length === 0 && <p class="muted">None was told anything yet.</p>}
    <ul class="rows">
      {destinations.map(({ label, title, outcome, lastMessageAt, says, error }) => {
        const word = outcomeWords[outcome];
        const sentence = error?.says ?? says;
        return (
          <li key={label} class={`row is-${outcome}`}>
            <h3>
              <bdi>{title}</bdi>
              <span class="status">
                <Icon name={icons[outcome]} />
                {word}
              </span>
            </h3>
            {sentence !== word && (
              <p class="says">
                <bdi>{sentence}</bdi>
              </p>
            )}
            <p class="muted figures">
              {lastMessageAt === undefined ? 'no message yet' : `last message ${agoOf(lastMessageAt, now)}`}
            </p>
          </li>
        );
      })}
    </ul>
  </section>
);
