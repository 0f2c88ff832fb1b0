/** What a cloud lists, put before the owner: one is taken and said, several are a list, and what went wrong is said with the ways out. */
import type { Adapter } from '../adapters/adapter.ts';
import type { Choice } from '../adapters/only.ts';
import { Failure } from '../core/failure.ts';
import { correctCredentials } from './corrections.ts';
import { discoverySeconds, type Found } from './discovery.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { cleaned, type KnownSetting, mayBeLeftOut, ownSettings } from './known-settings.ts';

/** Settles what the cloud can list of what is not set yet. What it cannot is left to be typed. */
export async function askAmongFound(
  label: string,
  adapter: Adapter,
  draft: Draft,
  ports: InterviewPorts,
): Promise<void> {
  const found = await findOrGoOn(label, adapter, draft, ports);
  if (!found) return;
  const { parts = [] } = adapter;
  const ofParts: readonly string[] = parts.flatMap(({ settings }) => settings);
  const first = Object.keys(found).filter((key) => !ofParts.includes(key))[0];
  const own = ownSettings(label, adapter);
  const settle = async (key: string) => {
    const setting = own.get(key);
    const choices = found[key];
    if (!setting || !choices || cleaned(draft[setting.name]) !== undefined) return;
    const isOne = adapter.discovers?.includes(key) || ofParts.includes(key) || !isList(setting, choices);
    await (isOne ? settleOne(setting, choices, draft, ports) : settleList(setting, choices, draft, ports));
  };
  for (const key of adapter.discovers ?? (first === undefined ? [] : [first])) await settle(key);
  for (const { question, settings } of parts) {
    if (!settings.some((key) => found[key]?.length)) continue;
    if (await ports.ask.confirm(question, true)) for (const key of settings) await settle(key);
  }
}

/** undefined if the owner goes on without. */
async function findOrGoOn(
  label: string,
  adapter: Adapter,
  draft: Draft,
  ports: InterviewPorts,
): Promise<Found | undefined> {
  for (;;) {
    const found = await findShown(label, adapter, draft, ports);
    if (!(found instanceof Failure)) return found;
    ports.ask.say(`${found.message}.`);
    const correct = { value: 'correct', name: 'Correct what it logs in with' };
    const again = { value: 'again', name: 'Try again' };
    const without = { value: 'without', name: 'Go on without its lists: I type what is needed' };
    const isLogIn = found.kind === 'auth' || found.kind === 'settings';
    const way = await ports.ask.select(
      `${adapter.title} could not be asked what there is.`,
      isLogIn ? [correct, again, without] : [again, without, correct],
    );
    if (way === 'without') return undefined;
    if (way === 'correct') await correctCredentials(label, adapter, draft, ports);
  }
}

export const findShown = (
  label: string,
  adapter: Adapter,
  draft: Draft,
  { ask, find }: InterviewPorts,
): Promise<Found | Failure> =>
  ask.waiting(`Asking ${adapter.title} what there is`, discoverySeconds, find(label, adapter, draft));

/** Whether several of them may be set at once. */
export const isList = ({ schema }: KnownSetting, choices: readonly Choice[]): boolean =>
  choices.some(({ value }) => Array.isArray(schema.safeParse(value).data));

export const inWords = ({ value, title }: Choice): string => (title ? `${title} (${value})` : value);

async function settleOne(
  setting: KnownSetting,
  choices: readonly Choice[],
  draft: Draft,
  ports: InterviewPorts,
): Promise<void> {
  const { name } = setting;
  const likely = choices.filter(({ isLikely }) => isLikely);
  const [only] = likely.length === 1 ? likely : choices.length === 1 && choices[0]?.isLikely !== false ? choices : [];
  if (choices.length === 0) {
    if (!mayBeLeftOut(setting)) ports.ask.say(`The cloud lists nothing for ${name}.`);
  } else if (only) {
    draft[name] = only.value;
    const why = choices.length === 1 ? 'the only one there' : `most likely of ${choices.length}`;
    ports.ask.say(`${name}: ${inWords(only)}, ${why}.`);
  } else draft[name] = await chooseOne(setting, choices, ports);
}

/**
 * @param before what has held so far: Enter keeps it, also where the cloud does not list it (several of a list, a sign
 * turned around) and where nothing is set. Left out where it is asked for the first time.
 * @returns undefined to leave it out.
 */
export async function chooseOne(
  setting: KnownSetting,
  choices: readonly Choice[],
  { ask }: InterviewPorts,
  before?: { text: string | undefined },
): Promise<string | undefined> {
  const present = before?.text;
  const ordered = choices.toSorted((one, other) => Number(other.isLikely ?? false) - Number(one.isLikely ?? false));
  const isUnlisted = present !== undefined && choices.every(({ value }) => value !== present);
  const typed = Symbol('typed');
  const leftOut = Symbol('left out');
  const answer = await ask.oneOf<string | symbol>(
    `${setting.name}: which one? ${setting.help}`,
    [
      ...(isUnlisted ? [{ value: present, name: `${present}, as it is set` }] : []),
      ...ordered.map((choice) => ({ value: choice.value, name: inWords(choice) })),
      ...(mayBeLeftOut(setting) ? [{ value: leftOut, name: 'None of these: leave it out' }] : []),
      { value: typed, name: 'Another one: I type it' },
    ],
    present ?? (before && leftOut),
  );
  if (answer === leftOut) return undefined;
  if (typeof answer === 'string') return answer;
  const listed = `it is none of ${choices.map(inWords).join(', ')}`;
  const check = async (text: string) => (isAmong(setting, choices, text) ? undefined : `${setting.name}: ${listed}`);
  return ask.setting(setting, present, { needed: !mayBeLeftOut(setting), check });
}

/** A list is right if each of its entries is, and so is what the owner puts together of them. */
function isAmong({ schema }: KnownSetting, choices: readonly Choice[], text: string): boolean {
  const wanted = [schema.safeParse(text).data].flat().map(String);
  const known = choices.flatMap(({ value }) => [value, ...value.split(',')].map((each) => each.replace(/^-/, '')));
  return wanted.every((each) => known.includes(each.replace(/^-/, '')));
}

/** Of a list that may be left out all count by themselves, also those that are added later: only a part of it is stored. */
async function settleList(
  setting: KnownSetting,
  choices: readonly Choice[],
  draft: Draft,
  { ask }: InterviewPorts,
): Promise<void> {
  const [only, another] = choices;
  if (only && !another && mayBeLeftOut(setting)) return ask.say(`Found: ${inWords(only)}.`);
  const entries = choices.map((choice) => ({ value: choice.value, name: inWords(choice) }));
  const chosen =
    choices.length === 0 ? [] : await ask.several(`${setting.name}: which are of this home?`, entries, true);
  if (chosen.length > 0 && !(chosen.length === choices.length && mayBeLeftOut(setting)))
    draft[setting.name] = chosen.join(',');
}
