/** `npm run -s tick`: exactly one tick with settings from the environment and `.env`. */
import { stateFolder } from './environment.ts';
import { openLocalRuntime } from './local-runtime.ts';
import { openLocalCommand } from './own-command.ts';
import { exitCode, printReport } from './print.ts';
import { alone } from './state-lock.ts';

const { settings } = await openLocalCommand('tick');
process.exitCode = await alone(stateFolder(settings), 'tick', async () => {
  const runtime = openLocalRuntime(settings);
  const report = await runtime.tick();
  // What the tick could not save is tried once more, and told once.
  const remarks = [...new Set([...(report.remarks ?? []), ...(await runtime.close())])];
  printReport(remarks.length > 0 ? { ...report, remarks } : report, process.stdout);
  return exitCode(report);
});
