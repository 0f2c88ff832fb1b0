/** A server on this machine alone, which outlives whatever a browser, a port scan or a broken connection sends it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type LocalServer = { port: number; close(): Promise<void> };

/** What a guest may take: a request is complete within this time, and there are never more of them. */
const requestMs = 10_000;
const mostGuests = 50;
/** How often it is looked for guests whose time is up. */
const checkingMs = 2_000;
/** For an answer that is on its way when the server closes. */
const farewellMs = 200;

/**
 * @param answer a bug in it ends that request, not the program. @param port 0: any that is free.
 * @throws the system's error where the port cannot be had.
 */
export async function openLocalServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
  port = 0,
): Promise<LocalServer> {
  const limits = { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: checkingMs };
  const server = createServer(limits, async (request, response) => {
    request.on('error', () => {}); // the guest has left
    response.on('error', () => {});
    try {
      await answer(request, response);
    } catch {
      response.destroy();
    }
  });
  server.maxConnections = mostGuests;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  server.on('error', () => {}); // a guest that could not be let in
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const farewell = setTimeout(() => server.closeAllConnections(), farewellMs);
        server.close(() => {
          clearTimeout(farewell);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** Says a sentence, and lets the guest go. */
export const say = (response: ServerResponse, status: number, sentence: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${sentence}\n`);
};

/** @returns undefined for a body beyond `bytes`, of which no more is read. @throws where the guest leaves before its end. */
export async function bodyOf(request: IncomingMessage, bytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > bytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** A guest's text on one line of a terminal, which it must not steer or fill. */
export const onOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 300);
