/** Corrections: what is set already is asked again, with the old values standing in the field, a secret only as set. */
import type { Adapter } from '../adapters/adapter.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { cleaned, commonSettings, type KnownSetting, mayBeLeftOut, ownSettings } from './known-settings.ts';
import { defaultOf } from './questions.ts';
import { valuesRead } from './watched-values.ts';

/** What a source logs in with: what is set, and what its host follows from. @returns whether there was anything to correct. */
export async function correctCredentials(
  label: string,
  adapter: Adapter,
  draft: Draft,
  ports: InterviewPorts,
): Promise<boolean> {
  const settings = credentialsOf(label, adapter, draft);
  for (const setting of settings) await askAgain(setting, draft, ports);
  return settings.length > 0;
}

function credentialsOf(label: string, adapter: Adapter, draft: Draft): KnownSetting[] {
  const { baseUrl, authUrl, discovers = [] } = adapter;
  const ofHost = [baseUrl, authUrl].flatMap((host) =>
    typeof host === 'function' ? valuesRead(adapter, label, draft, (values) => host(values)) : [],
  );
  const isSet = ({ name }: KnownSetting) => cleaned(draft[name]) !== undefined;
  const own = [...ownSettings(label, adapter)]
    .filter(([key]) => !discovers.includes(key))
    .filter(([key, setting]) => isSet(setting) || (ofHost.includes(key) && defaultOf(setting) !== undefined))
    .map(([, setting]) => setting);
  const address = commonSettings(label, adapter).filter(
    (setting) => setting.name.endsWith('_BASE_URL') && isSet(setting),
  );
  return [...(adapter.baseUrl === undefined ? address : []), ...own];
}

/** Leaves it as it is at Enter. */
async function askAgain(setting: KnownSetting, draft: Draft, { ask }: InterviewPorts): Promise<void> {
  const answer = await ask.setting(setting, cleaned(draft[setting.name]), { needed: !mayBeLeftOut(setting) });
  if (answer === undefined) delete draft[setting.name];
  else draft[setting.name] = answer;
}
