/** What the process holds after a tick. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Sample = { heapMegabytes: number; sockets: number; timers: number; stateBytes: number };

/** After the garbage is collected and what has ended has had a turn to go. @param documents as they are stored. */
export async function sample(documents: readonly string[]): Promise<Sample> {
  setFlagsFromString('--expose_gc');
  const collect: () => void = runInNewContext('gc');
  await new Promise((resolve) => setTimeout(resolve, 20));
  collect();
  const resources = process.getActiveResourcesInfo();
  const count = (name: string) => resources.filter((resource) => resource === name).length;
  return {
    heapMegabytes: process.memoryUsage().heapUsed / 1e6,
    sockets: count('TCPSocketWrap'),
    timers: count('Timeout'),
    stateBytes: Math.max(0, ...documents.map((document) => Buffer.byteLength(document))),
  };
}
