/** Charge HQ's Push API: one POST, the key in the body. Facts: chargehq.net/kb/push-api. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Failure } from '../core/failure.ts';
import { meterFields, type Reading } from '../core/reading.ts';
import type { Answer, Http } from '../platform/http.ts';
import { type Destination, DestinationError, type Message } from './destination.ts';

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

const decimals = { _kw: 3, _kwh: 3, _soc: 4 };

/** The body for a message: figures with `siteMeters`, an error without. */
export function chargeHqBody(apiKey: string, message: Message): z.output<typeof ChargeHqBody> {
  if ('error' in message) return ChargeHqBody.parse({ apiKey, error: message.error });
  const { tsms } = message.reading;
  return ChargeHqBody.parse({
    apiKey,
    ...(tsms === undefined ? {} : { tsms: Math.round(tsms) }),
    siteMeters: siteMeters(message.reading),
  });
}

export function chargeHq(apiKey: string, url = chargeHqUrl): Destination {
  return {
    label: 'charge-hq',
    title: 'Charge HQ',
    addressSetting: 'CHARGE_HQ_URL',
    settingsHash: createHash('sha256').update(`${apiKey}\n${url}`).digest('hex').slice(0, 16),
    minSecondsBetween: 30,
    async push(message, http) {
      const answer = await post(http, url, chargeHqBody(apiKey, message));
      if (answer.status >= 200 && answer.status < 300 && !isWebPage(answer)) return;
      throw notDelivered(answer);
    },
  };
}

function siteMeters(reading: Reading): Record<string, number> {
  const meters: Record<string, number> = {};
  for (const field of meterFields) {
    const value = reading[field];
    const unit = field.slice(field.lastIndexOf('_')) as keyof typeof decimals;
    if (value !== undefined) meters[field] = Number(value.toFixed(decimals[unit]));
  }
  return meters;
}

async function post(http: Http, url: string, body: unknown): Promise<Answer> {
  try {
    return await http.send('POST', url, { json: body, accept: 'all' });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
    throw new DestinationError(code === 'ENOTFOUND' ? 'gone' : 'unavailable', error.message, { cause: error });
  }
}

const isWebPage = ({ headers, text }: Answer): boolean =>
  /text\/html/.test(headers['content-type'] ?? '') && /^\s*</.test(text);

function notDelivered(answer: Answer): DestinationError {
  const { status, excerpt } = answer;
  const retryAfterSeconds = answer.retryAfterSeconds;
  if (status === 429)
    return new DestinationError('rate-limited', 'Charge HQ asks us to slow down (HTTP 429)', {
      excerpt,
      retryAfterSeconds,
    });
  if (status === 404 || status === 410 || (status >= 300 && status < 400) || (status < 500 && isWebPage(answer)))
    return new DestinationError('gone', `Charge HQ's Push API is not at this address any more (HTTP ${status})`, {
      excerpt,
    });
  if (status >= 500)
    return new DestinationError('unavailable', `Charge HQ has trouble (HTTP ${status})`, {
      excerpt,
      retryAfterSeconds,
    });
  if (status === 401 || status === 403)
    return new DestinationError('auth', `Charge HQ refuses the key (HTTP ${status}): check CHARGE_HQ_API_KEY`, {
      excerpt,
    });
  return new DestinationError('bad-response', `Charge HQ refuses the message (HTTP ${status})`, { excerpt });
}
