/** What a home comes to, by what its sources gave. */
import assert from 'node:assert/strict';
import type { Baseline } from '../../functions/push-solar-data/core/anomalies.ts';
import { type EvaluatedSite, type Evaluation, evaluate } from '../../functions/push-solar-data/core/evaluate.ts';
import type { Reading, Term } from '../../functions/push-solar-data/core/reading.ts';
import type { Lacking } from '../../functions/push-solar-data/core/shape.ts';
import type { SourceResult } from '../../functions/push-solar-data/core/source-state.ts';

export const now = Date.parse('2026-05-01T12:00:00Z');

/** How a source stands: read just now, unless it says otherwise. */
export type Given = Partial<SourceResult> & { take?: readonly Term[] };
export const read = (reading: Reading, given: Given = {}): Given => ({ reading, polled: true, ...given });
export const cached = (reading: Reading, given: Given = {}): Given => ({ reading, cached: true, ...given });
export const failing = (kind: 'offline' | 'auth' | 'bug' | 'stale', given: Given = {}): Given => ({
  polled: true,
  failure: { kind, message: `Example Cloud: ${kind}` },
  ...given,
});
export const lacks = (...what: Lacking['what'][]): Given => ({ lacking: what.map((each) => ({ what: each })) });

/** What is told of a home with these sources, by label. */
export function evaluated(
  sources: Record<string, Given>,
  { baseline, ...site }: Partial<EvaluatedSite> & { baseline?: Baseline } = {},
): Evaluation {
  const results = Object.entries(sources).map(
    ([label, { take: _, ...given }]): SourceResult => ({
      label,
      vendor: 'example',
      polled: false,
      notes: [],
      ...given,
    }),
  );
  const named = Object.entries(sources).map(([label, { take }]) => ({ label, take }));
  return evaluate({ sources: named, problems: [], ...site }, results, now, baseline);
}

export function toldOf({ message }: Evaluation) {
  assert.ok(message && 'reading' in message, `no figures: ${JSON.stringify(message)}`);
  return message;
}
/** Kind and sentence of what is told instead of figures; the line says the same. */
export function errorOf({ message, report, baseline }: Evaluation): [kind: string, sentence: string] {
  assert.ok(message && 'error' in message, `no error: ${JSON.stringify(message)}`);
  assert.deepEqual([report.kind, report.error], [message.kind, message.error]);
  assert.deepEqual([report.figures, baseline], [undefined, undefined], 'nothing is learnt from it');
  return [message.kind, message.error];
}
export const nothingTold = ({ message, report }: Evaluation) => assert.deepEqual([message, report], [undefined, {}]);
