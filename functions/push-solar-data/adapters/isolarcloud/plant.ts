/** The plant of an iSolarCloud account, and which inverters it has. */
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { type Choice, theOnly } from '../only.ts';
import { allPages, type Page } from '../pages.ts';
import { figure, identifier, words } from '../quantities.ts';
import type { Ask } from './platform.ts';
import type { Inverter, IsolarcloudContext, Plant } from './settings.ts';
import { inverterTypes } from './values.ts';

export const title = 'Sungrow iSolarCloud';
const dayMs = 24 * 3_600_000;
/** More than a home has; they are kept between reads. */
const most = { inverters: 50, characters: 60 };

const counts = { rowCount: figure, row_count: figure };
const Plants = z.object({
  ...counts,
  pageList: z.nullish(z.array(z.object({ ps_id: identifier, ps_name: words, ps_current_time_zone: words }))),
});
const Devices = z.object({
  ...counts,
  pageList: z.nullish(
    z.array(z.object({ ps_key: z.nullish(identifier), device_type: figure, device_sn: z.nullish(identifier) })),
  ),
});

type List = { rowCount?: number | undefined; row_count?: number | undefined };
const pageOf = <Entry>(entries: Entry[] | null | undefined, { rowCount, row_count }: List): Page<Entry> => ({
  entries: entries ?? [],
  total: rowCount ?? row_count,
});
const page = (nth: number, { authMode }: IsolarcloudContext['settings']) => ({
  [authMode === 'oauth2' ? 'page' : 'curPage']: nth + 1,
  size: 100,
});

export async function plants(ask: Ask, { settings }: IsolarcloudContext): Promise<(Choice & { zone: string })[]> {
  const ofPage = async (nth: number) => {
    const { pageList, ...list } = await ask('plants', page(nth, settings), Plants);
    return pageOf(pageList, list);
  };
  const found = await allPages(title, ofPage, ({ ps_id }) => ps_id);
  return found.map(({ ps_id: value, ps_name: title, ps_current_time_zone: zone }) => ({
    ...{ value, title, zone: zone?.slice(0, most.characters) ?? '' },
  }));
}

/** In the order of their codes, which begins with the master. */
async function invertersOf(psId: string, ask: Ask, { settings }: IsolarcloudContext): Promise<Inverter[]> {
  const ofPage = async (nth: number) => {
    const { pageList, ...list } = await ask('devices', { ps_id: psId, ...page(nth, settings) }, Devices);
    return pageOf(pageList, list);
  };
  const devices = await allPages(title, ofPage, (each) => each.ps_key ?? each);
  const inverters = devices.filter(({ device_type = 0 }) => inverterTypes.includes(device_type));
  if (inverters.length > most.inverters)
    throw new Failure('bad-response', `${title} lists more inverters in plant ${psId} than a home has`);
  const named = inverters.map(({ ps_key: key, device_type: type = 0, device_sn }): Inverter => {
    const name = `${device_sn ?? ''} ${key?.replace(`${psId}_`, '')}`.trim(); // several may have one serial number
    if (key && key.length <= most.characters && name.length <= most.characters) return { key, type, name };
    throw new Failure('bad-response', `${title} lists an inverter whose ps_key or serial number is none`);
  });
  return named.toSorted((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }));
}

/** Both lists hold for a day: an inverter may be added, and the zone may change with the seasons. */
export async function plantOf(ask: Ask, context: IsolarcloudContext): Promise<Plant> {
  const { settings, settingName, state, now } = context;
  const { plant } = state;
  if (plant && plant.psId === (settings.psId ?? plant.psId) && isYoung(plant.listedAt, now, dayMs)) return plant;
  const choices = (await plants(ask, context)).filter(({ value }) => value === (settings.psId ?? value));
  const { value: psId, zone } = theOnly(choices, { setting: settingName('psId'), title, noun: 'plant' });
  state.plant = { psId, zone, inverters: await invertersOf(psId, ask, context), listedAt: now };
  return state.plant;
}
