/** `npm run connect -- <label or vendor>`: the one-time consent in a browser that some clouds want; stores what it yields. */
import type { Adapter } from '../adapters/adapter.ts';
import { knownNames } from '../adapters/names.ts';
import { Failure } from '../core/failure.ts';
import { didYouMean } from '../settings/named.ts';
import { meantBy } from '../settings/search.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Registry } from '../settings/site.ts';
import { answered, type CommandPorts, exitCodes, run } from './command.ts';
import { showHelp } from './command-help.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { openConfigStores, type Wanted } from './config-stores.ts';
import { obtainConsent, portOf, sourceToConnect } from './consent.ts';
import { textsInFile } from './env-file.ts';
import { homeInParameters } from './home-at-hand.ts';
import { chosenSources, ownSettings } from './known-settings.ts';
import { sayOn } from './layout.ts';
import { suggesting } from './suggested.ts';

/** @returns the exit code: 0 stored, 1 refused or failed, 2 wrong settings or command line. */
export function connect(args: string[], ports: CommandPorts): Promise<number> {
  return answered(async () => {
    const { values, words } = commandLine('connect', args, ports.environment);
    const [wanted] = words;
    if (!values.help && wanted !== undefined) return connectSource(wanted, values, ports);
    showHelp(commands.connect, values.help ? ports.output : ports.complaints);
    return values.help ? exitCodes.done : exitCodes.wrongSettings;
  }, ports.complaints);
}

async function connectSource(
  wanted: string,
  { aws: isAsked = false, site, port, 'no-browser': noBrowser = false }: CommandLine<'connect'>['values'],
  ports: CommandPorts,
): Promise<number> {
  const consentPorts = { ...ports, port: portOf(port), browse: noBrowser ? async () => {} : ports.browse };
  const about = { site, aws: isAsked, command: `npm run connect -- ${wanted}` };
  const home = homeInParameters(ports.environment, textsInFile(ports.file), about);
  const aws = isAsked || home !== undefined;
  const { present, store } = await openConfigStores({ ...ports, aws, home });
  const { label, adapter } = await sourceNamed(wanted.toLowerCase(), present, ports.registry);
  const suggest = suggesting(ports, home);
  const next = (command: string) => suggest(`npm run ${command}${aws ? ' -- --aws' : ''}`, present);
  const connecting = await sourceToConnect(label, adapter, present, next('configure'));
  const texts = await obtainConsent(connecting, consentPorts);
  const say = sayOn(ports.output);
  for (const sentence of await store(yielded(texts, label, adapter))) say(sentence);
  say(`${adapter.title} is connected. Look at its figures: ${next('doctor')}`);
  return exitCodes.done;
}

/** What the consent has given, as settings. */
function yielded(texts: Record<string, string>, label: string, adapter: Adapter): Wanted[] {
  const own = ownSettings(label, adapter);
  return Object.entries(texts).flatMap(([key, text]) => {
    const setting = own.get(key);
    return setting ? [{ setting, text, given: true }] : [];
  });
}

/** A source of VENDOR by its label, or by its vendor if only one has it; or any vendor, as a home's only source. */
async function sourceNamed(
  name: string,
  texts: SettingTexts,
  registry: Registry,
): Promise<{ label: string; adapter: Adapter }> {
  const sources = await chosenSources(texts, registry);
  const byLabel = sources.find(({ label }) => label === name);
  if (byLabel) return byLabel;
  const [first, second] = sources.filter(({ vendor }) => vendor === name);
  if (first && second)
    throw new Failure(
      'settings',
      `VENDOR names ${name} several times: say which by its label, ${first.label} or ${second.label}`,
    );
  if (first) return first;
  const adapter = Object.hasOwn(registry, name) ? await registry[name]?.() : undefined;
  if (adapter) return { label: name, adapter };
  const known = [...sources.map(({ label }) => label), ...Object.keys(registry)];
  throw new Failure(
    'settings',
    `"${name}" is not known.${didYouMean(meantBy(name, known, knownNames)) || ' npm run vendors lists all.'}`,
  );
}

if (import.meta.main) run(connect);
