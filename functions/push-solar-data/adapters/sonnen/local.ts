/** The battery's own JSON API v2, which the owner publishes through a tunnel: one call, signed watts. */
import * as z from 'zod/mini';
import { freshnessProblem } from '../../core/freshness.ts';
import { Failure, type MeaningOf, type Reading } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { instantOf } from '../local-time.ts';
import { words } from '../quantities.ts';
import { negativeWatts, percent, watts } from '../units.ts';
import type { SonnenContext } from './settings.ts';

const Status = z.object({
  Production_W: watts,
  /** For plausibility alone, so that one which cannot be read is as good as none. */
  Consumption_W: z.catch(watts, undefined),
  /** + feed-in. */
  GridFeedIn_W: negativeWatts,
  /** + discharging. */
  Pac_total_W: watts,
  /** What the owner sees; `RSOC` counts the reserve of the cells too. */
  USOC: percent,
  /** On the clocks of the place. */
  Timestamp: words,
});

export async function fromBattery(context: SonnenContext): Promise<PartialReading> {
  const { settings, http, now, redactValue, staleAfterSeconds } = context;
  const { authToken, tunnelHeaders = {}, timeZone } = settings;
  for (const value of Object.values(tunnelHeaders)) redactValue(value);
  const headers = { ...tunnelHeaders, 'auth-token': authToken };
  const status = await http.get('/api/v2/status', { headers, kinds: kinds(context), notJson, schema: Status });
  const reading = {
    production_kw: status.Production_W,
    net_import_kw: status.GridFeedIn_W,
    battery_discharge_kw: status.Pac_total_W,
    battery_soc: status.USOC,
    tsms: timeZone && status.Timestamp ? instantOf(status.Timestamp, timeZone, now) : undefined,
  };
  const isOfNow = freshnessProblem({ tsms: reading.tsms ?? now }, now, staleAfterSeconds) === undefined;
  if (isOfNow && context.takes('production')) refuseFalseZero(reading, status.Consumption_W, context);
  return reading;
}

type PartialReading = { [Field in keyof Reading]: Reading[Field] | undefined };

const falseZeroMs = 300_000;

/**
 * For some minutes in full sun the battery may show a production of 0, which would stop a car: the rest then shows it, or
 * a sunny reading before it. What is 0 for longer is believed.
 *
 * @param consumed by the battery's own word, kW. What it calls negative itself comes from an inverter that it does not see.
 */
function refuseFalseZero(
  { production_kw, net_import_kw, battery_discharge_kw }: PartialReading,
  consumed = 0,
  { state, now }: Pick<SonnenContext, 'state' | 'now'>,
): void {
  if (production_kw === undefined || net_import_kw === undefined || battery_discharge_kw === undefined) return;
  const inWatts = (kw: number) => Math.round(kw * 1000);
  const derived = inWatts(production_kw + net_import_kw + battery_discharge_kw);
  if (derived < -50 && inWatts(consumed) - derived > 200)
    throw new Failure('bad-response', `sonnen gives figures that cannot be: the home would use ${derived} W`);
  if (production_kw === 0 && isYoung(state.sunnyAt, now, falseZeroMs))
    throw new Failure('bad-response', 'sonnen shows no solar power a moment after full sun, which it does by mistake');
  if (production_kw > 0.2) state.sunnyAt = now;
  else delete state.sunnyAt;
}

const notJson: MeaningOf = ({ headers, isWebPage }) =>
  !isWebPage && /\bjson\b/i.test(String(headers['content-type']).slice(0, 100))
    ? undefined
    : ['unavailable', 'is not reached: the tunnel shows a page of its own'];

function kinds({ settingName }: SonnenContext): Record<number, MeaningOf> {
  const [token, headers, address] = ['authToken', 'tunnelHeaders', 'baseUrl'].map(settingName);
  const refused: MeaningOf = ({ isWebPage }) =>
    isWebPage
      ? ['auth', `is not reached: the tunnel asks for a log-in, check ${headers} (or ${token})`]
      : ['auth', `refuses the Auth-Token: check ${token}, and that Read API is on in Software-Integration`];
  /** The battery sends nobody elsewhere. */
  const elsewhere: MeaningOf = [
    'unavailable',
    `is not reached: the tunnel sends us to another page, perhaps its log-in, check ${headers} and ${address}`,
  ];
  return {
    ...Object.fromEntries([301, 302, 303, 307, 308].map((status) => [status, elsewhere])),
    401: refused,
    403: refused,
    404: ['bad-response', `has no API v2 at this address: check ${address} and the firmware of the battery`],
  };
}
