/** Requests that are given up leave nothing behind: no socket, no timer, and no harm to the next one. */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { within } from '../../functions/push-solar-data/core/time.ts';
import { type Connections, roundTrip } from '../../functions/push-solar-data/platform/connections.ts';
import { answerBytes, connectionsFor, type Listening, serveBytes, serveHttp } from '../support/servers.ts';

const ask = (connections: Connections, url: string, signal: AbortSignal) =>
  roundTrip(connections, { method: 'GET', url: new URL(url), headers: {} }, [signal], 'Example Cloud');

/** As many ticks, in each of which five requests at once are given up after 2 ms. */
async function giveUp(connections: Connections, url: string, ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick++)
    await within(2, async (signal) => {
      for (const each of await Promise.allSettled([1, 2, 3, 4, 5].map(() => ask(connections, url, signal))))
        equal(each.status, 'rejected');
    });
}

/** Waits for the servers to notice. */
async function assertAllClosed({ open }: Listening): Promise<void> {
  for (let tries = 0; tries < 100 && open() > 0; tries++) await wait(10);
  equal(open(), 0);
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('1,000 ticks against an endpoint that hangs leave no socket and no timer, and then it is read', async (t) => {
  let isWell = false;
  const server = await serveHttp(t, (_request, response) => void (isWell && response.end('well')));
  const connections = connectionsFor(t);
  const before = timers();
  await giveUp(connections, server.url, 1_000);
  await assertAllClosed(server);
  ok(timers() <= before + 1, `${timers()} timers, before ${before}`); // undici keeps one for all its connections
  isWell = true;
  equal((await ask(connections, server.url, AbortSignal.timeout(5_000))).text, 'well');
});

test('So do ticks against a server that never shakes hands', async (t) => {
  const server = await serveBytes(t, () => {});
  const connections = connectionsFor(t, { connectTimeoutMs: 60_000 });
  await giveUp(connections, `https://127.0.0.1:${server.port}`, 50);
  ok(server.connections() > 0);
  await assertAllClosed(server);
});

test('A request that is still wanted keeps the connection that is being opened for it', async (t: TestContext) => {
  const server = await serveHttp(t, (_request, response) => setTimeout(() => response.end('late'), 50));
  const connections = connectionsFor(t);
  const wanted = ask(connections, server.url, AbortSignal.timeout(5_000));
  await rejects(ask(connections, server.url, AbortSignal.abort()));
  await giveUp(connections, server.url, 1);
  equal((await wanted).text, 'late');
});

for (const ending of [0, 1])
  test(`Of two signals the ${ending === 0 ? 'first' : 'second'} ends the request too, and nothing listens to either`, async (t) => {
    const controllers = [new AbortController(), new AbortController()];
    const signals = controllers.map(({ signal }) => signal);
    const server = await serveHttp(t, () => controllers[ending]?.abort(new Error('given up')));
    const request = { method: 'GET', url: new URL(server.url), headers: {} };
    await rejects(roundTrip(connectionsFor(t), request, signals, 'Example Cloud'), /does not answer in time/);
    await assertAllClosed(server);
    deepEqual(
      signals.flatMap((signal) => getEventListeners(signal, 'abort')),
      [],
    );
  });

test('An answer that never ends is left in its middle', async (t) => {
  const server = await serveBytes(t, (socket) => socket.write(answerBytes('x'.repeat(100)).slice(0, -1)));
  await giveUp(connectionsFor(t), server.url, 20);
  await assertAllClosed(server);
});
