/** Trouble at random, the same again for the same seed: single mishaps, and phases of minutes in which nothing works. */
import type { Answer } from '../support/conversation.ts';

export type Random = {
  /** 0…1. */
  next(): number;
  /** Whether something of this probability happens now. */
  happens(probability: number): boolean;
  among<Item>(items: readonly [Item, ...Item[]]): Item;
};

/** Mulberry32: small, quick, and good enough for mishaps. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    happens: (probability) => next() < probability,
    among: (items) => items[Math.floor(next() * items.length)] ?? items[0],
  };
}

export const troubles = {
  serverError: { status: 503, text: '<html>maintenance</html>' },
  webPage: { text: '<html><body>Please log in</body></html>' },
  truncated: { text: '{"result": [{"value": 12' },
  refused: { status: 401, json: { message: 'who are you?' } },
  tooMany: { status: 429, json: {} },
  wait: { status: 429, headers: { 'retry-after': '600' }, json: {} },
  gone: { status: 404, text: '<html>no such page</html>' },
  hang: { act: () => {} },
  break: { act: (request) => request.socket.destroy() },
} satisfies Record<string, Answer>;
export type Trouble = keyof typeof troubles;

/** Hanging costs real time, so it is the rarest. */
const singles = [
  'serverError',
  'serverError',
  'webPage',
  'webPage',
  'truncated',
  'truncated',
  'break',
  'break',
  'hang',
] as const satisfies readonly Trouble[];

export type Weather = {
  /** What befalls a request at this moment; undefined for nothing. */
  now(at: number): Trouble | undefined;
};

/** @param phases the kinds of trouble that last here. */
export function weatherOf(random: Random, phases: readonly [Trouble, ...Trouble[]]): Weather {
  let phase: { kind: Trouble; until: number } | undefined;
  return {
    now(at) {
      if (phase && at < phase.until) return phase.kind;
      phase = undefined;
      if (random.happens(0.006)) phase = { kind: random.among(phases), until: at + (2 + random.next() * 40) * 60_000 };
      if (phase) return phase.kind;
      return random.happens(0.02) ? random.among(singles) : undefined;
    },
  };
}
