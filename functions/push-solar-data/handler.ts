/** The Lambda: one tick for each event of the schedule. Only this file knows that it runs on AWS. */
import type { Context, ScheduledEvent } from 'aws-lambda';
import { adapters } from './adapters/index.ts';
import { Failure } from './core/failure.ts';
import type { OutcomeWord } from './core/report.ts';
import { tick } from './core/tick.ts';
import { createParameterStore } from './persistence/parameter-store.ts';
import { createMemory } from './persistence/site-memory.ts';
import { systemClock } from './platform/clock.ts';
import { openConnections } from './platform/connections.ts';
import { createTelemetry } from './platform/telemetry.ts';
import type { SettingTexts } from './settings/settings-reader.ts';
import { openSite, type Site } from './settings/site.ts';

/** How long settings from the store are good without a look whether they have changed. */
const settingsLifeMs = 3_600_000;
/** Left of the invocation's time when a tick must be over. */
const marginMs = 3_000;
/** Share of a tick's time that its reads may take. */
const readShare = 0.75;

// Kept from one invocation to the next.
const siteName = process.env['SITE'] ?? 'home';
const store = createParameterStore(siteName);
const memory = createMemory(store.state);
const connections = openConnections();
const telemetry = createTelemetry(siteName);
let kept: { texts: SettingTexts; checkedAt: number } | undefined;
/** After a failure the owner may be mending a setting: then every tick looks whether one has changed. */
let mayBeMended = false;

export async function handler(_event: ScheduledEvent, context: Context): Promise<OutcomeWord> {
  const site = await currentSite();
  const tickMs = Math.min(50_000, context.getRemainingTimeInMillis() - marginMs);
  const budget = { tickMs, readMs: tickMs * readShare };
  const report = await tick(site, { memory, connections, clock: systemClock, budget });
  if (report.outcome !== 'idle') mayBeMended = report.outcome !== 'pushed';
  telemetry.record(report, context);
  if (report.kind === 'bug') throw new Error(report.error);
  return report.outcome;
}

/** The environment wins over the store. A store that has trouble later does not stop a bridge that knows its settings. */
async function currentSite(): Promise<Site> {
  let problem: string | undefined;
  try {
    kept = await currentSettings();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problem = error.message;
  }
  const site = await openSite({ ...kept?.texts, ...process.env }, adapters);
  if (problem && kept) site.remarks.push(problem);
  if (problem && !kept) site.problems = [problem];
  return site;
}

async function currentSettings(): Promise<{ texts: SettingTexts; checkedAt: number }> {
  const now = systemClock.now();
  if (!kept) return { texts: await store.load(), checkedAt: now };
  if (!mayBeMended && now - kept.checkedAt < settingsLifeMs) return kept;
  const texts = (await store.hasChanged()) ? await store.load() : kept.texts;
  return { texts, checkedAt: now };
}
