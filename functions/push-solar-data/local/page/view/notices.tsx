/** What the owner should know before looking at figures. */
import type { HomeState } from '../page-state.ts';
import { silenceMs } from './as-of-now.ts';
import { Icon } from './icons.tsx';
import type { Live } from './live.ts';
import { momentOf, secondOf, spanOf } from './wording.ts';

export function Notices({ state, now }: { state: HomeState; now: number }) {
  const { error, problems, warnings, remarks } = state;
  return (
    <div class="notices" aria-live="polite">
      {error && (
        <section class="notice error">
          <Icon name="error" />
          <div>
            <h2>No figures since {momentOf(error.since, now)}</h2>
            <p>
              <bdi>{error.says}</bdi>
            </p>
          </div>
        </section>
      )}
      <Sentences of={problems} title="Settings to mend" kind="error" />
      <Sentences of={warnings} title="In doubt" kind="warning" />
      <Sentences of={remarks} title="Good to know" kind="remark" />
    </div>
  );
}

function Sentences({ of, title, kind }: { of: string[]; title: string; kind: 'error' | 'warning' | 'remark' }) {
  if (of.length === 0) return null;
  return (
    <section class={`notice ${kind}`}>
      <Icon name={kind} />
      <div>
        <h2>{title}</h2>
        {of.map((sentence) => (
          <p key={sentence}>
            <bdi>{sentence}</bdi>
          </p>
        ))}
      </div>
    </section>
  );
}

/** The page is only as true as its connection: what it shows without one is of earlier. */
export function Silence({ live, heardMs }: { live: Live; heardMs: number }) {
  const { isConnected, heardAt, trouble } = live;
  const isSilent = !isConnected || heardMs >= silenceMs;
  return (
    <div role="status">
      {isSilent && (
        <section class="notice error">
          <Icon name="lost" />
          <div>
            <h2>No news from the bridge</h2>
            <p>
              {heardAt === undefined ? 'It does not answer.' : `What is shown was told at ${secondOf(heardAt)}.`} Is it
              still running? This page goes on by itself as soon as it answers.
              {heardAt !== undefined && (
                <span class="figures" aria-hidden="true">
                  {' '}
                  No news for {spanOf(heardMs)}.
                </span>
              )}
            </p>
          </div>
        </section>
      )}
      {trouble !== undefined && (
        <section class="notice error">
          <Icon name="error" />
          <div>
            <h2>This home cannot be looked at now</h2>
            <p>
              <bdi>{trouble}</bdi>
            </p>
          </div>
        </section>
      )}
    </div>
  );
}
