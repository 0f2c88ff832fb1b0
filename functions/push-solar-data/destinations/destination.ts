/** The contract between the tick and the module of one destination: where a reading goes. */
import type * as z from 'zod/mini';
import type { DestinationLimits, Message } from '../core/destination-state.ts';
import type { ErrorKind } from '../core/failure.ts';
import { plainText } from '../core/plain-text.ts';
import type { Http } from '../platform/http.ts';
import type { Settings, SettingValues } from '../settings/setting.ts';
import type { CommonDocument } from './document.ts';

export type { Message } from '../core/destination-state.ts';
export type { Answer, Http } from '../platform/http.ts';
export type { SettingValues } from '../settings/setting.ts';
export {
  address,
  choice,
  fit,
  flag,
  headers,
  headerText,
  json,
  list,
  number,
  reads,
  secret,
  secretAddress,
  setting,
  text,
  timeZone,
} from '../settings/setting.ts';
export type { CommonDocument } from './document.ts';

/**
 * - `auth`: the credentials are refused; left alone for half an hour.
 * - `bad-response`: it will not take this message, or its answer makes no sense; the next one may be fine.
 * - `settings`: something that a setting names is not there, as the receiver says; tried again after minutes, since the
 *   remedy may lie there.
 * - `gone`: there is no such service at this address any more.
 * - `rate-limited`: told to slow down.
 * - `unavailable`: trouble that may pass.
 */
export type DestinationErrorKind = Exclude<ErrorKind, 'bug' | 'offline' | 'stale'>;

/** Why a message was not taken, in a sentence for the owner; it and the excerpt are made plain and short. */
export class DestinationError extends Error {
  readonly kind: DestinationErrorKind;
  readonly retryAfterSeconds: number | undefined;
  readonly excerpt: string | undefined;

  constructor(
    kind: DestinationErrorKind,
    message: string,
    details: { retryAfterSeconds?: number | undefined; excerpt?: string | undefined; cause?: unknown } = {},
  ) {
    super(plainText(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DestinationError';
    this.kind = kind;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.excerpt = details.excerpt === undefined ? undefined : plainText(details.excerpt);
  }
}

/** What a destination may know of the home besides the message. */
export type DestinationHome = {
  site: string;
  /** The vendors of its sources, in the order of `VENDOR`. */
  vendors: readonly string[];
  /** How often its slowest source is asked, s: messages come no oftener. */
  slowestPollSeconds: number;
};

/** Where readers that only pull find what was told last. */
export type LastDocument = {
  /** Whether the place has an address that all the world can ask. */
  isPublic: boolean;
  /** Replaces what lies there. Holds no secret. @throws Failure where it cannot be written */
  put(record: object): Promise<void>;
};

/** What one push is given. Everything that a destination may use comes in here. */
export type PushContext<Values, State = Record<string, never>, Running = Record<string, never>> = {
  /** Its settings, parsed. */
  settings: Values;
  /** The environment variable of a setting, for the sentence that says to change it. */
  settingName(setting: string): string;
  /** How sentences name it: its title, with its label where that is another. */
  title: string;
  /** What there is to tell. */
  message: Message;
  /** The same as the common document, for all that have no form of their own. */
  document: CommonDocument;
  http: Http;
  /** What lasts: stored where writes are counted too, though seldom. Change it in place. Holds no secret. */
  state: Partial<State>;
  /** What is of use for minutes: on AWS it lasts while the function is warm. Change it in place. Holds no secret. */
  running: Partial<Running>;
  /** When it is sent, ms since the epoch. */
  now: number;
  /** Ends the push when its time is up; `http` obeys it by itself. */
  signal: AbortSignal;
  home: DestinationHome;
  /** A place for readers that only pull. */
  lastDocument: LastDocument;
  /** Keeps a value out of all logs and messages: what works like a secret but is no setting. */
  redactValue(value: string): void;
  /** A remark for the tick's log line. */
  note(remark: string): void;
};

/** That of a destination that `gathers`: a tick may have nothing new to tell. */
export type GatheringContext<Values, State, Running> = Omit<
  PushContext<Values, State, Running>,
  'message' | 'document'
> & { message: Message | undefined; document: CommonDocument | undefined };

/**
 * What a push came to: nothing returned, and the message was taken; `nothing`: this message is not for it, nothing was
 * sent; `figures`: what was gathered before was taken.
 */
export type Pushed = 'nothing' | 'figures' | undefined;

type NamesOf<S extends Settings> = keyof S & string;

type Common<S extends Settings, State, Running> = {
  /** In upper snake case also the prefix of its settings where it has no label. */
  slug: string;
  /** The name that its owners know. */
  title: string;
  homepage?: string;
  /** How far an owner can rely on it. */
  standing: 'recommended' | 'works with limits' | 'experimental';
  /** Half a sentence: what of the reading arrives there. */
  takes: string;
  /** Half a sentence: what the owner needs. */
  needs: string;
  settings: S;
  /** Settings that must be there given the others, by name; an array in the array means one of these. */
  requires?(settings: SettingValues<S>): readonly (NamesOf<S> | readonly NamesOf<S>[])[];
  /** Settings that may be left out on the owner's own machine, but not on AWS. */
  neededOnAws?: readonly NamesOf<S>[];
  /** What the schemas of single settings cannot tell: sentences that begin with the name of a variable. */
  problems?(settings: SettingValues<S>, settingName: (setting: NamesOf<S>) => string): readonly string[];
  /** Its host, where it is not a setting of its own; the owner can override it by `<LABEL>_BASE_URL`. */
  baseUrl?: string;
  /** The setting that gives it another address, for the sentence when it is gone. Default: `url`, or the base address. */
  addressSetting?: NamesOf<S>;
  /** Never two messages within so many seconds, whatever became of the first. Default: 30. */
  minSecondsBetween?: number;
  /** The owner's interval, counted from what arrived. Default: every message. */
  intervalSeconds?(settings: SettingValues<S>): number | undefined;
  /** However long it asks to be left alone, s. Default: 15 minutes. */
  longestWaitSeconds?: number;
  /** Shape of `state`. A stored one of another shape is discarded, as after a changed setting. */
  state?: z.ZodMiniType<State>;
  /** Shape of `running`. */
  running?: z.ZodMiniType<Running>;
};

export type DestinationDefinition<S extends Settings, State, Running> = Common<S, State, Running> &
  (
    | {
        gathers?: false;
        /**
         * Delivers one message, once: no second try.
         *
         * @throws DestinationError, or a Failure of `http`, which counts as its kind.
         */
        push(context: PushContext<SettingValues<S>, State, Running>): Promise<Pushed>;
      }
    | {
        /** It is given every message and every tick, and keeps by itself what is not sent yet. */
        gathers: true;
        push(context: GatheringContext<SettingValues<S>, State, Running>): Promise<Pushed>;
      }
  );

/** A destination's module as the rest sees it, whatever its settings and state. */
export type DestinationModule = DestinationDefinition<Settings, Record<string, unknown>, Record<string, unknown>>;

/**
 * Declares a destination; the types of `settings` and `state` follow from their schemas.
 *
 * @example
 * export const example = defineDestination({
 *   slug: 'example', title: 'Example', standing: 'experimental', takes: 'all figures', needs: 'a token',
 *   settings: { url: setting(address, 'Its address'), token: secret(text, 'Token: portal → API') },
 *   async push({ settings, http, document }) {
 *     await http.send('POST', settings.url, { json: document, headers: { authorization: `Bearer ${settings.token}` } });
 *     return undefined;
 *   },
 * });
 */
export function defineDestination<
  const S extends Settings,
  State = Record<string, never>,
  Running = Record<string, never>,
>(definition: DestinationDefinition<S, State, Running>): DestinationModule {
  // `publish` parses settings and state by the definition's own schemas before it hands them to `push`.
  return definition as unknown as DestinationModule;
}

/** A configured destination of a site. */
export type Destination = DestinationLimits & {
  /** The name of its row, and the prefix of its settings. */
  label: string;
  /** The environment variable that gives it another address. */
  addressSetting: string;
  module: DestinationModule;
  /** Its settings, parsed. */
  settings: Record<string, unknown>;
  baseUrl?: string;
};
