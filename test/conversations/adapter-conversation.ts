/** What a conversation with a vendor's cloud is, for every suite that plays one. */

import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import type { Term } from '../../functions/push-solar-data/core/reading.ts';
import type { Answer, Exchange } from '../support/conversation.ts';

export type AdapterConversation = {
  /** Settings as the owner writes them, by the adapter's names. Host overrides are added. */
  settings: Record<string, string>;
  now: string;
  /** A conversation that ends in a reading: log-in first, the live call last. */
  exchanges: Exchange[];
  /** The whole push that follows (without the key). */
  push: { tsms?: number; siteMeters: Record<string, number> };
  /** Texts that must appear nowhere: log lines, pushes, errors. Default: the values of all secret settings. */
  secrets?: string[];
  /** How this vendor refuses credentials. Default: HTTP 401 to every call. */
  refused?: Answer;
  /** What else than the general table is right: for a web page, for what else is not JSON, for `{}`, for nulls or `"--"` as every figure, for HTTP 429 or 500. */
  kinds?: Partial<
    Record<'webPage' | 'notJson' | 'empty' | 'nulls' | 'dashes' | 'tooMany' | 'serverError', FailureKind[]>
  >;
  /** How long this vendor is left alone after an HTTP 429 that names no time, s. Default: 300. */
  secondsAfterTooMany?: number;
  /** The answer of the live call with its figures replaced; default: every number in it. */
  withoutFigures?: (answer: unknown, instead: unknown) => unknown;
  /**
   * By which names the answers carry each power that is pushed, as in {@link withFigures}: without these it is gone. A
   * record gives what stands there instead of nothing.
   */
  carriers: { [Each in Term]?: readonly string[] | Record<string, unknown> };
  /** What other figures the answers have in the dark, by the same names. */
  dark: Record<string, unknown>;
  /** When the source is asked again, s, and the settings that allow it. Default: as often as the adapter says, or 300. */
  again?: { afterSeconds: number; settings?: Record<string, string> };
  /** A device that sleeps in the dark, by a name that its row in the answer has, and which power it gives by day, kW. */
  sleeper?: { name: string; production_kw: number };
};

/** What names an entry of a list, and where its figure stands. */
const identities = ['variable', 'key', 'code', 'deviceSN', 'entity_id', 'channelName', 'name'];
const figures = ['rawValue', 'value', 'state', 'power'];

/**
 * The same tree with other figures, whether they stand under their name or in an entry that tells it; undefined removes
 * the figure, or the entry.
 */
export function withFigures(tree: unknown, changes: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(tree))
    return tree
      .filter((entry) => !isNamed(entry, changes) || changeOf(entry, changes) !== undefined)
      .map((entry) => withFigures(entry, changes));
  if (tree === null || typeof tree !== 'object') return tree;
  const own = isNamed(tree, changes) ? figures.find((name) => name in tree) : undefined;
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) => {
      const changed = key === own ? changeOf(tree, changes) : changes[key];
      if (key !== own && !Object.hasOwn(changes, key)) return [[key, withFigures(value, changes)]];
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}

const nameOf = (entry: object): string | undefined =>
  identities.map((identity) => (entry as Record<string, unknown>)[identity]).find((name) => typeof name === 'string') as
    | string
    | undefined;
const isNamed = (entry: unknown, changes: Readonly<Record<string, unknown>>): entry is object =>
  entry !== null && typeof entry === 'object' && Object.hasOwn(changes, nameOf(entry) ?? '');
const changeOf = (entry: object, changes: Readonly<Record<string, unknown>>) => changes[nameOf(entry) ?? ''];

/** The same tree with another value for every number and every text that is one. */
export function replaceNumbers(tree: unknown, instead: unknown): unknown {
  if (typeof tree === 'number' || (typeof tree === 'string' && tree.trim() !== '' && Number.isFinite(Number(tree))))
    return instead;
  if (Array.isArray(tree)) return tree.map((item) => replaceNumbers(item, instead));
  if (tree === null || typeof tree !== 'object') return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, replaceNumbers(value, instead)]));
}
