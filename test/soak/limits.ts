/** The vendors' own limits: calls, log-ins, wrong passwords. */
import type { Asked } from './cloud.ts';
import type { Soak } from './result.ts';

/** At most so many calls within so many ms. */
export type Limit = { what: string; calls: readonly Asked[]; within: number; most: number };

const minute = 60_000;
const day = 1440 * minute;

/** What no limit can count is left out. */
const counted = (calls: readonly Asked[] = []) => calls.filter(({ excused }) => !excused);

/** Of the home with four clouds. */
export function mixedLimits(asked: Soak['asked']): Limit[] {
  const [victron, foxess, fusionsolar] = [asked['victron'], asked['foxess'], asked['fusionsolar']].map(counted) as [
    Asked[],
    Asked[],
    Asked[],
  ];
  const pagesOf = (calls: readonly Asked[]) => calls.filter(({ what }) => what === 'page');
  const queries = foxess.filter(({ what }) => what === 'query');
  const named = (name: string) =>
    fusionsolar.filter(({ what, how }) => what === name && how !== 'expired' && how !== 'break');
  const refusedLogIns = named('login').filter(({ how }) => how === 'refused');
  return [
    { what: 'calls to Victron VRM', calls: victron, within: minute, most: 60 },
    { what: 'calls to FoxESS', calls: queries, within: day, most: 1440 },
    { what: 'calls to FoxESS', calls: queries, within: 5 * minute - 1, most: 4 },
    // an unavailable cloud is read twice
    { what: 'more pages of FoxESS', calls: pagesOf(foxess), within: 30_000, most: 49 * 2 },
    { what: 'more pages of FusionSolar', calls: pagesOf(fusionsolar), within: 30_000, most: 49 * 2 },
    { what: 'lists of FusionSolar', calls: named('getDevList'), within: day, most: 25 },
    { what: 'plants of FusionSolar', calls: named('stations'), within: day, most: 25 },
    { what: 'log-ins at FusionSolar', calls: named('login'), within: 10 * minute, most: 5 },
    { what: 'refused log-ins at FusionSolar', calls: refusedLogIns, within: 10 * minute, most: 4 },
    { what: 'live calls to FusionSolar', calls: named('getDevRealKpi'), within: 5 * minute - waitOfAnother, most: 1 },
  ];
}

/** The clock of a soak goes on for all sources while others wait until they may be asked. */
const waitOfAnother = 20_000;

/** Of every cloud by itself. */
export function talkLimits(asked: Soak['asked']): Limit[] {
  return Object.entries(asked).flatMap(([name, all]): Limit[] => {
    const calls = counted(all);
    const logIns = (as: Asked['how']) => calls.filter(({ what, how }) => what === 'log-in' && how === as);
    return [
      // Read twice, and each time with another log-in.
      { what: `live calls to ${name}`, calls: calls.filter(({ what }) => what === 'live'), within: 30_000, most: 4 },
      { what: `calls to ${name}`, calls, within: 30_000, most: 40 },
      { what: `log-ins at ${name}`, calls: logIns('well'), within: 10 * minute, most: 5 },
      { what: `refused log-ins at ${name}`, calls: logIns('refused'), within: 10 * minute, most: 4 },
    ];
  });
}
