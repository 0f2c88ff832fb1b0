/** `npm run doctor`: reads every source once and shows what it gives and what the home makes of it. Pushes nothing. */
import { fileStore } from '../persistence/file-store.ts';
import { diagnosisTable } from './diagnosis.ts';
import { dryRun } from './dry-run.ts';
import { localSettings, stateFolder } from './environment.ts';

const settings = localSettings(process.env);
const { now, ...diagnosis } = await dryRun(settings, { store: fileStore(stateFolder(settings)) });
console.log(process.stdout.isTTY ? diagnosisTable(diagnosis, now) : JSON.stringify(diagnosis));
if (!settings['CHARGE_HQ_API_KEY']) console.error('CHARGE_HQ_API_KEY is not set: nothing can be pushed yet.');
if (diagnosis.kind === 'settings') console.error('`npm run configure` asks for what is needed.');
process.exitCode = diagnosis.kind === 'settings' ? 2 : diagnosis.kind ? 1 : 0;
