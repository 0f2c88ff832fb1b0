/** What a broker is told: topics and their texts, in the order in which they are sent. Pure. */
import { meterFields } from '../../core/reading.ts';
import type { CommonDocument } from '../document.ts';

/** One publication, at least once. */
export type Publication = {
  topic: string;
  text: string;
  /** Whether the broker keeps it for readers that come later. */
  isRetained: boolean;
  /** How long it stands, s; without, until the next one. */
  expireSeconds?: number;
};

/** Figure topics hold bare numbers: whole watts, percent with one decimal, kWh. + import, + discharging. */
const figureTopics = {
  production_kw: ['production_w', 1000, 0],
  net_import_kw: ['net_import_w', 1000, 0],
  consumption_kw: ['consumption_w', 1000, 0],
  battery_discharge_kw: ['battery_discharge_w', 1000, 0],
  battery_soc: ['battery_soc_percent', 100, 1],
  battery_energy_kwh: ['battery_energy_kwh', 1, 3],
  imported_kwh: ['imported_kwh', 1, 3],
  exported_kwh: ['exported_kwh', 1, 3],
} as const;

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
      const [below, factor, decimals] = figureTopics[field];
      return value === undefined ? [] : [passing(below, String(Number((value * factor).toFixed(decimals)) + 0))];
    }),
    passing('state', JSON.stringify(document)),
  ];
}
