/** What an owner writes for http-json: requests, fields and secrets as JSON, checked member by member. */
import * as z from 'zod/mini';
import { isAllowedUrl } from '../../platform/http.ts';
import { secretProblem } from '../../settings/written.ts';
import { Failure } from '../adapter.ts';
import { isHeader } from '../tunnel.ts';
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

/** Factors to kW, kWh and 0…1. */
const units = {
  power: { mW: 1e-6, W: 1e-3, kW: 1, MW: 1e3 },
  energy: { Wh: 1e-3, kWh: 1, MWh: 1e3 },
  charge: { '%': 0.01, fraction: 1 },
} as const;

const field = <const Unit extends string>(factors: Record<Unit, number>) =>
  z.optional(
    z.strictObject({
      expr: expression,
      /** As its factor. */
      unit: z.pipe(
        z.enum(Object.keys(factors) as [Unit, ...Unit[]]),
        z.transform((unit) => factors[unit]),
      ),
      invert: z._default(z.boolean(), false),
      /** In the field's own unit, where the expression gives nothing or null. */
      default: z.optional(z.number()),
    }),
  );

export const powers = ['production', 'netImport', 'consumption', 'batteryDischarge'] as const;
export type Power = (typeof powers)[number];
/** What a reading can do without. */
export const extras = ['batterySoc', 'importedEnergy', 'exportedEnergy'] as const;
export type Extra = (typeof extras)[number];

export const Fields = z
  .strictObject({
    production: field(units.power),
    netImport: field(units.power),
    consumption: field(units.power),
    batteryDischarge: field(units.power),
    batterySoc: field(units.charge),
    importedEnergy: field(units.energy),
    exportedEnergy: field(units.energy),
  })
  .check(
    z.refine(
      (fields) => powers.some((power) => fields[power]),
      'names no power (production, netImport, consumption or batteryDischarge)',
    ),
  );
export type Fields = z.output<typeof Fields>;
export type Field = NonNullable<Fields[keyof Fields]>;

export const Secrets = z.record(
  z.string().check(z.regex(/^[\w-]+$/, 'is not a name of letters, digits, _ and -')),
  z
    .string()
    .check(
      z.refine((text) => secretProblem(text) === undefined, { error: ({ input }) => secretProblem(String(input)) }),
    ),
);

const keptTexts = 20;

/** A setting of JSON in this shape; its message says which member is wrong. A right text is read once: settings are parsed at every tick. */
export function jsonOf<Schema extends z.ZodMiniType>(schema: Schema) {
  const read = new Map<string, z.output<Schema>>();
  return z.pipe(
    z.string({ error: 'is missing' }),
    z.transform((text, context): z.output<Schema> => {
      if (read.has(text)) return read.get(text) as z.output<Schema>;
      const parsed = schema.safeParse(parsedJson(text));
      if (parsed.success) {
        if (read.size >= keptTexts) read.clear();
        read.set(text, parsed.data);
        return parsed.data;
      }
      const [issue] = parsed.error.issues;
      context.issues.push({ code: 'custom', message: issue ? sentence(issue) : 'is not valid', input: text });
      return z.NEVER;
    }),
  );
}

/** undefined for a text that is not JSON, which no schema here accepts. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.path.length === 0 && issue.code === 'invalid_type')
    return `must be a JSON ${issue.expected === 'array' ? 'list' : 'object'}`;
  const where = issue.path.length === 0 ? '' : `: ${issue.path.join('.')}`;
  if (issue.code === 'unrecognized_keys') return `has a member that is not known${where}: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_value') return `is wrong${where} must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_union' || issue.code === 'invalid_type')
    return `is wrong${where} is missing or of a wrong kind`;
  return where ? `is wrong${where} ${issue.message}` : issue.message;
}

/**
 * The requests with `{secret:NAME}` replaced by that secret: percent-encoded in `url`, as it is elsewhere.
 *
 * @throws Failure `settings` for a name that is not there, a header that cannot be sent, and an address to which no
 *   credentials may travel; so all is known to be right before the first call.
 */
export function withSecrets(requests: readonly Request[], secrets: SecretTexts): Request[] {
  return requests.map((request) => {
    const { url, ...rest } = request;
    const filled = { ...fillIn(rest, secrets), url: fillIn(url, secrets, encodeURIComponent) };
    checkAddress(filled.id, filled.url);
    if (filled.auth.type === 'oauth2-client-credentials') checkAddress(filled.id, filled.auth.tokenUrl);
    for (const [name, value] of Object.entries(filled.headers))
      if (!isHeader(name, value))
        throw new Failure('settings', `Request ${filled.id}: the header ${name} cannot be sent`);
    return filled;
  });
}

type SecretTexts = Readonly<Record<string, string>>;
type Put = (secret: string) => string;

/** The same tree with its secrets. */
function fillIn<Tree>(tree: Tree, secrets: SecretTexts, put?: Put): Tree;
function fillIn(tree: unknown, secrets: SecretTexts, put: Put = (secret) => secret): unknown {
  if (Array.isArray(tree)) return tree.map((item) => fillIn(item, secrets, put));
  if (typeof tree === 'object' && tree !== null)
    return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, fillIn(value, secrets, put)]));
  if (typeof tree !== 'string') return tree;
  return tree.replace(/\{secret:([^}]*)\}/g, (_, name: string) => {
    const secret = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (secret === undefined)
      throw new Failure('settings', `The requests use a secret "${name}" that the secrets do not hold`);
    return put(secret);
  });
}

function checkAddress(id: string, address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !isAllowedUrl(url) || /^169\.254\.\d+\.\d+$/.test(url.hostname))
    throw new Failure('settings', `Request ${id}: its address must be a whole one that begins with https://`);
  if (url.username || url.password)
    throw new Failure('settings', `Request ${id}: write the user name and password into auth, not into the address`);
}
