/** What is kept of a soak, to be judged at its end. */
import type { Asked } from './cloud.ts';
import type { Limit } from './limits.ts';
import type { Sample } from './sample.ts';

export type Soak = {
  seed: number;
  ticks: number;
  days: number;
  outcomes: Record<string, number>;
  /** When each new instance began, ms. */
  startedAt: number[];
  /** By cloud. */
  asked: Record<string, Asked[]>;
  /** How often the clouds may be asked for what. */
  limits(asked: Soak['asked']): Limit[];
  /** When each message reached a destination whole, ms, by its label. */
  pushedAt: Record<string, number[]>;
  /** When a destination that works was not told what there was to tell, a sentence each. */
  lost: string[];
  /** How often one that works could not be reached in time while another one hung. */
  late: number;
  /** How long each tick took that did not end in time, ms. */
  overdue: number[];
  /** When a cloud was asked that wanted to be left alone, a sentence each. */
  hasty: string[];
  /** How often each destination was told something. */
  told: Record<string, number>;
  /** Pushes that said something else than the clouds, a sentence each. */
  untrue: string[];
  /** What was told, logged or stored and should not be. */
  unfit: string[];
  /** Lengths of the ticks' lines. */
  lines: number[];
  /** Used-up refresh tokens that were sent, although the newer one could have been known. */
  deadRefreshes: number;
  writes: number;
  samples: Sample[];
};

export const emptySoak = (seed: number, ticks: number, limits: Soak['limits']): Soak => ({
  ...{ seed, ticks, days: 0, outcomes: {}, startedAt: [], asked: {}, limits, pushedAt: {}, lost: [], late: 0 },
  ...{ overdue: [], hasty: [], told: {}, untrue: [], unfit: [], lines: [], deadRefreshes: 0, writes: 0, samples: [] },
});
