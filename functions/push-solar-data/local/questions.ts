/** The questions of a terminal, each answer checked at once. */
import { wordsOf } from '../settings/setting.ts';
import { cleaned, type KnownSetting, mayBeLeftOut, problemWith } from './known-settings.ts';
import { type Output, sayOn } from './layout.ts';
import { onOneLine, onTerminal } from './on-terminal.ts';
import { checkbox, confirm, input, password, search, select } from './prompts.ts';
import { shownWaiting } from './waiting.ts';

export type Terminal = { input: NodeJS.ReadableStream; output: NodeJS.WritableStream };
/** `terms`: further words by which it is found, not shown. */
export type Choice<Value> = { value: Value; name: string; description?: string; short?: string; terms?: string };

export type Questions = ReturnType<typeof openQuestions>;

/** What a single `-` as an answer means: the setting is taken away. */
const removal = '-';

/** A longer list is one to type in. */
const longestList = 12;

export function openQuestions(terminal: Terminal) {
  const ask = {
    /** For what is laid out already. */
    output: terminal.output as Output,
    say(text = ''): void {
      sayOn(terminal.output)(text);
    },
    confirm: (message: string, byDefault: boolean) =>
      confirm({ message: onTerminal(message), default: byDefault }, terminal),
    /** The result of the work; while it lasts, for how long it may. */
    waiting: <Result>(what: string, seconds: number, work: Promise<Result>): Promise<Result> =>
      shownWaiting(terminal.output, what, seconds, work),
    select: <Value>(message: string, choices: Choice<Value>[], byDefault?: Value) =>
      select(
        {
          message: onTerminal(message),
          choices: choices.map(shown),
          pageSize: 16,
          loop: false,
          ...(byDefault === undefined ? {} : { default: byDefault }),
        },
        terminal,
      ),
    oneOf: <Value>(message: string, choices: Choice<Value>[], byDefault?: Value): Promise<Value> =>
      choices.length > longestList
        ? ask.search(`${message} Type to search:`, choices, byDefault)
        : ask.select(message, choices, byDefault),
    /** A list that shortens as one types; every typed word must occur. */
    search: <Value>(message: string, choices: Choice<Value>[], byDefault?: Value) => {
      const source = (typed = '') => {
        const words = typed.toLowerCase().split(/\s+/);
        const isMeant = ({ name, terms = '' }: Choice<Value>) =>
          words.every((word) => `${name} ${terms}`.toLowerCase().includes(word));
        return choices.filter(isMeant).map(shown);
      };
      return search<Value>(
        {
          message: onTerminal(message),
          source,
          pageSize: 10,
          ...(byDefault === undefined ? {} : { default: byDefault }),
        },
        terminal,
      );
    },
    /** At least one: none would mean the same as all where a list is left out. */
    several: <Value>(message: string, choices: Choice<Value>[], checked = false) =>
      checkbox(
        {
          message: onTerminal(message),
          choices: choices.map((each) => ({ ...shown(each), checked })),
          loop: false,
          required: true,
        },
        terminal,
      ),
    /** @param check a sentence about what is wrong with the answer. */
    word: (message: string, byDefault: string, check: (answer: string) => Promise<string | undefined>) =>
      input({ message, default: byDefault, validate: async (answer) => (await check(answer)) ?? true }, terminal),
    /**
     * One setting: of a few words a list, a secret hidden, else a field in which stands what is `present`. Enter keeps
     * that, or leaves out what need not be set.
     *
     * @returns its text; undefined leaves it out.
     */
    async setting(
      setting: KnownSetting,
      present: string | undefined,
      asked: AskedSetting,
    ): Promise<string | undefined> {
      const words = wordsOf(setting.schema);
      if (words) return wordOf(setting, words, present);
      const mayBeEmpty = !asked.needed || Boolean(asked.instead?.length);
      const validate = (answer: string) => judged(answer, setting, { ...asked, mayBeEmpty, present });
      const message = onTerminal(messageOf(setting, present, asked));
      const answer = setting.secret
        ? await password({ message, mask: '*', toggleMask: false, validate }, terminal)
        : await input({ message, validate, ...standing(present, defaultOf(setting)) }, terminal);
      const text = cleaned(answer);
      if (text === removal && mayBeEmpty) return undefined;
      if (text === undefined || (present === undefined && text === defaultOf(setting))) return present;
      return withoutAddress(text, setting.schema.safeParse(text).data);
    },
  };
  const wordOf = async (
    setting: KnownSetting,
    words: ReadonlyMap<string, string>,
    present: string | undefined,
  ): Promise<string | undefined> => {
    const byDefault = defaultOf(setting);
    const entries = [...words].map(([value, is]) => ({ value, name: is ? `${value}: ${is}` : value }));
    const none = { value: '', name: 'None of these: leave it out' };
    const all = byDefault === undefined && mayBeLeftOut(setting) ? [...entries, none] : entries;
    const set = [...words.keys()].find((word) => word.toLowerCase() === present?.toLowerCase());
    const answer = await ask.select(`${setting.name}: ${setting.help}`, all, set ?? byDefault);
    return answer === '' || (present === undefined && answer === byDefault) ? undefined : answer;
  };
  return ask;
}

type AskedSetting = {
  needed: boolean;
  /** A sentence about what is wrong with the text, where its own schema cannot tell. */
  check?: (text: string) => Promise<string | undefined>;
  /** Names of settings that would do instead. */
  instead?: readonly string[];
};

/** true, or a sentence about what is wrong with an answer. */
async function judged(
  answer: string,
  setting: KnownSetting,
  { present, mayBeEmpty, check }: AskedSetting & { present: string | undefined; mayBeEmpty: boolean },
): Promise<string | true> {
  const text = cleaned(answer);
  if (text === undefined && (present !== undefined || mayBeEmpty)) return true;
  if (text === removal && mayBeEmpty) return true;
  return problemWith(setting, text) ?? (text === undefined ? undefined : await check?.(text)) ?? true;
}

/** What is set stands in the field and can be edited; a default is only shown. */
function standing(present: string | undefined, byDefault: string | undefined) {
  if (present !== undefined) return { default: present, prefill: 'editable' } as const;
  return byDefault === undefined ? {} : { default: byDefault };
}

/** Of a portal's address what is meant by it. */
const withoutAddress = (text: string, meant: unknown): string =>
  text.includes('/') && (typeof meant === 'number' || typeof meant === 'string') ? String(meant) : text;

/** A choice may be in the words of a vendor. Its value stays as it is. */
const shown = <Value>({ value, ...words }: Choice<Value>): Choice<Value> => ({ value, ...onOneLine(words) });

/** What the bridge takes where the setting is left out, as text. */
export function defaultOf({ schema }: KnownSetting): string | undefined {
  const unset = schema.safeParse(undefined);
  return unset.success && unset.data !== undefined ? String(unset.data) : undefined;
}

function messageOf(setting: KnownSetting, present: string | undefined, { needed, instead = [] }: AskedSetting): string {
  const { name, help, secret } = setting;
  const byDefault = defaultOf(setting);
  const kept = secret ? 'set: ********; Enter keeps it' : 'Enter keeps it';
  const leftOut = byDefault === undefined ? 'Enter leaves it out' : `Enter takes ${byDefault}`;
  const withoutAny = needed ? instead.map((other) => `Enter if you have ${other} instead`) : [leftOut];
  const hints = present === undefined ? withoutAny : [kept, ...(needed ? [] : ['- removes it'])];
  return `${name}: ${help}${hints.length > 0 ? ` (${hints.join(', ')})` : ''}\n `;
}
