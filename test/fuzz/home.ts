/** A home whose cloud answers from memory, for very many ticks: one server for each side, and a fresh memory for each tick. */

import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { openRuntime } from '../../functions/push-solar-data/runtime.ts';
import type { NamedConversation } from '../conversations/all.ts';
import { watchTurns } from '../faults/observation.ts';
import { type Answer, type Push, playChargeHq, playConversation } from '../support/conversation.ts';
import { unfit } from '../support/fit-to-tell.ts';
import { apiKey, fakeClock, settingTexts } from '../support/home.ts';
import { secretsOfRequest } from '../support/leaks.ts';

const budget = { tickMs: 4_000, readMs: 3_000 };

export type Fuzzed = {
  report: TickReport;
  push: Push | undefined;
  ms: number;
  /** How long the process was blocked, ms. */
  blockedMs: number;
  /** What was told, logged or stored and should not be. */
  unfit: string[];
};
export type FuzzHome = {
  vendor: string;
  /** Answers of the calls that give JSON, by their place in the conversation. */
  answers: ReadonlyMap<number, unknown>;
  /** One tick in which the call at that place is answered with this text. */
  play(place: number, text: string): Promise<Fuzzed>;
  close(): Promise<void>;
};

export async function openFuzzHome({ adapter, conversation }: NamedConversation): Promise<FuzzHome> {
  const { settings, exchanges, now } = conversation;
  let instead: { place: number; text: string } | undefined;
  const vendor = await playConversation(
    exchanges.map((exchange, place) => ({
      ...exchange,
      answer(received) {
        const usual: Answer = typeof exchange.answer === 'function' ? exchange.answer(received) : exchange.answer;
        if (instead?.place !== place) return usual;
        return { ...usual, text: instead.text, headers: { ...usual.headers, 'content-type': 'application/json' } };
      },
    })),
  );
  const chargeHq = await playChargeHq();
  const connections = openConnections();
  const filled = Object.entries(settings).map(([name, text]) => [name, text.replaceAll('{server}', vendor.url)]);
  const environment = {
    VENDOR: adapter.vendor,
    CHARGE_HQ_API_KEY: apiKey,
    CHARGE_HQ_URL: `${chargeHq.url}/push`,
    ...settingTexts(adapter.vendor, { baseUrl: vendor.url, authUrl: vendor.url, ...Object.fromEntries(filled) }),
  };
  const known = [
    apiKey,
    ...(conversation.secrets ?? []),
    ...Object.entries(settings).flatMap(([name, text]) => (adapter.settings[name]?.secret ? [text] : [])),
  ];
  return {
    vendor: adapter.vendor,
    answers: new Map(
      exchanges.flatMap(({ answer }, place) =>
        typeof answer === 'object' && answer.json !== undefined ? [[place, answer.json] as const] : [],
      ),
    ),
    async play(place, text) {
      instead = { place, text };
      chargeHq.pushes.length = 0;
      for (const stage of [vendor, chargeHq]) stage.received.length = 0;
      const store = memoryStore();
      const turns = watchTurns();
      const begun = performance.now();
      const runtime = openRuntime({
        environment,
        memory: createSiteMemory(store),
        registry: { [adapter.vendor]: async () => adapter },
        connections,
        clock: fakeClock(now),
        retryPauseMs: 0,
      });
      const report = await runtime.tick(budget);
      const [ms, blockedMs] = [performance.now() - begun, turns.longestMs()];
      turns.end();
      const { pushes } = chargeHq;
      const secrets = [...known, ...vendor.received.flatMap(secretsOfRequest)];
      const told = { report, pushes, documents: store.documents, secrets };
      return { report, push: pushes[0], ms, blockedMs, unfit: unfit(told) };
    },
    async close() {
      await connections.close();
      await vendor.close();
      await chargeHq.close();
    },
  };
}
