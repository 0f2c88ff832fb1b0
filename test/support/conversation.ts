/** A real local server that plays one side of a conversation: a vendor's cloud, or Charge HQ. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived; `body` is parsed where it is JSON or a form. */
export type ReceivedRequest = {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  body: unknown;
};

export type Answer = {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  /** Answers in any other way: hangs, breaks the connection, drips. */
  act?: (request: IncomingMessage, response: ServerResponse) => void;
};

/** What is expected (each given part must be contained in the request), and what is answered. */
export type Exchange = {
  method?: string;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
  answer: Answer | ((received: ReceivedRequest) => Answer);
};

export type MockServer = {
  url: string;
  received: ReceivedRequest[];
  /** Requests that no exchange expects. */
  misses: ReceivedRequest[];
  /** How many connections were accepted. */
  connections(): number;
  /** Closes those that lie idle, as servers do after a while. */
  closeIdle(): void;
  close(): Promise<void>;
};

/** Exchanges answer in their order; the last that fits repeats. `{server}` in an answer stands for the server's address. */
export async function playConversation(exchanges: readonly Exchange[]): Promise<MockServer> {
  const played = new Set<Exchange>();
  return serve((received) => {
    const fitting = exchanges.filter((exchange) => fits(exchange, received));
    const exchange = fitting.find((candidate) => !played.has(candidate)) ?? fitting.at(-1);
    if (!exchange) return undefined;
    played.add(exchange);
    return typeof exchange.answer === 'function' ? exchange.answer(received) : exchange.answer;
  });
}

/** A body that reached Charge HQ. */
export type Push = { apiKey: string; tsms?: number; error?: string; siteMeters?: Record<string, number> };

/** A Charge HQ that accepts (or whatever `answer` says) and keeps the bodies. */
export async function playChargeHq(
  answer: (nth: number, received: ReceivedRequest) => Answer = () => ({ json: {} }),
): Promise<MockServer & { pushes: Push[] }> {
  const pushes: Push[] = [];
  const stage = await serve((received) => {
    pushes.push(received.body as Push);
    return answer(pushes.length, received);
  });
  return { ...stage, pushes };
}

/** A server that answers so, or 599 where there is no answer; `{server}` stands for its address. */
export async function serve(answerTo: (received: ReceivedRequest) => Answer | undefined): Promise<MockServer> {
  const received: ReceivedRequest[] = [];
  const misses: ReceivedRequest[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const hearing = await hear(request);
    received.push(hearing);
    const answer = answerTo(hearing);
    if (!answer) misses.push(hearing);
    reply(request, response, answer ?? { status: 599, text: 'not expected' });
  });
  server.keepAliveTimeout = 120_000;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    misses,
    connections: () => connections,
    closeIdle: () => server.closeIdleConnections(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** @param address what `{server}` stands for. */
export function reply(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, headers = {}, json, text, act }: Answer,
  address = `http://${request.headers.host}`,
): void {
  if (act) {
    act(request, response);
    return;
  }
  const body = (text ?? (json === undefined ? '' : JSON.stringify(json))).replaceAll('{server}', address);
  const type = text === undefined ? 'application/json' : 'text/html';
  const filled = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    value.replaceAll('{server}', address),
  ]);
  response.writeHead(status, { 'content-type': type, ...Object.fromEntries(filled) }).end(body);
}

export async function hear(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://stage');
  const isForm = request.headers['content-type']?.includes('x-www-form-urlencoded');
  return {
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname),
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: isForm ? Object.fromEntries(new URLSearchParams(text)) : jsonOr(text),
  };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fits({ method = 'GET', path, query, headers, json, form }: Exchange, received: ReceivedRequest): boolean {
  return (
    method === received.method &&
    path === received.path &&
    contains(received.query, query ?? {}) &&
    contains(received.headers, headers ?? {}) &&
    contains(received.body, json ?? form ?? {})
  );
}

/** Whether all that is wanted stands in what was got, as text. */
export function contains(got: unknown, wanted: unknown): boolean {
  if (wanted === null || typeof wanted !== 'object') return String(got) === String(wanted);
  if (Object.keys(wanted).length === 0) return true;
  if (got === null || typeof got !== 'object') return false;
  return Object.entries(wanted).every(([key, value]) => contains((got as Record<string, unknown>)[key], value));
}
