/** The systems of an AppID: which of them serve the home, and how large their batteries are. */
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { type Choice, theOnly } from '../only.ts';
import { identifier, words } from '../quantities.ts';
import { kilowattHours } from '../units.ts';
import { ask } from './platform.ts';
import { type Context, title } from './settings.ts';

export type System = {
  sn: string;
  /** Whether the list has told of it; else nothing is known of its equipment. */
  isListed: boolean;
  /** Nominal capacity of the battery, where the list tells one. */
  capacity_kwh?: number | undefined;
};

const dayMs = 24 * 3_600_000;

/** Those of the setting, else the only one of the AppID. For a single one that is set nobody is asked. */
export async function systemsOf(context: Context): Promise<System[]> {
  const { state, settings, now } = context;
  const serials = settings.serials && [...new Set(settings.serials)];
  if (serials?.length === 1) return serials.map((sn) => ({ sn, isListed: false }));
  if (!state.listed || !isYoung(state.listed.at, now, dayMs))
    state.listed = { at: now, systems: await ownSystems(context, serials) };
  const listed = state.listed.systems.map((system) => ({ ...system, isListed: true }));
  return serials?.map((sn) => listed.find((each) => each.sn === sn) ?? { sn, isListed: false }) ?? listed;
}

/** @throws Failure `offline` if the list says so of one of them; then it is asked again next time. */
async function ownSystems(context: Context, serials: string[] | undefined) {
  const all = await listSystems(context);
  const none = [
    'auth',
    'bind the system to this AppID at open.alphaess.com, with its serial number and CheckCode',
  ] as const;
  const only = { setting: context.settingName('serials'), title, noun: 'system', none, several: 'auth' } as const;
  const own = serials ? all.filter(({ value }) => serials.includes(value)) : [theOnly(all, only)];
  const notNormal = own.find(({ status }) => status && status.trim().toLowerCase() !== 'normal');
  if (notNormal)
    throw new Failure('offline', `${title} says that the system ${notNormal.value} is not normal: ${notNormal.status}`);
  return own.map(({ value, capacity_kwh }) => ({ sn: value, ...(capacity_kwh ? { capacity_kwh } : {}) }));
}

const Listed = z.object({ sysSn: identifier, minv: words, cobat: kilowattHours, emsStatus: words });
const List = z.nullish(z.union([z.array(Listed), Listed]));

export type ListedChoice = Choice & { capacity_kwh: number | undefined; status: string | null | undefined };

/** All systems of the AppID. A single one may come without a list around it. */
export async function listSystems(context: Context): Promise<ListedChoice[]> {
  const data = (await ask(context, '/api/getEssList', {}, List)) ?? [];
  return (Array.isArray(data) ? data : [data]).map(({ sysSn, minv, cobat, emsStatus }) => ({
    value: sysSn,
    title: minv,
    capacity_kwh: cobat,
    status: emsStatus,
  }));
}
