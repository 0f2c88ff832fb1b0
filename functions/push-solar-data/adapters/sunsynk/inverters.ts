/** What Sunsynk Connect tells of the single inverters of a plant: signed powers, and the lifetime counters of the grid. */
import * as z from 'zod/mini';
import { total } from '../../core/reading.ts';
import { Failure, type ReadContext, type Reading } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { allPages } from '../pages.ts';
import { figure, identifier } from '../quantities.ts';
import { type Ask, canDoWithout } from './answer.ts';

/** `pac`: W, + import, − export; `etotalFrom` and `etotalTo`: kWh, import and export. `vip` holds single phases, not the house. */
const Grid = z.object({ pac: figure, etotalFrom: figure, etotalTo: figure });
/** `power`: W, + discharging, − charging. */
const Battery = z.object({ power: figure });

export const InverterState = z.object({
  inverters: z.optional(z.object({ serials: z.array(z.string()), readAt: z.number() })),
  meters: z.optional(
    z.object({ imported_kwh: z.optional(z.number()), exported_kwh: z.optional(z.number()), readAt: z.number() }),
  ),
});
type Keeper = Pick<ReadContext<unknown, z.output<typeof InverterState>>, 'state' | 'now' | 'note'>;

type Counters = Pick<Reading, 'imported_kwh' | 'exported_kwh'>;

/** Each is a call of its own. */
const mostInverters = 30;
const serialsForMs = 24 * 3_600_000;
const metersForMs = 5 * 60_000;

/** Of one plant in one read: what is asked twice is fetched once. */
export function invertersOf(plantId: string | number, { state, now, note }: Keeper, ask: Ask) {
  const serials = async (): Promise<string[]> => {
    if (state.inverters && isYoung(state.inverters.readAt, now, serialsForMs)) return state.inverters.serials;
    const path = `/api/v1/plant/${plantId}/inverters`;
    const list = await listed(ask, path, { limit: 20, status: -1, type: -2 }, Inverter, ({ sn }) => sn);
    if (list.length === 0) throw new Failure('bad-response', `Sunsynk Connect lists no inverter in plant ${plantId}`);
    if (list.length > mostInverters)
      throw new Failure('bad-response', `Sunsynk Connect lists more inverters in plant ${plantId} than can be asked`);
    state.inverters = { serials: list.map(({ sn }) => sn), readAt: now };
    return state.inverters.serials;
  };
  const eachGrid = async (): Promise<z.output<typeof Grid>[]> => {
    const all: z.output<typeof Grid>[] = [];
    for (const sn of await serials()) all.push(await ask(`/api/v1/inverter/grid/${sn}/realtime`, Grid, { sn }));
    return all;
  };
  let grids: Promise<z.output<typeof Grid>[]> | undefined;
  const grid = () => {
    grids ??= eachGrid();
    return grids;
  };
  const counters = async (): Promise<Counters> => {
    try {
      const all = await grid();
      const imported_kwh = total(all.map(({ etotalFrom }) => etotalFrom));
      const exported_kwh = total(all.map(({ etotalTo }) => etotalTo));
      return imported_kwh === undefined || exported_kwh === undefined ? {} : { imported_kwh, exported_kwh };
    } catch (error) {
      if (!canDoWithout(error)) throw error;
      note(`the lifetime meters could not be read: ${error.message}`);
      return {};
    }
  };

  return {
    /** W, + import; undefined if an inverter does not tell. */
    async gridWatts(): Promise<number | undefined> {
      return total((await grid()).map(({ pac }) => pac));
    },
    /** W, + discharging; undefined if an inverter does not tell. */
    async batteryWatts(): Promise<number | undefined> {
      const watts: (number | undefined)[] = [];
      for (const sn of await serials())
        watts.push((await ask(`/api/v1/inverter/battery/${sn}/realtime`, Battery, { sn, lan: 'en' })).power);
      return total(watts);
    },
    /** Both counters or none, asked every 5 minutes, also if they could not be read: the powers are right without them. */
    async meters(): Promise<Counters> {
      const last = state.meters;
      if (last && isYoung(last.readAt, now, metersForMs)) return countersOf(last);
      state.meters = { ...(await counters()), readAt: now };
      return countersOf(state.meters);
    },
  };
}

const Inverter = z.object({ sn: identifier });

const countersOf = ({ imported_kwh, exported_kwh }: Counters): Counters => ({ imported_kwh, exported_kwh });

/** All entries of a paged list. @param keyOf what tells two of them apart. */
export async function listed<Entry extends z.ZodMiniType>(
  ask: Ask,
  path: string,
  query: Record<string, number>,
  entry: Entry,
  keyOf: (each: z.output<Entry>) => string,
): Promise<z.output<Entry>[]> {
  const Page = z.object({ total: figure, infos: z.nullish(z.array(entry)) });
  const page = async (nth: number) => {
    const { total, infos } = await ask(path, Page, { page: nth + 1, ...query });
    return { entries: infos ?? [], total };
  };
  return allPages('Sunsynk Connect', page, keyOf);
}
