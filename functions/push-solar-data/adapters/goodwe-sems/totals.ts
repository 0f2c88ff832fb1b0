/** The lifetime counters of a GoodWe station's grid meters: two calls more, so every ten minutes only. */
import * as z from 'zod/mini';
import { within } from '../../core/time.ts';
import { Failure, type Http, type Reading, total } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { identifier, words } from '../quantities.ts';
import { kilowattHours } from '../units.ts';
import type { SemsContext } from './settings.ts';

type Totals = Pick<Reading, 'imported_kwh' | 'exported_kwh'>;

const totalsForMs = 10 * 60_000;
const metersForMs = 24 * 3_600_000;
/** Each is a call of its own. */
const mostMeters = 10;
/** The powers are right without them, and must not wait. */
const patienceMs = 5_000;

/** As last read, also if they could not be: the powers are told without them. @param client for one call. */
export async function totalsOf(client: () => Http, stationId: string, context: SemsContext): Promise<Totals> {
  const { settings, state, now, takes, note } = context;
  if (!settings.readEnergyTotals || !takes('grid')) return {};
  if (!isYoung(state.totals?.readAt, now, totalsForMs)) {
    state.totals = { readAt: now };
    try {
      const read = within(patienceMs, (signal) => readTotals({ client, stationId, signal }, context));
      state.totals = { ...(await read), readAt: now };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      delete state.meters;
      note(`the lifetime meters could not be read: ${error.message}`);
    }
  }
  const { imported_kwh, exported_kwh } = state.totals ?? {};
  return { imported_kwh, exported_kwh };
}

type Asked = { client(): Http; stationId: string; signal: AbortSignal };

/** All meters together; unknown if one is. */
async function readTotals({ client, stationId, signal }: Asked, context: SemsContext): Promise<Totals> {
  const query = { deviceType: meterType, pwId: stationId };
  const counted: z.output<typeof Counted>['data'][] = [];
  for (const serial of await metersOf({ client, stationId, signal }, context)) {
    const path = `/web/sems/sems-plant/api/equipments/${encodeURIComponent(serial)}/telecounting`;
    counted.push((await client().get(path, { query, schema: Counted, signal })).data);
  }
  const sum = (code: string): number | undefined => {
    const kwh = total(counted.map((groups) => counterOf(groups, code)));
    if (!Number.isNaN(kwh)) return kwh;
    context.note(`${code} is left out: it is no number of kWh`);
    return undefined;
  };
  return { imported_kwh: sum('proPurchaseStatsTotal'), exported_kwh: sum('proGridStatsTotal') };
}

const meterType = 'SMART_METER';
const Devices = z.object({
  data: z.nullish(
    z.object({
      deviceDetailList: z.nullish(
        z.array(
          z.object({
            deviceType: words,
            statusDetailList: z.nullish(z.array(z.object({ snList: z.nullish(z.array(identifier)) }))),
          }),
        ),
      ),
    }),
  ),
});

async function metersOf({ client, stationId, signal }: Asked, { state, now, note }: SemsContext): Promise<string[]> {
  if (state.meters && isYoung(state.meters.readAt, now, metersForMs)) return state.meters.serials;
  const path = '/web/sems/sems-plant/api/stations/device/all-status';
  const { data } = await client().get(path, { query: { stationId }, schema: Devices, signal });
  const meters = (data?.deviceDetailList ?? []).filter(({ deviceType }) => deviceType === meterType);
  const lists = meters.flatMap(({ statusDetailList }) => statusDetailList ?? []);
  const serials = [...new Set(lists.flatMap(({ snList }) => snList ?? []))];
  if (serials.length > mostMeters)
    throw new Failure('bad-response', 'GoodWe SEMS+ lists more meters than can be asked');
  if (serials.length === 0) note('SEMS+ lists no smart meter of this station: it has no lifetime counters');
  state.meters = { serials, readAt: now };
  return serials;
}

const Factor = z.object({ code: words, data: kilowattHours, unit: words });
const Counted = z.object({ data: z.nullish(z.array(z.object({ factors: z.nullish(z.array(Factor)) }))) });

/** kWh; NaN for what is none. */
function counterOf(groups: z.output<typeof Counted>['data'], wanted: string): number | undefined {
  const factor = (groups ?? []).flatMap(({ factors }) => factors ?? []).find(({ code }) => code === wanted);
  return factor?.unit && factor.unit.toLowerCase() !== 'kwh' ? Number.NaN : factor?.data;
}
