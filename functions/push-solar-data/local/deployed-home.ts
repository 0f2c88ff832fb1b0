/** The deployed home as its owner may look at it: its settings and log-ins, and nothing of its state is changed. */
import { isLogIn, type StateStore, type WholeStore } from '../persistence/store.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Account } from './aws-account.ts';
import { environmentsAt } from './deployed-environment.ts';
import type { Registries } from './known-settings.ts';
import { strayRemarks } from './stray-settings.ts';

export type DeployedHome = {
  /** Of the function, over those of its parameters. Before the first deployment those at hand are in the function's place. */
  settings: SettingTexts;
  store: StateStore;
  /** Where the settings come from, in a sentence. */
  source: string;
  /** What is odd about the names of the parameters and of the function's environment. */
  remarks: string[];
};

/** @param account of one home; its texts are those at hand. @throws Failure */
export async function openDeployedHome(account: Account, registries: Registries): Promise<DeployedHome> {
  const { openOwnerParameters } = await import('./owner-parameters.ts');
  const { site, texts } = account;
  const { texts: parameters, state, region } = await openOwnerParameters(site, texts);
  const { own, shared } = await environmentsOf(account);
  const settings = { ...parameters, ...(own ?? (shared ? {} : texts)), SITE: site };
  const names = { file: [], environment: Object.keys(own ?? {}), parameters: Object.keys(parameters) };
  return {
    settings,
    store: loginsOnly(await stateOf(account, shared, state)),
    source: sourceOf(account, region, { isDeployed: own !== undefined, isShared: shared !== undefined }),
    remarks: await strayRemarks(names, settings, registries),
  };
}

function sourceOf(
  { site, stack, texts }: Account,
  region: string,
  { isDeployed, isShared }: { isDeployed: boolean; isShared: boolean },
): string {
  const place = isShared && !isDeployed ? `home ${site} of the stack ${stack}` : `site ${site}`;
  if (isDeployed || isShared) return `With the settings and log-ins of the bridge on AWS (${place}, ${region}):`;
  const andFile = texts['VENDOR'] ? ', and .env' : '';
  return `No bridge is deployed for the site "${site}" in ${region} yet: this is with its parameters there${andFile}.`;
}

type Environments = {
  /** Of a function of its own. */
  own: Record<string, string> | undefined;
  /** Else of a function of the stack that it shares. */
  shared: Record<string, string> | undefined;
};

/** Of the function that serves this home. @throws Failure */
async function environmentsOf(account: Account): Promise<Environments> {
  const { site, stack } = account;
  const look = environmentsAt(account);
  const own = await look(`solar-cloud-bridge-${site}`);
  if (own !== undefined || stack === undefined) return { own, shared: undefined };
  return { own, shared: await look(`solar-cloud-bridge-${stack}`) };
}

/**
 * Where the deployed bridge keeps what a home remembers: in a table, where its stack has one.
 *
 * @param inParameters where else. @throws Failure
 */
export async function deployedState(account: Account, inParameters: WholeStore): Promise<WholeStore> {
  if (account.stack === undefined) return inParameters;
  return stateOf(account, (await environmentsOf(account)).shared, inParameters);
}

async function stateOf(
  account: Account,
  shared: Environments['shared'],
  inParameters: WholeStore,
): Promise<WholeStore> {
  const table = shared?.['STATE_TABLE'];
  if (table === undefined) return inParameters;
  const { openOwnerTable } = await import('./owner-table.ts');
  return openOwnerTable(account, table).stateOf(account.site, inParameters);
}

/**
 * A log-in that was renewed is stored where the function finds it, because many clouds end the one before. When sources
 * were read and what destinations were told is the function's own account, which a look must not replace.
 */
const loginsOnly = (store: StateStore): StateStore => ({
  ...store,
  async write(name, document, options) {
    if (isLogIn(name)) await store.write(name, document, options);
  },
});
