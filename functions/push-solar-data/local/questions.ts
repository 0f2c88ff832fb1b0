/** The questions of a terminal, each answer checked at once. */
import { cleaned, type KnownSetting, problemWith } from './known-settings.ts';
import { type Output, sayOn } from './layout.ts';
import { onOneLine, onTerminal } from './on-terminal.ts';
import { checkbox, confirm, input, password, search, select } from './prompts.ts';

export type Terminal = { input: NodeJS.ReadableStream; output: NodeJS.WritableStream };
/** `terms`: further words by which it is found, not shown. */
export type Choice<Value> = { value: Value; name: string; description?: string; short?: string; terms?: string };

export type Questions = ReturnType<typeof openQuestions>;

/** What a single `-` as an answer means: the setting is taken away. */
const removal = '-';

export function openQuestions(terminal: Terminal) {
  const ask = {
    /** For what is laid out already. */
    output: terminal.output as Output,
    say(text = ''): void {
      sayOn(terminal.output)(text);
    },
    confirm: (message: string, byDefault: boolean) =>
      confirm({ message: onTerminal(message), default: byDefault }, terminal),
    select: <Value>(message: string, choices: Choice<Value>[]) =>
      select({ message: onTerminal(message), choices: choices.map(shown), pageSize: 16, loop: false }, terminal),
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
    several: <Value>(message: string, choices: Choice<Value>[]) =>
      checkbox({ message: onTerminal(message), choices: choices.map(shown), loop: false }, terminal),
    /** @param check a sentence about what is wrong with the answer. */
    word: (message: string, byDefault: string, check: (answer: string) => Promise<string | undefined>) =>
      input({ message, default: byDefault, validate: async (answer) => (await check(answer)) ?? true }, terminal),
    /**
     * One setting, a secret hidden. Enter keeps what is `present`, or leaves out what need not be set.
     *
     * @returns its text; undefined leaves it out.
     */
    async setting(
      setting: KnownSetting,
      present: string | undefined,
      { needed, check }: { needed: boolean; check?: (text: string) => Promise<string | undefined> },
    ): Promise<string | undefined> {
      const byDefault = present ?? defaultOf(setting);
      const validate = async (answer: string): Promise<string | true> => {
        const text = cleaned(answer);
        if (text === undefined && (present !== undefined || !needed)) return true;
        if (text === removal && !needed) return true;
        return problemWith(setting, text) ?? (text === undefined ? undefined : await check?.(text)) ?? true;
      };
      const message = messageOf(setting, present, needed);
      const answer = setting.secret
        ? await password({ message, mask: '*', toggleMask: false, validate }, terminal)
        : await input({ message, validate, ...(byDefault === undefined ? {} : { default: byDefault }) }, terminal);
      const text = cleaned(answer);
      if (text === removal && !needed) return undefined;
      if (text === undefined || (present === undefined && text === byDefault)) return present;
      return text;
    },
  };
  return ask;
}

/** A choice may be in the words of a vendor. Its value stays as it is. */
const shown = <Value>({ value, ...words }: Choice<Value>): Choice<Value> => ({ value, ...onOneLine(words) });

/** What the bridge takes where the setting is left out, as text. */
export function defaultOf({ schema }: KnownSetting): string | undefined {
  const unset = schema.safeParse(undefined);
  return unset.success && unset.data !== undefined ? String(unset.data) : undefined;
}

function messageOf(setting: KnownSetting, present: string | undefined, needed: boolean): string {
  const { name, help, secret } = setting;
  const byDefault = defaultOf(setting);
  const kept = secret ? 'set; Enter keeps it' : 'Enter keeps it';
  const leftOut = byDefault === undefined ? 'Enter leaves it out' : `Enter takes ${byDefault}`;
  const hints = present === undefined ? (needed ? [] : [leftOut]) : [kept, ...(needed ? [] : ['- removes it'])];
  return `${name}: ${help}${hints.length > 0 ? ` (${hints.join(', ')})` : ''}\n `;
}
