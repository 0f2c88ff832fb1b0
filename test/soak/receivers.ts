/** Where the readings of a soaked home go: Charge HQ, a broker, a webhook and PVOutput, each in weather of its own. */
import type { DestinationReport, TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { CommonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import { type Misbehaviour, openBrokenBroker } from '../faults/broken-broker.ts';
import { type Answer, type Push, type ReceivedRequest, serve } from '../support/conversation.ts';
import type { Asked } from './cloud.ts';
import { answerOf, type Random, type Trouble, type Weather, weatherOf } from './trouble.ts';

export type Receiver = {
  label: string;
  url: string;
  /** Each time that it was reached. */
  asked: Asked[];
  /** What reached it since the last look; whole, or before a connection broke, so that nobody can say that it arrived. */
  take(): { pushes: Push[]; whole: number };
  close(): Promise<void>;
};

const phases = ['serverError', 'gone', 'tooMany', 'wait', 'refused'] as const;
const aDay = 0.002;

export type Surroundings = { random: Random; now(): number; secrets: readonly string[] };

type HttpReceiver = {
  label: string;
  usual: Answer;
  /** As a push of Charge HQ's; undefined where it tells neither figures nor an error of ours. */
  pushOf(received: ReceivedRequest): Push | undefined;
};

export async function openReceiver(
  { label, usual, pushOf }: HttpReceiver,
  { random, now, secrets }: Surroundings,
): Promise<Receiver> {
  const weather = weatherOf(random, phases, aDay);
  const { asked, note, take } = notesOf(weather, now);
  const server = await serve((received) => {
    const trouble = note(pushOf(received));
    server.received.length = 0;
    return trouble ? answerOf(trouble, random, received, secrets) : usual;
  });
  return { label, url: server.url, asked, take, close: server.close };
}

/** Its troubles in the words of a broker. */
const reasonCodes: Partial<Record<Trouble, number>> = {
  ...{ serverError: 136, error500: 128, tooMany: 151, wait: 159, refused: 135, aDay: 137, gone: 133, echo: 144 },
};

export async function openBroker(label: string, { random, now, secrets }: Surroundings): Promise<Receiver> {
  const { asked, note, take } = notesOf(weatherOf(random, phases, aDay), now);
  let document: CommonDocument | undefined;
  const misbehave: Misbehaviour = (packet, { send, socket, usual }) => {
    if (packet.cmd === 'publish' && packet.topic.endsWith('/state')) {
      document = JSON.parse(packet.payload.toString());
      take.add(pushOfDocument(document));
    }
    if (packet.cmd !== 'connect') return usual();
    const trouble = note(undefined);
    if (trouble === undefined) return usual();
    if (trouble === 'hang') return undefined;
    const reasonCode = reasonCodes[trouble];
    if (reasonCode === undefined) return void socket.destroy();
    const reasonString = random.among(['sorry', ...secrets]);
    send({ cmd: 'connack', reasonCode, sessionPresent: false, properties: { reasonString } });
    socket.end();
  };
  const { url, close } = await openBrokenBroker(misbehave);
  return { label, url: url(), asked, take, close };
}

function notesOf(weather: Weather, now: () => number) {
  const asked: Asked[] = [];
  let pushes: Push[] = [];
  let broken = 0;
  const add = (push: Push | undefined) => {
    if (push) pushes.push(push);
  };
  const take = () => {
    const taken = { pushes, whole: pushes.length - broken };
    pushes = [];
    broken = 0;
    return taken;
  };
  return {
    asked,
    take: Object.assign(take, { add }),
    note(push: Push | undefined): Trouble | undefined {
      const trouble = weather.now(now());
      asked.push({ at: now(), what: 'message', how: trouble ?? 'well' });
      add(push);
      if (push && trouble === 'break') broken += 1;
      return trouble;
    },
  };
}

/** The common document as a push of Charge HQ's. */
export function pushOfDocument(document: CommonDocument | undefined): Push | undefined {
  if (document === undefined) return undefined;
  if (document.type === 'error') return { apiKey: '', error: document.error };
  const { type, version, site, sent_ms, tsms, derived, ...siteMeters } = document;
  return { apiKey: '', siteMeters: siteMeters as Record<string, number> };
}

/** After a refusal a receiver is left alone for half an hour at most, and a tick. */
const longestWaitMs = 31 * 60_000;

/** What each receiver had been asked before a tick. */
export type Before = ReadonlyMap<string, Asked[]>;
export const askedBefore = (receivers: readonly Receiver[]): Before =>
  new Map(receivers.map(({ label, asked }) => [label, asked.slice(-2)]));

const isLate = (row: DestinationReport | undefined): boolean => /in time/.test(row?.error ?? '');

/** The destinations whose message was given up. */
export const lateIn = ({ destinations }: TickReport): string[] => destinations.filter(isLate).map(({ label }) => label);

/**
 * A sentence for each receiver that works and was not told what there was to tell; first for those for which time was
 * up while another one hung. Where none did, it was the machine's other work.
 *
 * @param now at the tick's end, ms.
 */
export function losses(
  { figures, error, destinations }: Pick<TickReport, 'figures' | 'error' | 'destinations'>,
  receivers: readonly Pick<Receiver, 'label' | 'asked'>[],
  before: Before,
  now: number,
): [late: string[], lost: string[]] {
  if (figures === undefined && error === undefined) return [[], []];
  const isReached = ({ label, asked }: Pick<Receiver, 'label' | 'asked'>) => asked.at(-1) !== before.get(label)?.at(-1);
  const oneHangs = receivers.some((each) => isReached(each) && each.asked.at(-1)?.how === 'hang');
  const untold = receivers
    .filter(({ label }) => label !== 'pvoutput') // which is told when a slot is over
    .filter((each) => !isReached(each) && !mayBeLeftAlone(before.get(each.label)?.at(-1), now))
    .map(({ label }) => ({ label, row: destinations.find((each) => each.label === label) }));
  const sentences = (some: typeof untold) => some.map(({ label, row }) => `${label} was not told: ${row?.outcome}`);
  return [
    oneHangs ? sentences(untold.filter(({ row }) => isLate(row))) : [],
    sentences(untold.filter(({ row }) => !isLate(row))),
  ];
}

/** As it may after trouble, and so soon after the last message. */
const mayBeLeftAlone = (last: Asked | undefined, now: number): boolean =>
  last !== undefined && now - last.at < (last.how === 'well' ? 35_000 : longestWaitMs);
