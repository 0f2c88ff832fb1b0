/** Today's energy in Enlighten, in buckets of 15 minutes, and the newest of them that is complete. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, withLacking } from '../adapter.ts';
import { difference, figure, identifier, sumOfKnown } from '../quantities.ts';
import { percent } from '../units.ts';

/** Each channel, and the ways of the same energy: `x_y` is what went from x to y. */
const ways = {
  production: [],
  consumption: [],
  import: ['grid_home', 'grid_battery'],
  export: ['solar_grid', 'battery_grid'],
  charge: ['solar_battery', 'grid_battery'],
  discharge: ['battery_home', 'battery_grid'],
} as const;
type Total = keyof typeof ways;
type Channel = Total | (typeof ways)[Total][number];
const channels = Object.entries(ways).flat(2) as Channel[];

/** Wh per bucket; those to come may be 0, null or missing. */
const series = z.nullish(z.array(figure));
const Day = z.object({
  start_time: z.number(), // s since the epoch
  interval_length: z.number(), // s
  soc: z.nullish(z.array(percent)),
  ...(Object.fromEntries(channels.map((channel) => [channel, series])) as { [Each in Channel]: typeof series }),
});
export const Today = z.object({
  system_id: z.nullish(identifier),
  siteStatus: z.nullish(z.string()),
  battery_details: z.nullish(z.object({ aggregate_soc: percent })),
  stats: z.tuple([Day], z.unknown()),
});

type Today = z.output<typeof Today>;

/** What no home uses, though the cloud has shown it. */
const mostWattHours = 30_000;

/** The newest bucket that is complete: the current one is open, and the one before still fills up. */
export function settled({ siteStatus, battery_details, stats: [day] }: Today, now: number): AdapterReading {
  const { start_time, interval_length } = day;
  const index = Math.floor((now / 1000 - start_time) / interval_length) - 2;
  const bucket = (channel: Channel) => day[channel]?.[index];
  const isReporting = siteStatus !== 'comm';
  if (isReporting && (index < 0 || channels.every((channel) => index >= (day[channel]?.length ?? 0))))
    throw new Failure('stale', 'Enlighten has no complete quarter of an hour of this day yet');
  // Silent buckets are filled with 0, but a house never uses exactly nothing.
  if (!isReporting || channels.every((channel) => !bucket(channel)))
    throw new Failure('offline', 'Enlighten hears nothing of the gateway (Envoy): check its network');

  const shows = (name: Total) => [name, ...ways[name]].some((channel) => day[channel]?.some(Boolean));
  const hasMeter = shows('consumption') || shows('import') || shows('export');
  const charges = day.soc?.some(Boolean) || battery_details?.aggregate_soc;
  const hasBattery = Boolean(charges) || shows('charge') || shows('discharge');
  /** kW. Where a channel itself is null, its ways tell the same; of two ways one that is missing is nothing. */
  const power = (name: Total): number | undefined => {
    const wattHours = bucket(name) ?? sumOfKnown(...ways[name].map(bucket));
    if (wattHours !== undefined && wattHours > mostWattHours)
      throw new Failure('bad-response', `Enlighten shows ${wattHours} Wh of ${name} in a quarter of an hour`);
    return wattHours === undefined ? undefined : (wattHours * 3.6) / interval_length;
  };
  const production = power('production');
  const battery = hasBattery ? difference(power('discharge'), power('charge')) : 0;
  const measured = difference(power('import'), power('export'));
  const grid = measured ?? difference(difference(power('consumption'), production), battery);
  const reading = {
    production_kw: production,
    net_import_kw: hasMeter ? grid : undefined,
    battery_discharge_kw: hasBattery ? battery : undefined,
    battery_soc: hasBattery ? (day.soc?.[index] ?? battery_details?.aggregate_soc) : undefined,
    tsms: (start_time + (index + 1) * interval_length) * 1000,
  };
  return withLacking(reading, { production: true, grid: hasMeter, battery: hasBattery });
}
