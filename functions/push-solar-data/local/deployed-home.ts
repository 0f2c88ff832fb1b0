/** The deployed home as its owner may look at it: its settings and log-ins, and nothing of its state is changed. */
import type { StateStore } from '../persistence/store.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { type Account, asked, regionOf } from './aws-account.ts';
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
  const { texts: parameters, state } = await openOwnerParameters(site, texts);
  const { own, shared, region } = await deployedEnvironments(account);
  const settings = { ...parameters, ...(own ?? (shared ? {} : texts)), SITE: site };
  const names = { file: [], environment: Object.keys(own ?? {}), parameters: Object.keys(parameters) };
  const table = own ? undefined : shared?.['STATE_TABLE'];
  return {
    settings,
    store: loginsOnly(table ? await ownerTable(account, table).stateOf(site, state) : state),
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

/** The variables of the function that serves this home: one of its own, else that of its stack; undefined if there is none. */
async function deployedEnvironments({ site, stack, client }: Account) {
  const { GetFunctionConfigurationCommand, LambdaClient, ResourceNotFoundException } = await import(
    '@aws-sdk/client-lambda'
  );
  const lambda = new LambdaClient(client);
  const region = await regionOf(lambda);
  const environmentOf = (name: string): Promise<Record<string, string> | undefined> =>
    asked(async () => {
      try {
        const FunctionName = `solar-cloud-bridge-${name}`;
        const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
        return Environment?.Variables ?? {};
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    });
  const own = await environmentOf(site);
  const shared = own === undefined && stack !== undefined ? await environmentOf(stack) : undefined;
  return { own, shared, region };
}

/**
 * A log-in that was renewed is stored where the function finds it, because many clouds end the one before. When sources
 * were read and what destinations were told is the function's own account, which a look must not replace.
 */
const loginsOnly = (store: StateStore): StateStore => ({
  ...store,
  async write(name, document, options) {
    if (name.startsWith('session/')) await store.write(name, document, options);
  },
});
