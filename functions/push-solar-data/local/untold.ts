/** Which destinations cannot be told yet, and what they lack: for whoever sets up or looks at a home. */
import type { SettingTexts } from '../settings/settings-reader.ts';
import { openSite } from '../settings/site.ts';
import { chosenDestinations, type Registries, setByDeployment } from './known-settings.ts';

/** @param aws whether the settings are for the bridge on AWS, where the deployment adds some. */
export async function untold(
  texts: SettingTexts,
  { registry, destinations }: Registries,
  { aws = false } = {},
): Promise<string[]> {
  const site = await openSite(texts, registry, destinations);
  const chosen = await chosenDestinations(texts, destinations);
  const byDeployment = chosen.map(({ label, module }) => (aws ? setByDeployment(label, module, texts) : undefined));
  const trouble = site.destinations.flatMap(({ title, problems }) => {
    const left = problems.filter((problem) => !byDeployment.some((name) => name && problem.startsWith(`${name} is `)));
    return left.length > 0 ? [{ title, problems: left }] : [];
  });
  const isNobodyTold = trouble.length === site.destinations.length;
  return trouble.flatMap(({ title, problems }) => {
    const missing = problems.flatMap((problem) => missingName(problem) ?? []);
    const wrong = problems.filter((problem) => missingName(problem) === undefined);
    if (missing.length === 0) return wrong;
    const names = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`;
    return [`${names}: ${isNobodyTold ? 'nothing can be pushed yet' : `nothing reaches ${title} yet`}.`, ...wrong];
  });
}

/** `MQTT_URL`, or `A_TOKEN or A_PASSWORD`, of the sentence that says that it is missing. */
export const missingName = (problem: string): string | undefined => /^([\w ]{1,200}) is missing: /.exec(problem)?.[1];
