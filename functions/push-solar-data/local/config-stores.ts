/** Where settings live: the environment, the file `.env`, and with `--aws` the parameters of the site. */
import { Failure } from '../core/failure.ts';
import { fileStore } from '../persistence/file-store.ts';
import type { StateStore } from '../persistence/store.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { accountOf } from './aws-account.ts';
import { type Changes, changeFile, oddities, textsInFile } from './env-file.ts';
import { stateFolder } from './environment.ts';
import { settingsOfHome } from './home-at-hand.ts';
import { cleaned, deploymentSettings, type KnownSetting, type Registries } from './known-settings.ts';
import { sayOn } from './layout.ts';
import type { OwnerParameters } from './owner-parameters.ts';
import { strayRemarks } from './stray-settings.ts';

/** What a setting shall be; `text` undefined removes it. */
export type Wanted = {
  setting: KnownSetting;
  text: string | undefined;
  /** Whether the owner gave it just now, rather than left it as it was. */
  given: boolean;
};

export type ConfigStores = {
  /** The settings that hold now: the environment wins over the file, and the file over the parameters. */
  present: SettingTexts;
  /** Whether the file may be another home's: SITE comes from elsewhere, and the file does not name it. */
  mayBeOfAnotherHome: boolean;
  /** The home, where all its settings lie in its parameters and none in the file. */
  home?: string;
  /** Where a read of these settings keeps its log-ins. */
  state: StateStore;
  /** @returns what was stored, in sentences. @throws Failure that says what was stored before it, if anything was. */
  store(wanted: readonly Wanted[]): Promise<string[]>;
};

type ConfigPorts = Registries & {
  environment: NodeJS.ProcessEnv;
  file: string;
  aws: boolean;
  /** The home whose settings lie in its parameters alone. */
  home?: string | undefined;
  given?: SettingTexts;
  /** Where is said what is odd about the names that are set. */
  complaints: NodeJS.WritableStream;
};

/**
 * @param given wins over what is set: the site and the region decide which parameters are meant.
 * @throws Failure `settings`, `auth` or `unavailable` where AWS cannot be used.
 */
export function openConfigStores({ home, ...ports }: ConfigPorts): Promise<ConfigStores> {
  return home === undefined ? homeOfFile(ports) : homeOfParameters(home, ports);
}

/** Nothing of the home is read from or written into the file. */
async function homeOfParameters(
  home: string,
  { environment, file, complaints, ...registries }: ConfigPorts,
): Promise<ConfigStores> {
  const { settings } = settingsOfHome(environment, textsInFile(file), home);
  const parameters = await ownParameters(home, settings);
  const present = { ...parameters.texts, ...settings, SITE: home };
  const names = { file: [], environment: [], parameters: Object.keys(parameters.texts) };
  for (const remark of await strayRemarks(names, present, registries)) sayOn(complaints)(`! ${remark}`);
  return {
    present,
    mayBeOfAnotherHome: false,
    home,
    state: await stateAt(home, settings, parameters),
    async store(wanted) {
      const changed = wanted.filter(({ setting, text }) => text !== parameters.texts[setting.name]);
      const own = changed.filter(({ setting }) => !deploymentSettings.has(setting.name));
      await storeEach(own, parameters);
      return told(parameters.place, new Map(own.map(({ setting, text }) => [setting.name, text])));
    },
  };
}

async function homeOfFile({
  environment,
  file,
  aws,
  given = {},
  complaints,
  ...registries
}: ConfigPorts): Promise<ConfigStores> {
  const inFile = textsInFile(file);
  const texts = { ...inFile, ...environment, ...given };
  const site = cleaned(texts['SITE']) ?? 'home';
  const parameters = aws ? await ownParameters(site, texts) : undefined;
  const present = { ...parameters?.texts, ...inFile, ...environment };
  const names = {
    file: Object.keys(inFile),
    environment: Object.keys(environment),
    parameters: Object.keys(parameters?.texts ?? {}),
  };
  const odd = [...oddities(file), ...(await strayRemarks(names, { ...present, ...given }, registries))];
  for (const remark of odd) sayOn(complaints)(`! ${remark}`);
  return {
    present,
    mayBeOfAnotherHome: site !== (cleaned(inFile['SITE']) ?? 'home'),
    state: parameters?.state ?? fileStore(stateFolder(present)),
    async store(wanted) {
      const toParameters = parameters ? forParameters(wanted, parameters) : [];
      if (parameters) await storeEach(toParameters, parameters);
      const done = told(
        parameters?.place ?? '',
        new Map(toParameters.map(({ setting, text }) => [setting.name, text])),
      );
      const toFile = forFile(wanted, inFile, aws);
      try {
        changeFile(file, toFile);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        throw new Failure(error.kind, [error.message, ...done].join('. '), { cause: error });
      }
      return [...done, ...told(file, toFile), ...hidden(wanted, environment)];
    },
  };
}

/** Where a log-in that a read renews is found by the deployed bridge. */
async function stateAt(home: string, settings: SettingTexts, { state }: OwnerParameters): Promise<StateStore> {
  const { deployedState } = await import('./deployed-home.ts');
  return deployedState(accountOf(settings, [], home), state);
}

/** The SDK of AWS is loaded only where it is used. */
async function ownParameters(site: string, texts: SettingTexts): Promise<OwnerParameters> {
  const { openOwnerParameters } = await import('./owner-parameters.ts');
  return openOwnerParameters(site, texts);
}

/** Every secret that is not there yet as it shall be, and what is to be removed. */
const forParameters = (wanted: readonly Wanted[], { texts }: OwnerParameters): Wanted[] =>
  wanted.filter(({ setting, text }) => (setting.secret || text === undefined) && text !== texts[setting.name]);

/** @throws Failure that tells what was stored before, if anything was. */
async function storeEach(wanted: readonly Wanted[], { put, remove }: OwnerParameters): Promise<void> {
  for (const [index, { setting, text }] of wanted.entries()) {
    try {
      await (text === undefined ? remove(setting.name) : put(setting, text));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const before = wanted.slice(0, index).map((done) => done.setting.name);
      const already = before.length === 0 ? 'Nothing was stored' : `Stored before: ${before.join(', ')}; nothing else`;
      throw new Failure(error.kind, `${error.message} ${already}.`, { cause: error });
    }
  }
}

/** What was given, but with `--aws` no secret that the file does not hold already: that one must not differ. */
const forFile = (wanted: readonly Wanted[], inFile: SettingTexts, aws: boolean): Changes =>
  new Map(
    wanted
      .filter(({ given, setting: { name }, text }) => given && text !== inFile[name])
      .filter(({ setting: { name, secret } }) => !aws || !secret || inFile[name] !== undefined)
      .map(({ setting: { name }, text }) => [name, text]),
  );

function told(place: string, changes: Changes): string[] {
  const names = (removed: boolean) =>
    [...changes].filter(([, text]) => (text === undefined) === removed).map(([name]) => name);
  const [stored, removed] = [names(false), names(true)];
  return [
    ...(stored.length > 0 ? [`Stored in ${place}: ${stored.join(', ')}`] : []),
    ...(removed.length > 0 ? [`Removed from ${place}: ${removed.join(', ')}`] : []),
  ];
}

const hidden = (wanted: readonly Wanted[], environment: NodeJS.ProcessEnv): string[] =>
  wanted
    .filter(({ given, setting, text }) => given && (environment[setting.name] ?? text) !== text)
    .map(({ setting }) => `! ${setting.name} has another value in the environment, which wins until you unset it`);
