/** What an adapter finds to choose from, asked as the set-up asks: settings as texts, a real local server. */
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { openConnections } from '../../functions/push-solar-data/platform/connections.ts';
import { createHttp } from '../../functions/push-solar-data/platform/http.ts';
import { createRedactor } from '../../functions/push-solar-data/platform/redaction.ts';
import { type Exchange, playConversation } from './conversation.ts';

/** @param settings without those that are to be found. */
export async function discover(
  adapter: Adapter,
  { settings, now, exchanges }: { settings: Record<string, string>; now: string; exchanges: readonly Exchange[] },
) {
  const vendor = await playConversation(exchanges);
  const connections = openConnections();
  const parsed = Object.entries(adapter.settings).map(([name, { schema }]) => [
    name,
    schema.safeParse(settings[name]).data,
  ]);
  const moment = Date.parse(now);
  const signal = AbortSignal.timeout(5_000);
  let session: Record<string, unknown> | undefined;
  try {
    return await adapter.discover?.({
      settings: Object.fromEntries(parsed),
      settingName: (name) => name,
      http: createHttp({
        connections,
        name: adapter.title,
        baseUrl: vendor.url,
        authUrl: vendor.url,
        signal,
        now: moment,
        redactor: createRedactor(),
      }),
      state: {},
      saveState: async () => {},
      session: {
        get value() {
          return session;
        },
        save: async (renewed) => {
          session = renewed;
        },
        reload: async () => {},
      },
      now: moment,
      clock: () => moment,
      signal,
      staleAfterSeconds: 900,
      takes: () => true,
      sleep: async () => {},
      redactValue: () => {},
      note: () => {},
    });
  } finally {
    await connections.close();
    await vendor.close();
  }
}
