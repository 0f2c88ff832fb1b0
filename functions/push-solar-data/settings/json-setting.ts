/** Settings that are a tree of JSON, whose messages say which member is wrong. */
import * as z from 'zod/mini';
import { syntaxProblem } from './json-place.ts';

const keptTexts = 20;

/**
 * A setting of JSON in this shape. A right text is read once: settings are parsed at every tick.
 *
 * @param wanted completes "must be …", in place of a message about one member.
 *
 * @example
 * setting(json(z.object({ unit: z.enum(['W', 'kW']) })), 'JSON object …'); // is wrong: unit must be one of W, kW
 */
export function json<Schema extends z.ZodMiniType>(schema: Schema, wanted?: string) {
  const read = new Map<string, z.output<Schema>>();
  return z.pipe(
    z.string({ error: 'is missing' }),
    z.transform((text, context): z.output<Schema> => {
      if (read.has(text)) return read.get(text) as z.output<Schema>;
      const { success, data, error } = schema.safeParse(parsedJson(text));
      if (success) {
        if (read.size >= keptTexts) read.clear();
        read.set(text, data);
        return data;
      }
      const [issue] = error.issues;
      const message = syntaxProblem(text) ?? (wanted === undefined && issue ? sentence(issue) : `must be ${wanted}`);
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    }),
  );
}

/** undefined for a text that is not JSON, which no schema of a tree accepts. */
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
