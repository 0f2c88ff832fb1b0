/** An account in a region, with the homes that it serves and what the store holds of them. */
import { siteStateFrom } from '../../functions/push-solar-data/core/site-state.ts';
import { deploymentMinutes, type InstancesOptions, minuteMs, noCalls, type StoreCalls } from './figures.ts';
import type { FleetHome } from './homes.ts';
import { isMixedUp } from './log.ts';
import { openParameters, type Parameters } from './parameters.ts';
import { type FleetTable, openFleetTable } from './table.ts';

export type Region = {
  parameters: Parameters;
  /** Where the state lies in one. */
  table: FleetTable | undefined;
  homes: ReadonlyMap<string, FleetHome>;
  /** Its settings are stored from now on. */
  keep(home: FleetHome): void;
  deployment: StoreCalls;
  after: StoreCalls;
  /** One mail about its homes. */
  mailed(at: number): void;
  /** What is wrong with the stored state of each home. */
  wrongStates(): string[];
  /** By home. */
  refreshTokens(): Record<string, string>;
};

export function openRegion(options: InstancesOptions): Region {
  const { seed, begins, state } = options;
  const [before, deployment, after] = [noCalls(), noCalls(), noCalls()];
  const tallyAt = (at: number): StoreCalls => {
    if (at < begins) return before;
    return at < begins + deploymentMinutes * minuteMs ? deployment : after;
  };
  const parameters = openParameters(options, tallyAt);
  const table = state === 'dynamodb' ? openFleetTable(seed, tallyAt) : undefined;
  const homes = new Map<string, FleetHome>();
  /** State documents of a home by name. */
  const documentsOf = (site: string): Map<string, string> => {
    if (table) return table.documentsOf(site);
    const begin = `/solar-cloud-bridge/${site}/state/`;
    return new Map(
      [...parameters.of(site)].flatMap(([name, { value }]) =>
        name.startsWith(begin) ? [[name.slice(begin.length), value]] : [],
      ),
    );
  };
  return {
    parameters,
    table,
    homes,
    keep(home) {
      homes.set(home.site, home);
      for (const [name, { value, secret }] of Object.entries(home.stored))
        parameters.set(home.site, name, value, secret ? 'SecureString' : 'String');
    },
    ...{ deployment, after },
    mailed(at) {
      tallyAt(at).mails += 1;
    },
    wrongStates: () => [...homes.values()].flatMap((home) => wrongOf(home, documentsOf(home.site))),
    refreshTokens: () =>
      Object.fromEntries(
        [...homes.keys()].flatMap((site) => {
          const sessions = [...documentsOf(site)].filter(([name]) => name.startsWith('session/'));
          const token = sessions.map(([, text]) => /"refresh_?token":"([^"]+)"/i.exec(text)?.[1]).find(Boolean);
          return token ? [[site, token]] : [];
        }),
      ),
  };
}

function wrongOf({ site, stored }: FleetHome, documents: ReadonlyMap<string, string>): string[] {
  const wrong: string[] = [];
  for (const [name, text] of documents) if (isMixedUp(text, site)) wrong.push(`${site}: ${name} holds another home's`);
  const sources = Object.keys(siteStateFrom(JSON.parse(documents.get('site') ?? 'null')).sources);
  const vendor = stored['VENDOR']?.value;
  if (sources.join() !== vendor) wrong.push(`${site}: it knows ${sources.join() || 'no source'} instead of ${vendor}`);
  return wrong;
}
