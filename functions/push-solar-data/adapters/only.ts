/** Which plant, system or device of an account is meant, where the owner need not say: the only one there is. */
import { Failure, type FailureKind } from '../core/failure.ts';

/** One that the owner can choose for a setting. */
export type Choice = {
  /** What the setting would be. */
  value: string;
  /** Its name in the vendor's app, for the eyes. */
  title?: string | null | undefined;
  /** Whether it is most likely what is meant, of several for one setting; false: not to be taken unasked, even alone. */
  isLikely?: boolean;
};

export type OnlyOptions = {
  /** The environment variable that chooses: `settingName('plantId')`. */
  setting: string;
  /** The product's name. */
  title: string;
  /** What it is in the vendor's words; its plural ends with s. */
  noun: string;
  /** Where there is none: the kind, and what the owner should do. Default: `bad-response`, check whose account it is. */
  none?: readonly [kind: FailureKind, advice: string];
  /** What several are. Default: `bad-response`; `settings` where the setting belongs to the set-up of such an account. */
  several?: FailureKind;
  /** How long to leave the vendor alone then, where its lists are counted. */
  retryAfterSeconds?: number;
};

/**
 * The only one of them.
 *
 * @throws Failure that names the variable and what it may be, if there are several; or as `none` says.
 *
 * @example
 * const { value } = theOnly(plants, { setting: settingName('plantId'), title: 'SMA', noun: 'plant' });
 * // SMA shows several plants: set SMA_PLANT_ID to one of 1 (Home), 2 (Barn)
 */
export function theOnly<Each extends Choice>(choices: readonly Each[], options: OnlyOptions): Each {
  const { setting, title, noun, retryAfterSeconds } = options;
  const each = [...new Map(choices.map((choice) => [choice.value, choice])).values()];
  const [only, another] = each;
  if (!only) {
    const [kind, advice] = options.none ?? ['bad-response', `check whose account it is, or set ${setting}`];
    throw new Failure(kind, `${title} shows no ${noun}: ${advice}`, { retryAfterSeconds });
  }
  if (!another) return only;
  const sentence = `${title} shows several ${noun}s: set ${setting} to one of ${listed(each)}`;
  throw new Failure(options.several ?? 'bad-response', sentence, { retryAfterSeconds });
}

/** A sentence has 300 characters, and only whole entries are of use. */
const mostCharacters = 190;
const mostTitle = 40;

/** `1 (Home), 2 (Barn) and 7 more`. */
export function listed(choices: readonly Choice[]): string {
  const shown: string[] = [];
  let length = 0;
  for (const { value, title } of choices) {
    const entry = title ? `${value} (${title.slice(0, mostTitle)})` : value;
    length += entry.length + 2;
    if (length > mostCharacters) break;
    shown.push(entry);
  }
  const more = choices.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What {@link chosen} needs of a read's context: the setting of that name, and a state that keeps a text under it. */
export type ChoosingContext<Name extends string> = {
  settings: { [Each in Name]?: string | number | undefined };
  state: { [Each in Name]?: string | undefined };
  settingName(setting: string): string;
};

/**
 * What the owner's setting says, else the only one that `list` finds. That is kept in `state` under the setting's name:
 * delete it there when the vendor does not know it any more.
 *
 * @param list asked only where nothing is set or kept; the same function serves `discover`.
 *
 * @example
 * const plantId = await chosen(context, 'plantId', () => plants(client), { title: 'SMA', noun: 'plant' });
 */
export async function chosen<Name extends string>(
  { settings, state, settingName }: ChoosingContext<Name>,
  name: Name,
  list: () => Promise<readonly Choice[]>,
  options: Omit<OnlyOptions, 'setting'>,
): Promise<string> {
  const set = settings[name];
  if (set !== undefined) return String(set);
  const kept: ChoosingContext<string>['state'] = state;
  const found = kept[name] ?? theOnly(await list(), { ...options, setting: settingName(name) }).value;
  kept[name] = found;
  return found;
}

/**
 * What an answer says of itself, held against what was asked for; one that says nothing is believed.
 *
 * @throws Failure if it is another one.
 */
export function refuseOther(
  answered: string | null | undefined,
  asked: string,
  { title, noun }: Pick<OnlyOptions, 'title' | 'noun'>,
): void {
  if (answered != null && answered !== asked)
    throw new Failure('bad-response', `${title} answered with figures of the ${noun} ${answered} instead of ${asked}`);
}
