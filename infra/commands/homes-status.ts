/** `npm run status` of a stack of several homes: how each is, worst first, or a line of JSON for each. */
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { inWords } from '../../functions/push-solar-data/core/freshness.ts';
import { type Account, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { paintOn, withMarks } from '../../functions/push-solar-data/local/colours.ts';
import { inShort } from '../../functions/push-solar-data/local/home-at-hand.ts';
import { columnsOf, type Output, wrapped } from '../../functions/push-solar-data/local/layout.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import { freshHomesTicks, type TickPorts } from './fresh-ticks.ts';
import { conditions, conditionsOf, type HomeCondition, isRunning, isWell } from './home-condition.ts';
import { homesTable } from './homes-table.ts';
import type { HomesTicks } from './homes-ticks.ts';
import { reportOf } from './status-report.ts';

export type StatusPorts = TickPorts & { output: Output };

/** @returns 0 if every home pushes figures; else 1. @throws Failure */
export async function showHomesStatus(account: Account, ports: StatusPorts, { json = false } = {}): Promise<number> {
  const { logs, output, clock, say } = ports;
  const ticks = await freshHomesTicks(account, ports);
  const now = clock.now();
  const region = await regionOf(logs);
  const { stack = '' } = account;
  const homes = conditionsOf(ticks, now);
  if (homes.every(({ last }) => last === undefined))
    throw new Failure(
      'unavailable',
      `The bridge of the stack "${stack}" in ${region} has logged nothing since it was deployed, or for two hours: are its rules enabled (console → EventBridge → Rules)?`,
    );
  const code = homes.every((home) => isWell(home, now)) ? 0 : 1;
  const remarks = remarksOn(ticks);
  if (json || !output.isTTY) {
    const bySite = new Map(homes.map((home) => [home.site, home]));
    for (const site of ticks.homes.keys()) {
      const home = bySite.get(site);
      if (home)
        output.write(`${JSON.stringify(reportOf(home, { region, stack, runs: home.is !== 'stopped' }, now))}\n`);
    }
    for (const remark of remarks) say(remark);
    return code;
  }
  const [worst] = homes;
  const lines = [
    ...stoppedFunctions(ticks, now),
    ...remarks,
    `${homes.length} homes of the stack ${stack} in ${region}: ${countsOf(homes)}.`,
    ...(worst && worst.is !== 'well'
      ? [`One of them in full: ${suggested('npm run status', account.texts, { site: worst.site })}`]
      : []),
  ];
  const sentences = lines.map((line) => withMarks(wrapped(line, columnsOf(output)), paintOn(output)));
  output.write(`${[homesTable(homes, output), '', ...sentences].join('\n')}\n`);
  return code;
}

/** `1 silent, 2 failing, 57 well`. */
function countsOf(homes: readonly HomeCondition[]): string {
  const byCondition = Map.groupBy(homes, ({ is }) => is);
  return conditions.flatMap((is) => (byCondition.has(is) ? [`${byCondition.get(is)?.length} ${is}`] : [])).join(', ');
}

function stoppedFunctions({ homes, shards }: HomesTicks, now: number): string[] {
  return shards
    .filter((shard) => !isRunning(shard, homes, now))
    .map(({ name, sites }) => {
      const lastAt = Math.max(...sites.map((site) => homes.get(site)?.last?.at.getTime() ?? 0));
      const silent = lastAt === 0 ? 'since it was deployed, or for two hours' : `for ${inWords((now - lastAt) / 1000)}`;
      return `✗ The function ${name} (${inShort(sites)}) has not run ${silent}: is its rule enabled (console → EventBridge → Rules)?`;
    });
}

function remarksOn({ strangers, lookedBackMs }: HomesTicks): string[] {
  return [
    ...(strangers.size === 0
      ? []
      : [
          `! The log tells of homes that SITE does not name: ${inShort([...strangers.keys()])}. ` +
            'To keep them add them to SITE; npm run deploy ends them otherwise.',
        ]),
    ...(lookedBackMs === undefined
      ? []
      : [`! AWS was slow: of homes without a reading only the last ${inWords(lookedBackMs / 1000)} were looked at.`]),
  ];
}
