/** Settings: a schema that reads the text of an environment variable or parameter, with the help that stands beside it. */
import * as z from 'zod/mini';
import { isAllowedUrl } from '../platform/http.ts';
import { json } from './json-setting.ts';
import { addressProblem, credentialsIn, notHttps } from './written.ts';

export { json } from './json-setting.ts';

export type Setting<Schema extends z.ZodMiniType = z.ZodMiniType> = {
  schema: Schema;
  /** What it is and where the owner finds it. */
  help: string;
  /** Whether whoever knows it can read or steer the equipment: stored encrypted, hidden everywhere. */
  secret: boolean;
  /** What it usually looks like; another look is remarked on, never refused: vendors change it. */
  look?: Look;
};
/** `words` say the same as the expression: `36 characters with hyphens`. */
export type Look = { expression: RegExp; words: string };
export type Settings = Record<string, Setting>;
export type SettingValues<S extends Settings> = { [Name in keyof S]: z.output<S[Name]['schema']> };

export const setting = <Schema extends z.ZodMiniType>(schema: Schema, help: string): Setting<Schema> => ({
  schema,
  help,
  secret: false,
});
export const secret = <Schema extends z.ZodMiniType>(schema: Schema, help: string): Setting<Schema> => ({
  schema,
  help,
  secret: true,
});

/**
 * A setting whose usual form is known.
 *
 * @example
 * apiKey: looksLike(uuid, secret(text, 'API key: portal → API Management'));
 */
export const looksLike = <Schema extends z.ZodMiniType>(look: Look, entry: Setting<Schema>): Setting<Schema> => ({
  ...entry,
  look,
});

export const uuid: Look = {
  expression: /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
  words: '36 characters with hyphens: 8-4-4-4-12',
};

/** A JSON Web Token. */
export const jsonWebToken: Look = {
  expression: /^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/,
  words: 'three parts of letters and digits with dots between them, some hundred characters',
};

/** A remark where a text looks otherwise than usual; undefined where it does not, or nothing is known of its form. */
export function unusualLook(name: string, { look }: Setting, title: string, text: string): string | undefined {
  if (!look || look.expression.test(text)) return undefined;
  return `${name} does not look like those of ${title} (${look.words}): was all of it copied, and nothing else?`;
}

/** A schema over the trimmed text; `parse` returns undefined for what it cannot read, `wanted` completes "must be …". */
export function reads<Value>(wanted: string, parse: (text: string) => Value | undefined) {
  return z.pipe(
    z.string({ error: 'is missing' }),
    z.transform((text, context): Value => {
      const value = parse(text);
      if (value !== undefined) return value;
      context.issues.push({ code: 'custom', message: `must be ${wanted}`, input: text });
      return z.NEVER;
    }),
  );
}

/** Any text. */
export const text = z.string({ error: 'is missing' });

/** A text that travels in a header of HTTP, which takes no control characters and nothing beyond Latin-1. */
export const headerText = text.check(
  z.regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'holds a character that no HTTP header may hold'),
);

/** A number within bounds, decimals allowed. */
export const number = ({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = {}) =>
  reads(`a number${bounds(min, max)}`, (text) => {
    const value = Number(text);
    return text !== '' && Number.isFinite(value) && value >= min && value <= max ? value : undefined;
  });

/** `true` or `false`. */
export const flag = reads('true or false', (text) => {
  const word = text.toLowerCase();
  return word === 'true' || word === 'false' ? word === 'true' : undefined;
});

/**
 * One of a few words, in whatever case the owner writes it.
 *
 * @example
 * choice('eu', 'us');
 * choice({ v4: 'the official API', web: 'as its web page' }); // with a few words for whoever chooses
 */
export function choice<const Word extends string>(described: Readonly<Record<Word, string>>): Choosing<Word>;
export function choice<const Word extends string>(...words: Word[]): Choosing<Word>;
export function choice(...given: (string | Readonly<Record<string, string>>)[]): Choosing<string> {
  const described = given.flatMap((each): [string, string][] =>
    typeof each === 'string' ? [[each, '']] : Object.entries(each),
  );
  const words = described.map(([word]) => word);
  const schema = reads(words.join(' or '), (text) => words.find((word) => word.toLowerCase() === text.toLowerCase()));
  choices.set(schema, new Map(described));
  return schema;
}

type Choosing<Word extends string> = ReturnType<typeof reads<Word>>;

const choices = new WeakMap<z.ZodMiniType, ReadonlyMap<string, string>>();

choices.set(
  flag,
  new Map([
    ['true', 'yes'],
    ['false', 'no'],
  ]),
);

/** The words of a {@link choice} or a {@link flag}, each with what it is said to be, also of one that may be left out; undefined for other schemas. */
export function wordsOf(schema: z.ZodMiniType): ReadonlyMap<string, string> | undefined {
  const { innerType } = schema._zod.def as { innerType?: z.ZodMiniType };
  return choices.get(schema) ?? (innerType && wordsOf(innerType));
}

/** A list, separated by commas; at least one entry. */
export const list = reads('a list, separated by commas', (text) => {
  const items = text.split(',').map((item) => item.trim());
  return items.every((item) => item !== '') ? items : undefined;
});

/** A text that stands as it is, unless `problemOf` says what is wrong with it, in words that follow the setting's name. */
export const fit = (problemOf: (text: string) => string | undefined) =>
  z.pipe(
    z.string({ error: 'is missing' }),
    z.transform((text, context): string => {
      const message = problemOf(text);
      if (message === undefined) return text;
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    }),
  );

/**
 * What stands in the addresses of the vendor's portal, alone or as the whole address that the browser shows.
 *
 * @param pattern of such an address, with what is meant as its first group.
 *
 * @example
 * setting(z.optional(orInAddress(/\/installation\/(\d+)/, number({ min: 1 }))), 'Number in the address of your installation');
 */
export const orInAddress = <Schema extends z.ZodMiniType<unknown, string>>(pattern: RegExp, schema: Schema) =>
  z.pipe(
    z.pipe(
      z.string({ error: 'is missing' }),
      z.transform((text, context): string => {
        if (!text.includes('/')) return text;
        const [, found] = pattern.exec(text) ?? [];
        if (found !== undefined) return found;
        context.issues.push({ code: 'custom', message: 'is an address in which it does not stand', input: text });
        return z.NEVER;
      }),
    ),
    schema,
  );

/** An address without credentials: https, or http towards this machine. */
export const address = fit(addressProblem);

/** A whole address that may hold a key in its path or its query; no user name or password before an @. */
export const secretAddress = fit((text) => {
  if (!URL.canParse(text) || !isAllowedUrl(new URL(text))) return notHttps(text);
  if (credentialsIn(text).length === 0) return undefined;
  return 'must hold no user name or password before an @: put them into a header';
});

/** An IANA time zone such as `Australia/Sydney`. */
export const timeZone = reads('a time zone such as Australia/Sydney', (text) => {
  try {
    const zone = knownZones.get(text) ?? new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
    knownZones.set(text, zone);
    return zone;
  } catch {
    return undefined;
  }
});

/** By what the owner wrote: settings are read at every tick, and looking up a zone is slow. */
const knownZones = new Map<string, string>();

/** They belong to the connection, which the bridge keeps by itself. */
const ownHeaders = /^(?:connection|content-length|expect|keep-alive|transfer-encoding|upgrade)$/i;

const headerName = z.string().check(
  z.regex(/^[\w!#$%&'*+.^`|~-]+$/),
  z.refine((name) => !ownHeaders.test(name)),
);

/** HTTP headers as a JSON object of texts. */
export const headers = json(
  z.record(headerName, headerText),
  'a JSON object of headers that HTTP allows: {"Authorization":"Bearer …"}',
);

function bounds(min: number, max: number): string {
  if (Number.isFinite(min) && Number.isFinite(max)) return ` from ${min} to ${max}`;
  if (Number.isFinite(min)) return ` of at least ${min}`;
  return Number.isFinite(max) ? ` of at most ${max}` : '';
}
