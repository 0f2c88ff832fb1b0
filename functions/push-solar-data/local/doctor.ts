/** `npm run doctor`: reads every source once and shows what it gives and what the home makes of it. Pushes nothing. */
import { conclude } from '../conclude.ts';
import { within } from '../platform/clock.ts';
import { createRedactor } from '../platform/redaction.ts';
import { poll } from '../poll.ts';
import { openBridge } from './bridge.ts';
import { diagnosisTable } from './diagnosis.ts';
import { localSettings } from './environment.ts';

const readMs = 40_000;
const settings = localSettings(process.env);
// It shows the equipment; the key of the destination may come later.
const { site, ports, close } = await openBridge({
  ...settings,
  CHARGE_HQ_API_KEY: settings['CHARGE_HQ_API_KEY'] || 'not yet',
});
const now = ports.clock.now();
const redactor = createRedactor(site.secrets);
const schedule = await ports.memory.schedule(site, now);
const asked = site.problems.length > 0 ? [] : site.sources;
const polled = await within(readMs, (signal) =>
  Promise.all(
    asked.map((source) =>
      poll(source, { ...ports, now, schedule, redactor, signal, retryPauseMs: 1_000, ignoreInterval: true }),
    ),
  ),
);
await Promise.all([...asked.map((source) => ports.memory.saveState(source)), ports.memory.saveSchedule(site, now)]);
await close();

const { report } = conclude(site, polled, now);
const diagnosis = redactor.tree({ site: site.name, ...report, sources: polled, remarks: site.remarks });
console.log(process.stdout.isTTY ? diagnosisTable(diagnosis, now) : JSON.stringify(diagnosis));
if (!settings['CHARGE_HQ_API_KEY']) console.error('CHARGE_HQ_API_KEY is not set: nothing can be pushed yet.');
process.exitCode = report.kind === 'settings' ? 2 : report.kind ? 1 : 0;
