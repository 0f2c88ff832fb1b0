/** What each inverter tells where there is no GridBOSS; the plain sum is what the portal shows. All or nothing. */
import * as z from 'zod/mini';
import { type DeviceReading, type Http, total, withLacking } from '../adapter.ts';
import { refuseOther } from '../only.ts';
import { difference, figure, identifier } from '../quantities.ts';
import { kilowattHours, negativeWatts, percent, utc, watts } from '../units.ts';
import { isSomething, measuredAt, presence, refuseBlank, refuseLost } from './presence.ts';
import { type LuxPowerContext, title } from './settings.ts';

const Runtime = z.object({
  success: z.literal(true),
  serialNum: z.nullish(identifier),
  ...presence,
  serverTime: utc,
  ppv: watts,
  acCouplePower: watts,
  /** Whether `acCouplePower` is one: else the register mirrors something else. */
  _12KAcCoupleInverterData: z.nullish(z.boolean()),
  pToUser: watts, // import, not the load
  pToGrid: watts,
  pCharge: watts,
  pDisCharge: watts,
  batPower: negativeWatts, // + charging
  soc: percent,
  vBat: figure,
  /** Ah, read like a counter: nobody steers by it. */
  batCapacity: kilowattHours,
  /** Several inverters on one bank. */
  batShared: z.nullish(z.boolean()),
});
type Runtime = z.output<typeof Runtime>;

/** Of all these batteries alike, so that capacities weigh as their Ah do. */
const nominalVolts = 51.2;

/** One call after the other: the portal's own clients ask little at a time. */
export async function readInverters(
  serials: readonly string[],
  http: Http,
  context: LuxPowerContext,
): Promise<DeviceReading[]> {
  const units: { sn: string; runtime: Runtime }[] = [];
  for (const sn of serials) {
    const runtime = await http.post('/WManage/api/inverter/getInverterRuntime', {
      form: { serialNum: sn },
      schema: Runtime,
    });
    refuseOther(runtime.serialNum, sn, { title, noun: 'inverter' });
    refuseLost(sn, runtime);
    units.push({ sn, runtime });
  }
  const readings = units.map(({ sn, runtime }) => readingOf(sn, runtime, context));
  return readings.map((reading, nth) => withWholeCharge(reading, units[nth]?.runtime.batShared, readings));
}

function readingOf(sn: string, runtime: Runtime, context: LuxPowerContext): DeviceReading {
  const { ppv, soc, batCapacity = 0 } = runtime;
  const net_import_kw = difference(runtime.pToUser, runtime.pToGrid);
  refuseBlank(sn, { production_kw: ppv, net_import_kw }, context);
  const battery_discharge_kw = difference(runtime.pDisCharge, runtime.pCharge) ?? runtime.batPower;
  const hasBattery = [battery_discharge_kw, soc, runtime.vBat].some(isSomething);
  const capacity_kwh = runtime.batShared || !(batCapacity > 0) ? undefined : (batCapacity * nominalVolts) / 1000;
  const battery = {
    battery_discharge_kw,
    battery_soc: isSomething(soc) ? soc : undefined,
    battery_capacity_kwh: capacity_kwh,
  };
  const reading = {
    production_kw: runtime._12KAcCoupleInverterData ? total([ppv, runtime.acCouplePower]) : ppv,
    ...(context.settings.gridMeter === 'auto' && { net_import_kw }),
    ...(hasBattery && battery),
    tsms: measuredAt(sn, runtime.serverTime, context),
  };
  return { device: sn, sleeps: false, ...withLacking(reading, { production: true, battery: hasBattery }) };
}

/** The charge of some batteries alone is not the home's: NaN is left out with a remark. On one bank, one is enough. */
function withWholeCharge(
  reading: DeviceReading,
  isShared: boolean | null | undefined,
  all: readonly DeviceReading[],
): DeviceReading {
  const hasBattery = reading.battery_discharge_kw !== undefined || reading.lacking?.includes('battery');
  const isMissed = hasBattery && !isShared && reading.battery_soc === undefined;
  const isTold = all.some(({ battery_soc }) => battery_soc !== undefined);
  return isMissed && isTold ? { ...reading, battery_soc: Number.NaN } : reading;
}
