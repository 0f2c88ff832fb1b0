/** What came of a fleet: a row of infra/fleet-measured.json, and what must not be. */

import type { FleetRow } from '../../infra/fleet-measured.ts';
import { deploymentMinutes, type FleetPlayed, mean, percentile, type StoreCalls } from './figures.ts';
import type { Heard, Pace } from './receivers.ts';

const writeCalls = ['PutParameter', 'UpdateItem'];
const readsOf = ({ calls }: StoreCalls): number =>
  Object.entries(calls).reduce((sum, [name, count]) => (writeCalls.includes(name) ? sum : sum + count), 0);
const writesOf = ({ calls }: StoreCalls): number => writeCalls.reduce((sum, name) => sum + (calls[name] ?? 0), 0);

export function rowOf({ options, instances, log, heard, clouds }: FleetPlayed): FleetRow {
  const { homes, state, minutes } = options;
  const { deployment, after, billedMs } = instances;
  const measuredMinutes = minutes - deploymentMinutes;
  const homeHours = (homes * measuredMinutes) / 60;
  const untold = log.outcomes['failed'] ?? 0;
  const inTime = heard.toldSeconds.filter((seconds) => seconds <= 20).length;
  return {
    ...{ homes, state, shards: instances.shards, minutes: measuredMinutes },
    billedSeconds: { mean: short(mean(billedMs) / 1_000), percentile99: short(percentile(billedMs, 0.99) / 1_000) },
    processorMs: short((instances.cpuSeconds * 1_000) / (homes * minutes)),
    lineBytes: Math.round(log.homeBytes / log.homeLines),
    metricsBytes: Math.round(log.otherBytes / (instances.shards * minutes)),
    sentBytes: Math.round((clouds.bytes + heard.bytes) / (homes * (minutes + options.minutesBefore))),
    parameters: short(instances.parameters / homes),
    secureStrings: short(instances.secureStrings / homes),
    anHourOfAHome: {
      calls: Object.fromEntries(Object.entries(after.calls).map(([name, count]) => [name, short(count / homeHours)])),
      kmsRequests: short(after.kmsRequests / homeHours),
      tableReadUnits: short(after.tableReadUnits / homeHours),
      tableWriteUnits: short(after.tableWriteUnits / homeHours),
    },
    mails: after.mails,
    throttled: {
      reads: short(after.throttledReads / Math.max(1, readsOf(after))),
      writes: short(after.throttledWrites / Math.max(1, writesOf(after))),
    },
    age: { ...ageOf('quick', heard), ...ageOf('slow', heard) },
    told: {
      mean: short(mean(heard.toldSeconds)),
      percentile99: short(percentile(heard.toldSeconds, 0.99)),
      within20: Number((inTime / (heard.toldSeconds.length + untold)).toFixed(4)),
    },
    deployment: {
      allSeconds: short(Math.max(...log.firstTickSeconds)),
      medianSeconds: short(percentile(log.firstTickSeconds, 0.5)),
      reads: readsOf(deployment),
      throttledReads: deployment.throttledReads,
      throttledWrites: deployment.throttledWrites,
    },
  };
}

const short = (value: number): number => Number(value.toPrecision(3));

function ageOf(pace: Pace, { secondsByAge }: Heard): FleetRow['age'] {
  const counts = Array.from(secondsByAge[pace], (count) => count ?? 0); // an age that nothing had
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return {};
  const total = counts.reduce((sum, count, age) => sum + count * age, 0);
  let below = 0;
  const percentile99 = counts.findIndex((count) => {
    below += count;
    return below >= all * 0.99;
  });
  return { [pace]: { mean: Math.round(total / all), percentile99 } };
}

/** What is wrong with it, a sentence each. */
export function wrongWith({ instances, log, clouds, heard }: FleetPlayed): string[] {
  const staleTokens = Object.entries(instances.refreshTokens).filter(
    ([site, token]) => (clouds.refreshTokens[site] ?? token) !== token,
  );
  return [
    ...(log.missed > 0 ? [`${log.missed} minutes of homes have no line`] : []),
    ...log.leaks.map((line) => `A line holds a secret or something of another home: ${line}`),
    ...log.bugs.map((bug) => `A bug: ${bug}`),
    ...Object.entries(log.storeTrouble).map(([sentence, count]) => `${count} times: ${sentence}`),
    ...instances.wrongStates,
    ...staleTokens.map(([site]) => `${site}: the stored refresh token is used up`),
    ...(clouds.deadRefreshes > 0 ? [`${clouds.deadRefreshes} refresh tokens were used twice`] : []),
    ...(heard.mixedUp > 0 ? [`${heard.mixedUp} messages had the key of another home`] : []),
  ];
}
