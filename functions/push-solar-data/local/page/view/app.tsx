/** The whole page: what flows now, what was today and before, and who tells and is told. */
import { useEffect, useState } from 'preact/hooks';
import type { HomeState, Homes } from '../page-state.ts';
import { asOfNow } from './as-of-now.ts';
import { ChooseHome } from './choose-home.tsx';
import { Destinations } from './destinations.tsx';
import { Flows } from './flows.tsx';
import { type Live, useClock, useHomes, useLive } from './live.ts';
import { Notices, Silence } from './notices.tsx';
import { PastCard } from './past.tsx';
import { Sources } from './sources.tsx';
import { Today } from './today.tsx';
import { agoOf, figureOf } from './wording.ts';

export function App() {
  const homes = useHomes();
  const site = useSite();
  const live = useLive(site);
  const clock = useClock();
  const heardMs = live.heardAt === undefined ? 0 : Math.max(0, clock - live.heardAt);
  const state = live.state && asOfNow(live.state, heardMs);
  useTitle(state);
  return (
    <>
      <Head homes={homes} site={site} live={live} now={(state?.now ?? clock) + heardMs} />
      <main>
        <Silence live={live} heardMs={heardMs} />
        {state ? (
          <Home state={state} now={state.now + heardMs} />
        ) : (
          <p class="waiting">{live.trouble ? '' : 'Asking the bridge …'}</p>
        )}
      </main>
    </>
  );
}

function Home({ state, now }: { state: HomeState; now: number }) {
  const isEmpty = Object.values(state.flows).every(({ is }) => is === 'absent');
  return (
    <>
      <Notices state={state} now={now} />
      <section class="card now" aria-labelledby="now">
        <h2 id="now">Now</h2>
        {isEmpty ? (
          <p class="waiting">Nothing is known of this home yet: the first reading shows here.</p>
        ) : (
          <Flows flows={state.flows} charge={state.charge} now={now} />
        )}
      </section>
      <Today today={state.today} />
      <PastCard site={state.site} tickAt={state.tickAt} now={now} />
      <Sources sources={state.sources} now={now} />
      <Destinations destinations={state.destinations} now={now} />
    </>
  );
}

const origins: Record<Homes['origin'], string> = {
  demo: 'Demo: a simulated home',
  here: 'The bridge on this machine',
  aws: 'The bridge on AWS',
};

type HeadParts = { homes: Homes | undefined; site: string | undefined; live: Live; now: number };

function Head({ homes, site, live, now }: HeadParts) {
  const { state } = live;
  return (
    <header>
      <h1>
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="5" />
          <path d="M12 1.5v3M12 19.5v3M1.5 12h3M19.5 12h3M4.6 4.6l2.1 2.1M17.3 17.3l2.1 2.1M4.6 19.4l2.1-2.1M17.3 6.7l2.1-2.1" />
        </svg>
        Solar Cloud Bridge
      </h1>
      {homes && <ChooseHome homes={homes.homes} shown={site ?? state?.site} />}
      <p class="origin">
        {homes && <span>{origins[homes.origin]}</span>}
        {state?.tickAt !== undefined && <span class="figures">last tick {agoOf(state.tickAt, now)}</span>}
      </p>
    </header>
  );
}

/** The home that stands behind the # of the address; undefined for the first one. */
function useSite(): string | undefined {
  const named = () => {
    try {
      return decodeURIComponent(location.hash.slice(1)) || undefined;
    } catch {
      return undefined; // no % can be read there
    }
  };
  const [site, setSite] = useState(named);
  useEffect(() => {
    const follow = () => setSite(named());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return site;
}

/** What the browser shows of a tab that lies behind others. */
function useTitle(state: HomeState | undefined): void {
  const { sun, grid } = state?.flows ?? {};
  const told = [sun, grid].flatMap((flow) => (flow?.is === 'known' && figureOf(flow.words).figure ? flow.words : []));
  const title = [...told, state?.site ?? 'Solar Cloud Bridge'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
