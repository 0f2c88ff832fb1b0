/** `npm run -s tick`: exactly one tick with settings from the environment and `.env`. */
import { tick } from '../core/tick.ts';
import { openRuntime } from '../runtime.ts';
import { localSettings } from './environment.ts';
import { exitCode, printReport } from './print.ts';

const bridge = await openRuntime(localSettings(process.env));
const report = await tick(bridge.site, bridge.ports);
await bridge.close();
printReport(report, process.stdout);
process.exitCode = exitCode(report);
