/** undici publishes types for its whole only; its parts have the same ones. */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}
