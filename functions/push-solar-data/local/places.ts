/** Where settings live: the environment, the file `.env`, and with `--aws` the parameters of the site. */
import type { SettingTexts } from '../platform/settings.ts';
import { fileStore, type StateStore } from '../platform/state.ts';
import { type Changes, changeFile, textsInFile } from './env-file.ts';
import { cleaned, type KnownSetting } from './known-settings.ts';
import { type OwnerParameters, openOwnerParameters } from './owner-parameters.ts';

/** What a setting shall be; `text` undefined removes it. */
export type Wanted = {
  setting: KnownSetting;
  text: string | undefined;
  /** Whether the owner gave it just now, rather than left it as it was. */
  given: boolean;
};

export type Places = {
  /** The settings that hold now: the environment wins over the file, and the file over the parameters. */
  present: SettingTexts;
  /** Where a read of these settings keeps its log-ins. */
  state: StateStore;
  /** What is stored, in sentences. @throws Failure `settings` or `unavailable`, and nothing more is stored then. */
  store(wanted: readonly Wanted[]): Promise<string[]>;
};

/** @param site wins over SITE. @throws Failure `settings` or `unavailable` where AWS cannot be used. */
export async function openPlaces({
  environment,
  file,
  aws,
  site,
}: {
  environment: NodeJS.ProcessEnv;
  file: string;
  aws: boolean;
  site?: string | undefined;
}): Promise<Places> {
  const inFile = textsInFile(file);
  const named = cleaned(site ?? environment['SITE'] ?? inFile['SITE']);
  const parameters = aws ? await openOwnerParameters(named ?? 'home', environment) : undefined;
  const present = { ...parameters?.texts, ...inFile, ...environment };
  return {
    present,
    state: parameters?.state ?? fileStore(present['STATE_DIR'] || '.state'),
    async store(wanted) {
      const toParameters = parameters ? forParameters(wanted, parameters) : [];
      for (const { setting, text } of toParameters)
        await (text === undefined ? parameters?.remove(setting.name) : parameters?.put(setting.name, text));
      const toFile = forFile(wanted, inFile, aws);
      changeFile(file, toFile);
      return [
        ...told(parameters?.place ?? '', new Map(toParameters.map(({ setting, text }) => [setting.name, text]))),
        ...told(file, toFile),
        ...hidden(wanted, environment),
      ];
    },
  };
}

/** Every secret that is not there yet as it shall be, and what is to be removed. */
const forParameters = (wanted: readonly Wanted[], { texts }: OwnerParameters): Wanted[] =>
  wanted.filter(
    ({ setting, text }) => (setting.secret || text === undefined) && text !== texts[setting.name],
  );

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
