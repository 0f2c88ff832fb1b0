/** What the number of an inverter's type tells, and how old a device's figures may be. */
import type { DeviceReading } from '../adapter.ts';

/** Without a battery port: X1-Boost, Air and Mini, X3-20K, X3-MIC and PRO, X1-Smart and SPT, the micro inverters. */
const withoutBattery = new Set([4, 6, 7, 8, 16, 17, 18, 22, 27, 28, 29, 44]);
const highestKnown = 47;
const alsoKnown = new Set([100, 101, 102, 103, 104, 105]);
const unlisted = new Set([30, 42, 45]);
/** Battery inverters without PV inputs: X1-AC, A1-AC. */
const withoutPanels = new Set([9, 20]);

/** undefined for a type that SolaX does not list. */
export function hasBatteryPort(type: number | undefined): boolean | undefined {
  if (type === undefined) return undefined;
  if (withoutBattery.has(type)) return false;
  const isListed = (type >= 1 && type <= highestKnown && !unlisted.has(type)) || alsoKnown.has(type);
  return isListed ? true : undefined;
}

export const hasPanels = (type: number | undefined): boolean => type === undefined || !withoutPanels.has(type);

export const isOld = (
  { tsms = 0 }: DeviceReading,
  { now, staleAfterSeconds }: { now: number; staleAfterSeconds: number },
): boolean => now - tsms > staleAfterSeconds * 1000;

/** A home has a meter if anything of it was ever more than nothing: where there is none, older models write 0. One that cannot be read shows nothing. */
export const hasMeter = (...figures: (number | undefined)[]): boolean =>
  figures.some((figure) => figure !== undefined && !Number.isNaN(figure) && figure !== 0);
