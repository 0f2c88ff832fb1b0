/** A stand-in for who reads the bridge at home: takes the common document by a webhook, and says what evcc would make of it. */
import * as z from 'zod/mini';
import { openReceiver, type Receiver } from './receiver.ts';

const figure = z.optional(z.number());

/** What evcc's meters look at. */
const Read = z.object({
  error: z.optional(z.string()),
  production_kw: figure,
  net_import_kw: figure,
  battery_discharge_kw: figure,
  battery_soc: figure,
});

/** @param tell is told one sentence for each message. @param port 0: any that is free. */
export const openHomeReader = (tell: (sentence: string) => void, port = 0): Promise<Receiver> =>
  openReceiver('/solar', asRead, tell, port);

/** By evcc's own rules: without its grid meter it changes nothing, without another one it counts 0. */
export function asRead(text: string): string {
  const document = parse(text);
  if (!document?.success) return 'evcc would understand nothing of the message';
  const { error, production_kw, net_import_kw, battery_discharge_kw, battery_soc } = document.data;
  if (error !== undefined) return `evcc would find an error, and leave the car's current as it is: ${error}`;
  if (net_import_kw === undefined) return "evcc would find no grid power, and leave the car's current as it is";
  const sun =
    production_kw === undefined ? 'no figure for the sun, which counts as 0' : `sun ${kilowatts(production_kw)}`;
  const charge = battery_soc === undefined ? '' : ` at ${Math.round(battery_soc * 100)} %`;
  const battery = battery_discharge_kw === undefined ? [] : [`battery ${kilowatts(battery_discharge_kw)}${charge}`];
  return `evcc would read: ${[`grid ${kilowatts(net_import_kw)}`, sun, ...battery].join(', ')}`;
}

/** Signed, as evcc has them: + from the grid, + discharging. */
const kilowatts = (value: number): string => `${Number(value.toFixed(2)).toFixed(2).replace('-', '−')} kW`;

function parse(text: string) {
  try {
    return Read.safeParse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
