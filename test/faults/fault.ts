/** What a fault is, and what a tick may make of it. */

import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import type { DestinationErrorKind } from '../../functions/push-solar-data/destinations/destination.ts';
import type { Answer, ReceivedRequest } from '../support/conversation.ts';

/** How a message ends: as a kind of failure, or told. */
export type Ending = DestinationErrorKind | 'told';

export type Fault = {
  name: string;
  /**
   * The answer instead of the usual one; undefined where there is nothing in it that this fault could change.
   *
   * @param now ms since the epoch, of the conversation.
   */
  answer(usual: Answer, received: ReceivedRequest, now: number): Answer | undefined;
  /** Whether it concerns figures, so that only the live call is answered so. */
  ofFigures?: boolean;
  /** The kinds under which an adapter may report it. */
  kinds: readonly FailureKind[];
  /** Whether an adapter may read all the same; then its figures must be those of an undisturbed tick. */
  mayBeRead?: boolean;
  /** How a tick ends where a destination does so, or `told` where the message counts as delivered; undefined: not played there. */
  fromDestination?: Ending;
  /** For how long the answer asks to be left alone, s. */
  asksSeconds?: number;
  /** Whether it never ends by itself: the tick's deadline must. */
  endless?: boolean;
  /** Whether it is made to keep the processor busy, or to fill the memory: then it is played alone, and nothing may block the process. */
  alone?: boolean;
  /** What of the memory is of interest: how much is taken at most, or how much is still held when garbage is collected. */
  weigh?: 'most' | 'held';
  /** What it may take of the memory, if that is less than usual, MB. */
  mostMegabytes?: number;
};
