/** A conversation at another time than its own, with whoever asks: its good answers, their times moved, by day and in the dark. */
import { isTime, later, rewritten } from '../faults/figures.ts';
import { type Answer, contains, type Exchange, type ReceivedRequest } from '../support/conversation.ts';
import { withFigures } from './adapter-conversation.ts';

const minute = 60_000;

/** By day and in the dark; not by a rule that a cloud asked every so many minutes falls in step with. */
export const isDark = (at: number): boolean =>
  Math.floor(at / minute)
    .toString(2)
    .replaceAll('0', '').length %
    2 ===
  1;

export const answerOf = ({ answer }: Exchange, received: ReceivedRequest): Answer =>
  typeof answer === 'function' ? answer(received) : answer;

/** @param now of the conversation. @param laterMs by how much it is later. */
export function moved(
  { json, ...rest }: Answer,
  changes: Readonly<Record<string, unknown>>,
  now: number,
  laterMs: number,
): Answer {
  if (json === undefined) return rest;
  const changed = { ...rest, json: withFigures(json, changes) };
  return (
    rewritten(changed, (value) => (isTime(value, now) ? later(value as string | number, laterMs) : value)) ?? changed
  );
}

/** A log-in is answered with what opens doors. */
export const isLogIn = ({ answer }: Exchange): boolean => /"[^"]*(token|cookie)/i.test(JSON.stringify(answer) ?? '');

/** The exchange that expects most of what was sent: tokens and days are others by and by. The last of several. */
export function fittest(exchanges: readonly Exchange[], received: ReceivedRequest): Exchange | undefined {
  const onPath = exchanges.filter(({ method = 'GET', path }) => method === received.method && path === received.path);
  const fitOf = ({ query, headers, json, form }: Exchange) =>
    [
      [received.query, query] as const,
      [received.headers, headers] as const,
      [received.body, json ?? form] as const,
    ].reduce((sum, [got, wanted]) => sum + fitting(got, wanted), 0);
  return onPath.reduce(
    (best: Exchange | undefined, each) => (best && fitOf(each) < fitOf(best) ? best : each),
    undefined,
  );
}

const fitting = (got: unknown, wanted: object = {}): number =>
  Object.entries(wanted).filter(([name, value]) => contains(got, { [name]: value })).length;
