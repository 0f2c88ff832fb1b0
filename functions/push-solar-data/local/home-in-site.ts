/** What comes after the settings of a home are stored in its parameters: into SITE with it, and a deployment. */
import { isSeveral, sitesNamed } from '../settings/sites.ts';
import { textsInFile } from './env-file.ts';
import { inShort } from './home-at-hand.ts';
import { cleaned } from './known-settings.ts';

type Place = { environment: NodeJS.ProcessEnv; file: string };

/** What SITE is, and the homes that it names. */
function named({ environment, file }: Place): { text: string; sites: string[] } {
  const text = cleaned(environment['SITE'] ?? textsInFile(file)['SITE']) ?? 'home';
  return { text, sites: sitesNamed(text) };
}

export const isInSite = (home: string, place: Place): boolean => named(place).sites.includes(home);

/** @param next the command as it is to be run for this home. @returns a sentence. */
export function nextOf(home: string, place: Place, next: (command: string) => string): string {
  const { text, sites } = named(place);
  const deploy = next('npm run deploy');
  if (sites.includes(home))
    return `Next: ${deploy}, unless "${home}" is served already: then the change is taken up within the hour.`;
  if (/[./]/.test(text))
    return `"${home}" does not stand in ${text} yet. Next: write it into a line of its own there, then npm run deploy`;
  const together = `npm run configure -- --set SITE=${[...sites, home].join(',')} and npm run deploy`;
  if (isSeveral(text)) return `"${home}" does not stand in SITE yet. Next: ${together}`;
  return `Next: ${deploy} gives "${home}" a stack of its own; ${together} put it into one stack with ${inShort(sites)}.`;
}
