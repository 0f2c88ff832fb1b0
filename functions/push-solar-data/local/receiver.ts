/** What every stand-in does: takes messages on this machine, and tells what the real one would make of them. */
import { bodyOf, onOneLine, openLocalServer, say } from './local-server.ts';

export type Receiver = { url: string; close(): Promise<void> };

/** Of a message; those of the bridge have some hundred. */
const mostBytes = 65_536;

/**
 * Takes any message with 200, as the real ones do.
 *
 * @param judge what is made of the text of a message, in a sentence.
 * @param tell is told that sentence, on one line.
 * @param port 0: any that is free.
 * @param clock whose time the messages are of, ms since the epoch.
 */
export async function openReceiver(
  path: string,
  judge: (text: string, now: number) => string,
  tell: (sentence: string) => void,
  port = 0,
  clock: () => number = Date.now,
): Promise<Receiver> {
  const server = await openLocalServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== path) return say(response, 404, 'Not found');
    const text = await bodyOf(request, mostBytes);
    if (text === undefined) return say(response, 413, 'Too long');
    tell(onOneLine(judge(text, clock())));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }, port);
  return { url: `http://127.0.0.1:${server.port}${path}`, close: server.close };
}
