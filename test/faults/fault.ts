/** What a fault is, and what a tick may make of it. */

import type { NotDeliveredReason } from '../../functions/push-solar-data/destinations/destination.ts';
import type { FailureKind } from '../../functions/push-solar-data/platform/failure.ts';
import type { Answer, Heard } from '../support/conversation.ts';

export type Fault = {
  name: string;
  /**
   * The answer instead of the usual one; undefined where there is nothing in it that this fault could change.
   *
   * @param now ms since the epoch, of the conversation.
   */
  answer(usual: Answer, heard: Heard, now: number): Answer | undefined;
  /** Whether it concerns figures, so that only the live call is answered so. */
  ofFigures?: boolean;
  /** The kinds under which an adapter may report it. */
  kinds: readonly FailureKind[];
  /** Whether an adapter may read all the same; then its figures must be those of an undisturbed tick. */
  mayBeRead?: boolean;
  /** How a tick ends where Charge HQ does so: a reason, or `told` where the message counts as delivered. */
  fromChargeHq?: NotDeliveredReason | 'told';
  /** Whether it never ends by itself: the tick's deadline must. */
  endless?: boolean;
  /** Whether it is made to fill the memory. */
  heavy?: boolean;
};
