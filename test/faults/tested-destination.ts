/** What a destination brings to be played under every fault: its settings, and a server for each of its faults. */
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { type Answer, type ReceivedRequest, serve } from '../support/conversation.ts';
import { secretsOfRequest } from '../support/leaks.ts';
import type { DeadAddress } from './addresses.ts';
import { elsewherePath } from './answers.ts';
import type { Ending, Fault } from './fault.ts';
import { httpColumns } from './http-columns.ts';

/** A receiver that fails, until it is mended. */
export type FailingServer = {
  /** Where it is; another one before it is mended, if the fault is of the way. */
  url(): string;
  /** The production of each message that came, kW, whatever became of it; undefined where it held none. */
  messages: readonly (number | undefined)[];
  /** What the requests held that nobody may see. */
  secrets(): string[];
  /** What nobody may do with it and was done, a sentence each. */
  misconduct(): string[];
  mend(): void;
  close(): Promise<void>;
};

export type DestinationFault = Pick<Fault, 'name' | 'alone' | 'weigh' | 'mostMegabytes' | 'asksSeconds'> & {
  /** As what a message may end; undefined: as anything but a bug. */
  ends?: readonly Ending[];
  /** @param now ms since the epoch, at the failing tick. */
  open(now: number): Promise<FailingServer>;
};

export type TestedDestination = {
  name: string;
  /** What the owner sets; `{server}` stands for the server's address. */
  settings: SettingTexts;
  /** What of the settings nobody may see. */
  secrets: readonly string[];
  /** Several may have one name: they share a row. */
  faults(addresses: readonly DeadAddress[]): readonly DestinationFault[];
};

export type HttpDestination = Omit<TestedDestination, 'faults'> & {
  /** How it takes a message. */
  usual: Answer;
  /** The production in a message, kW. */
  productionOf(received: ReceivedRequest): number | undefined;
  /** As what a message ends, by the name of the fault, where it is otherwise than with most. */
  ends?: Readonly<Record<string, readonly Ending[]>>;
};

/** A destination that is told by HTTP: it has all columns of those. */
export const overHttp = (destination: HttpDestination): TestedDestination => ({
  ...destination,
  faults: (addresses) =>
    httpColumns(destination.secrets, addresses).map(({ answer, url, ends, ...column }) => ({
      ...column,
      ...withEnds(destination.ends?.[column.name] ?? ends),
      open: (now) => openHttp(destination, { answer, url }, now),
    })),
});

const withEnds = (ends: readonly Ending[] | undefined) => (ends ? { ends } : {});

async function openHttp(
  { usual, productionOf }: HttpDestination,
  { answer, url }: { answer?: Fault['answer'] | undefined; url?: string | undefined },
  now: number,
): Promise<FailingServer> {
  let failing = true;
  const messages: (number | undefined)[] = [];
  const server = await serve((received) => {
    messages.push(productionOf(received));
    return (failing ? answer?.(usual, received, now) : undefined) ?? usual;
  });
  return {
    url: () => (failing ? url : undefined) ?? server.url,
    messages,
    secrets: () => server.received.flatMap(secretsOfRequest),
    misconduct: () => (server.received.some(({ path }) => path === elsewherePath) ? ['followed a redirect'] : []),
    mend() {
      failing = false;
    },
    close: server.close,
  };
}
