/** Real local servers that behave as badly as a test needs, and a client towards them. Both end with their test. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import {
  type ConnectionOptions,
  type Connections,
  openConnections,
} from '../../functions/push-solar-data/platform/connections.ts';
import { createHttp, type Http, type HttpOptions } from '../../functions/push-solar-data/platform/http.ts';
import { createRedactor } from '../../functions/push-solar-data/platform/redaction.ts';

export type Listening = {
  port: number;
  url: string;
  /** Connections that were accepted so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
};

/** @param host what to listen on; the default is this machine alone. */
export async function listen(t: TestContext, server: Server, host = '127.0.0.1'): Promise<Listening> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // the other side may leave at any time
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, connections: () => connections, open: () => sockets.size };
}

/** A server that speaks HTTP and keeps its connections. */
export function serveHttp(t: TestContext, answer: RequestListener, host?: string): Promise<Listening> {
  const server = createServer(answer);
  server.keepAliveTimeout = 120_000;
  return listen(t, server, host);
}

/** A server for the nth request (from 1) of the nth connection (from 1), as bytes on a socket. */
export function serveBytes(
  t: TestContext,
  answer: (socket: Socket, nth: { connection: number; request: number }, request: string) => void,
): Promise<Listening> {
  let connection = 0;
  return listen(
    t,
    createTcpServer((socket) => {
      connection += 1;
      const nth = { connection, request: 0 };
      socket.on('data', (bytes) => {
        nth.request += 1;
        answer(socket, { ...nth }, bytes.toString());
      });
    }),
  );
}

/** A whole answer of HTTP/1.1 as bytes, after which the connection stays. */
export const answerBytes = (body: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Connections of its own for one test. */
export function connectionsFor(t: TestContext, options: ConnectionOptions = {}): Connections {
  const connections = openConnections(options);
  t.after(() => connections.close());
  return connections;
}

/** A client as an adapter has it; time is up after 5 s unless a signal says otherwise. */
export const clientFor = (t: TestContext, options: Partial<HttpOptions> = {}): Http =>
  createHttp({
    connections: options.connections ?? connectionsFor(t),
    name: 'Example Cloud',
    signal: AbortSignal.timeout(5_000),
    now: Date.parse('2026-05-01T12:00:00Z'),
    redactor: createRedactor(),
    ...options,
  });
