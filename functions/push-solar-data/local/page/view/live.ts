/** The page's connection to the bridge: what it tells of one home, as it happens, and whether it still does. */
import { useEffect, useState } from 'preact/hooks';
import type { History, HomeState, Homes, PageTrouble } from '../page-state.ts';

export type Live = {
  state?: HomeState;
  /** When that came, by this browser's clock. */
  heardAt?: number;
  /** Why the home cannot be looked at. */
  trouble?: string;
  isConnected: boolean;
};

const againMs = 3_000;
const queryOf = (site: string | undefined) => (site === undefined ? '' : `home=${encodeURIComponent(site)}`);

/** @param site absent: the first one. */
export function useLive(site: string | undefined): Live {
  const [live, setLive] = useState<Live>({ isConnected: true });
  useEffect(() => {
    setLive({ isConnected: true });
    let events: EventSource;
    let again: number | undefined;
    const open = () => {
      events = new EventSource(`/api/events?${queryOf(site)}`);
      events.addEventListener('state', ({ data }: MessageEvent<string>) =>
        setLive({ state: JSON.parse(data) as HomeState, heardAt: Date.now(), isConnected: true }),
      );
      events.addEventListener('trouble', ({ data }: MessageEvent<string>) =>
        setLive((before) => ({ ...before, trouble: (JSON.parse(data) as PageTrouble).says, isConnected: true })),
      );
      events.onerror = () => {
        setLive((before) => ({ ...before, isConnected: false }));
        // The browser tries again by itself, unless it was refused.
        if (events.readyState === EventSource.CLOSED) again = window.setTimeout(open, againMs);
      };
    };
    open();
    return () => {
      events.close();
      window.clearTimeout(again);
    };
  }, [site]);
  return live;
}

/** Undefined until they are known. */
export function useHomes(): Homes | undefined {
  const [homes, setHomes] = useState<Homes>();
  useEffect(() => {
    let again: number | undefined;
    const ask = () =>
      answerOf<Homes>('/api/homes').then(setHomes, () => {
        again = window.setTimeout(ask, againMs);
      });
    void ask();
    return () => window.clearTimeout(again);
  }, []);
  return homes;
}

export type Past = { history?: History; trouble?: string };

/** @param tickAt of the newest tick: with each there is more of it. */
export function usePast(site: string | undefined, hours: number, tickAt: number | undefined): Past {
  const [past, setPast] = useState<Past & { of?: string }>({});
  const of = `${hours} ${site}`;
  useEffect(() => {
    const leave = new AbortController();
    answerOf<History>(`/api/history?hours=${hours}&${queryOf(site)}`, leave.signal).then(
      (history) => setPast({ of, history }),
      (error: unknown) => {
        if (leave.signal.aborted) return;
        const trouble = error instanceof Error ? error.message : 'The past could not be read.';
        setPast((before) => (before.of === of && before.history ? before : { of, trouble }));
      },
    );
    return () => leave.abort();
  }, [of, site, hours, tickAt]);
  return past.of === of ? past : {};
}

/** @throws Error with what the bridge says about it. */
async function answerOf<Body>(address: string, signal?: AbortSignal): Promise<Body> {
  const answer = await fetch(address, signal ? { signal } : {});
  const body = await answer.json();
  if (!answer.ok) throw new Error((body as PageTrouble).says);
  return body as Body;
}

/** The time of this browser, anew each second. */
export function useClock(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
