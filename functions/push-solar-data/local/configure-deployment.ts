/** `npm run configure -- --set ALARM_EMAIL=…` where SITE names several homes: what is of the deployment goes into `.env`. */
import { Failure } from '../core/failure.ts';
import { isSeveral, sitesNamed } from '../settings/sites.ts';
import { type CommandPorts, exitCodes } from './command.ts';
import { pairOf } from './configure-by-set.ts';
import { changeFile, textsInFile } from './env-file.ts';
import { inShort } from './home-at-hand.ts';
import { cleaned, deploymentSettings, problemWith, settingsOfSite } from './known-settings.ts';
import { sayOn } from './layout.ts';

/** Whether all of it is of a deployment of several homes, that SITE names now or with it. */
export function isOfDeployment(assignments: readonly string[], { environment, file }: CommandPorts): boolean {
  const pairs = assignments.map(pairOf);
  const present = { ...textsInFile(file), ...environment };
  const isOfSeveral = isSeveral(present['SITE']) || isSeveral(Object.fromEntries(pairs)['SITE']);
  return isOfSeveral && pairs.every(([name]) => deploymentSettings.has(name));
}

/** @throws Failure `settings` with every problem; nothing is stored then. */
export async function configureDeployment(
  assignments: readonly string[],
  { file, output }: CommandPorts,
): Promise<number> {
  const wanted = assignments.map(pairOf).map(([name, text]) => [name, cleaned(text)] as const);
  const problems = wanted.flatMap(([name, text]) => problemOf(name, text) ?? []);
  if (problems.length > 0) throw new Failure('settings', `${problems.join('\n')}\nNothing was stored.`);
  const present = textsInFile(file);
  const changes = new Map(wanted.filter(([name, text]) => text !== present[name]));
  changeFile(file, changes);
  const names = [...changes.keys()].join(', ');
  sayOn(output)(
    changes.size > 0
      ? `Stored in ${file}: ${names}. Next: ${nextStep(changes.get('SITE'), present['SITE'])}`
      : 'All of this was stored already.',
  );
  return exitCodes.done;
}

/** A deployment refuses homes whose settings are not on AWS yet. */
function nextStep(site: string | undefined, before: string | undefined): string {
  if (!isSeveral(site)) return 'npm run deploy';
  const known = isSeveral(before) ? namedBefore(before) : [];
  const added = sitesNamed(site).filter((each) => !known.includes(each));
  const [first] = added;
  if (first === undefined) return 'npm run deploy';
  return (
    `npm run configure -- --site ${first}${added.length > 1 ? ` and so on (${inShort(added)})` : ''}, ` +
    'unless its settings lie on AWS already; then npm run deploy'
  );
}

function namedBefore(site: string | undefined): string[] {
  try {
    return sitesNamed(site);
  } catch {
    return []; // whatever it was, it holds no more
  }
}

function problemOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const setting = settingsOfSite().find((each) => each.name === name);
  const problem = setting && problemWith(setting, text);
  if (problem !== undefined || name !== 'SITE') return problem;
  try {
    sitesNamed(text);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
