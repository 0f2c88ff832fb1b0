/** At a consent the owner may give it now, may have what it yields already, or put it off. */
import type { Adapter } from '../adapters/adapter.ts';
import { Failure } from '../core/failure.ts';
import type { CommandPorts } from './command.ts';
import { obtainConsent, portOf, sourceToConnect } from './consent.ts';
import type { Draft } from './interview-ports.ts';
import { ownSettings } from './known-settings.ts';
import type { Questions } from './questions.ts';
import type { Suggest } from './suggested.ts';

/** Puts what the consent yields into the draft; nothing if it is put off. A consent that failed is offered again. */
export async function askForConsent(
  label: string,
  adapter: Adapter,
  draft: Draft,
  ask: Questions,
  ports: CommandPorts & { aws: boolean; suggest: Suggest },
): Promise<void> {
  const own = ownSettings(label, adapter);
  const settings = (adapter.consent?.yields ?? []).flatMap((key) => own.get(key) ?? []);
  const names = settings.map(({ name }) => name).join(', ');
  for (;;) {
    const way = await ask.select(`${adapter.title} wants your consent once in a browser (${names}).`, [
      { value: 'now', name: 'Give it now' },
      { value: 'typed', name: `I have ${names} already` },
      {
        value: 'later',
        name: `Later, with ${ports.suggest(`npm run connect -- ${label}${ports.aws ? ' --aws' : ''}`, draft)}`,
      },
    ]);
    if (way === 'typed')
      for (const setting of settings) draft[setting.name] = await ask.setting(setting, undefined, { needed: true });
    if (way !== 'now') return;
    const failure = await connectNow(label, adapter, draft, ports);
    if (!failure) return;
    ask.say(`${failure.message}\n`);
  }
}

async function connectNow(
  label: string,
  adapter: Adapter,
  draft: Draft,
  ports: CommandPorts,
): Promise<Failure | undefined> {
  const own = ownSettings(label, adapter);
  try {
    const consentPorts = { ...ports, port: portOf(undefined) };
    const texts = await obtainConsent(await sourceToConnect(label, adapter, draft), consentPorts);
    for (const [key, text] of Object.entries(texts)) draft[own.get(key)?.name ?? key] = text;
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
