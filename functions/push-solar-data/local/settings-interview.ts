/** What the owner is asked about the settings of one source or destination, as it follows from their schemas and from the answers so far. */
import type { Configurable } from '../settings/module-settings.ts';
import { wordsOf } from '../settings/setting.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { cleaned, type KnownSetting, ownSettings, problemWith } from './known-settings.ts';
import { type Values, valuesOf, valuesRead } from './watched-values.ts';

/** A source or destination that is asked about. */
export type AskedModule = {
  label: string;
  module: Configurable;
  /** Whether nothing is set and it was chosen just now. */
  isNew: boolean;
  /** Names in code of what is nothing to ask for, given the answers so far. */
  notAsked?(): readonly string[];
  /** Names in code of what a consent yields, and how it is obtained. */
  consent?: { yields: readonly string[]; wasAsked(): boolean; obtain(): Promise<void> } | undefined;
};

/** Asks for one setting. Does nothing if it is there and well-formed; what is malformed stands in the field. */
export async function askFor(
  setting: KnownSetting,
  draft: Draft,
  { ask }: InterviewPorts,
  options: { needed: boolean; instead?: readonly string[] },
): Promise<void> {
  const present = cleaned(draft[setting.name]);
  const problem = present === undefined ? undefined : problemWith(setting, present);
  if (present !== undefined && !problem) return;
  if (problem) ask.say(problem);
  const answer = await ask.setting(setting, setting.secret ? undefined : present, options);
  if (answer === undefined) delete draft[setting.name];
  else draft[setting.name] = answer;
}

/** Asks until nothing is missing, or only what a consent yields that is put off. What may be left out stands in the menu. */
export async function askSettings(module: AskedModule, draft: Draft, ports: InterviewPorts): Promise<void> {
  const own = ownSettings(module.label, module.module);
  const asked = new Set<string>();
  for (;;) {
    const next = nextQuestion(module, own, draft, asked);
    if (next === undefined) return;
    const keys = 'consent' in next ? next.consent : next.keys;
    for (const key of keys) asked.add(key);
    if ('consent' in next) await module.consent?.obtain();
    else await askEach(settingsNamed(own, keys), settingsNamed(own, next.instead), draft, ports, next);
  }
}

const settingsNamed = (own: Map<string, KnownSetting>, keys: readonly string[]): KnownSetting[] =>
  keys.flatMap((key) => own.get(key) ?? []);

/** One setting, or several of which one is needed; where one was left empty, what would do instead. */
async function askEach(
  settings: KnownSetting[],
  others: KnownSetting[],
  draft: Draft,
  ports: InterviewPorts,
  { needed }: { needed: boolean },
): Promise<void> {
  const isChoice = settings.length > 1;
  const instead = others.map(({ name }) => name);
  const isNothingSet = () => settings.every(({ name }) => cleaned(draft[name]) === undefined);
  for (const setting of settings) await askFor(setting, draft, ports, { needed: needed && !isChoice, instead });
  if (isChoice && isNothingSet())
    ports.ask.say(`One of these is needed: ${settings.map(({ name }) => name).join(', ')}`);
  if (isNothingSet()) for (const other of others) await askFor(other, draft, ports, { needed: false });
}

/** `instead`: what makes the answer needless if it is given itself. */
type NextQuestion =
  | { keys: readonly string[]; needed: boolean; instead: readonly string[] }
  | { consent: readonly string[] };

/**
 * First what the schemas demand or do not understand; then, of a module with something missing, what decides about what
 * is required; then what is required and not there, a consent last, because it needs the others.
 */
function nextQuestion(
  { label, module, isNew, notAsked = () => [], consent }: AskedModule,
  own: Map<string, KnownSetting>,
  draft: Draft,
  asked: ReadonlySet<string>,
): NextQuestion | undefined {
  const yields = consent?.yields ?? [];
  const omitted = notAsked();
  const textOf = (key: string) => cleaned(draft[own.get(key)?.name ?? '']);
  const fails = (key: string, text: string | undefined) => own.get(key)?.schema.safeParse(text).success === false;
  const isLeft = (key: string) => yields.includes(key) || (omitted.includes(key) && textOf(key) === undefined);
  const failing = [...own.keys()].find((key) => fails(key, textOf(key)) && !isLeft(key));
  if (failing !== undefined) return { keys: [failing], needed: fails(failing, undefined), instead: [] };

  const requires = (values: Values) => module.requires?.(values) ?? [];
  const required = requires(valuesOf(module, label, draft));
  const all = [...required, ...yields.filter((key) => fails(key, undefined))].map((entry) => [entry].flat());
  const isSettled = (key: string) =>
    textOf(key) !== undefined || omitted.includes(key) || (consent?.wasAsked() && yields.includes(key));
  const missing = all.filter((keys) => !keys.some(isSettled));
  const isOfConsent = (keys: readonly string[]) => keys.some((key) => yields.includes(key));
  const unmet = missing.find((keys) => !isOfConsent(keys)) ?? missing[0];

  const isAhead = (key: string) => !isSettled(key) && !asked.has(key) && !all.flat().includes(key);
  const deciding = valuesRead(module, label, draft, requires).filter((key) => textOf(key) === undefined);
  const instead = deciding.filter((key) =>
    isInstead(key, own, required, (values) => requires({ ...valuesOf(module, label, draft), ...values })),
  );
  const first = isNew || unmet ? deciding.find((key) => isAhead(key) && !instead.includes(key)) : undefined;
  if (first !== undefined) return { keys: [first], needed: false, instead: [] };
  if (unmet === undefined) return undefined;
  return isOfConsent(unmet) ? { consent: yields } : { keys: unmet, needed: true, instead };
}

/** Whether a text under this name, where the owner has one, spares them others. */
function isInstead(
  key: string,
  own: Map<string, KnownSetting>,
  required: readonly unknown[],
  requires: (values: Values) => readonly unknown[],
): boolean {
  const setting = own.get(key);
  return setting !== undefined && !wordsOf(setting.schema) && requires({ [key]: 'given' }).length < required.length;
}
