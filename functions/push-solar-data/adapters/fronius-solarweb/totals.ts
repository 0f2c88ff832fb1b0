/** Lifetime counters of import and export, which cost a call and four data points. */
import * as z from 'zod/mini';
import { within } from '../../core/time.ts';
import { type AdapterReading, Failure, type Http, total } from '../adapter.ts';
import { wattHours } from '../units.ts';
import { channelsOf } from './flow.ts';
import type { FroniusContext } from './settings.ts';

const Channels = z.object({
  EnergyPurchased: wattHours,
  EnergyFeedIn: wattHours,
  EnergyBattChargeGrid: wattHours,
  EnergyBattDischargeGrid: wattHours,
});
const names = ['EnergyPurchased', 'EnergyFeedIn', 'EnergyBattChargeGrid', 'EnergyBattDischargeGrid'];
const Totals = z.object({ data: z.array(z.object({ channels: z.nullish(channelsOf(Channels)) })) });

/** The powers are not to wait for the counters. */
const longestMs = 3_000;

/**
 * What flows between battery and grid is counted apart from the rest. That the counters cannot be had ends no reading,
 * unless the token of a log-in is refused, which then is renewed, or the quota used up.
 *
 * @param system the system's address.
 */
export async function readTotals(
  http: Http,
  system: string,
  reading: AdapterReading,
  { settings, takes, note }: FroniusContext,
): Promise<Pick<AdapterReading, 'imported_kwh' | 'exported_kwh'>> {
  if (!settings.readCounters || !settings.hasSmartMeter || !takes('grid')) return {};
  const query = { period: 'total', channel: names.join(',') };
  try {
    const { data } = await within(longestMs, (signal) =>
      http.get(`${system}/aggrdata`, { query, signal, schema: Totals }),
    );
    const counted = data[0]?.channels ?? {};
    const hasBattery = reading.battery_discharge_kw !== undefined || reading.lacking?.includes('battery');
    const ofBattery = (kwh: number | undefined) => kwh ?? (hasBattery ? undefined : 0);
    return {
      imported_kwh: sum(counted.EnergyPurchased, ofBattery(counted.EnergyBattChargeGrid)),
      exported_kwh: sum(counted.EnergyFeedIn, ofBattery(counted.EnergyBattDischargeGrid)),
    };
  } catch (error) {
    const isOfToken = settings.username !== undefined && error instanceof Failure && error.status === 401;
    if (!(error instanceof Failure) || error.kind === 'rate-limited' || isOfToken) throw error;
    note(`the counters are left out: ${error.message}`);
    return {};
  }
}

/** kWh. A part below 0 could hide in the sum: it makes it NaN, which is left out with a remark. */
const sum = (...parts: [number | undefined, number | undefined]): number | undefined =>
  parts.some((kwh) => kwh !== undefined && kwh < 0) ? Number.NaN : total(parts);
