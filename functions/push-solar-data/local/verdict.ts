/** The verdict: what one read gives is shown, and the owner says whether it is what the home does. */
import type { Message } from '../core/destination-state.ts';
import type { StateStore } from '../persistence/store.ts';
import { openSite } from '../settings/site.ts';
import { exitCodes } from './command.ts';
import type { Step } from './configure-steps.ts';
import { diagnosisTable } from './diagnosis.ts';
import { type DryRun, dryRun, readSeconds } from './dry-run.ts';
import { stateFolder } from './environment.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import type { Choice } from './questions.ts';
import { alone } from './state-lock.ts';
import { askStreetMeter } from './street-meter.ts';
import { sendTest } from './test-message.ts';
import { untold } from './untold.ts';

export type VerdictPorts = InterviewPorts & {
  /** Where a read keeps its log-ins. */
  store: StateStore;
};

const change: Choice<Step> = { value: { to: 'menu' }, name: 'Change a setting, or set an optional one' };
const leave: Choice<Step> = { value: { to: 'leave' }, name: 'Leave everything as it was' };
const store: Choice<Step> = { value: { to: 'store' }, name: 'Store the settings all the same' };
const again: Choice<Step> = { value: { to: 'check' }, name: 'Read again' };
const another: Choice<Step> = {
  value: { to: 'add-source' },
  name: 'Add another source: a second inverter, battery or meter',
};

/** Reads once, shows what came, and asks what to do with it. */
export async function decide(draft: Draft, interview: VerdictPorts): Promise<Step> {
  const { ask, registry, destinations } = interview;
  ask.say('\nReading once; nothing is pushed …\n');
  const read = await ask.waiting(
    'Reading',
    readSeconds,
    dryRun(draft, { store: interview.store, registry, destinations }),
  );
  const { now, message, ...diagnosis } = read;
  ask.output.write(`${diagnosisTable(diagnosis, now, ask.output)}\n\n`);
  if (await askStreetMeter(read, draft, interview)) return { to: 'check' };
  if (diagnosis.kind || !message) {
    const mayPass =
      diagnosis.kind === 'unavailable' ? [again, ...correctionsOf(read)] : [...correctionsOf(read), again];
    return ask.select<Step>('The read failed.', [...mayPass, change, store, leave]);
  }
  const step = await ask.select<Step>('Is this what your home does right now? Look at the directions.', [
    { value: { to: 'store' }, name: 'Yes: store the settings' },
    ...read.sources.map(({ label }) => ({
      value: { to: 'correct-figures' as const, label },
      name: read.sources.length === 1 ? 'No: correct what is measured' : `No: correct what ${label} measures`,
    })),
    change,
    another,
    leave,
  ]);
  if (step.to !== 'store' || (await areTaken(message, draft, interview))) return step;
  return ask.select<Step>('Not every destination took it.', [change, store, leave]);
}

/** Of each source that failed: at a refusal of the log-in first of all. */
const correctionsOf = ({ sources }: DryRun): Choice<Step>[] =>
  sources
    .filter(({ failure }) => failure)
    .map(({ label, failure }) =>
      failure?.kind === 'auth'
        ? { value: { to: 'correct-log-in', label }, name: `Correct what ${label} logs in with` }
        : { value: { to: 'correct-figures', label }, name: `Correct what ${label} reads` },
    );

/** Offers to send the reading to each destination. @returns false if one of them did not take it. */
async function areTaken(message: Message, draft: Draft, interview: VerdictPorts): Promise<boolean> {
  const { ask, registry, destinations, aws } = interview;
  const ports = { store: interview.store, registry, destinations };
  for (const sentence of await untold(draft, { registry, destinations }, { aws })) ask.say(sentence);
  const site = await openSite(draft, registry, destinations);
  const usable = site.destinations.filter(({ problems }) => problems.length === 0); // one at AWS may wait for the deployment
  let areAllTaken = true;
  for (const { label, title } of usable) {
    if (!(await ask.confirm(`Send this reading to ${title} now, to try it?`, true))) continue;
    const send = async (): Promise<number> => {
      const { isTaken, sentence } = await sendTest(draft, label, message, ports);
      ask.say(sentence);
      return isTaken ? exitCodes.done : exitCodes.failed;
    };
    const code = aws ? await send() : await alone(stateFolder(draft), 'configure', send, ask.say);
    if (code !== exitCodes.done) areAllTaken = false;
  }
  return areAllTaken;
}
