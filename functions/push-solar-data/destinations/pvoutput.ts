/** PVOutput.org, Add Status: the means of each slot of five, ten or fifteen minutes, sent when the slot is over. */
import * as z from 'zod/mini';
import { Failure } from '../core/failure.ts';
import {
  type Answer,
  choice,
  DestinationError,
  defineDestination,
  type Http,
  headerText,
  secret,
  setting,
  timeZone,
} from './destination.ts';
import { hourMs, isMoonPowered, quietUntil, verdictOn } from './pvoutput/answers.ts';
import { dropOldest, formOf, gather, Slots } from './pvoutput/slots.ts';

const Running = z.extend(Slots, {
  /** Nothing is sent before, so that others with the same key have what is left of the hour's requests, ms since the epoch. */
  quietUntil: z.optional(z.number()),
});

/** Until when no battery figures are sent, because they are for donors, ms since the epoch. */
const State = z.object({ withoutBatteryUntil: z.optional(z.number()) });

export const pvoutput = defineDestination({
  slug: 'pvoutput',
  title: 'PVOutput',
  homepage: 'https://pvoutput.org',
  standing: 'recommended',
  takes: 'solar power and consumption, with a donation the battery; no errors, which are gaps in its graphs',
  needs: 'an account with a system, its number, and an API key that may write',
  baseUrl: 'https://pvoutput.org',
  settings: {
    apiKey: secret(
      headerText,
      'pvoutput.org → Settings → API Settings: API Access enabled, New Key (not read-only), save',
    ),
    systemId: setting(
      z.string({ error: 'is missing' }).check(z.regex(/^\d{1,12}$/, 'must be the number of a system')),
      'Number of the system, on the same page under Registered Systems',
    ),
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
  longestWaitSeconds: hourMs / 1000,
  state: State,
  running: Running,
  async push({ settings, settingName, title, message, http, state, running, now, note }) {
    const { consumption, intervalMinutes, battery, timeZone: zone } = settings;
    const reading = message && 'reading' in message ? message.reading : undefined;
    const intervalMs = Number(intervalMinutes) * 60_000;
    const slot = gather(running, reading, { consumption, intervalMs, timeZone: zone, now });
    if (!slot) return 'nothing';
    if (holds(running.quietUntil, hourMs, now)) {
      running.waiting = []; // what falls into the wait is not filled in afterwards
      return 'nothing';
    }
    const isForDonors = holds(state.withoutBatteryUntil, donorsAgainMs, now);
    if (isForDonors) note(`${title} takes battery figures of donors only: set ${settingName('battery')}=off`);
    const form = formOf(slot, zone, battery === 'on' && !isForDonors);
    if (!form) {
      dropOldest(running);
      return 'nothing';
    }
    try {
      const answer = await addStatus(http, settings, form);
      running.quietUntil = quietUntil(answer, now);
      const refusal = verdictOn(answer, { title, settingName, now });
      if (refusal) throw refusal;
    } catch (error) {
      if (error instanceof DestinationError && error.kind === 'settings')
        state.withoutBatteryUntil = now + donorsAgainMs;
      if (!isTriedAgain(error)) dropOldest(running);
      throw error;
    }
    dropOldest(running);
    return 'figures';
  },
});

/** Whether a wait still holds; one that is longer than any was set by a clock that was ahead. */
const holds = (until: number | undefined, longestMs: number, now: number): boolean =>
  until !== undefined && now < until && until <= now + longestMs;

/** An owner may have become a donor. */
const donorsAgainMs = 86_400_000;
/** Then the same slot is sent at the next tick; one that was refused is not sent again. */
const isTriedAgain = (error: unknown): boolean =>
  (error instanceof DestinationError || error instanceof Failure) && ['unavailable', 'gone'].includes(error.kind);

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
