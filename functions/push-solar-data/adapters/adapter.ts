/**
 * The contract between the tick and the module of one vendor's cloud. What the second adapter would write again stands
 * beside it, and docs/writing-an-adapter.md says what replaces what:
 *
 * - `http.extend`, `answer.failure`, `kinds`, `notJson`: platform/http.ts and answer.ts
 * - `refusalOf`: refusals.ts, codes in the body
 * - `withToken`, `openSession`: session.ts; `requestToken`, `byRefreshToken`: oauth.ts
 * - `theOnly`, `chosen`: only.ts, the one plant of an account
 * - `watts`, `percent`, `utc` …: units.ts, the vendor's unit in, Charge HQ's out; `total`: unknown if one part is
 */
import type * as z from 'zod/mini';
import type { Term } from '../core/reading.ts';
import type { AdapterAnswer } from '../core/shape.ts';
import type { Http } from '../platform/http.ts';
import type { Settings, SettingValues } from '../settings/setting.ts';
import type { Always } from './always.ts';
import type { Choice } from './only.ts';

export type { FailureKind } from '../core/failure.ts';
export { Failure } from '../core/failure.ts';
export type { Reading, Term } from '../core/reading.ts';
export { total } from '../core/reading.ts';
export type { AdapterAnswer, AdapterReading, DeviceReading } from '../core/shape.ts';
export { withLacking } from '../core/shape.ts';
export type { Answer, Call, Http, Meaning, MeaningOf } from '../platform/http.ts';
export type { SettingValues } from '../settings/setting.ts';
export {
  address,
  choice,
  flag,
  json,
  jsonWebToken,
  list,
  looksLike,
  number,
  orInAddress,
  secret,
  setting,
  text,
  timeZone,
  uuid,
} from '../settings/setting.ts';

/** What one read is given. Everything that an adapter may use comes in here. */
export type ReadContext<Values, State = Record<string, never>, Session = Record<string, never>> = {
  /** The adapter's settings, parsed by its schema. */
  settings: Values;
  /** The environment variable of a setting, for the sentence that says to change it. */
  settingName(setting: string): string;
  /** Calls to the vendor's hosts; fails by kind. */
  http: Http;
  /**
   * What the adapter has looked up and need not ask again: device lists, numbers of plants, last values. Change it in
   * place; it is saved after the read, also when the read fails. Empty at the first read, and when a setting of
   * `identity` has changed. Holds no secret.
   */
  state: Partial<State>;
  /** Saves `state` now: a lock-out that the next invocation must know of. */
  saveState(): Promise<void>;
  /** The log-in, in an encrypted document of its own. What is named like a token or a cookie is hidden in all logs. */
  session: SessionKeeper<Session>;
  /** ms since the epoch, the same in the whole tick. */
  now: number;
  /** ms since the epoch at this very moment: for a nonce, which must differ from call to call. */
  clock(): number;
  /** Ends the read when its time is up; `http` obeys it by itself. */
  signal: AbortSignal;
  /** How old a measurement may be, after the owner's override. The tick checks `tsms` itself. */
  staleAfterSeconds: number;
  /** Whether the owner wants this term of this source (`<LABEL>_TAKE`): what is not taken need not be there. */
  takes(term: Term): boolean;
  /** Waits, for a cloud that must not be asked twice in a row; ends with `signal`. */
  sleep(ms: number): Promise<void>;
  /** Keeps a value out of all logs and messages: what works like a secret but is neither a setting nor named like one. */
  redactValue(value: string): void;
  /** A remark for the tick's log line: something the owner should know although the read goes on. */
  note(remark: string): void;
};

/** Where a log-in is kept from one read to the next. */
export type SessionKeeper<Session> = {
  readonly value: Session | undefined;
  /** Keeps a renewed one; before it is used, so that a rotating token is never lost. */
  save(session: Session): Promise<void>;
  /** Takes over what another invocation has saved meanwhile: after a token was refused that should have been good. */
  reload(): Promise<void>;
};

type OfSettings<Values, Result> = Result | ((settings: Values) => Result);

export type AdapterDefinition<S extends Settings, State, Session = Record<string, never>> = {
  /** Slug; in upper snake case also the prefix of its settings where it is a home's only source. */
  vendor: string;
  /** The product's name as its owners know it. */
  title: string;
  homepage: string;
  /** Its maker, apps, portals and hosts as owners call them, for the search. */
  knownAs?: readonly string[];
  /** Other makers whose equipment lives in this cloud: they have a row of their own in the table. */
  brands?: readonly string[];
  /** How far an owner can rely on it. */
  standing: 'recommended' | 'works with limits' | 'experimental';
  /** Half a sentence: how old the figures are. */
  refresh: string;
  /** Half a sentence: what the owner needs. */
  needs: string;
  /**
   * The vendor's host, without trailing slash; the owner can override it. Absent: the owner must give it as
   * `<LABEL>_BASE_URL`. null: there is none, because the adapter asks nobody or its settings hold whole addresses.
   */
  baseUrl?: OfSettings<SettingValues<S>, string> | null;
  /** The host of the log-in, where it is another one. */
  authUrl?: OfSettings<SettingValues<S>, string>;
  settings: S;
  /**
   * Settings that must be there given the others, by name; an array in the array means one of these. While they are asked
   * for, what is not there yet is undefined.
   */
  requires?(settings: SettingValues<S>): readonly (NamesOf<S> | readonly NamesOf<S>[])[];
  /** For a cloud that wants its owner's consent in a browser once; `npm run connect` obtains it. */
  consent?: Consent<SettingValues<S>, NamesOf<S>>;
  /** Names of the settings that log-in and state belong to; default: all of them. */
  identity?: readonly NamesOf<S>[];
  /** Shape of `state`. A stored state of another shape is discarded. */
  state?: z.ZodMiniType<State>;
  /** Shape of the log-in. */
  session?: z.ZodMiniType<Session>;
  /** How often this cloud may be asked; the tick keeps to it. */
  pollSeconds: OfSettings<SettingValues<S>, number>;
  /** The least time between two polls that this cloud allows, and what an owner may lower `pollSeconds` to; default: nothing lower. */
  pollFloorSeconds?: OfSettings<SettingValues<S>, number>;
  /** How old `tsms` may be. Default: 15 minutes. */
  staleAfterSeconds?: OfSettings<SettingValues<S>, number>;
  /** Whether a read that failed as `unavailable` is tried once more in the same tick. Default: true; false where calls are counted. */
  retries?: boolean;
  /** Whether the vendor counts calls, so that none is spent on a guess when it renews. Default: false. */
  callsAreCounted?: OfSettings<SettingValues<S>, boolean>;
  /**
   * Fields without which an answer is no reading: `['production_kw', 'net_import_kw']`, which is `bad-response`, or
   * `{ net_import_kw: 'offline' }`. Not demanded: a term that the owner does not take of this source, and one that the
   * answer tells `lacking` or `unfitted`.
   */
  always?: OfSettings<SettingValues<S>, Always>;
  /**
   * What can be chosen for settings that the cloud itself can list, such as the plants of the account, for the questions
   * of the set-up: the likeliest first, and none for what this home has not. A title is what the owner sees in his app,
   * or what it shows now; a single one is taken without a question. It logs in as `read` does; the settings that it lists
   * are not there yet. `chosen` in `read` takes the same list.
   *
   * @example
   * discover: async (context) => ({ plantId: await withToken(context, ways(context), (session) => plants(context, session)) }),
   */
  discover?(
    context: ReadContext<SettingValues<S>, State, Session>,
  ): Promise<{ readonly [Name in NamesOf<S>]?: readonly Choice[] }>;
  /** Those of what `discover` lists without which there is no reading: nobody is asked for them before it has run. */
  discovers?: readonly NamesOf<S>[];
  /** What a home may have or not, asked yes or no before its settings are chosen of what `discover` lists for them. */
  parts?: readonly { question: string; settings: readonly NamesOf<S>[] }[];
  /**
   * Reads once: log in if needed, ask, map.
   *
   * @returns what was measured, in kW, kWh and 0…1, with Charge HQ's signs; what was not measured is left out. One
   *   reading, or one for each device: then the core adds up, and knows when one is lacking.
   * @throws Failure by kind, with a sentence for the owner.
   */
  read(context: ReadContext<SettingValues<S>, State, Session>): Promise<AdapterAnswer>;
};

type NamesOf<S extends Settings> = keyof S & string;

/** A consent by OAuth 2's authorisation code. It concerns an owner whose settings require what it yields. */
export type Consent<Values, Name extends string> = {
  /** The settings that it yields, by name. They are not there yet when the functions below are called. */
  yields: readonly Name[];
  /** The vendor's or the owner's page at which the browser ends with the code. Absent: it is sent to this machine. */
  redirectUri?: OfSettings<Values, string | undefined>;
  /** Where the owner consents: a path below the host of the log-in, or a whole address. */
  page(request: { settings: Values; redirectUri: string; state: string }): string;
  /**
   * Exchanges the code, which works once.
   *
   * @returns the texts of the settings that it yields.
   * @throws Failure by kind: `auth` if the code is refused.
   */
  exchange(grant: {
    settings: Values;
    http: Http;
    redirectUri: string;
    code: string;
  }): Promise<{ [Each in Name]?: string }>;
};

/** An adapter as the tick sees it, whatever its settings and state. */
export type Adapter = AdapterDefinition<Settings, Record<string, unknown>, Record<string, unknown>>;

/**
 * Declares an adapter; the types of `settings` and `state` follow from their schemas.
 *
 * @example
 * export const example = defineAdapter({
 *   vendor: 'example', …,
 *   settings: { apiToken: secret(text, 'API token: portal → Profile → Developer') },
 *   async read({ settings, http }) {
 *     const live = await http.get('/live', { schema: Live, headers: { authorization: `Bearer ${settings.apiToken}` } });
 *     return { production_kw: live.pv }; // Live: z.object({ pv: watts })
 *   },
 * });
 */
export function defineAdapter<const S extends Settings, State = Record<string, never>, Session = Record<string, never>>(
  definition: AdapterDefinition<S, State, Session>,
): Adapter {
  // The tick parses settings and state by the definition's own schemas before it hands them to `read`.
  return definition as unknown as Adapter;
}
