/** PVOutput.org, Add Status: the means of each slot of five, ten or fifteen minutes, sent when the slot is over. */
import * as z from 'zod/mini';
import { type Answer, choice, defineDestination, type Http, secret, setting, text, timeZone } from './destination.ts';
import { isMoonPowered, quietUntil, verdictOn } from './pvoutput/answers.ts';
import { formOf, gather, Slots } from './pvoutput/slots.ts';

const Running = z.extend(Slots, {
  /** Nothing is sent before, so that others with the same key have what is left of the hour's requests, ms since the epoch. */
  quietUntil: z.optional(z.number()),
  /** Until when no battery figures are sent, because they are for donors, ms since the epoch. */
  withoutBatteryUntil: z.optional(z.number()),
});

export const pvoutput = defineDestination({
  slug: 'pvoutput',
  title: 'PVOutput',
  homepage: 'https://pvoutput.org',
  standing: 'recommended',
  takes: 'solar power and consumption, with a donation the battery; no errors, which are gaps in its graphs',
  needs: 'an account with a system, its number, and an API key that may write',
  baseUrl: 'https://pvoutput.org',
  settings: {
    apiKey: secret(text, 'pvoutput.org → Settings → API Settings: API Access enabled, New Key (not read-only), save'),
    systemId: setting(text, 'Number of the system, on the same page under Registered Systems'),
    timeZone: setting(timeZone, "The system's time zone, such as Australia/Sydney: a status carries local time"),
    intervalMinutes: setting(
      z._default(choice('5', '10', '15'), '5'),
      "The system's status interval, minutes: System → Live Settings",
    ),
    battery: setting(
      z._default(choice('off', 'on'), 'off'),
      "on: battery figures too, which needs PVOutput's donation mode",
    ),
    consumption: setting(
      z._default(choice('home', 'net-of-battery', 'off'), 'home'),
      'home: what the home uses. net-of-battery, for a home with a battery but without donation: plus charging, less ' +
        'discharging, so that import and export are those of the meter',
    ),
  },
  gathers: true,
  minSecondsBetween: 0,
  longestWaitSeconds: 3_600,
  running: Running,
  async push({ settings, settingName, title, message, http, running, now, note }) {
    const { consumption, intervalMinutes, battery } = settings;
    const reading = message && 'reading' in message ? message.reading : undefined;
    const slot = gather(running, reading, { consumption, intervalMs: Number(intervalMinutes) * 60_000, now });
    if (!slot || now < (running.quietUntil ?? 0)) return 'nothing';
    const isForDonors = now < (running.withoutBatteryUntil ?? 0);
    if (isForDonors) note(`${title} takes battery figures of donors only: set ${settingName('battery')}=off`);
    const form = formOf(slot, settings.timeZone, battery === 'on' && !isForDonors);
    if (!form) {
      delete running.closed;
      return 'nothing';
    }
    const answer = await addStatus(http, settings, form);
    running.quietUntil = quietUntil(answer, now);
    const refusal = verdictOn(answer, { title, settingName, now });
    if (refusal?.kind === 'settings') running.withoutBatteryUntil = now + donorsAgainMs;
    if (!refusal || !isTriedAgain.has(refusal.kind)) delete running.closed;
    if (refusal) throw refusal;
    return 'figures';
  },
});

/** An owner may have become a donor. */
const donorsAgainMs = 86_400_000;
/** After these the same slot is sent at the next tick; one that was refused is not sent again. */
const isTriedAgain = new Set<string>(['unavailable', 'rate-limited', 'gone']);

async function addStatus(
  http: Http,
  { apiKey, systemId }: { apiKey: string; systemId: string },
  form: Record<string, string>,
): Promise<Answer> {
  const send = (status: Record<string, string>) =>
    http.send('POST', '/service/r2/addstatus.jsp', {
      form: status,
      headers: { 'X-Pvoutput-Apikey': apiKey, 'X-Pvoutput-SystemId': systemId, 'X-Rate-Limit': '1' },
      accept: 'all',
    });
  const answer = await send(form);
  const { v2: _generation, ...rest } = form;
  return isMoonPowered(answer) && 'v4' in rest ? send(rest) : answer;
}
