/** The deployed home as its owner may look at it: its settings and log-ins, and nothing of its state is changed. */
import type { StateStore } from '../persistence/store.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { accountOf, asked, regionOf } from './aws-account.ts';
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

/** @param texts settings at hand, which name the site, the region and the profile. @throws Failure */
export async function openDeployedHome(texts: SettingTexts, registries: Registries): Promise<DeployedHome> {
  const { openOwnerParameters } = await import('./owner-parameters.ts');
  const { site } = accountOf(texts);
  const { texts: parameters, state } = await openOwnerParameters(site, texts);
  const { environment, region } = await deployedEnvironment(site, texts);
  const settings = { ...parameters, ...(environment ?? texts), SITE: site };
  const names = { file: [], environment: Object.keys(environment ?? {}), parameters: Object.keys(parameters) };
  return {
    settings,
    store: loginsOnly(state),
    source: environment
      ? `With the settings and log-ins of the bridge on AWS (site ${site}, ${region}):`
      : `No bridge is deployed for the site "${site}" in ${region} yet: this is with its parameters there, and .env.`,
    remarks: await strayRemarks(names, settings, registries),
  };
}

/** The variables of the deployed function; undefined if there is none. */
async function deployedEnvironment(site: string, texts: SettingTexts) {
  const { GetFunctionConfigurationCommand, LambdaClient, ResourceNotFoundException } = await import(
    '@aws-sdk/client-lambda'
  );
  const client = new LambdaClient(accountOf(texts).client);
  const region = await regionOf(client);
  const environment = await asked(async () => {
    try {
      const FunctionName = `solar-cloud-bridge-${site}`;
      const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return Environment?.Variables ?? {};
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  });
  return { environment, region };
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
