/** What stands at a FusionSolar plant: which plant it is and which of its devices are asked. Kept for a day. */
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { allPages } from '../pages.ts';
import { figure, identifier, words } from '../quantities.ts';
import { type Ask, Refusal } from './northbound.ts';

/** Types of devices (`devTypeId`) in the order in which they are asked; all others are left alone. */
export const inverterTypes = [1, 38];
/** 47 is the usual power sensor of a home; 17, a grid meter, counts only where there is no 47. */
export const meterTypes = [47, 17];
/** Of homes: on the DC side of an inverter, whose power contains theirs. */
export const dcBatteryTypes = [39];
/** Of businesses (LUNA2000-215): with an AC side of their own, and the opposite sign. */
export const acBatteryTypes = [41];
const used = [...inverterTypes, ...meterTypes, ...dcBatteryTypes, ...acBatteryTypes];
/** The EMMA would be a meter too, but the sign and unit of its power are not known. */
const emmaType = 23070;

export const Device = z.object({ id: z.string(), type: z.number() });
export type Device = z.output<typeof Device>;

/** How long the interface is left alone where only the owner or the installer can mend the matter: its lists are counted by the day. */
const untilMended = { retryAfterSeconds: 3600 };

const unseen = (what: string): Failure =>
  new Failure(
    'bad-response',
    `FusionSolar shows no ${what} to this Northbound account: ask the installer to give it your plant and all device types`,
    untilMended,
  );

type Plant = { code: string; name: string | null | undefined };

/** The code of the only plant that the account sees. */
export async function findPlant(ask: Ask): Promise<string> {
  const plants = await listPlants(ask);
  const [only] = plants;
  if (!only) throw unseen('plant');
  if (plants.length === 1) return only.code;
  const names = plants.map(({ code, name }) => `${code} (${name ?? 'without a name'})`).join(', ');
  throw new Failure(
    'bad-response',
    `FusionSolar shows ${plants.length} plants to this account: put the code of yours into the stationCode setting: ${names}`,
    untilMended,
  );
}

const Plants = z.nullable(
  z.object({
    list: z.nullable(z.array(z.object({ plantCode: z.string(), plantName: z.nullish(z.string()) }))),
    pageCount: figure,
  }),
);
const OldPlants = z.nullable(z.array(z.object({ stationCode: z.string(), stationName: z.nullish(z.string()) })));

/** Accounts made before mid-2022 may not use `stations` and have another interface for the same list. */
async function listPlants(ask: Ask): Promise<Plant[]> {
  try {
    const plants = await allPages(
      'FusionSolar',
      async (nth) => {
        const page = await ask('stations', { pageNo: nth + 1 }, Plants);
        return { entries: page?.list ?? [], pages: page?.pageCount ?? 1 };
      },
      ({ plantCode }) => plantCode,
    );
    return plants.map(({ plantCode, plantName }) => ({ code: plantCode, name: plantName }));
  } catch (error) {
    if (!(error instanceof Refusal && error.failCode === 401)) throw error;
    const stations = (await ask('getStationList', {}, OldPlants)) ?? [];
    return stations.map(({ stationCode, stationName }) => ({ code: stationCode, name: stationName }));
  }
}

const Devices = z.nullable(z.array(z.object({ id: identifier, devTypeId: figure, devName: words, invType: words })));

/** The devices of a plant that are of any use, in the order of the vendor's list. */
export async function listDevices(ask: Ask, plantCode: string, note: (remark: string) => void): Promise<Device[]> {
  const listed = (await ask('getDevList', { stationCodes: plantCode }, Devices)) ?? [];
  if (listed.length === 0) throw unseen('device');
  const types = new Set(listed.map(({ devTypeId }) => devTypeId));
  if (types.has(emmaType) && !meterTypes.some((type) => types.has(type)))
    note('The grid is not read: the sign and unit of the power that an EMMA (SmartAssistant) gives are not known');
  if (listed.some((each) => each.devTypeId === 39 && /LUNA2000-215/i.test(`${each.invType} ${each.devName}`)))
    note('A LUNA2000-215 that is listed as type 39 is read as the battery of a home: nobody has recorded its sign');
  const devices = listed.flatMap(({ id, devTypeId: type }) =>
    type !== undefined && used.includes(type) ? [{ id, type }] : [],
  );
  if (!devices.some(({ type }) => inverterTypes.includes(type))) throw unseen('inverter');
  return devices;
}

/** The one meter at the grid connection; undefined where the plant has none. */
export function chosenMeter(devices: readonly Device[], meterDeviceId: string | undefined): Device | undefined {
  const meters = meterTypes.flatMap((type) => devices.filter((device) => device.type === type));
  if (meterDeviceId === undefined) return meters[0];
  const chosen = meters.find(({ id }) => id === meterDeviceId);
  if (chosen) return chosen;
  const ids = meters.map(({ id }) => id).join(', ') || 'none';
  throw new Failure(
    'bad-response',
    `FusionSolar lists no meter ${meterDeviceId} at this plant: check the meterDeviceId setting (meters there: ${ids})`,
  );
}
