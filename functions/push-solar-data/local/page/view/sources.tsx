/** Who tells of the home: when last, when next, and what is wrong. */
import type { SourceView } from '../page-state.ts';
import { Icon } from './icons.tsx';
import { agoOf, spanOf } from './wording.ts';

const states: Record<SourceView['state'], { word: string; icon: 'answers' | 'error' | 'waiting' }> = {
  answers: { word: 'answers', icon: 'answers' },
  fails: { word: 'fails', icon: 'error' },
  waiting: { word: 'not asked yet', icon: 'waiting' },
};

export const Sources = ({ sources, now }: { sources: SourceView[]; now: number }) => (
  <section class="card sources" aria-labelledby="sources">
    <h2 id="sources">Sources</h2>
    {sources.length === 0 && <p class="muted">None was asked yet.</p>}
    <ul class="rows">
      {sources.map((source) => (
        <Source key={source.label} source={source} now={now} />
      ))}
    </ul>
  </section>
);

function Source({ source, now }: { source: SourceView; now: number }) {
  const { title, state, lastAnswerAt, next, error, lacking, notes } = source;
  const { word, icon } = states[state];
  return (
    <li class={`row is-${state}`}>
      <h3>
        <bdi>{title}</bdi>
        <span class="status">
          <Icon name={icon} />
          {word}
        </span>
      </h3>
      {error && (
        <p class="says">
          <bdi>{error.says}</bdi>
        </p>
      )}
      {lacking.length > 0 && (
        <p class="says">
          unknown now: <bdi>{lacking.join(', ')}</bdi>
        </p>
      )}
      <p class="muted figures">
        {lastAnswerAt === undefined ? 'no answer yet' : `last answer ${agoOf(lastAnswerAt, now)}`}
        {next && (
          <>
            {' · '}
            {next.at > now ? `next in ${spanOf(next.at - now)}` : 'next with the next tick'}: <bdi>{next.why}</bdi>
          </>
        )}
      </p>
      {notes.map((note) => (
        <p key={note} class="muted">
          <bdi>{note}</bdi>
        </p>
      ))}
    </li>
  );
}
