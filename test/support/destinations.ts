/** One message to one destination: its settings as texts, a fake clock, real local servers. */
import type { IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import type { DestinationLimits, DestinationState } from '../../functions/push-solar-data/core/destination-state.ts';
import type { PowerField, Reading } from '../../functions/push-solar-data/core/reading.ts';
import type { DestinationReport } from '../../functions/push-solar-data/core/report.ts';
import {
  type Destination,
  type DestinationHome,
  type DestinationModule,
  defineDestination,
  type Message,
  type PushContext,
  type Pushed,
} from '../../functions/push-solar-data/destinations/destination.ts';
import { publish } from '../../functions/push-solar-data/destinations/publish.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import { createRedactor } from '../../functions/push-solar-data/platform/redaction.ts';
import { openDestination } from '../../functions/push-solar-data/settings/destination.ts';
import { createSettingsReader } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { fakeClock, settingTexts } from './home.ts';
import { connectionsFor, serveHttp } from './servers.ts';

/** When these messages are sent, unless a test says otherwise. */
export const sendingAt = Date.parse('2026-05-01T12:00:00Z');

/** Every figure that a message can have. */
export const everyFigure = {
  production_kw: 4.2,
  net_import_kw: -1.5,
  consumption_kw: 2,
  battery_discharge_kw: -0.7,
  battery_soc: 0.555,
  battery_energy_kwh: 5.6,
  imported_kwh: 8123.41,
  exported_kwh: 10422.9,
};

export const limitsOf = (own: Partial<DestinationLimits> = {}): DestinationLimits => ({
  title: 'Charge HQ',
  settingsHash: 'settings',
  minSecondsBetween: 30,
  longestWaitSeconds: 900,
  gathers: false,
  problems: [],
  ...own,
});

type Push = (context: PushContext<Record<string, unknown>>) => Promise<Pushed>;

/** A module whose push is the test's own. */
export const moduleOf = (push: Push, own: Partial<DestinationModule> = {}): DestinationModule =>
  ({
    ...defineDestination({
      slug: 'example',
      title: 'Example',
      standing: 'experimental',
      takes: 'all',
      needs: 'nothing',
      settings: {},
      push: async () => undefined,
    }),
    push,
    ...own,
  }) as DestinationModule;

/** A message of these figures. */
export const figuresOf = (reading: Reading, derived: readonly PowerField[] = []): Message => ({
  reading,
  derived,
  freshUntil: sendingAt + 900_000,
});

/** A destination with these settings, in camel case. What is wrong with them is among its `problems`. */
export function configured(
  module: DestinationModule,
  settings: Record<string, string> = {},
  { label = module.slug, site = 'home' } = {},
): Destination & { secrets: string[] } {
  const texts = settingTexts(label, settings);
  const reader = createSettingsReader(texts);
  return { ...openDestination(label, module, texts, { reader, site }), secrets: reader.secrets };
}

export type TellOptions = {
  before?: DestinationState;
  now?: number;
  signal?: AbortSignal;
  home?: Partial<DestinationHome>;
  store?: StateStore;
};

/** Sends one message once. Without a message: a tick with nothing new, for a destination that gathers. */
export async function tell(
  t: TestContext,
  destination: Destination & { secrets?: string[] },
  message: Message | undefined,
  { before = {}, now = sendingAt, signal = AbortSignal.timeout(5_000), home, store = memoryStore() }: TellOptions = {},
): Promise<{ row: Omit<DestinationReport, 'ms'>; state: DestinationState; remarks: string[] }> {
  const told = await publish(destination, before, message, {
    connections: connectionsFor(t),
    clock: fakeClock(now),
    redactor: createRedactor(destination.secrets ?? []),
    signal,
    home: { site: 'home', vendors: ['example'], slowestPollSeconds: 60, ...home },
    memory: createSiteMemory(store),
  });
  const { ms: _, ...row } = told.row;
  return { ...told, row };
}

/** A request to a receiver, with its body as it came. */
export type Received = { method: string; path: string; query: string; headers: IncomingHttpHeaders; text: string };
export type ReceiverAnswer = { status?: number; headers?: Record<string, string>; text?: string };

/** A receiver that takes everything, or answers these one after the other and the last again. */
export async function receive(
  t: TestContext,
  ...answers: ReceiverAnswer[]
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const { url } = await serveHttp(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', headers } = request;
    const [path = '', query = ''] = (request.url ?? '').split('?');
    received.push({ method, path, query, headers, text: Buffer.concat(chunks).toString('utf8') });
    const answer = answers[Math.min(received.length, answers.length) - 1] ?? {};
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.text ?? '');
  });
  return { url, received };
}
