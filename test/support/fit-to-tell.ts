/** What may leave the bridge, and what it may keep in the open, whatever others say to it. */
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { Push } from './conversation.ts';
import { leaks } from './leaks.ts';

export type Tick = {
  report: TickReport;
  pushes: readonly Push[];
  /** As they are stored after it, by name; undefined where nobody looks. */
  documents?: ReadonlyMap<string, string>;
  secrets: Iterable<string>;
};

const longestText = 300;
const longestLine = 10_000;
/** What a standard parameter holds. */
const largestDocument = 4_096;
/** Control characters, separators of lines and paragraphs, and what turns the direction of writing. */
const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** A sentence for each thing in what was told, logged or stored that should not be there. */
export function unfit({ report, pushes, documents = new Map(), secrets }: Tick): string[] {
  const told = [report, pushes.map(({ apiKey: _, ...rest }) => rest)];
  const texts = textsIn(told);
  const line = JSON.stringify(report);
  const wrong: string[] = [];
  if (line.length > longestLine) wrong.push(`the line has ${line.length} characters`);
  for (const { name, text } of texts) {
    if (steering.test(text)) wrong.push(`${name} steers a terminal: ${JSON.stringify(text.slice(0, 200))}`);
    if (text.length > longestText && name !== 'stack') wrong.push(`${name} has ${text.length} characters`);
  }
  const whole = `${JSON.stringify(told)}\n${texts.map(({ text }) => text).join('\n')}`;
  wrong.push(...leaks(whole, secrets).map((secret) => `told the secret ${secret}`));
  for (const [name, document] of documents) wrong.push(...unfitDocument(name, document, secrets));
  return wrong;
}

/** A log-in is encrypted and holds what it must; every other document is plain. */
function unfitDocument(name: string, document: string, secrets: Iterable<string>): string[] {
  if (name.startsWith('session/')) return [];
  const bytes = Buffer.byteLength(document);
  // What an adapter keeps are names by which it asks its cloud: they stay as they are.
  const steered = name === 'site' ? textsIn(JSON.parse(document)).filter(({ text }) => steering.test(text)) : [];
  return [
    ...steered.map(
      ({ name: member, text }) =>
        `${member} in the document ${name} steers a terminal: ${JSON.stringify(text.slice(0, 200))}`,
    ),
    ...(bytes > largestDocument ? [`the document ${name} has ${bytes} bytes`] : []),
    ...leaks(document, secrets).map((secret) => `the plain document ${name} holds the secret ${secret}`),
  ];
}

function textsIn(tree: unknown, name = ''): { name: string; text: string }[] {
  if (typeof tree === 'string') return [{ name, text: tree }];
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([key, value]) => textsIn(value, Array.isArray(tree) ? name : key));
}
