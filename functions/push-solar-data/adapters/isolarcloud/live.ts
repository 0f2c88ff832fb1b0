/** What the inverters of an iSolarCloud plant give now; the plant itself where no hybrid inverter sees the grid. */
import * as z from 'zod/mini';
import { type DeviceReading, Failure } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { identifier } from '../quantities.ts';
import { momentsOf } from './clock.ts';
import { plantOf, title } from './plant.ts';
import type { Ask } from './platform.ts';
import type { IsolarcloudContext } from './settings.ts';
import { inverterTypes, isHybrid, plantType, pointsOf, readingsOf, Values } from './values.ts';

const Row = z.extend(Values, {
  ps_key: z.nullish(identifier),
  ps_id: z.nullish(identifier),
  device_time: z.nullish(identifier),
});
/** That of a device stands in a `device_point`, that of a plant need not. */
const Wrapped = z.pipe(z.looseObject({ device_point: z.optional(z.unknown()) }), z.transform(unwrapped));
function unwrapped(row: { device_point?: unknown }): unknown {
  return row.device_point ?? row;
}
const Live = z.object({ device_point_list: z.nullish(z.array(z.pipe(Wrapped, Row))) });

const hourMs = 3_600_000;

export async function readPlant(ask: Ask, context: IsolarcloudContext): Promise<DeviceReading[]> {
  const { state, takes, now, staleAfterSeconds } = context;
  const plant = await plantOf(ask, context);
  /** They may be of yesterday, but are not read at every failure. */
  const readListsAnew = () => {
    if (!isYoung(plant.listedAt, now, hourMs)) delete state.plant;
  };
  const silent = (what: string) => {
    readListsAnew();
    return new Failure('offline', `${title} has no figures of ${what}: check its dongle (WiNet) and the network`);
  };

  /** One call, which takes one type of device. */
  async function ofType(type: number) {
    const asked = plant.inverters.filter((each) => each.type === type);
    if (asked.length === 0) return [];
    const json = { device_type: `${type}`, ps_key_list: asked.map(({ key }) => key), point_id_list: pointsOf(type) };
    const { device_point_list: rows } = await ask('live', json, Live);
    return asked.map(({ key, name: device }) => {
      const row = rows?.find(({ ps_key }) => ps_key === key);
      if (!row) throw silent(`the inverter ${device}`);
      return { ...row, device, type };
    });
  }

  async function ofPlant() {
    const { psId } = plant;
    const key = `${psId}_${plantType}_0_0`;
    const whose = context.settings.authMode === 'oauth2' ? { ps_id_list: [psId] } : { ps_key_list: [key] };
    const json = { device_type: `${plantType}`, ...whose, point_id_list: pointsOf(plantType) };
    const { device_point_list: rows } = await ask('plant', json, Live);
    const row = rows?.find(({ ps_id, ps_key }) => ps_key === key || ps_id === psId);
    if (!row) throw silent(`the plant ${psId}`);
    return { ...row, device: `plant ${psId}`, type: plantType };
  }

  const rows = [];
  for (const type of inverterTypes) rows.push(...(await ofType(type)));
  if (!rows.some(isHybrid) && (rows.length === 0 || takes('grid') || takes('consumption'))) rows.push(await ofPlant());
  const moments = momentsOf(rows, plant, context);
  // As they are if the zone has changed with the season.
  if (moments.every((tsms = now) => now - tsms > staleAfterSeconds * 1000)) readListsAnew();
  const live = rows.map((row, index) => ({ ...row, tsms: moments[index] }));
  const readings = readingsOf(live, context);
  if (takes('production') && readings.every(({ production_kw }) => production_kw === undefined))
    throw silent('any solar power');
  const timeless = live.find(({ type, tsms }) => type !== plantType && tsms === undefined);
  if (!timeless) return readings;
  throw new Failure('bad-response', `${title} does not say how old the figures of ${timeless.device} are`);
}
