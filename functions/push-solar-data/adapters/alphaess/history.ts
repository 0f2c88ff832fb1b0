/** The 5-minute history, for models without live figures (Storion). Its load is metered, the battery power follows from it. */
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { clockText, instantOf } from '../local-time.ts';
import { refuseOther } from '../only.ts';
import { difference, identifier } from '../quantities.ts';
import { percent, watts } from '../units.ts';
import { ask } from './platform.ts';
import { type Context, title } from './settings.ts';
import type { System } from './systems.ts';
import type { Figures } from './values.ts';

/** `feedIn`: export, `gridCharge`: import, both ≥ 0. `cbat`: state of charge, `cobat` in the documentation. */
const Row = z.object({
  sysSn: z.nullish(identifier),
  uploadTime: z.string(),
  ppv: watts,
  load: watts,
  feedIn: watts,
  gridCharge: watts,
  cbat: percent,
  cobat: percent,
});
type Row = z.output<typeof Row>;

/** @throws Failure `offline` where there is none of today, or none to be trusted. */
export async function readHistory({ sn }: System, context: Context): Promise<Figures> {
  const { settings, settingName, now } = context;
  const zone = settings.timeZone;
  if (zone === undefined)
    throw offline(
      `has no live figures of ${sn}: check its connection; for a model that never has any (Storion), set ${settingName('timeZone')}`,
    );
  const query = { sysSn: sn, queryDate: clockText(now, zone).slice(0, 10) };
  const rows = (await ask(context, '/api/getOneDayPowerBySn', query, z.nullish(z.array(Row)))) ?? [];
  const [row, before] = newestFirst(rows, zone, now);
  if (!row) throw offline(`has no figures of ${sn} today`);
  refuseOther(row.sysSn, sn, { title, noun: 'system' });
  const { ppv: production, load } = row;
  if (production === 0 && load === 0) throw offline(`has only zeros of ${sn} just now: a sample was dropped`);
  const [soc, socBefore] = [chargeOf(row), before && chargeOf(before)];
  const grid = difference(row.gridCharge, row.feedIn);
  if (production === 0 && (grid ?? 0) < 0 && (soc ?? 0) > (socBefore ?? 1))
    throw offline(`tells of ${sn} no sun, an export and a battery that charges: its history is not to be trusted`);
  const tsms = instantOf(row.uploadTime, zone, now);
  if (tsms === undefined) throw new Failure('bad-response', `${title} gives no time of ${sn} that can be read`);
  const battery = difference(difference(load, production), grid);
  const provesBattery = Boolean(soc) || Math.abs(battery ?? 0) > losses_kw;
  return { production, grid, battery, load, soc, tsms, provesBattery };
}

/** What the inverter loses stands in the derived battery power, also in that of a home without battery. */
const losses_kw = 0.15;

const offline = (sentence: string) => new Failure('offline', `${title} ${sentence}`);
const chargeOf = ({ cbat, cobat }: Row) => cbat ?? cobat;

const twoHoursMs = 2 * 3_600_000;

/** By the times of the rows; while the clocks have just been set back and say nothing, by the order of the rows. */
function newestFirst(rows: readonly Row[], zone: string, now: number): readonly Row[] {
  const shownAt = (ms: number) => Date.parse(`${clockText(ms, zone).replace(' ', 'T')}Z`);
  const wereSetBack = shownAt(now) - shownAt(now - twoHoursMs) < twoHoursMs;
  if (!wereSetBack) return rows.toSorted((a, b) => b.uploadTime.localeCompare(a.uploadTime));
  const [first, last] = [rows[0]?.uploadTime ?? '', rows.at(-1)?.uploadTime ?? ''];
  return first < last ? rows.toReversed() : rows;
}
