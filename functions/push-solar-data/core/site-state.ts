/** Everything that is remembered of a site from one tick to the next, log-ins and what adapters keep apart. */
import * as z from 'zod/mini';
import { Baseline } from './anomalies.ts';
import { DestinationState } from './destination-state.ts';
import { SourceState } from './source-state.ts';

const Stored = z.object({
  version: z.literal(2),
  sources: z.record(z.string(), SourceState),
  destinations: z.record(z.string(), DestinationState),
  baseline: z.optional(Baseline),
});
export type SiteState = Omit<z.output<typeof Stored>, 'version'>;

export const emptySiteState = (): SiteState => ({ sources: {}, destinations: {} });

/** What a stored document holds; nothing for none, a broken one or another version. */
export function siteStateFrom(document: unknown): SiteState {
  const parsed = Stored.safeParse(document);
  if (!parsed.success) return emptySiteState();
  const { version: _version, ...state } = parsed.data;
  return state;
}

export const siteDocument = (state: SiteState): z.output<typeof Stored> => ({ version: 2, ...state });
