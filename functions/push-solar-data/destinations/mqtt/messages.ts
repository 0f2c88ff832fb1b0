/** What a broker is told: topics and their texts, in the order in which they are sent. Pure. */
import { meterFields } from '../../core/reading.ts';
import type { CommonDocument } from '../document.ts';
import { plainName, plainNumber } from '../figures.ts';

/** One publication, at least once. */
export type Publication = {
  topic: string;
  text: string;
  /** Whether the broker keeps it for readers that come later. */
  isRetained: boolean;
  /** How long it stands, s; without, until the next one. */
  expireSeconds?: number;
};

export const statusTopic = (topic: string): string => `${topic}/status`;
export const documentTopic = (topic: string): string => `${topic}/state`;

/** `online` with figures, `offline` with an error; also what the broker says by itself when the bridge falls silent. */
export const statusOf = ({ type }: CommonDocument): 'online' | 'offline' => (type === 'reading' ? 'online' : 'offline');

export type Telling = {
  topic: string;
  /** `json`: the document only; `both`: a topic for each figure too. */
  figures: 'json' | 'both';
  expireSeconds: number;
  /** Whether the broker knows expiry: without it nothing that grows old may be retained. */
  knowsExpiry: boolean;
  withStatus: boolean;
};

/**
 * The status first, the document last: who reads it has everything. An error has no figures: those that there are run
 * out, and none becomes 0 or an old value as new.
 */
export function publicationsOf(document: CommonDocument, telling: Telling): Publication[] {
  const { topic, expireSeconds, knowsExpiry, figures, withStatus } = telling;
  const passing = (below: string, text: string): Publication => ({
    topic: `${topic}/${below}`,
    text,
    isRetained: knowsExpiry,
    ...(knowsExpiry ? { expireSeconds } : {}),
  });
  const status: Publication = { topic: statusTopic(topic), text: statusOf(document), isRetained: true };
  const each = figures === 'both' && document.type === 'reading' ? document : {};
  return [
    ...(withStatus ? [status] : []),
    ...meterFields.flatMap((field) => {
      const value = (each as { [Field in typeof field]?: number })[field];
      return value === undefined ? [] : [passing(plainName(field), plainNumber(field, value))];
    }),
    passing('state', JSON.stringify(document)),
  ];
}
