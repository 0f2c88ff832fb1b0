/** What Sunsynk Connect tells of the single inverters of a plant: signed powers, and the lifetime counters of the grid. */
import * as z from 'zod/mini';
import { Failure, type Http, type ReadContext, type Reading, total } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { figure, identifier } from '../quantities.ts';
import { watts } from '../units.ts';
import { canDoWithout, listed } from './platform.ts';

/** `pac`: + import; `etotalFrom` and `etotalTo`: kWh, import and export. `vip` holds single phases, not the house. */
const Grid = z.object({ data: z.object({ pac: watts, etotalFrom: figure, etotalTo: figure }) });
/** `power`: + discharging. */
const Battery = z.object({ data: z.object({ power: watts }) });
const Inverter = z.object({ sn: identifier });

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
export function invertersOf(plantId: string, { state, now, note }: Keeper, http: Http) {
  const serials = async (): Promise<string[]> => {
    if (state.inverters && isYoung(state.inverters.readAt, now, serialsForMs)) return state.inverters.serials;
    const path = `/api/v1/plant/${plantId}/inverters`;
    const list = await listed(http, path, { limit: 20, status: -1, type: -2 }, Inverter, ({ sn }) => sn);
    if (list.length === 0) throw new Failure('bad-response', `Sunsynk Connect lists no inverter in plant ${plantId}`);
    if (list.length > mostInverters)
      throw new Failure('bad-response', `Sunsynk Connect lists more inverters in plant ${plantId} than can be asked`);
    state.inverters = { serials: list.map(({ sn }) => sn), readAt: now };
    return state.inverters.serials;
  };
  const each = async <Data>(ask: (sn: string) => Promise<{ data: Data }>): Promise<Data[]> => {
    const all: Data[] = [];
    for (const sn of await serials()) all.push((await ask(sn)).data);
    return all;
  };
  let asked: Promise<z.output<typeof Grid>['data'][]> | undefined;
  const grids = () => {
    asked ??= each((sn) => http.get(`/api/v1/inverter/grid/${sn}/realtime`, { query: { sn }, schema: Grid }));
    return asked;
  };
  const counters = async (): Promise<Counters> => {
    try {
      const all = await grids();
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
    /** kW, + import; undefined if an inverter does not tell. */
    gridPower: async () => total((await grids()).map(({ pac }) => pac)),
    /** kW, + discharging; undefined if an inverter does not tell. */
    async batteryPower(): Promise<number | undefined> {
      const query = (sn: string) => ({ sn, lan: 'en' });
      const all = await each((sn) =>
        http.get(`/api/v1/inverter/battery/${sn}/realtime`, { query: query(sn), schema: Battery }),
      );
      return total(all.map(({ power }) => power));
    },
    /** Both counters or none, asked every 5 minutes, also if they could not be read: the powers are right without them. */
    async meters(): Promise<Counters> {
      if (!isYoung(state.meters?.readAt, now, metersForMs)) state.meters = { ...(await counters()), readAt: now };
      const { imported_kwh, exported_kwh } = state.meters ?? {};
      return { imported_kwh, exported_kwh };
    },
  };
}
