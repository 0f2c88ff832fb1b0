/** What `npm run status -- --json` writes, for programs that watch the bridge. */
import * as z from 'zod/mini';
import { TickReport } from '../../functions/push-solar-data/core/report.ts';

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
  lastAt: described(time, 'when it last ran'),
  silentSeconds: described(z.number(), 'how long ago that was; beyond 300 it does not run any more'),
  reading: described(
    z.optional(Tick),
    'the last tick that pushed figures: `at`, and its `report` with `figures` in kW as in the line of `npm run -s tick`; left out if there was none in two hours',
  ),
  told: described(
    z.optional(z.union([Tick, z.object({ at: time, trouble: z.string() })])),
    'the last tick that told anything: `at`, and its `report` with `outcome`, `kind` and `error`; or `trouble`, where an invocation broke off',
  ),
});
export type StatusReport = z.output<typeof StatusReport>;

/** By field: what it means, and whether it is always there. */
export const statusFields = (): { name: string; description: string; always: boolean }[] =>
  Object.entries(StatusReport.shape).map(([name, schema]) => ({
    name,
    description: z.globalRegistry.get(schema)?.description ?? '',
    always: !schema.safeParse(undefined).success,
  }));
