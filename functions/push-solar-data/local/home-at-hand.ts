/** Which home or homes a command is about, and what of the environment and `.env` counts for them. */
import { Failure } from '../core/failure.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { isSeveral, sitesNamed } from '../settings/sites.ts';
import { type Account, accountOf } from './aws-account.ts';
import { cleaned, deploymentSettings } from './known-settings.ts';

export type AtHand = {
  /** What counts: of the machine and the deployment always, of a home only if it is the one that the command is about. */
  settings: SettingTexts;
  /** Those of `.env` that count. */
  inFile: SettingTexts;
  /** Those of the environment that count. */
  environment: SettingTexts;
  /** Whether the settings of the home or homes lie in parameters alone. */
  inParameters: boolean;
};

/**
 * The environment wins over the file.
 *
 * @param site of `--site`. @param given on the command line, with `-c` or `--set`: SITE may be among it.
 */
export function settingsOfHome(
  environment: SettingTexts,
  inFile: SettingTexts,
  site?: string,
  given: SettingTexts = {},
): AtHand {
  const texts = { ...inFile, ...environment, ...given };
  const inParameters = site !== undefined || isSeveral(texts['SITE']);
  const counted = {
    inFile: inParameters || isOfAnother(inFile, texts) ? ofDeployment(inFile) : inFile,
    environment: inParameters ? ofDeployment(environment) : environment,
  };
  return { ...counted, settings: { ...counted.inFile, ...counted.environment }, inParameters };
}

/** Whether `.env` is that of another home or other homes than SITE names elsewhere. */
export const isOfAnother = (inFile: SettingTexts, texts: SettingTexts): boolean => {
  const own = cleaned(inFile['SITE']);
  return own !== undefined && own !== (cleaned(texts['SITE']) ?? 'home');
};

/** Of a command on this machine: that `.env` is another home's, so that its settings are not used. */
export function remarkOnAnother(inFile: SettingTexts, texts: SettingTexts): string[] {
  if (isSeveral(inFile['SITE']) || !isOfAnother(inFile, texts)) return [];
  return [
    `.env is that of the home "${cleaned(inFile['SITE'])}", so that its settings are not used for "${cleaned(texts['SITE']) ?? 'home'}": ` +
      'give that home a folder of its own, with its .env there.',
  ];
}

/** No label can begin with AWS, so that these are no home's either. */
const ofDeployment = (texts: SettingTexts): SettingTexts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => deploymentSettings.has(name) || name.startsWith('AWS_')));

/**
 * The home of a command that changes settings, if all of them lie in its parameters on AWS; undefined where they lie in
 * `.env`, and with `--aws` its secrets in parameters.
 *
 * @param command as it is run: `npm run configure`. @throws Failure `settings` where it is not clear which home is meant.
 */
export function homeInParameters(
  environment: SettingTexts,
  inFile: SettingTexts,
  { site, aws, command }: { site: string | undefined; aws: boolean; command: string },
): string | undefined {
  const texts = { ...inFile, ...environment };
  if (site === undefined && !isSeveral(texts['SITE']) && !isOfAnother(inFile, texts)) return undefined;
  const account = oneHome(accountOf(texts, [], site), command);
  if (site !== undefined || account.stack !== undefined || aws) return account.site;
  throw new Failure(
    'settings',
    `.env is that of the home "${cleaned(inFile['SITE'])}": for "${account.site}" on AWS say ${command} -- --site ${account.site}; ` +
      'on this machine give it a folder of its own.',
  );
}

/**
 * Of a command for one home at a time: its account.
 *
 * @param command as it is run: `npm run doctor`. @throws Failure `settings` where SITE names several and nothing says which.
 */
export function oneHome(account: Account, command: string): Account {
  const [first = '', second] = account.sites;
  if (second === undefined) return account;
  throw new Failure(
    'settings',
    `SITE names ${account.sites.length} homes (${inShort(account.sites)}): say which, as in ${command}${command.includes(' -- ') ? '' : ' --'} --site ${first}`,
  );
}

/** `home, cabin, barn and 17 more`. */
export const inShort = (sites: readonly string[], most = 6): string =>
  sites.length <= most ? sites.join(', ') : `${sites.slice(0, most).join(', ')} and ${sites.length - most} more`;

/** @throws Failure `settings` where SITE names several homes, which have one folder here. */
export function refuseSeveral(settings: SettingTexts, command: string): void {
  if (!isSeveral(settings['SITE'])) return;
  throw new Failure(
    'settings',
    `SITE names several homes (${inShort(sitesNamed(settings['SITE']))}), which run on AWS: npm run deploy. ` +
      `${command} is for one home on this machine: give each a folder of its own, with its .env there.`,
  );
}
