/** `npm run -s tick`: exactly one tick with settings from the environment and `.env`. */
import { adapters } from '../adapters/index.ts';
import { createMemory } from '../memory.ts';
import { systemClock } from '../platform/clock.ts';
import { openConnections } from '../platform/connections.ts';
import { fileStore } from '../platform/state.ts';
import { openSite } from '../site.ts';
import { tick } from '../tick.ts';
import { localSettings } from './environment.ts';
import { exitCode, printReport } from './print.ts';

const settings = localSettings(process.env);
const connections = openConnections();
const report = await tick(await openSite(settings, adapters), {
  memory: createMemory(fileStore(settings['STATE_DIR'] ?? '.state')),
  connections,
  clock: systemClock,
});
await connections.close();
printReport(report, process.stdout);
process.exitCode = exitCode(report);
