/** The live call. It tells no time of measurement: that it is not live any more shows only in figures that stand still. */
import * as z from 'zod/mini';
import { inWords } from '../../core/freshness.ts';
import { Failure, total } from '../adapter.ts';
import { difference } from '../quantities.ts';
import { percent, watts } from '../units.ts';
import { ask } from './platform.ts';
import { type Context, title } from './settings.ts';
import type { System } from './systems.ts';
import type { Figures } from './values.ts';

/**
 * `ppv` has the solar power of the extra meter in it. `pgrid`: + import. `pbat`: + discharging. `pload`: their exact sum,
 * the wall box included.
 */
const Live = z.nullish(z.object({ ppv: watts, pgrid: watts, pbat: watts, pload: watts, soc: percent }));

/** @returns undefined where the cloud keeps no live figures of this system. */
export async function readLive({ sn, isListed }: System, context: Context): Promise<Figures | undefined> {
  const live = await ask(context, '/api/getLastPowerData', { sysSn: sn }, Live);
  if (!live) return undefined;
  const { ppv, pgrid, pbat, pload, soc } = live;
  const powers = [ppv, pgrid, pbat, pload].filter((power) => power !== undefined);
  if (powers.length === 0) return undefined;
  if (powers.every((power) => power === 0))
    throw new Failure('offline', `${title} has only zeros of ${sn} just now: a sample was dropped`);
  const isIdle = [ppv, pgrid, pbat].every((power = 0) => Math.abs(power) < idle_kw);
  refuseStandstill(sn, [ppv, pgrid, pbat, pload, soc].join(), isIdle, context);
  const load = pload ?? total([ppv, pgrid, pbat]);
  const isCounted = pbat === undefined && Math.abs(difference(pload, total([ppv, pgrid])) ?? 0) > rounding_kw;
  // Of a system in the list its capacity says it better than a charge.
  const provesBattery = Boolean(pbat) || isCounted || (!isListed && soc !== undefined && soc !== 0);
  return { production: ppv, grid: pgrid, battery: pbat, load, soc, provesBattery };
}

/** The load is the exact sum: by what it differs more, a battery has its part in it that is not told. */
const rounding_kw = 0.02;

/** In an idle night figures may rest. */
const idle_kw = 0.05;

function refuseStandstill(sn: string, values: string, isIdle: boolean, context: Context): void {
  const { state, now, staleAfterSeconds } = context;
  state.lastValues ??= {};
  const before = state.lastValues[sn];
  const since = before?.values === values && before.since <= now ? before.since : now;
  state.lastValues[sn] = { values, since };
  const seconds = (now - since) / 1000;
  if (!isIdle && seconds >= staleAfterSeconds)
    throw new Failure(
      'stale',
      `${title} shows the same figures of ${sn} for ${inWords(seconds)}: it does not report any more`,
    );
}
