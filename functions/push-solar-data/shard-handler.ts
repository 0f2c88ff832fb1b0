/** The Lambda of a stack of several homes: one event names the homes of one shard. Only this file knows that it runs on AWS. */
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { openHomeStores } from './persistence/home-stores.ts';
import { createSiteMemory } from './persistence/site-memory.ts';
import { timelySettings } from './persistence/timely-settings.ts';
import { createHomeLines } from './platform/home-lines.ts';
import { createStackMetrics } from './platform/stack-metrics.ts';
import { noteStrayErrors } from './platform/stray-errors.ts';
import { openTopic } from './platform/topic.ts';
import { openRuntime } from './runtime.ts';
import { entriesIn, siteName } from './settings/settings-reader.ts';
import { homesAShard } from './settings/shards.ts';
import { openShard, type Shard, type ShardSummary } from './shard.ts';
import { openShardMail } from './shard-mail.ts';

/** For the settings of a home, ms: what is left of the minute is its tick's. */
const settingsMs = 20_000;

const Event = z.object({
  sites: z.array(z.string().check(z.regex(siteName))).check(z.minLength(1), z.maxLength(homesAShard)),
});

/** Succeeds whatever one home does. @throws for an event that names no homes. */
export async function invoke(
  shard: Shard,
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<ShardSummary> {
  const { success, data } = Event.safeParse(event);
  if (!success)
    throw new Error(`The event must name 1 to ${homesAShard} homes, such as {"sites":["home","cabin"]}: deploy again`);
  return shard.tick(data.sites, { remainingMs: () => context.getRemainingTimeInMillis() });
}

// Kept from one invocation to the next.
const { STACK: stack = 'homes', SHARDS: shards = '1', STATE_TABLE: table, METRICS_OF: metricsOf = '' } = process.env;
const { MAIL_TOPIC: topic } = process.env;
const storeOf = openHomeStores({ shards: Number(shards), table });
const shard = openShard({
  strays: noteStrayErrors(process),
  openHome(site) {
    const parameters = storeOf(site);
    return openRuntime({
      environment: { SITE: site },
      stored: timelySettings(parameters, settingsMs),
      memory: createSiteMemory(parameters.state),
    });
  },
  telemetry: {
    lines: createHomeLines((line) => process.stdout.write(line)),
    metrics: createStackMetrics(stack, entriesIn(metricsOf)),
  },
  mail: topic
    ? openShardMail({ stack, send: openTopic(topic).send, storeOf: (site) => storeOf(site).state })
    : undefined,
});

export const handler = (event: unknown, context: Context): Promise<ShardSummary> => invoke(shard, event, context);
