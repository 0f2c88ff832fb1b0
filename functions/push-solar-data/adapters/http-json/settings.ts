/** What an owner writes for http-json: requests, fields and secrets as JSON, checked member by member. */
import * as z from 'zod/mini';
import { secretProblem } from '../../settings/written.ts';
import { credentialProblem } from './literal-credentials.ts';
import { Request } from './request.ts';

/** JSONata. */
export const expression = z
  .string()
  .check(z.minLength(1, 'is empty'), z.maxLength(500, 'is longer than 500 characters'));

export const Requests = z.array(Request).check(
  z.minLength(1, 'is empty'),
  z.maxLength(5, 'has more than five entries'),
  z.refine((requests) => new Set(requests.map(({ id }) => id)).size === requests.length, 'uses an id twice'),
  z.refine((requests) => credentialProblem(requests) === undefined, {
    error: ({ input }) => credentialProblem(input as Request[]),
  }),
);

export const Secrets = z.record(
  z.string().check(z.regex(/^[\w-]+$/, 'is not a name of letters, digits, _ and -')),
  z
    .string()
    .check(
      z.refine((text) => secretProblem(text) === undefined, { error: ({ input }) => secretProblem(String(input)) }),
    ),
);

const field = <const Unit extends string>(factors: Record<Unit, number>) =>
  z.optional(
    z.strictObject({
      expr: expression,
      /** As its factor to kW, kWh or 0…1. */
      unit: z.pipe(
        z.enum(Object.keys(factors) as [Unit, ...Unit[]]),
        z.transform((unit) => factors[unit]),
      ),
      invert: z._default(z.boolean(), false),
      /** In the field's own unit, where the expression gives nothing or null. */
      default: z.optional(z.number()),
    }),
  );
const power = field({ mW: 1e-6, W: 1e-3, kW: 1, MW: 1e3 });
const energy = field({ Wh: 1e-3, kWh: 1, MWh: 1e3 });
const charge = field({ '%': 0.01, fraction: 1 });

/** The fields of a reading by the owner's names. Signs: + import, + discharging. */
export const powers = {
  production: 'production_kw',
  netImport: 'net_import_kw',
  consumption: 'consumption_kw',
  batteryDischarge: 'battery_discharge_kw',
} as const;
/** What a reading can do without. */
export const extras = {
  batterySoc: 'battery_soc',
  importedEnergy: 'imported_kwh',
  exportedEnergy: 'exported_kwh',
} as const;

export const Fields = z
  .strictObject({
    ...{ production: power, netImport: power, consumption: power, batteryDischarge: power },
    ...{ batterySoc: charge, importedEnergy: energy, exportedEnergy: energy },
  })
  .check(
    z.refine(
      (fields) => Object.keys(fields).some((name) => name in powers),
      'names no power (production, netImport, consumption or batteryDischarge)',
    ),
  );
export type Fields = z.output<typeof Fields>;
