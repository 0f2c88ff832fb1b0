/** Opens sockets, and ends those that are still being opened when nobody waits for them any more. */
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import connectorOf from 'undici/lib/core/connect.js';

export type Connector = {
  connect: buildConnector.connector;
  /** Notes a request that waits for a connection to this origin; what it returns ends the wait, and counts once. */
  waiting(origin: string): () => void;
};

/**
 * undici tells nobody which request a connection is opened for, and leaves that connection alone when the request is
 * given up before it is there. A server that never shakes hands would so collect sockets.
 */
export function createConnector(options: buildConnector.BuildOptions): Connector {
  const open = connectorOf(options);
  /** The sockets that are not there yet, with their origin. */
  const opening = new Map<Socket, string>();
  /** How many requests wait, by origin. */
  const waits = new Map<string, number>();
  return {
    connect(target, told) {
      const socket = open(target, (...result) => {
        opening.delete(socket);
        told(...result);
      });
      opening.set(socket, `${target.protocol}//${target.host}`);
    },
    waiting(origin) {
      waits.set(origin, (waits.get(origin) ?? 0) + 1);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        const left = (waits.get(origin) ?? 1) - 1;
        if (left > 0) return void waits.set(origin, left);
        waits.delete(origin);
        for (const [socket, of] of opening)
          if (of === origin) socket.destroy(new Error('nobody waits for it any more'));
      };
    },
  };
}
