/** What the devices of a Shelly account could measure, for the set-up: each meter with its name and what it shows now. */
import * as z from 'zod/mini';
import type { Choice } from '../only.ts';
import { identifier, words } from '../quantities.ts';
import { type Component, metersIn, powerOf, Status } from './components.ts';

const Shown = z.object({ _dev_info: z.catch(z.optional(z.object({ id: identifier })), undefined) });
export const Statuses = z.object({ data: z.object({ devices_status: z.record(z.string(), Status) }) });
/** Several channels of a device stand there each, under its id with their number behind it. */
export const Names = z.object({ data: z.object({ devices: z.record(z.string(), z.object({ name: words })) }) });

type Names = z.output<typeof Names>['data']['devices'];
type Meter = Component & { name: string; watts: number | undefined };

/** Meters that know a direction, of the grid first; each as it counts and turned round, with what that means now. */
export function meterChoices({ data }: z.output<typeof Statuses>, names: Names) {
  const meters = Object.entries(data.devices_status).flatMap(([key, status]) => {
    const id = (Shown.safeParse(status).data?._dev_info?.id ?? key).toLowerCase();
    const name = names[id]?.name || names[`${id}_0`]?.name || id;
    return metersIn(id, status).map((component): Meter => ({ ...component, name, watts: wattsOf(component, status) }));
  });
  const inOrder = meters.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  return {
    netImport: inOrder.flatMap((meter) => bothWays(meter, ['from the grid', 'into the grid'])),
    production: inOrder.flatMap((meter) => bothWays(meter, ['solar power', 'the wrong way round'])),
    batteryDischarge: inOrder.flatMap((meter) => bothWays(meter, ['discharging', 'charging'])),
  };
}

const order: readonly Component['kind'][] = ['em', 'emeters', 'em1', 'pm1', 'switch', 'meters'];

/** Undefined while it measures nothing. */
function wattsOf(component: Component, status: Status): number | undefined {
  try {
    return Math.round(powerOf(component, status) * 1000);
  } catch {
    return undefined;
  }
}

function bothWays({ deviceId, kind, index, name, watts }: Meter, [positive, negative]: [string, string]): Choice[] {
  const value = `${deviceId}/${kind}:${index}`;
  const meaning = (sign: number) =>
    watts === undefined
      ? ', no figure now'
      : `: ${watts} W${watts === 0 ? '' : `, ${sign * watts > 0 ? positive : negative} now`}`;
  return [
    { value, title: `${name}${meaning(1)}` },
    { value: `-${value}`, title: `${name}, turned round${meaning(-1)}` },
  ];
}
