/** The Lambda: one tick for each event of the schedule. Only this file knows that it runs on AWS. */
import type { Context, ScheduledEvent } from 'aws-lambda';
import { isBug, type Outcome } from './core/report.ts';
import { createParameterStore } from './persistence/parameter-store.ts';
import { createSiteMemory } from './persistence/site-memory.ts';
import { createTelemetry } from './platform/telemetry.ts';
import { openRuntime, type Runtime } from './runtime.ts';

/** Left of the invocation's time when a tick must be over. */
const marginMs = 3_000;
/** Share of a tick's time that its reads may take. */
const readShare = 0.75;

/** @throws for a bug, so that the invocation fails and its alarm rings. */
export async function invoke(
  runtime: Pick<Runtime, 'tick'>,
  telemetry: ReturnType<typeof createTelemetry>,
  context: Context,
): Promise<Outcome> {
  const tickMs = Math.min(50_000, context.getRemainingTimeInMillis() - marginMs);
  const report = await runtime.tick({ tickMs, readMs: tickMs * readShare });
  telemetry.record(report, context);
  if (isBug(report)) throw new Error(report.error ?? 'The bridge itself made an error while telling a destination');
  return report.outcome;
}

// Kept from one invocation to the next.
const siteName = process.env['SITE'] ?? 'home';
const parameters = createParameterStore(siteName);
const runtime = openRuntime({
  environment: process.env,
  stored: parameters,
  memory: createSiteMemory(parameters.state),
});
const telemetry = createTelemetry(siteName);

export const handler = (_event: ScheduledEvent, context: Context): Promise<Outcome> =>
  invoke(runtime, telemetry, context);
