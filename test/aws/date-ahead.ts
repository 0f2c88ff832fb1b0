/** Preloaded into the function: its `Date` is ahead by the milliseconds in the file that CLOCK_AHEAD_FILE names. */
import { readFileSync } from 'node:fs';

const file = process.env['CLOCK_AHEAD_FILE'] ?? '';
const machineNow = Date.now;
const now = () => machineNow() + Number(readFileSync(file, 'utf8'));

globalThis.Date = new Proxy(Date, {
  construct: (target, parts, newTarget) => Reflect.construct(target, parts.length === 0 ? [now()] : parts, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
