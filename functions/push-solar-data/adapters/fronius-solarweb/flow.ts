/** What a system's channels mean. One rule explains every sign: positive flows towards the inverter, negative away from it. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, total, withLacking } from '../adapter.ts';
import { goneToday } from '../age.ts';
import { negate } from '../quantities.ts';
import { percent, utc, watts } from '../units.ts';
import type { FroniusContext } from './settings.ts';

const Channel = z.object({ channelName: z.nullish(z.string()), value: z.optional(z.unknown()) });

/** Channels by their names: they come in no certain order, and those of absent hardware are null or missing. */
export const channelsOf = <Channels extends z.ZodMiniType>(channels: Channels) =>
  z.pipe(
    z.pipe(
      z.array(Channel),
      z.transform((each) => Object.fromEntries(each.map(({ channelName, value }) => [channelName, value]))),
    ),
    channels,
  );

const Channels = z.object({
  PowerPV: watts,
  /** In spite of its name + is import. */
  PowerFeedIn: watts,
  /** − is consumption, of all but Wattpilot and Ohmpilot. */
  PowerLoad: watts,
  PowerEVCTotal: watts,
  PowerOhmpilot: watts,
  /** In spite of its name + is discharging. */
  PowerBattCharge: watts,
  BattSOC: percent,
});
type Channels = z.output<typeof Channels>;

export const Flow = z.object({
  pvSystemId: z.nullish(z.string()),
  status: z.nullish(z.object({ isOnline: z.nullish(z.boolean()) })),
  data: z.nullish(z.object({ logDateTime: utc, channels: z.nullish(channelsOf(Channels)) })),
});

/**
 * The losses between the direct and the alternating current are in the derived consumption, not in Solar.web's own, which
 * is only used where the sun or the grid is missing.
 *
 * @throws Failure `offline`: null is no zero, but a site that did not answer Solar.web.
 */
export function readingOf({ status, data }: z.output<typeof Flow>, context: FroniusContext): AdapterReading {
  if (status?.isOnline === false)
    throw new Failure('offline', 'Fronius Solar.web shows the data logger as not connected: check its connection');
  const tsms = data?.logDateTime;
  const channels = data?.channels ?? {};
  const { PowerPV, PowerFeedIn, PowerLoad, PowerBattCharge, BattSOC } = channels;
  if ([PowerPV, PowerFeedIn, PowerLoad, PowerBattCharge].every((power) => power === undefined))
    throw new Failure('offline', 'Fronius Solar.web has no figures from the site: check the data logger');
  if (!context.settings.hasSmartMeter) return { production_kw: PowerPV, tsms };

  const optional = optionalPowers(channels, context);
  const battery = PowerBattCharge === undefined && BattSOC !== undefined ? undefined : optional('PowerBattCharge');
  const consumption = ownConsumption(channels, optional, battery, context.state);
  const reading = {
    production_kw: PowerPV ?? total([consumption, negate(PowerFeedIn), negate(battery)]),
    net_import_kw: PowerFeedIn ?? total([consumption, negate(PowerPV), negate(battery)]),
    battery_discharge_kw: PowerBattCharge,
    battery_soc: PowerBattCharge === undefined ? undefined : BattSOC,
    tsms,
  };
  return withLacking(reading, { production: true, battery: battery === undefined });
}

/** What not every home has. */
const optionalNames = ['PowerBattCharge', 'PowerEVCTotal', 'PowerOhmpilot'] as const;
type OptionalPower = (name: (typeof optionalNames)[number]) => number | undefined;

/** kW, 0 where the hardware is absent, which the API tells by null; unknown if the home has shown it today. */
function optionalPowers(channels: Channels, { state, now }: FroniusContext): OptionalPower {
  state.seen ??= {};
  const there = optionalNames.filter((name) => channels[name] !== undefined);
  const gone = goneToday(state.seen, there, now);
  return (name) => channels[name] ?? (gone.includes(name) ? undefined : 0);
}

/** Well above the losses, which could be taken for it, kW. */
const clearOhmpilot_kw = 0.3;

/**
 * kW, as Solar.web sees it: the Wattpilot is not in the load, as the documented example shows. Whether the Ohmpilot is, is
 * not documented: whichever balances better, by the last answer that showed it.
 */
function ownConsumption(
  { PowerPV, PowerFeedIn, PowerLoad }: Channels,
  optional: OptionalPower,
  battery: number | undefined,
  state: FroniusContext['state'],
): number | undefined {
  const load = total([PowerLoad, optional('PowerEVCTotal')]);
  const ohmpilot = optional('PowerOhmpilot');
  const left = total([PowerPV, PowerFeedIn, battery, load]);
  if (left !== undefined && ohmpilot !== undefined && Math.abs(ohmpilot) > clearOhmpilot_kw)
    state.ohmpilotInLoad = Math.abs(left) < Math.abs(left + ohmpilot);
  return negate(state.ohmpilotInLoad ? load : total([load, ohmpilot]));
}
