/** The families of Growatt's equipment: how each is asked, and how often. */
import * as z from 'zod/mini';
import { refuseOther } from '../only.ts';
import { type Growatt, orNothing } from './platform.ts';
import { type Family, familyNames, Row } from './row.ts';

/** `type`: in the list of devices. `one`, `several`: path and parameter. `seconds`: least time between two calls. */
const families = {
  sph: { type: 5, one: ['mix/mix_last_data', 'mix_sn'], several: ['mix/mixs_data', 'mixs'], seconds: 10 },
  spa: { type: 6, one: ['spa/spa_last_data', 'spa_sn'], several: ['spa/spas_data', 'spas'], seconds: 10 },
  min: { type: 7, one: ['tlx/tlx_last_data', 'tlx_sn'], several: ['tlx/tlxs_data', 'tlxs'], seconds: 300 },
  max: { type: 4, one: ['max/max_last_data', 'max_sn'], several: ['max/maxs_data', 'maxs'], seconds: 300 },
  inv: {
    type: 1,
    one: ['inverter/last_new_data', 'device_sn'],
    several: ['inverter/invs_data', 'inverters'],
    seconds: 300,
  },
  // The first generation of the interface does not know it.
  'sph-s': { type: undefined, one: undefined, several: undefined, seconds: 300 },
} as const satisfies Record<Family, object>;

export const isFamily = (name: string): name is Family => Object.hasOwn(families, name);
export const familyOf = (type: number | undefined): Family | undefined =>
  familyNames.find((name) => type !== undefined && families[name].type === type);
export const intervalOf = (family: Family): number => families[family].seconds;

/** Rows by serial number, without those that the cloud does not have yet. One call, however many devices there are. */
export async function rowsOf(family: Family, serials: readonly string[], growatt: Growatt): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  const keep = (sn: string, row: Row | null | undefined) => {
    if (!row) return;
    refuseOther(row.sn, sn, { title: 'Growatt', noun: 'device' });
    rows.set(sn, row);
  };
  const [only = '', ...others] = serials;
  if (!families[family].one) {
    const given = await fourthGeneration(family, serials, growatt);
    for (const row of given) keep(serials.find((sn) => sn === row.sn) ?? only, row);
  } else if (others.length === 0) keep(only, await ofOne(family, only, growatt));
  else {
    const given = await ofSeveral(family, serials, growatt);
    for (const sn of serials) keep(sn, given?.[sn]?.[sn]); // under its serial number twice
  }
  return rows;
}

async function fourthGeneration(family: Family, serials: readonly string[], { v4 }: Growatt): Promise<Row[]> {
  const form = { deviceSn: serials.join(','), deviceType: family };
  const schema = z.object({ data: orNothing(z.object({ [family]: z.nullish(z.array(Row)) })) });
  return (await v4.post('/v4/new-api/queryLastData', { form, schema })).data?.[family] ?? [];
}

async function ofOne(family: Family, sn: string, { v1 }: Growatt) {
  const [path, parameter] = families[family].one ?? [];
  const schema = z.object({ data: orNothing(Row) });
  const named = { [`${parameter}`]: sn };
  const { data } = await (family === 'inv'
    ? v1.get(`/v1/device/${path}`, { query: named, schema })
    : v1.post(`/v1/device/${path}`, { form: named, schema }));
  return data;
}

async function ofSeveral(family: Family, serials: readonly string[], { v1 }: Growatt) {
  const [path, parameter] = families[family].several ?? [];
  const form = { [`${parameter}`]: serials.join(','), pageNum: '1' };
  const under = <Schema extends z.ZodMiniType>(sn: string, schema: Schema) => [sn, orNothing(schema)] as const;
  const twice = serials.map((sn) => under(sn, z.object(Object.fromEntries([under(sn, Row)]))));
  const schema = z.object({ data: orNothing(z.object(Object.fromEntries(twice))) });
  return (await v1.post(`/v1/device/${path}`, { form, schema })).data;
}
