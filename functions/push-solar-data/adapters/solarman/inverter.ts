/** What an inverter says of itself on the platform of SOLARMAN: a list of keys with texts, another one for each make. */
import * as z from 'zod/mini';
import { total } from '../adapter.ts';
import { figure, identifier } from '../quantities.ts';
import { unixSeconds, utc } from '../units.ts';

/** As a number, its text, or an ISO date. */
export const moment = z.union([unixSeconds, utc]);

export const Inverter = z.object({
  deviceSn: z.nullish(identifier),
  /** 1 online, 2 alarm, 3 offline. */
  deviceState: figure,
  collectionTime: moment,
  dataList: z.nullish(
    z.array(z.object({ key: z.nullish(z.string()), value: z.optional(z.unknown()), unit: z.nullish(z.string()) })),
  ),
});

/** An expression: the sum of all that it fits, which is unknown if one of them is. */
type Key = string | RegExp;

export type Figures = ReturnType<typeof figuresIn>;

/** Looks figures up: of several keys the first that is known. Some values are words, which are no figures. */
export function figuresIn({ dataList }: z.output<typeof Inverter>) {
  const items = dataList ?? [];
  const listed = (key: Key) =>
    typeof key === 'string'
      ? items.filter((item) => item.key === key).slice(0, 1)
      : items.filter((item) => key.test(item.key ?? ''));
  const firstOf = (keys: Key[], factor: (unit: string) => number) => {
    const read = ({ value, unit }: (typeof items)[number]) => {
      const number = figure.safeParse(value).data;
      return number === undefined ? undefined : number * factor(unit?.toLowerCase() ?? '');
    };
    return keys.map((key) => total(listed(key).map(read))).find((sum) => sum !== undefined);
  };
  return {
    /** kW, of W unless the list says kW. */
    power: (...keys: Key[]) => firstOf(keys, (unit) => (unit === 'kw' ? 1 : 1 / 1000)),
    number: (...keys: Key[]) => firstOf(keys, () => 1),
    /** Whether one of them is there, with a figure or without. */
    lists: (...keys: Key[]) => keys.some((key) => listed(key).length > 0),
  };
}
