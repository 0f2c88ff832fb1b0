/** Charge HQ's Push API: one POST, the key in the body. Facts: chargehq.net/kb/push-api. */
import * as z from 'zod/mini';
import { address, defineDestination, type Message, secret, setting, text } from './destination.ts';
import { siteMetersOf } from './document.ts';
import { isPageForPeople, isTaken, notTaken, type Verdict } from './verdict.ts';

export const chargeHqUrl = 'https://api.chargehq.net/api/public/push-solar-data';

const power = z.optional(z.number());

/** The documented body. A reading that misses the balance by a digit is our error, found before it is sent. */
export const ChargeHqBody = z.strictObject({
  apiKey: z.string().check(z.minLength(1)),
  tsms: z.optional(z.int()),
  error: z.optional(z.string()),
  siteMeters: z.optional(
    z
      .strictObject({
        production_kw: power,
        net_import_kw: power,
        consumption_kw: power,
        battery_discharge_kw: power,
        battery_soc: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
        battery_energy_kwh: z.optional(z.number()),
        imported_kwh: z.optional(z.number()),
        exported_kwh: z.optional(z.number()),
      })
      .check(
        z.refine(({ production_kw: p, net_import_kw: n, consumption_kw: c, battery_discharge_kw: b = 0 }) => {
          if (p === undefined || n === undefined || c === undefined) return true;
          return Math.abs(c - (p + n + b)) < 1e-9;
        }, 'the power values are inconsistent'),
      ),
  ),
});

/** The body for a message: figures with `siteMeters`, an error without. */
export function chargeHqBody(apiKey: string, message: Message): z.output<typeof ChargeHqBody> {
  if ('error' in message) return ChargeHqBody.parse({ apiKey, error: message.error });
  const { tsms } = message.reading;
  return ChargeHqBody.parse({
    apiKey,
    ...(tsms === undefined ? {} : { tsms: Math.round(tsms) }),
    siteMeters: siteMetersOf(message.reading),
  });
}

export const chargeHq = defineDestination({
  slug: 'charge-hq',
  title: 'Charge HQ',
  homepage: 'https://chargehq.net',
  standing: 'recommended',
  takes: 'all figures, and errors',
  needs: 'the key of its Push API',
  settings: {
    apiKey: secret(text, 'Charge HQ web app → My Equipment → Solar / Battery Equipment → Push API'),
    url: setting(z._default(address, chargeHqUrl), 'Another address for the Push API'),
  },
  minSecondsBetween: 30,
  async push({ settings, settingName, title, message, http }) {
    const answer = await http.send('POST', settings.url, {
      json: chargeHqBody(settings.apiKey, message),
      accept: 'all',
    });
    if (isTaken(answer)) return undefined;
    const refused: Verdict = ['auth', 'refuses the key', `check ${settingName('apiKey')}`];
    throw notTaken(answer, title, isPageForPeople(answer) ? {} : { 401: refused, 403: refused });
  },
});
