/** Trouble at random, the same again for the same seed: single mishaps, and phases of minutes in which nothing works. */
import { refusal } from '../faults/texts.ts';
import type { Answer, ReceivedRequest } from '../support/conversation.ts';
import { disguises } from '../support/disguises.ts';
import { secretsOfRequest } from '../support/leaks.ts';

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

const fixed = {
  serverError: { status: 503, text: '<html>maintenance</html>' },
  error500: { status: 500, json: { message: 'Internal Server Error' } },
  webPage: { text: '<html><body>Please log in</body></html>' },
  truncated: { text: '{"result": [{"value": 12' },
  refused: { status: 401, json: { message: 'who are you?' } },
  tooMany: { status: 429, json: {} },
  wait: { status: 429, headers: { 'retry-after': '600' }, json: {} },
  aDay: { status: 503, headers: { 'retry-after': '86400' }, text: '<html>maintenance</html>' },
  gone: { status: 404, text: '<html>no such page</html>' },
  longSentence: { json: refusal(`"${'token'.repeat(40_000)}`) },
  longPage: { status: 400, text: `<p>${'&amp;%25\\"'.repeat(30_000)}</p>` },
  hang: { act: () => {} },
  break: { act: (request) => request.socket.destroy() },
} satisfies Record<string, Answer>;
export type Trouble = keyof typeof fixed | 'echo';

/** @param secrets what an echo may repeat besides what was just sent. */
export function answerOf(
  trouble: Trouble,
  random: Random,
  received: ReceivedRequest,
  secrets: readonly string[],
): Answer {
  if (trouble !== 'echo') return fixed[trouble];
  const sent = [...secretsOfRequest(received), ...secrets];
  const echo = Object.values(disguises)[Math.floor(random.next() * Object.keys(disguises).length)];
  const sentence = `no user has ${echo?.(sent[Math.floor(random.next() * sent.length)] ?? '')}`;
  return random.happens(0.5) ? { status: 400, text: `<p>${sentence}</p>` } : { json: refusal(sentence) };
}

/** Hanging costs real time, so it is the rarest. */
const singles = [
  ...(['serverError', 'webPage', 'truncated', 'break', 'echo', 'longSentence', 'longPage'] as const),
  ...(['serverError', 'error500', 'webPage', 'truncated', 'break', 'echo'] as const),
  'hang',
] as const satisfies readonly Trouble[];

export type Weather = {
  /** What befalls a request at this moment; undefined for nothing. */
  now(at: number): Trouble | undefined;
};

/**
 * @param phases the kinds of trouble that last here.
 * @param aDay how probable it is that a request is answered with the wish to be left alone for a day.
 */
export function weatherOf(random: Random, phases: readonly [Trouble, ...Trouble[]], aDay: number): Weather {
  let phase: { kind: Trouble; until: number } | undefined;
  return {
    now(at) {
      if (phase && at < phase.until) return phase.kind;
      phase = undefined;
      if (random.happens(0.006)) phase = { kind: random.among(phases), until: at + (2 + random.next() * 40) * 60_000 };
      if (phase) return phase.kind;
      if (random.happens(aDay)) return 'aDay';
      return random.happens(0.025) ? random.among(singles) : undefined;
    },
  };
}
