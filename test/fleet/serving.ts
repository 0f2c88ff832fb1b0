/** A local server of a fleet: whose request it is stands in the path, the fleet's own time in a header. Runs in a process of its own. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, hear, type ReceivedRequest, reply } from '../support/conversation.ts';

/** Headers that the fleet adds to every request. */
export const timeHeaders = {
  /** Fleet's time of the request, ms since the epoch. */
  at: 'x-fleet-at',
  /** And of the event whose tick it belongs to. */
  eventAt: 'x-fleet-event-at',
} as const;

export type FleetRequest = ReceivedRequest & { home: string; at: number; eventAt: number };

/** @returns the answer, and after how long. */
export type Answering = (request: FleetRequest) => { answer: Answer; afterMs: number };

/** By all servers of this process. */
export const received = { bytes: 0 };

/** Not to be answered in any time. */
export const never = Number.POSITIVE_INFINITY;

/** @returns its address; a home's own is `<address>/<home>`. */
export async function serveFleet(answering: Answering): Promise<string> {
  const server = createServer(async (request, response) => {
    const heard = await hear(request);
    received.bytes += bytesOf(request);
    const [, home = '', ...rest] = heard.path.split('/');
    const { answer, afterMs } = answering({
      ...heard,
      home,
      path: `/${rest.join('/')}`,
      at: Number(heard.headers[timeHeaders.at]),
      eventAt: Number(heard.headers[timeHeaders.eventAt]),
    });
    if (afterMs === never) return;
    await wait(afterMs);
    reply(request, response, answer, `http://${request.headers.host}/${home}`);
  });
  // As many clouds do: a connection that has lain idle is closed before the next minute.
  server.keepAliveTimeout = 5_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As they came over the wire, without what only a fleet sends. */
function bytesOf({ method = '', url = '', rawHeaders, headers }: IncomingMessage): number {
  const own: readonly string[] = Object.values(timeHeaders);
  let bytes = `${method} ${url} HTTP/1.1\r\n\r\n`.length + Number(headers['content-length'] ?? 0);
  for (let nth = 0; nth < rawHeaders.length; nth += 2) {
    const [name = '', value = ''] = rawHeaders.slice(nth, nth + 2);
    if (!own.includes(name.toLowerCase())) bytes += name.length + value.length + 4;
  }
  return bytes;
}
