/** What the cloud of one source can list for its settings, asked while the owner sets them up. */
import type { Choice } from '../adapters/only.ts';
import { Failure } from '../core/failure.ts';
import type { Source } from '../settings/site.ts';
import { type AskingPorts, askAdapter } from './asking.ts';

/** By the adapter's names of the settings; each value once. */
export type Found = Record<string, Choice[]>;

const bugMessage = 'The bridge itself made an error while it looked for what there is to choose';

/** Never throws: a failure, even a bug, comes back, and tells no secret. */
export async function discover(source: Source, ports: AskingPorts): Promise<Found | Failure> {
  const outcome = await askAdapter(
    source,
    [],
    ports,
    async (context) => (await source.adapter.discover?.(context)) ?? {},
  );
  if (outcome instanceof Failure) return outcome;
  if ('stack' in outcome) return new Failure('bad-response', bugMessage);
  return Object.fromEntries(
    Object.entries(outcome.answer).map(([name, choices = []]) => [
      name,
      [...new Map(choices.map((choice) => [choice.value, choice])).values()],
    ]),
  );
}
