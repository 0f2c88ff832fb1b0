/** A PVOutput on this machine, and ticks that send to it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { DestinationState } from '../../functions/push-solar-data/core/destination-state.ts';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import type { Message } from '../../functions/push-solar-data/destinations/destination.ts';
import { pvoutput } from '../../functions/push-solar-data/destinations/pvoutput.ts';
import { configured, figuresOf, type ReceiverAnswer, receive, tell } from './destinations.ts';

export const apiKey = 'madeup0000000000000000000000000000000000';
export const taken = { text: 'OK 200: Added Status' };
export const noon: Reading = {
  production_kw: 4.2,
  net_import_kw: -1.5,
  consumption_kw: 2,
  battery_discharge_kw: -0.7,
  battery_soc: 0.5,
};
export const failure: Message = { error: 'No figures', kind: 'unavailable' };
export const at = (time: string) => Date.parse(`2026-07-18T${time}Z`);

export type Tick = [time: string, message?: Reading | Message];

/** Ticks one after the other, towards a PVOutput that answers so; what it got, and the row of each tick. */
export async function played(
  t: TestContext,
  ticks: readonly Tick[],
  answers: readonly ReceiverAnswer[] = [taken],
  settings = {},
  before: DestinationState = {},
) {
  const { url, received } = await receive(t, ...answers);
  const texts = { apiKey, systemId: '12345', timeZone: 'Australia/Sydney', baseUrl: url, ...settings };
  const destination = configured(pvoutput, texts);
  assert.deepEqual(destination.problems, []);
  let state = before;
  const rows: string[] = [];
  const remarks: string[][] = [];
  let last: Awaited<ReturnType<typeof tell>>['row'] | undefined;
  for (const [time, told] of ticks) {
    const message = told && ('error' in told ? told : figuresOf(told as Reading));
    const result = await tell(t, destination, message as Message | undefined, { before: state, now: at(time) });
    state = JSON.parse(JSON.stringify(result.state));
    rows.push(result.row.kind ?? result.row.outcome);
    remarks.push(result.remarks);
    last = result.row;
  }
  const forms = received.map(({ text }) => Object.fromEntries(new URLSearchParams(text)));
  return { rows, last, state, remarks, received, forms, slots: forms.map(({ t: slot }) => slot) };
}

/** How one slot ends at a PVOutput that answers so. */
export const oneSlot = (t: TestContext, answer: ReceiverAnswer, settings = {}) =>
  played(
    t,
    [
      ['02:35:03', noon],
      ['02:40:03', noon],
    ],
    [answer],
    settings,
  );
