/** What a conversation with a vendor's cloud is, for every suite that plays one. */
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
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
};

/** The same tree with another value for every number and every text that is one. */
export function replaceNumbers(tree: unknown, instead: unknown): unknown {
  if (typeof tree === 'number' || (typeof tree === 'string' && tree.trim() !== '' && Number.isFinite(Number(tree))))
    return instead;
  if (Array.isArray(tree)) return tree.map((item) => replaceNumbers(item, instead));
  if (tree === null || typeof tree !== 'object') return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, replaceNumbers(value, instead)]));
}
