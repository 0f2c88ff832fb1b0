/** The feeds of a home on one's own machine: beside `npm start`, for readers on the same machine. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { documentPath, feedAnswer } from '../destinations/feed/answer.ts';
import { recordFrom } from '../destinations/feed/record.ts';
import { lastDocumentName } from '../persistence/last-documents.ts';
import type { StateStore } from '../persistence/store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Site } from '../settings/site.ts';
import { type LocalServer, openLocalServer, say } from './local-server.ts';

export type FeedPorts = {
  store: Pick<StateStore, 'read'>;
  clock: Pick<Clock, 'now'>;
  /** Is told where each feed is, or why it is nowhere, in a sentence. */
  tell(sentence: string): void;
};

/** A port that is taken leaves the rest of the bridge as it is. */
export async function openFeeds(
  { name, destinations }: Pick<Site, 'name' | 'destinations'>,
  ports: FeedPorts,
): Promise<{ close(): Promise<void> }> {
  const servers: LocalServer[] = [];
  for (const { label, title, module, settings, problems } of destinations) {
    if (module?.slug !== 'feed' || problems.length > 0) continue;
    const port = Number(settings['port']);
    try {
      servers.push(await openLocalServer(answering(label, name, ports), port));
      ports.tell(`${title}: http://127.0.0.1:${servers.at(-1)?.port}${documentPath}`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be had (${code})`;
      ports.tell(`${title} answers nobody: port ${port} of this machine ${why}. Set another port and start again.`);
    }
  }
  return { close: async () => void (await Promise.all(servers.map(({ close }) => close()))) };
}

const answering =
  (label: string, site: string, { store, clock }: FeedPorts) =>
  async ({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isThisMachine(headers.host)) return say(response, 403, 'Not for you');
    const record = recordFrom(await store.read(lastDocumentName(label)).catch(() => undefined));
    const request = { method, path: url.split('?')[0] ?? '', authorization: headers.authorization };
    const { status, headers: own, body } = feedAnswer(request, record, { now: clock.now(), site, isPublic: false });
    const length = { 'content-length': Buffer.byteLength(body) }; // small readers know no chunks
    response.writeHead(status, { ...own, ...length, connection: 'close' }).end(body); // Node sends no body for a HEAD
  };

/**
 * A page of somebody else's can let its own name lead to this machine, but then that name stands in the request. The last
 * one is what Docker Desktop calls this machine inside of a container; nobody can own it.
 */
const isThisMachine = (host = ''): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\]|host\.docker\.internal)(:\d+)?$/i.test(host);
