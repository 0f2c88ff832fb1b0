import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import {
  type Connections,
  type RawAnswer,
  type RawRequest,
  roundTrip,
} from '../../functions/push-solar-data/platform/connections.ts';
import { certificate, certificateKey } from '../support/certificate.ts';
import { answerBytes, connectionsFor, listen, serveBytes, serveHttp } from '../support/servers.ts';

/** One request over these connections; time is up after 5 s unless the signal says otherwise. */
function ask(
  connections: Connections,
  url: string,
  { signal = AbortSignal.timeout(5_000), ...request }: Partial<RawRequest> & { signal?: AbortSignal } = {},
): Promise<RawAnswer> {
  const whole = { method: 'GET', url: new URL(url), headers: {}, ...request };
  return roundTrip(connections, whole, [signal], 'Example Cloud');
}

/** The sentence with which some work must fail as `unavailable`. */
async function unavailable(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Failure, `not a Failure: ${error}`);
    assert.equal(error.kind, 'unavailable');
    return error.message;
  }
  return assert.fail('it did not fail');
}

const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : assert.fail('no port');
}

describe('when time is up the call ends,', () => {
  /** Asks with a tenth of a second; it must end soon after, in the owner's words. */
  async function assertEndsInTime(t: TestContext, url: string): Promise<void> {
    const begun = performance.now();
    const sentence = await unavailable(ask(connectionsFor(t), url, { signal: AbortSignal.timeout(100) }));
    assert.match(sentence, /^Example Cloud cannot be reached at 127\.0\.0\.1:\d+: it does not answer in time$/);
    assert.ok(performance.now() - begun < 1_000, 'too late');
  }

  it('while it is connecting', async (t) => {
    const silent = await serveBytes(t, () => {}); // never answers the handshake
    await assertEndsInTime(t, `https://127.0.0.1:${silent.port}/`);
  });

  it('while it waits for the headers', async (t) => {
    const { url } = await serveHttp(t, () => {});
    await assertEndsInTime(t, url);
  });

  it('while the body drips', async (t) => {
    const { url } = await serveHttp(t, (_request, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    await assertEndsInTime(t, url);
  });

  it('and leaves the connection, so that nothing goes on behind it', { timeout: 5_000 }, async (t) => {
    let left: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => {
      left = resolve;
    });
    const { url } = await serveHttp(t, (_request, response) => response.on('close', () => left?.()));
    await unavailable(ask(connectionsFor(t), url, { signal: AbortSignal.timeout(50) }));
    await closed;
  });

  it('before it begins: then nothing is sent', async (t) => {
    const server = await serveHttp(t, (_request, response) => response.end());
    await unavailable(ask(connectionsFor(t), server.url, { signal: AbortSignal.abort() }));
    assert.equal(server.connections(), 0);
  });

  it('and the next call over the same connections is none the worse', async (t) => {
    let requests = 0;
    const { url } = await serveHttp(t, (_request, response) => {
      requests += 1;
      if (requests > 1) response.end('well');
    });
    const connections = connectionsFor(t);
    await unavailable(ask(connections, url, { signal: AbortSignal.timeout(50) }));
    assert.equal((await ask(connections, url)).text, 'well');
  });
});

describe('an owner reads why a cloud cannot be reached:', () => {
  it('it refuses the connection', async (t) => {
    const port = await closedPort();
    assert.equal(
      await unavailable(ask(connectionsFor(t), `http://127.0.0.1:${port}`)),
      `Example Cloud cannot be reached at 127.0.0.1:${port}: it refuses the connection`,
    );
  });

  it('its address cannot be found', async (t) => {
    const sentence = await unavailable(ask(connectionsFor(t), 'https://cloud.invalid'));
    assert.equal(sentence, 'Example Cloud cannot be reached at cloud.invalid: its address cannot be found (DNS)');
  });

  it('it does not pick up the connection', async (t) => {
    const silent = await serveBytes(t, () => {});
    const connections = connectionsFor(t, { connectTimeoutMs: 100 });
    const sentence = await unavailable(ask(connections, `https://127.0.0.1:${silent.port}`));
    assert.match(sentence, /it does not pick up the connection$/);
  });

  it('the connection broke', async (t) => {
    const { url } = await serveBytes(t, (socket) => socket.destroy());
    assert.match(await unavailable(ask(connectionsFor(t), url)), /the connection broke$/);
  });

  it('the connection broke in the middle of the body', async (t) => {
    const { url } = await serveBytes(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"live"', () => socket.destroy());
    });
    assert.match(await unavailable(ask(connectionsFor(t), url)), /the connection broke$/);
  });

  it('its certificate is not valid', async (t) => {
    const { port } = await listen(t, tlsServer());
    const sentence = await unavailable(ask(connectionsFor(t), `https://127.0.0.1:${port}`));
    assert.match(sentence, /its certificate is not valid$/);
  });

  it('something else', async (t) => {
    const { url } = await serveBytes(t, (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n\r\n'));
    assert.match(await unavailable(ask(connectionsFor(t), url)), /: the request failed \(.+\)$/);
  });
});

it('a certificate counts once its authority is trusted', async (t) => {
  const { port } = await listen(t, tlsServer());
  const answer = await ask(connectionsFor(t, { ca: certificate }), `https://127.0.0.1:${port}`);
  assert.equal(answer.text, 'private');
});

const tlsServer = () =>
  createHttpsServer({ cert: certificate, key: certificateKey }, (_request, response) => response.end('private'));

describe('a kept connection that the server closed while it lay idle', () => {
  /** Answers the first request of the first connection; that connection breaks at the second. Later ones answer. */
  const breakingServer = (t: TestContext, { afterMs = 0, second = '' } = {}) => {
    const requests: string[] = [];
    const server = serveBytes(t, (socket, nth, request) => {
      requests.push(request);
      if (nth.connection > 1 || nth.request === 1) socket.write(answerBytes(`"${nth.connection}"`));
      else if (second) socket.write(second, () => socket.destroy());
      else setTimeout(() => socket.destroy(), afterMs);
    });
    return server.then((listening) => ({ ...listening, requests }));
  };

  for (const request of [{ method: 'GET' }, post])
    it(`has its ${request.method} repeated once on a new connection`, async (t) => {
      const server = await breakingServer(t);
      const connections = connectionsFor(t);
      assert.equal((await ask(connections, server.url)).text, '"1"');
      assert.equal((await ask(connections, server.url, request)).text, '"2"');
      assert.equal(server.connections(), 2);
      assert.equal(server.requests.filter((text) => text.startsWith(request.method)).length, request === post ? 2 : 3);
    });

  it('has it repeated whole, with its body', async (t) => {
    const server = await breakingServer(t);
    const connections = connectionsFor(t);
    await ask(connections, server.url);
    await ask(connections, server.url, { ...post, body: '{"a":1}' });
    const [, second, third] = server.requests;
    assert.match(third ?? '', /^POST .*\{"a":1\}$/s);
    assert.equal(third, second);
  });

  it('is not tried a third time', async (t) => {
    const server = await serveBytes(t, (socket, nth) => {
      if (nth.connection === 1 && nth.request === 1) socket.write(answerBytes('"first"'));
      else socket.destroy();
    });
    const connections = connectionsFor(t);
    await ask(connections, server.url);
    assert.match(await unavailable(ask(connections, server.url)), /the connection broke$/);
    assert.equal(server.connections(), 2);
  });

  it('has a POST not repeated whose answer had begun', async (t) => {
    const second = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"acc';
    const server = await breakingServer(t, { second });
    const connections = connectionsFor(t);
    await ask(connections, server.url);
    assert.match(await unavailable(ask(connections, server.url, post)), /the connection broke$/);
    assert.equal(server.requests.length, 2);
    assert.equal(server.connections(), 1);
  });

  it('has it repeated also while other clouds are asked', async (t) => {
    const servers = await Promise.all([breakingServer(t), breakingServer(t, { afterMs: 60 })]);
    const connections = connectionsFor(t);
    await Promise.all(servers.map(({ url }) => ask(connections, url)));
    const answers = await Promise.all(servers.map(({ url }) => ask(connections, url)));
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['"2"', '"2"'],
    );
  });

  it('has it not repeated when time is up', async (t) => {
    const server = await breakingServer(t, { afterMs: 1_000 });
    const connections = connectionsFor(t);
    await ask(connections, server.url);
    assert.match(
      await unavailable(ask(connections, server.url, { ...post, signal: AbortSignal.timeout(50) })),
      /in time$/,
    );
    assert.equal(server.requests.length, 2);
  });
});

describe('a fresh connection that breaks', () => {
  for (const request of [{ method: 'GET' }, post])
    it(`has its ${request.method} not repeated: nothing says that it was not heard`, async (t) => {
      const server = await serveBytes(t, (socket) => socket.destroy());
      await unavailable(ask(connectionsFor(t), server.url, request));
      assert.equal(server.connections(), 1);
    });

  it('is not taken for a kept one because another cloud was asked before', async (t) => {
    const other = await serveHttp(t, (_request, response) => response.end());
    const server = await serveBytes(t, (socket) => socket.destroy());
    const connections = connectionsFor(t);
    await ask(connections, other.url);
    await unavailable(ask(connections, server.url, post));
    assert.equal(server.connections(), 1);
  });
});

it('counts the connections that it opened', async (t) => {
  const servers = await Promise.all([1, 2].map(() => serveHttp(t, (_request, response) => response.end())));
  const connections = connectionsFor(t);
  assert.equal(connections.opened(), 0);
  for (const { url } of [...servers, ...servers]) await ask(connections, url);
  assert.equal(connections.opened(), 2);
});

it('answers with status, headers and text', async (t) => {
  const { url } = await serveHttp(t, (_request, response) => response.writeHead(418, { 'x-a': 'b' }).end('tea'));
  const { status, headers, text } = await ask(connectionsFor(t), url);
  assert.deepEqual({ status, a: headers['x-a'], text }, { status: 418, a: 'b', text: 'tea' });
});

it('says that a request cannot be made whose header cannot be one, and sends nothing', async (t) => {
  const server = await serveHttp(t, (_request, response) => response.end());
  const asked = ask(connectionsFor(t), server.url, { headers: { authorization: 'two\nlines' } });
  await assert.rejects(asked, Failure);
  assert.equal(server.connections(), 0);
});
