/** `npm run connect -- <label or vendor>`: the one-time consent in a browser that some clouds want; stores what it yields. */
import { closest } from 'fastest-levenshtein';
import type { Adapter } from '../adapters/adapter.ts';
import { Failure } from '../core/failure.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Registry } from '../settings/site.ts';
import { answered, type CommandPorts, exitCodes, optionsOf, run } from './command.ts';
import { openConfigStores } from './config-stores.ts';
import { obtainConsent, portOf, sourceToConnect } from './consent.ts';
import { chosenSources, ownSettings } from './known-settings.ts';
import { sayOn } from './layout.ts';

const usage = `npm run connect -- <vendor>          gives the bridge access to this cloud; what it needs comes from npm run configure
  --aws          settings are read from, and stored in, the parameters of the site on AWS
  --no-browser   only prints the address
  --port 8917    where this machine waits for the browser, for clouds that send it here`;

const options = {
  aws: { type: 'boolean' },
  'no-browser': { type: 'boolean' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @returns the exit code: 0 stored, 1 refused or failed, 2 wrong settings or command line. */
export function connect(args: string[], ports: CommandPorts): Promise<number> {
  return answered(ports, async () => {
    const { values, positionals } = optionsOf(args, options, usage);
    const [wanted, ...others] = positionals;
    if (values.help || wanted === undefined || others.length > 0) {
      (values.help ? ports.output : ports.complaints).write(`${usage}\n`);
      return values.help ? exitCodes.done : exitCodes.wrongSettings;
    }
    const browse = values['no-browser'] ? async () => {} : ports.browse;
    const consentPorts = { ...ports, port: portOf(values.port), browse };
    const configStores = await openConfigStores({ ...ports, aws: values.aws ?? false });
    const { label, adapter } = await sourceNamed(wanted.toLowerCase(), configStores.present, ports.registry);
    const connecting = await sourceToConnect(label, adapter, configStores.present);
    const texts = await obtainConsent(connecting, consentPorts);
    const own = ownSettings(label, adapter);
    const given = Object.entries(texts).flatMap(([key, text]) => {
      const setting = own.get(key);
      return setting ? [{ setting, text, given: true }] : [];
    });
    for (const sentence of await configStores.store(given)) sayOn(ports.output)(sentence);
    sayOn(ports.output)(`${adapter.title} is connected. Look at its figures: npm run doctor`);
    return exitCodes.done;
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
  throw new Failure('settings', `"${name}" is not known. Did you mean ${closest(name, known)}?`);
}

if (import.meta.main) run(connect);
