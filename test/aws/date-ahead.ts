/** Preloaded into the function: its `Date` and its stopwatch are ahead by the milliseconds in the file that CLOCK_AHEAD_FILE names. */
import { readFileSync } from 'node:fs';

const file = process.env['CLOCK_AHEAD_FILE'] ?? '';
const machineNow = Date.now;
const machineStopwatch = performance.now.bind(performance);
const ahead = () => Number(readFileSync(file, 'utf8'));
const now = () => machineNow() + ahead();

performance.now = () => machineStopwatch() + ahead();

globalThis.Date = new Proxy(Date, {
  construct: (target, parts, newTarget) => Reflect.construct(target, parts.length === 0 ? [now()] : parts, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
