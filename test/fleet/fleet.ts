/**
 * `npm run simulate:fleet`: many homes in shared stacks, with the function's own code, minute by minute in the fleet's own
 * time. Within an invocation time goes as it does; the rest of the minute is left out. The clouds, the destinations, and the
 * stores with their quotas are local stand-ins.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownCommandLine } from '../../functions/push-solar-data/local/command-line.ts';
import type { FleetRow } from '../../infra/fleet-measured.ts';
import { mostHomes } from '../../infra/homes-settings.ts';
import type { FleetOptions, FleetPlayed } from './figures.ts';

const resultFile = join(import.meta.dirname, '../../infra/fleet-measured.json');

const shownWrongs = 20;

/** Default throughput, docs.aws.amazon.com/general/latest/gr/ssm.html. */
const usualQuotas = { reads: 40, writes: 3 };
/** As clouds answer: half of them within 0.4 s, one in a hundred later than 4 s. */
const usualWaiting: FleetOptions['waiting'] = {
  clouds: { medianMs: 400, percentile99Ms: 4_000 },
  receivers: { medianMs: 250, percentile99Ms: 1_500 },
};

type Given = Partial<Record<'homes' | 'minutes' | 'state' | 'homes-a-region' | 'seed', string>> & { first?: boolean };

/** @returns a sentence where something is no number. */
function optionsOf(values: Given): FleetOptions[] | string {
  const homes = (values.homes ?? '50').split(',').map(Number);
  const [seed, minutes, region] = [values.seed ?? 1, values.minutes ?? 90, values['homes-a-region'] ?? 1].map(Number);
  if (![...homes, seed, minutes, region].every((number) => Number.isInteger(number) && Number(number) > 0))
    return '--homes, --minutes, --homes-a-region and --seed take whole numbers';
  if (values.state !== undefined && values.state !== 'parameters' && values.state !== 'dynamodb')
    return '--state is parameters or dynamodb';
  return homes.map((count): FleetOptions => {
    const state = (values.state ?? (count > mostHomes.parameters ? 'dynamodb' : 'parameters')) as FleetOptions['state'];
    return {
      homes: count,
      minutes: Number(values.minutes ?? (count > 1_000 ? 10 : 90)),
      minutesBefore: values.first ? 0 : 2,
      seed: Number(seed),
      state,
      homesARegion: Number(values['homes-a-region'] ?? mostHomes[state]),
      quotas: usualQuotas,
      waiting: usualWaiting,
      hasTrouble: true,
      minutesAnInstance: 60,
      spacingMs: 100,
    };
  });
}

/** In the place of an earlier one of as many homes with the same store. */
function write(row: FleetRow): void {
  const before: FleetRow[] = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : [];
  const others = before.filter(({ homes, state }) => homes !== row.homes || state !== row.state);
  const rows = [...others, row].sort((a, b) => a.homes - b.homes || a.state.localeCompare(b.state));
  writeFileSync(resultFile, `${JSON.stringify(rows, undefined, 2)}\n`);
}

function tell(played: FleetPlayed, row: FleetRow, wrong: readonly string[], seconds: number): void {
  const { instances, log } = played;
  console.log(`${row.homes} homes, state in ${row.state}: played in ${Math.round(seconds)} s`);
  console.log(JSON.stringify(row, undefined, 2));
  console.log(
    `Outcomes ${JSON.stringify(log.outcomes)}; cold starts after the deployment ${instances.coldStarts}; timers late by ${instances.lateMs.mean.toFixed(0)} ms, 99 % within ${instances.lateMs.percentile99.toFixed(0)} ms`,
  );
  for (const [error, count] of Object.entries(log.errors)) console.log(`  ${count} × ${error}`);
  for (const sentence of wrong.slice(0, shownWrongs)) console.error(`✗ ${sentence}`);
  if (wrong.length > shownWrongs) console.error(`✗ and ${wrong.length - shownWrongs} more`);
}

if (import.meta.main) {
  const { values } = ownCommandLine('simulate:fleet');
  const fleets = optionsOf(values);
  if (typeof fleets === 'string') {
    console.error(fleets);
    process.exit(2);
  }
  const [{ playFleet }, { rowOf, wrongWith }] = await Promise.all([import('./played.ts'), import('./row.ts')]);
  for (const options of fleets) {
    const begun = performance.now();
    const played = await playFleet(options);
    const [row, wrong] = [rowOf(played), wrongWith(played)];
    tell(played, row, wrong, (performance.now() - begun) / 1_000);
    if (values.write) write(row);
    if (wrong.length > 0) process.exitCode = 1;
  }
}
