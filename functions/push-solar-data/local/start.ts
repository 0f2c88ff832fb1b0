/** `npm start`: a tick each minute. Without any settings, a simulated home and local stand-ins for who is told. */
import { stateFolder } from './environment.ts';
import { sayOn } from './layout.ts';
import { openLocalCommand } from './own-command.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const { settings } = await openLocalCommand('start');
const isDemo = ['VENDOR', 'DESTINATION', 'CHARGE_HQ_API_KEY'].every((name) => !settings[name]);
// The first line is said before everything else is loaded, which takes a moment.
if (isDemo) {
  sayOn(process.stdout)(
    'No settings found: this is a simulation, a computed home and two stand-ins on this machine, for Charge HQ ' +
      'and for evcc. Nothing leaves it. Stop with Ctrl+C.',
  );
  const { demo } = await import('./demo.ts');
  process.exitCode = await demo({ output: process.stdout, signal: stop.signal, settings });
} else {
  if (process.stdout.isTTY) console.log('Starting. Stop with Ctrl+C.');
  const [{ alone }, { everyMinute }] = await Promise.all([import('./state-lock.ts'), import('./every-minute.ts')]);
  process.exitCode = await alone(stateFolder(settings), 'start', () => everyMinute(settings, stop.signal));
}
