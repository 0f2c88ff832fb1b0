/** Whether what the portal shows of a device is of now: it goes on showing the last figures of one that is away. */
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { words } from '../quantities.ts';
import { type LuxPowerContext, title } from './settings.ts';

export const presence = {
  lost: z.nullish(z.boolean()),
  hasRuntimeData: z.nullish(z.boolean()),
  statusText: words,
};
type Presence = z.output<z.ZodMiniObject<typeof presence>>;

/** @throws Failure `offline` if one of them is away, whatever figures stand beside. */
export function refuseLost(sn: string, ...parts: readonly (Partial<Presence> | null | undefined)[]): void {
  const isLost = parts.some(
    (part) => part?.lost || part?.hasRuntimeData === false || part?.statusText?.toLowerCase() === 'offline',
  );
  if (isLost)
    throw new Failure('offline', `${title} says that ${sn} is not connected: check its dongle and the network`);
}

/** @throws Failure `offline` for want of a live figure that the owner takes. */
export function refuseBlank(
  sn: string,
  { production_kw, net_import_kw }: { production_kw: number | undefined; net_import_kw: number | undefined },
  { takes, settings }: LuxPowerContext,
): void {
  const isBlank =
    (production_kw === undefined && takes('production')) ||
    (net_import_kw === undefined && takes('grid') && settings.gridMeter === 'auto');
  if (isBlank) throw new Failure('offline', `${title} has no live figures of ${sn}: check its dongle and the network`);
}

const mostAheadMs = 300_000;

/**
 * ms since the epoch; undefined where the server's clock is not that of UTC, which is proven of EG4's alone.
 *
 * @throws Failure `bad-response` without a time that can be read.
 */
export function measuredAt(
  sn: string,
  serverTime: number | undefined,
  { now, note }: LuxPowerContext,
): number | undefined {
  if (serverTime === undefined) throw new Failure('bad-response', `${title} gives no time of the figures of ${sn}`);
  if (serverTime - now <= mostAheadMs) return serverTime;
  note(`The time of the figures of ${sn} lies in the future and is not told: how old they are is not known`);
  return undefined;
}

/** A battery that is not there has 0 or nothing for everything. */
export const isSomething = (value: number | undefined): boolean => value !== undefined && value !== 0;
