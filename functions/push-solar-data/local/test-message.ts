/** The reading of a dry run, really sent to a destination, to see whether it takes it; what it does with it is remembered as after a tick. */
import { currentState, type Message, msUntilNext } from '../core/destination-state.ts';
import { type MeterField, meterFields } from '../core/reading.ts';
import { within } from '../core/time.ts';
import type { Destination } from '../destinations/destination.ts';
import { publish } from '../destinations/publish.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import type { StateStore } from '../persistence/store.ts';
import { createRedactor } from '../platform/redaction.ts';
import { homeOf, openRuntime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { DestinationRegistry, Registry } from '../settings/site.ts';
import { inWords } from './print.ts';
import { storeForALook } from './store-for-a-look.ts';

/** As long as in a tick. */
const publishMs = 10_000;

export type Sent = { isTaken: boolean; sentence: string };

/** @param label of the destination. @returns free of secrets. */
export async function sendTest(
  environment: SettingTexts,
  label: string,
  message: Message,
  { store, ...registries }: { store: StateStore; registry?: Registry; destinations?: DestinationRegistry },
): Promise<Sent> {
  const runtime = openRuntime({ environment, memory: createSiteMemory(storeForALook(store)), ...registries });
  try {
    const site = await runtime.site();
    const destination = site.destinations.find((each) => each.label === label);
    if (!destination || destination.problems.length > 0)
      return { isTaken: false, sentence: destination?.problems.join(' ') ?? `DESTINATION does not name ${label}` };
    const now = runtime.clock.now();
    const { state } = await runtime.memory.load(now);
    const before = currentState(state.destinations[label], destination);
    const wait = Math.ceil(msUntilNext(before, destination, now) / 1000); // any other wait may be over: that is the question
    if (wait > 0)
      return {
        isTaken: false,
        sentence: `The last message to ${destination.title} is too young: try again in ${wait} s.`,
      };
    const redactor = createRedactor(site.secrets);
    const told = await within(publishMs, (signal) =>
      publish(destination, before, message, { ...runtime, redactor, signal, home: homeOf(site) }),
    );
    state.destinations[label] = told.state;
    const { outcome, error } = told.row;
    const sentence = error ?? (outcome === 'idle' ? gathered(destination) : taken(destination, message));
    return { isTaken: outcome !== 'failed', sentence: redactor.text(sentence) };
  } finally {
    await runtime.close();
  }
}

const gathered = ({ title, gathers }: Destination): string =>
  gathers
    ? `${title} was sent nothing yet: it gathers readings, and sends them at its own times.`
    : `Nothing was sent to ${title}: by its settings this reading is not for it.`;

function taken({ title }: Destination, message: Message): string {
  if ('error' in message) return `Sent the error to ${title}; it answered.`;
  const field = meterFields.find((name) => message.reading[name] !== undefined) as MeterField | undefined;
  const figure = field && inWords(field, message.reading[field] ?? 0);
  return `Sent ${figure ?? 'the reading'} to ${title}; it answered.`;
}
