/** The common document, version 1: what every destination tells that has no form of its own. Members may be added within a version, none changed. */
import type { Message } from '../core/destination-state.ts';
import type { ErrorKind } from '../core/failure.ts';
import { type MeterField, meterFields, type PowerField, type SiteMeters } from '../core/reading.ts';

/** Charge HQ's names, units and signs. A figure that is unknown is absent, never null and never 0. */
export type CommonDocument =
  | ({
      type: 'reading';
      version: 1;
      site: string;
      /** When it was sent, ms since the epoch. */
      sent_ms: number;
      /** When the vendor measured, ms since the epoch; absent where that is not reliable. */
      tsms?: number;
      /** The figures that were computed; every other one was measured. */
      derived: readonly PowerField[];
    } & SiteMeters)
  | { type: 'error'; version: 1; site: string; sent_ms: number; error: string; kind: ErrorKind };

const decimals = { _kw: 3, _kwh: 3, _soc: 4 };

/** A figure with as many digits as are meant: watts, watt-hours, hundredths of a percent. */
export function rounded(field: MeterField, value: number): number {
  const unit = field.slice(field.lastIndexOf('_')) as keyof typeof decimals;
  return Number(value.toFixed(decimals[unit])) + 0; // never −0
}

/** The meters of a reading, rounded, in the documented order. */
export function siteMetersOf(reading: SiteMeters): SiteMeters {
  const meters: SiteMeters = {};
  for (const field of meterFields) {
    const value = reading[field];
    if (value !== undefined) meters[field] = rounded(field, value);
  }
  return meters;
}

/** @param sent_ms when it is sent, ms since the epoch. Members stand in a fixed order, because receivers may compare the text. */
export function commonDocument(message: Message, site: string, sent_ms: number): CommonDocument {
  if ('error' in message) return { type: 'error', version: 1, site, sent_ms, error: message.error, kind: message.kind };
  const { reading, derived } = message;
  return {
    type: 'reading',
    version: 1,
    site,
    sent_ms,
    ...(reading.tsms === undefined ? {} : { tsms: Math.round(reading.tsms) }),
    ...siteMetersOf(reading),
    derived,
  };
}
