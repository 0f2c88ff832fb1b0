/** A server of others, started on this machine for one test file. */
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const patienceMs = 20_000;

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts a program and waits until it answers at an address.
 *
 * @returns what ends it.
 */
export async function startServer(program: string, args: string[], address: string): Promise<() => Promise<void>> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const begun = performance.now(); performance.now() - begun < patienceMs; await wait(50)) {
    if (child.exitCode !== null) break;
    const isUp = await fetch(address).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp)
      return async () => {
        child.kill('SIGKILL');
        await ended;
      };
  }
  child.kill('SIGKILL');
  throw new Error(`${program} does not answer at ${address}: ${said}`);
}
