/** What `npm run status -- --json` writes, for programs that watch the bridge. */
import * as z from 'zod/mini';
import { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { isWell } from './home-condition.ts';
import type { HomeTicks } from './homes-ticks.ts';

const described = <Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

const time = z.iso.datetime();
const Tick = z.object({ at: time, report: TickReport });

export const StatusReport = z.object({
  site: described(z.string(), 'the name of the home'),
  region: described(z.string(), 'the region of AWS'),
  well: described(z.boolean(), 'whether the last tick that told anything pushed figures, and the bridge runs'),
  lastAt: described(
    z.optional(time),
    'when it last ran; left out of one of several homes that has not in two hours: of a home alone that is an error',
  ),
  silentSeconds: described(
    z.optional(z.number()),
    'how long ago that was; beyond 300 it does not run any more; left out as `lastAt`',
  ),
  reading: described(
    z.optional(Tick),
    'the last tick that pushed figures: `at`, and its `report` with `figures` in kW as in the line of `npm run -s tick`; left out if there was none in two hours',
  ),
  told: described(
    z.optional(z.union([Tick, z.object({ at: time, trouble: z.string() })])),
    'the last tick that told anything: `at`, and its `report` with `outcome`, `kind` and `error`; or `trouble`, where an invocation broke off',
  ),
  stack: described(z.optional(z.string()), 'the stack that it shares with other homes; left out of a home alone'),
  functionRuns: described(
    z.optional(z.boolean()),
    'in such a stack, whether the function that ticks for it and others runs: a home may be silent while it does',
  ),
});
export type StatusReport = z.output<typeof StatusReport>;

/** Where a home runs. */
type Place = { region: string; stack?: string | undefined; runs: boolean };

/** @param now ms since the epoch. */
export function reportOf(
  { site, last, reading, told }: Omit<HomeTicks, 'rows'> & { site: string },
  { region, stack, runs }: Place,
  now: number,
) {
  const since = last && { lastAt: last.at, silentSeconds: Math.max(0, Math.round((now - last.at.getTime()) / 1000)) };
  const shared = stack === undefined ? {} : { stack, functionRuns: runs };
  return { site, region, well: isWell({ last, told }, now), ...since, reading, told, ...shared };
}

/** By field: what it means, and whether it is always there. */
export const statusFields = (): { name: string; description: string; always: boolean }[] =>
  Object.entries(StatusReport.shape).map(([name, schema]) => ({
    name,
    description: z.globalRegistry.get(schema)?.description ?? '',
    always: !schema.safeParse(undefined).success,
  }));
