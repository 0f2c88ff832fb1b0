/**
 * `npm run doctor`: reads every source once and shows what it gives and what the home makes of it. Pushes nothing, but
 * with `-- --send`, which sends the reading to every destination and says what each answered.
 */
import { adapters } from '../adapters/index.ts';
import { destinations } from '../destinations/index.ts';
import { fileStore } from '../persistence/file-store.ts';
import { destinationsNamed } from '../settings/site.ts';
import { diagnosisTable } from './diagnosis.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { localSettings, stateFolder } from './environment.ts';
import { cleaned } from './known-settings.ts';
import { sayOn } from './layout.ts';
import { alone } from './state-lock.ts';
import { sendTest } from './test-message.ts';
import { untold } from './untold.ts';

const [say, complain] = [sayOn(process.stdout), sayOn(process.stderr)];
const settings = localSettings(process.env);
const registries = { registry: adapters, destinations };
const store = fileStore(stateFolder(settings));

process.exitCode = process.argv.includes('--send')
  ? await alone(stateFolder(settings), 'doctor', send)
  : (await look()).code;

async function look(): Promise<{ code: number; message: DryRun['message'] }> {
  const { now, message, ...diagnosis } = await dryRun(settings, { store });
  console.log(process.stdout.isTTY ? diagnosisTable(diagnosis, now, process.stdout) : JSON.stringify(diagnosis));
  for (const sentence of await untold(settings, registries)) complain(sentence);
  if (diagnosis.kind === 'settings') complain('`npm run configure` asks for what is needed.');
  return { code: diagnosis.kind === 'settings' ? 2 : diagnosis.kind ? 1 : 0, message };
}

/** Also for the exit code: 1 if one of them did not take it. */
async function send(): Promise<number> {
  const { code, message } = await look();
  if (!message || 'error' in message) {
    complain('There are no figures, so that nothing was sent.');
    return code || 1;
  }
  let worst = code;
  for (const { label } of destinationsNamed(cleaned(settings['DESTINATION']))) {
    const { isTaken, sentence } = await sendTest(settings, label, message, { store, ...registries });
    (isTaken ? say : complain)(sentence);
    if (!isTaken) worst = Math.max(worst, 1);
  }
  return worst;
}
