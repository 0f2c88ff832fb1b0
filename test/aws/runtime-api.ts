/** The side of Lambda that a runtime client talks to: hands out invocations and takes their results. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Invocation = {
  event: unknown;
  functionArn: string;
  requestId: string;
  /** ms since the epoch, on the function's clock. */
  deadline: number;
};

/** What became of an invocation: the handler's result, or the error that ended it. */
export type Result = { value: unknown } | { error: { errorType?: string; errorMessage?: string } };

export type RuntimeApi = {
  /** For AWS_LAMBDA_RUNTIME_API. */
  address: string;
  /** Resolves when the runtime asks for its next invocation: from then on it has nothing to do. */
  idle(): Promise<void>;
  /** Hands the invocation to the idle runtime. @throws Error for what the runtime reports of its start */
  invoke(invocation: Invocation): Promise<Result>;
  /** Ends what is waited for. */
  fail(error: Error): void;
  close(): void;
};

export async function serveRuntimeApi(): Promise<RuntimeApi> {
  let asking = Promise.withResolvers<ServerResponse>();
  let result = Promise.withResolvers<Result>();
  const fail = (error: Error) => {
    for (const { promise, reject } of [asking, result]) {
      promise.catch(() => {}); // only one of them is waited for
      reject(error);
    }
  };
  const server = createServer(async (request, response) => {
    const told = request.url?.split('/').at(-1);
    if (told === 'next') return asking.resolve(response);
    const body = await bodyOf(request);
    response.writeHead(202).end();
    if (told === 'response') return result.resolve({ value: body });
    if (request.url?.includes('/invocation/')) return result.resolve({ error: body as object });
    fail(new Error(`The function does not start: ${JSON.stringify(body)}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async idle() {
      await asking.promise;
    },
    async invoke({ event, functionArn, requestId, deadline }) {
      const response = await asking.promise;
      asking = Promise.withResolvers();
      result = Promise.withResolvers();
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'lambda-runtime-aws-request-id': requestId,
          'lambda-runtime-invoked-function-arn': functionArn,
          'lambda-runtime-deadline-ms': String(deadline),
          'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0',
        })
        .end(JSON.stringify(event));
      return result.promise;
    },
    fail,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}
