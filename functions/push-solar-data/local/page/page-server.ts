/** The page's server, on this machine alone: its files, the state and the past of each home, and what happens live. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../core/failure.ts';
import { plainText } from '../../core/plain-text.ts';
import { openLocalServer } from '../local-server.ts';
import type { Assets } from './assets.ts';
import { protect, refusalOf, refuse, sendAsset, sendJson } from './page-answers.ts';
import { type History, type HomeState, type Homes, mostHours, type PageTrouble } from './page-state.ts';

/** A home that can be looked at. */
export type PageHome = {
  site: string;
  /** @throws Failure where it cannot be looked at now. */
  state(): Promise<HomeState>;
  /** @throws Failure */
  history(hours: number): Promise<History>;
  /** Calls back after each of its ticks, until the function that it gives is called. */
  watch(changed: () => void): () => void;
};

export type PageOptions = {
  origin: Homes['origin'];
  homes: readonly [PageHome, ...PageHome[]];
  /** May be on their way yet. */
  assets: Promise<Assets>;
  /** 0: any that is free. */
  port: number;
};

export type PageServer = { port: number; close(): Promise<void> };

const mostWatchers = 20;
/** One that takes so little of what it is told is not there any more, bytes. */
const mostUntaken = 500_000;
const heartbeatMs = 20_000;

/** @throws the system's error where the port cannot be had. */
export async function openPageServer({ origin, homes, assets, port }: PageOptions): Promise<PageServer> {
  const watchers = new Set<ServerResponse>();
  const listed: Homes = { origin, homes: homes.map(({ site }) => ({ site })) };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    protect(response);
    const refusal = refusalOf(request);
    if (refusal) return refuse(request, response, refusal);
    const { pathname, searchParams } = addressOf(request);
    if (!pathname.startsWith('/api/')) return file(request, response, pathname);
    if (pathname === '/api/homes') return sendJson(request, response, listed);
    const wanted = searchParams.get('home');
    const home = wanted === null ? homes[0] : homes.find(({ site }) => site === wanted);
    if (!home) return refuse(request, response, { status: 404, says: 'There is no such home here.' });
    try {
      return await ofHome(request, response, { home, pathname, hours: searchParams.get('hours') });
    } catch (error) {
      return refuse(request, response, { status: 502, says: saidBy(error) });
    }
  };

  const file = async (request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> => {
    const found = await assets.then(
      (files) => files.get(pathname) ?? { status: 404, says: 'There is nothing here.' },
      () => ({ status: 500, says: 'The page could not be built: run npm ci, and start again.' }),
    );
    return 'says' in found ? refuse(request, response, found) : sendAsset(request, response, found);
  };

  const ofHome = async (request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> => {
    const { home, pathname } = asked;
    if (pathname === '/api/state') return sendJson(request, response, await home.state());
    if (pathname === '/api/events') {
      if (watchers.size >= mostWatchers)
        return refuse(request, response, { status: 503, says: 'Too many tabs show this page: close some.' });
      watchers.add(response);
      response.on('close', () => watchers.delete(response));
      return tellLive(response, home);
    }
    if (pathname !== '/api/history') return refuse(request, response, { status: 404, says: 'There is nothing here.' });
    const hours = Number(asked.hours ?? 24);
    if (!(hours >= 1 && hours <= mostHours))
      return refuse(request, response, { status: 400, says: `hours must be a number from 1 to ${mostHours}.` });
    return sendJson(request, response, await home.history(hours));
  };

  const server = await openLocalServer(answer, port);
  return {
    port: server.port,
    close() {
      for (const response of watchers) response.end();
      return server.close();
    },
  };
}

type Asked = { home: PageHome; pathname: string; hours: string | null };

/** A path that is none, such as `//`, is that of nothing here. */
function addressOf({ url = '' }: IncomingMessage): Pick<URL, 'pathname' | 'searchParams'> {
  const nothing = new URL('http://localhost/nothing');
  return (url.startsWith('/') ? URL.parse(`http://localhost${url}`) : null) ?? nothing;
}

/** Server-sent events: the state at once, and after each tick. */
function tellLive(response: ServerResponse, home: PageHome): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.write('retry: 3000\n\n');
  let telling = Promise.resolve();
  const tell = () => {
    telling = telling.then(async () => {
      const event = await eventOf(home);
      if (response.writableLength > mostUntaken) response.destroy();
      else if (!response.writableEnded) response.write(event);
    });
  };
  const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs).unref();
  const unwatch = home.watch(tell);
  response.on('close', () => {
    clearInterval(heartbeat);
    unwatch();
  });
  tell();
}

/** JSON is on one line whatever it holds. */
async function eventOf(home: PageHome): Promise<string> {
  try {
    return `event: state\ndata: ${JSON.stringify(await home.state())}\n\n`;
  } catch (error) {
    const trouble: PageTrouble = { says: saidBy(error) };
    return `event: trouble\ndata: ${JSON.stringify(trouble)}\n\n`;
  }
}

const saidBy = (error: unknown): string =>
  error instanceof Failure
    ? plainText(error.message)
    : 'The page made an error: start it again, and report it if it stays.';
