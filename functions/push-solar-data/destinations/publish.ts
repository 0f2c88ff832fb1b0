/** Brings a message to a destination, in time, and says how it went. */
import type * as z from 'zod/mini';
import {
  afterDelivery,
  afterNothing,
  afterRefusal,
  type DestinationState,
  goneWaitSeconds,
  type Memory,
} from '../core/destination-state.ts';
import { type ErrorKind, Failure, stackOf } from '../core/failure.ts';
import { plainText } from '../core/plain-text.ts';
import type { DestinationReport } from '../core/report.ts';
import { untilAborted } from '../core/time.ts';
import type { LastDocuments } from '../persistence/last-documents.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connections } from '../platform/connections.ts';
import { createHttp } from '../platform/http.ts';
import type { Redactor } from '../platform/redaction.ts';
import { variableOf } from '../settings/settings-reader.ts';
import { withVariables } from '../settings/variables.ts';
import {
  type Destination,
  DestinationError,
  type DestinationHome,
  type Message,
  type PushContext,
  type Pushed,
} from './destination.ts';
import { commonDocument } from './document.ts';

export type PublishPorts = {
  connections: Connections;
  clock: Clock;
  redactor: Redactor;
  signal: AbortSignal;
  home: DestinationHome;
  memory: { lastDocuments: LastDocuments };
};

type Published = { row: DestinationReport; state: DestinationState; remarks: string[] };

/**
 * Sends once. Never throws: a bug of a destination is its row's kind.
 *
 * @param message undefined for one that gathers, at a tick with nothing new.
 */
export async function publish(
  destination: Destination,
  before: DestinationState,
  message: Message | undefined,
  ports: PublishPorts,
): Promise<Published> {
  const { label, title } = destination;
  const { clock, signal } = ports;
  const sentAt = clock.now(); // not the tick's begin: a slow read may lie between
  const begun = clock.stopwatch();
  const ms = () => Math.round(clock.stopwatch() - begun);
  const remarks: string[] = [];
  const { context, memory } = contextOf(destination, before, message, { ...ports, sentAt, remarks });
  const late = () => new DestinationError('unavailable', `${title} does not answer in time`);
  const isBack = before.failure?.kind === 'gone' && before.failure.retryAt !== undefined;
  try {
    const pushed = await untilAborted(push(destination, context), signal, late);
    if (pushed === 'nothing')
      return {
        row: { label, outcome: 'idle', ms: ms() },
        state: afterNothing(before, destination, memory()),
        remarks,
      };
    if (isBack) remarks.push(`${title} answers again`);
    const outcome = message && 'error' in message && pushed !== 'figures' ? 'reported' : 'pushed';
    return { row: { label, outcome, ms: ms() }, state: afterDelivery(destination, sentAt, memory()), remarks };
  } catch (error) {
    const failure = failureOf(error, destination, ports.redactor);
    const state = afterRefusal(before, destination, sentAt, message, failure, memory());
    if (failure.kind === 'gone' && state.failure?.retryAt !== undefined && !isBack)
      remarks.push(goneSentence(destination, failure.message));
    const { retryAfterSeconds: _told, message: sentence, ...told } = failure;
    return { row: { label, outcome: 'failed', ...told, error: sentence, ms: ms() }, state, remarks };
  }
}

/** Also what a module throws before it gives a promise. */
const push = async ({ module }: Destination, context: PushContext<Record<string, unknown>>): Promise<Pushed> =>
  module.push(context as never);

type ContextPorts = PublishPorts & { sentAt: number; remarks: string[] };

function contextOf(
  { label, title, module, settings, baseUrl }: Destination,
  before: DestinationState,
  message: Message | undefined,
  { connections, redactor, signal, home, memory: { lastDocuments }, sentAt, remarks }: ContextPorts,
): { context: PushContext<Record<string, unknown>>; memory: () => Memory } {
  const told = message && 'error' in message ? { ...message, error: redactor.text(message.error) } : message;
  const state = remembered(module.state, before.kept);
  const running = remembered(module.running, before.running);
  const context = {
    settings,
    settingName: (name: string) => variableOf(label, name),
    title,
    message: told as Message,
    get document() {
      return (told && commonDocument(told, home.site, sentAt)) as ReturnType<typeof commonDocument>;
    },
    http: createHttp({ connections, name: title, baseUrl, signal, now: sentAt, redactor }),
    state: state as never,
    running: running as never,
    now: sentAt,
    signal,
    home,
    lastDocument: {
      isPublic: lastDocuments.isPublic,
      put: (record: object) => lastDocuments.put(label, record),
    },
    redactValue: (value: string) => redactor.redactValue(value),
    note: (remark: string) => remarks.push(redactor.text(remark)),
  };
  return { context, memory: () => ({ ...ifAny('kept', state), ...ifAny('running', running) }) };
}

/** A copy of what is kept, in the module's shape; nothing of another one. */
const remembered = (schema: z.ZodMiniType | undefined, kept: unknown): Record<string, unknown> =>
  schema && kept ? { ...(schema.safeParse(kept).data as Record<string, unknown> | undefined) } : {};

const ifAny = <Name extends string>(name: Name, kept: Record<string, unknown>) =>
  (Object.keys(kept).length > 0 ? { [name]: kept } : {}) as { [Each in Name]?: Record<string, unknown> };

type ToldFailure = {
  kind: ErrorKind;
  message: string;
  excerpt?: string;
  stack?: string;
  retryAfterSeconds?: number | undefined;
};

function failureOf(error: unknown, { label, title, module, settings }: Destination, redactor: Redactor): ToldFailure {
  if (error instanceof DestinationError || error instanceof Failure) {
    const { kind, excerpt, retryAfterSeconds } = error;
    return {
      kind: kind === 'unavailable' && isUnknownHost(error) ? 'gone' : kind,
      message: redactor.text(withVariables(error.message, { label, settings: module.settings, values: settings })),
      ...(excerpt ? { excerpt: redactor.text(excerpt) } : {}),
      retryAfterSeconds,
    };
  }
  const message = `The bridge itself made an error while telling ${title}; it has been logged`;
  return { kind: 'bug', message, stack: redactor.text(stackOf(error)) };
}

const isUnknownHost = ({ cause }: Error): boolean => (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOTFOUND';

const goneSentence = ({ title, addressSetting }: Destination, why: string): string =>
  plainText(
    `${title} is not at its address any more (${why}). The bridge now tries every ${goneWaitSeconds / 60} minutes, and ` +
      `asks your equipment no oftener if nobody else is to be told. If it has moved, set ${addressSetting}.`,
  );
