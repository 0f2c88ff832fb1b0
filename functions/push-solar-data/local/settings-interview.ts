/** What the owner is asked about the settings of one source or destination, as it follows from their schemas and from the answers so far. */
import type { Configurable } from '../settings/module-settings.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { cleaned, type KnownSetting, ownSettings, problemWith } from './known-settings.ts';

/** A source or destination that is asked about. */
export type AskedModule = {
  label: string;
  module: Configurable;
  /** Whether nothing is set and it was chosen just now: then what is optional is offered too. */
  isNew: boolean;
  /** Names in code of what is nothing to ask for, given the answers so far. */
  notAsked?(): readonly string[];
  /** Names in code of what a consent yields, and how it is obtained. */
  consent?: { yields: readonly string[]; wasAsked(): boolean; obtain(): Promise<void> } | undefined;
};

/** Asks for one setting. Does nothing if it is there and well-formed. */
export async function askFor(
  setting: KnownSetting,
  draft: Draft,
  { ask }: InterviewPorts,
  { needed }: { needed: boolean },
): Promise<void> {
  const present = cleaned(draft[setting.name]);
  const problem = present === undefined ? undefined : problemWith(setting, present);
  if (present !== undefined && !problem) return;
  if (problem) ask.say(problem);
  const answer = await ask.setting(setting, undefined, { needed });
  if (answer === undefined) delete draft[setting.name];
  else draft[setting.name] = answer;
}

/** Asks for what is needed; of a new one the rest is offered, and what belongs to it besides. */
export async function askSettings(
  asked: AskedModule,
  draft: Draft,
  ports: InterviewPorts,
  besides: readonly KnownSetting[] = [],
): Promise<void> {
  const { label, module, isNew, notAsked = () => [] } = asked;
  const settled = await askNeeded(asked, draft, ports);
  if (!isNew) return;
  const rest = [...ownSettings(label, module)]
    .filter(([key]) => !settled.has(key) && !notAsked().includes(key))
    .map(([, setting]) => setting);
  const optional = [...rest, ...besides].filter(({ name }) => cleaned(draft[name]) === undefined);
  if (optional.length === 0) return;
  const chosen = await ports.ask.several(
    'These are optional: mark with the space bar what you want to set, Enter goes on.',
    optional.map((setting) => ({ value: setting, name: setting.name, description: setting.help })),
  );
  for (const setting of chosen) await askFor(setting, draft, ports, { needed: false });
  if (chosen.length > 0) await askNeeded({ ...asked, isNew: false }, draft, ports);
}

/** Asks until nothing is missing, or only what a consent yields that is put off. @returns what was asked for, by name in code. */
async function askNeeded(module: AskedModule, draft: Draft, ports: InterviewPorts): Promise<Set<string>> {
  const own = ownSettings(module.label, module.module);
  const asked = new Set<string>();
  for (;;) {
    const next = nextQuestion(module, own, draft, asked);
    if (next === undefined) return asked;
    const keys = 'consent' in next ? next.consent : next.keys;
    for (const key of keys) asked.add(key);
    if ('consent' in next) await module.consent?.obtain();
    else await askEach(settingsNamed(own, keys), draft, ports, next);
  }
}

const settingsNamed = (own: Map<string, KnownSetting>, keys: readonly string[]): KnownSetting[] =>
  keys.flatMap((key) => own.get(key) ?? []);

/** One setting, or several of which one is needed. */
async function askEach(
  settings: KnownSetting[],
  draft: Draft,
  ports: InterviewPorts,
  { needed }: { needed: boolean },
): Promise<void> {
  const isChoice = settings.length > 1;
  for (const setting of settings) await askFor(setting, draft, ports, { needed: needed && !isChoice });
  if (isChoice && settings.every(({ name }) => cleaned(draft[name]) === undefined))
    ports.ask.say(`One of these is needed: ${settings.map(({ name }) => name).join(', ')}`);
}

type NextQuestion = { keys: readonly string[]; needed: boolean } | { consent: readonly string[] };

/**
 * First what the schemas demand or do not understand; then, of a module with something missing, what decides about what
 * is required; then what is required and not there, a consent last, because it needs the others.
 */
function nextQuestion(
  { module, isNew, notAsked = () => [], consent }: AskedModule,
  own: Map<string, KnownSetting>,
  draft: Draft,
  asked: ReadonlySet<string>,
): NextQuestion | undefined {
  const yields = consent?.yields ?? [];
  const omitted = notAsked();
  const textOf = (key: string) => cleaned(draft[own.get(key)?.name ?? '']);
  const fails = (key: string, text: string | undefined) => own.get(key)?.schema.safeParse(text).success === false;
  const failing = [...own.keys()].find((key) => fails(key, textOf(key)) && !yields.includes(key));
  if (failing !== undefined) return { keys: [failing], needed: fails(failing, undefined) };

  const values = Object.fromEntries([...own].map(([key, { schema }]) => [key, schema.safeParse(textOf(key)).data]));
  const { required, deciding } = requirements(module, values);
  const all = [...required, ...yields.filter((key) => fails(key, undefined))].map((entry) => [entry].flat());
  const isSettled = (key: string) =>
    textOf(key) !== undefined || omitted.includes(key) || (consent?.wasAsked() && yields.includes(key));
  const missing = all.filter((keys) => !keys.some(isSettled));
  const isOfConsent = (keys: readonly string[]) => keys.some((key) => yields.includes(key));
  const unmet = missing.find((keys) => !isOfConsent(keys)) ?? missing[0];
  const isAhead = (key: string) => !isSettled(key) && !asked.has(key) && !all.flat().includes(key);
  const first = isNew || unmet ? deciding.find(isAhead) : undefined;
  if (first !== undefined) return { keys: [first], needed: false };
  if (unmet === undefined) return undefined;
  return isOfConsent(unmet) ? { consent: yields } : { keys: unmet, needed: true };
}

/** What is required given these values, and which of them decided about that. */
function requirements(module: Configurable, values: Record<string, unknown>) {
  const deciding = new Set<string>();
  const watched = new Proxy(values, {
    get(target, key) {
      if (typeof key === 'string') deciding.add(key);
      return target[String(key)];
    },
  });
  const required: readonly (string | readonly string[])[] = module.requires?.(watched) ?? [];
  return { required, deciding: [...deciding].filter((key) => key in values) };
}
