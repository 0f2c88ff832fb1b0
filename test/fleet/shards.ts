/** The shards of a fleet: their homes, their rules, and the account and region that they share with others. */
import { homesAShard } from '../../functions/push-solar-data/settings/shards.ts';
import { chanceOf } from './chances.ts';

/** A rule of EventBridge has so many targets. */
const shardsARule = 5;
/** Until an event of the schedule has begun its invocation. */
const [leastDelayMs, mostDelayMs] = [50, 1_500];

export type FleetShard = {
  /** From 0, in the fleet. */
  nth: number;
  region: number;
  /** How many its stack has, in that region. */
  shardsOfRegion: number;
  /** Numbers of its homes. */
  homes: readonly number[];
};

export function shardsOf(homes: number, homesARegion: number): FleetShard[] {
  const shards: FleetShard[] = [];
  for (let region = 0; region * homesARegion < homes; region++) {
    const first = region * homesARegion;
    const end = Math.min(homes, first + homesARegion);
    const shardsOfRegion = Math.ceil((end - first) / homesAShard);
    for (let begin = first; begin < end; begin += homesAShard) {
      const count = Math.min(homesAShard, end - begin);
      const numbers = Array.from({ length: count }, (_, each) => begin + each);
      shards.push({ nth: shards.length, region, shardsOfRegion, homes: numbers });
    }
  }
  return shards;
}

/**
 * When its event of a minute is due, ms after the minute: all rules of a stack are made within some seconds, and keep that
 * time.
 */
export const dueMs = (shard: FleetShard, seed: number): number =>
  Math.floor(chanceOf(seed, 'rule', shard.region, Math.floor(shard.nth / shardsARule)).next() * rulesWithinMs);
const rulesWithinMs = 5_000;

/** How long after its event an invocation begins. */
export const delayMs = (shard: FleetShard, minute: number, seed: number): number =>
  leastDelayMs + chanceOf(seed, 'delay', shard.nth, minute).next() * (mostDelayMs - leastDelayMs);
