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
import { onTerminal } from './on-terminal.ts';
import { alone } from './state-lock.ts';
import { sendTest } from './test-message.ts';
import { untold } from './untold.ts';

const settings = localSettings(process.env);
const registries = { registry: adapters, destinations };
const store = fileStore(stateFolder(settings));

process.exitCode = process.argv.includes('--send')
  ? await alone(stateFolder(settings), 'doctor', send)
  : (await look()).code;

async function look(): Promise<{ code: number; message: DryRun['message'] }> {
  const { now, message, ...diagnosis } = await dryRun(settings, { store });
  console.log(process.stdout.isTTY ? diagnosisTable(diagnosis, now) : JSON.stringify(diagnosis));
  for (const sentence of await untold(settings, registries)) console.error(onTerminal(sentence));
  if (diagnosis.kind === 'settings') console.error('`npm run configure` asks for what is needed.');
  return { code: diagnosis.kind === 'settings' ? 2 : diagnosis.kind ? 1 : 0, message };
}

/** Also for the exit code: 1 if one of them did not take it. */
async function send(): Promise<number> {
  const { code, message } = await look();
  if (!message || 'error' in message) {
    console.error('There are no figures, so that nothing was sent.');
    return code || 1;
  }
  let worst = code;
  for (const { label } of destinationsNamed(cleaned(settings['DESTINATION']))) {
    const { isTaken, sentence } = await sendTest(settings, label, message, { store, ...registries });
    (isTaken ? console.log : console.error)(onTerminal(sentence));
    if (!isTaken) worst = Math.max(worst, 1);
  }
  return worst;
}
