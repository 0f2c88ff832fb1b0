/** A local stand-in for Charge HQ: takes pushes, applies the documented check, and says what its app would say. */
import { inWords } from '../core/freshness.ts';
import type { SiteMeters } from '../core/reading.ts';
import { ChargeHqBody } from '../destinations/charge-hq.ts';
import { openReceiver, type Receiver } from './receiver.ts';

/**
 * @param tell is told one sentence for each push.
 * @param port 0: any that is free.
 * @param clock whose time the pushes are of, ms since the epoch.
 * @param steer is given the figures that it accepts.
 */
export function openStandIn(
  tell: (sentence: string) => void,
  port = 0,
  { clock, steer = () => {} }: { clock?: () => number; steer?: (figures: SiteMeters) => void } = {},
): Promise<Receiver> {
  let lastAt: number | undefined;
  const judge = (text: string, now: number) => {
    const said = verdict(text, now, lastAt);
    lastAt = now;
    const { siteMeters } = parse(text)?.data ?? {};
    if (siteMeters && said.startsWith('accepted')) steer(siteMeters as SiteMeters);
    return said;
  };
  return openReceiver('/api/public/push-solar-data', judge, tell, port, clock);
}

/** Like the real service it accepts everything with 200; what it thinks of it, only its app tells. */
export function verdict(text: string, now: number, lastAt?: number): string {
  if (lastAt !== undefined && now - lastAt < 30_000) return 'too often: less than 30 s since the last push';
  const body = parse(text);
  if (!body?.success)
    return `power values are inconsistent, or the message is not understood: ${body?.error.issues[0]?.message ?? 'not JSON'}`;
  const { siteMeters, error, tsms } = body.data;
  if (error !== undefined) return `no data from the solar equipment: ${error}`;
  if (!siteMeters || Object.keys(siteMeters).length === 0) return 'no figures in the message';
  const { production_kw, net_import_kw, consumption_kw } = siteMeters;
  const age = tsms === undefined ? '' : `, ${inWords((now - tsms) / 1000)} old`;
  if (production_kw === undefined || net_import_kw === undefined || consumption_kw === undefined)
    return `accepted${age}, but the car cannot follow the sun: production, grid and consumption are not all known`;
  const spare = -net_import_kw;
  return spare > 0
    ? `accepted, balanced${age}: ${spare.toFixed(2)} kW of sun to spare for the car`
    : `accepted, balanced${age}: no sun to spare`;
}

function parse(text: string) {
  try {
    return ChargeHqBody.safeParse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
