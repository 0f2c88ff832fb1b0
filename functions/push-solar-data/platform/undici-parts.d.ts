/** undici publishes types for its whole only; its parts have the same ones. */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}

declare module 'undici/lib/core/connect.js' {
  import type { Socket } from 'node:net';
  import type { buildConnector } from 'undici';

  /** Its type in public hides the socket that a connector returns. */
  export default function connectorOf(
    options: buildConnector.BuildOptions,
  ): (...call: Parameters<buildConnector.connector>) => Socket;
}
