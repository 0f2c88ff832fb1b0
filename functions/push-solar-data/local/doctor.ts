/**
 * `npm run doctor`: reads every source once and shows what it gives and what the home makes of it. Pushes nothing, but
 * with `-- --send`, which sends the reading to every destination and says what each answered. With `-- --aws` it reads
 * as the deployed bridge does.
 */
import { adapters } from '../adapters/index.ts';
import { Failure } from '../core/failure.ts';
import { destinations } from '../destinations/index.ts';
import { fileStore } from '../persistence/file-store.ts';
import type { StateStore } from '../persistence/store.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { destinationsNamed } from '../settings/site.ts';
import { isSeveral } from '../settings/sites.ts';
import { accountOf } from './aws-account.ts';
import { answered } from './command.ts';
import { openDeployedHome } from './deployed-home.ts';
import { diagnosisTable } from './diagnosis.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { stateFolder } from './environment.ts';
import { oneHome } from './home-at-hand.ts';
import { cleaned } from './known-settings.ts';
import { sayOn } from './layout.ts';
import { openCommand, sayIfOfAnother } from './own-command.ts';
import { alone } from './state-lock.ts';
import { suggested } from './suggested.ts';
import { sendTest } from './test-message.ts';
import { untold } from './untold.ts';

type Looked = { settings: SettingTexts; store: StateStore; aws: boolean };

const [say, complain] = [sayOn(process.stdout), sayOn(process.stderr)];
const { line, settings } = await openCommand('doctor');
const { send = false, site } = line.values;
// Several homes run on AWS alone.
const aws = line.values.aws === true || site !== undefined || isSeveral(settings['SITE']);
if (!aws) sayIfOfAnother(settings);
const registries = { registry: adapters, destinations };
const own: Looked = { settings, store: fileStore(stateFolder(settings)), aws: false };

const next = (command: string) => suggested(command, settings, { site });

process.exitCode = await answered(async () => {
  if (aws && send)
    throw new Failure(
      'settings',
      `The bridge on AWS sends by itself, each minute: see what became of it with ${next('npm run status')}`,
    );
  if (aws) return (await look(await deployed())).code;
  return send ? alone(stateFolder(settings), 'doctor', () => sendAll(own)) : (await look(own)).code;
}, process.stderr);

async function deployed(): Promise<Looked> {
  const home = await openDeployedHome(oneHome(accountOf(settings, [], site), 'npm run doctor'), registries);
  for (const sentence of [home.source, ...home.remarks.map((remark) => `! ${remark}`)]) complain(sentence);
  return { ...home, aws: true };
}

async function look({ settings, store, aws }: Looked): Promise<{ code: number; message: DryRun['message'] }> {
  const { now, message, ...diagnosis } = await dryRun(settings, { store });
  console.log(process.stdout.isTTY ? diagnosisTable(diagnosis, now, process.stdout) : JSON.stringify(diagnosis));
  const said = process.stdout.isTTY ? (diagnosis.problems ?? []) : [];
  for (const sentence of await untold(settings, registries, { aws })) if (!said.includes(sentence)) complain(sentence);
  const configure = next(aws ? 'npm run configure -- --aws' : 'npm run configure');
  if (diagnosis.kind === 'settings') complain(`\`${configure}\` asks for what is needed.`);
  return { code: diagnosis.kind === 'settings' ? 2 : diagnosis.kind ? 1 : 0, message };
}

/** Also for the exit code: 1 if one of them did not take it. */
async function sendAll({ settings, store, aws }: Looked): Promise<number> {
  const { code, message } = await look({ settings, store, aws });
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
